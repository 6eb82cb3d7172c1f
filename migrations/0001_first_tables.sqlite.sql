CREATE TABLE "account" ("id" INTEGER NOT NULL PRIMARY KEY, "first_name" TEXT NOT NULL, "middle_name" TEXT NOT NULL, "family_name" TEXT NOT NULL, "arabic_name" TEXT NOT NULL, "country" TEXT NOT NULL, "identity_type" TEXT NOT NULL CHECK (identity_type IN ('civil-card', 'passport')), "identity_number" TEXT NOT NULL, "registration" TEXT NOT NULL, "password_hash" TEXT NOT NULL, "locale" TEXT NOT NULL CHECK (locale IN ('ar', 'en')), "created_at" DATETIME NOT NULL, "active_at" DATETIME, "blocked_at" DATETIME);

CREATE TABLE "application" ("id" INTEGER NOT NULL PRIMARY KEY, "reference" TEXT NOT NULL, "account_id" INTEGER NOT NULL, "service" TEXT NOT NULL, "authority" TEXT NOT NULL, "state" TEXT NOT NULL CHECK (state IN ('draft', 'to-pay', 'in-review', 'returned', 'completed', 'refused', 'withdrawn')), "answers" TEXT NOT NULL, "records" TEXT NOT NULL, "subject" TEXT, "frozen" TEXT, "version" INTEGER NOT NULL, "desk" TEXT NOT NULL, "clerk_id" INTEGER, "taken_at" DATETIME, "approved_at" DATETIME, "created_at" DATETIME NOT NULL, "updated_at" DATETIME NOT NULL, "submitted_at" DATETIME, "closed_at" DATETIME, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT, FOREIGN KEY ("clerk_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "application_reference" ON "application" ("reference");

CREATE INDEX "application_account_id" ON "application" ("account_id");

CREATE INDEX "application_account_id_updated_at" ON "application" ("account_id", "updated_at");

CREATE INDEX "application_desk_state_submitted_at_id" ON "application" ("desk", "state", "submitted_at", "id");

CREATE UNIQUE INDEX "application_one_pending" ON "application" ("service", "subject") WHERE state IN ('in-review', 'returned', 'to-pay');

CREATE INDEX "application_waiting" ON "application" ("desk", "submitted_at", "id") WHERE state = 'in-review' AND clerk_id IS NULL;

CREATE INDEX "application_taken" ON "application" ("clerk_id", "submitted_at", "id") WHERE state = 'in-review';

CREATE TABLE "application_event" ("id" INTEGER NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "kind" TEXT NOT NULL, "details" TEXT NOT NULL, "by_id" INTEGER, "at" DATETIME NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, FOREIGN KEY ("by_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE INDEX "application_event_application_id" ON "application_event" ("application_id");

CREATE INDEX "application_event_by_id" ON "application_event" ("by_id");

CREATE TABLE "bill" ("id" INTEGER NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "authority" TEXT NOT NULL, "state" TEXT NOT NULL CHECK (state IN ('open', 'paid', 'cancelled')), "total" INTEGER NOT NULL CHECK (total > 0), "quote" TEXT NOT NULL, "created_at" DATETIME NOT NULL, "good_until" DATETIME NOT NULL, "paid_at" DATETIME, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE INDEX "bill_application_id" ON "bill" ("application_id");

CREATE UNIQUE INDEX "bill_one_open" ON "bill" ("application_id") WHERE ("state" = 'open');

CREATE TABLE "receipt" ("id" INTEGER NOT NULL PRIMARY KEY, "number" TEXT NOT NULL, "series" TEXT NOT NULL, "year" INTEGER NOT NULL, "sequence" INTEGER NOT NULL, "bill_id" INTEGER NOT NULL, "amount" INTEGER NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("bill_id") REFERENCES "bill" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "receipt_number" ON "receipt" ("number");

CREATE UNIQUE INDEX "receipt_bill_id" ON "receipt" ("bill_id");

CREATE UNIQUE INDEX "receipt_series_year_sequence" ON "receipt" ("series", "year", "sequence");

CREATE TABLE "payment_attempt" ("id" INTEGER NOT NULL PRIMARY KEY, "uuid" TEXT NOT NULL, "bill_id" INTEGER NOT NULL, "provider" TEXT NOT NULL, "mode" TEXT NOT NULL CHECK (mode IN ('test', 'live')), "profile" TEXT NOT NULL, "amount" INTEGER NOT NULL CHECK (amount > 0), "state" TEXT NOT NULL CHECK (state IN ('created', 'submitted', 'captured', 'review', 'declined', 'cancelled', 'expired', 'unknown')), "provider_transaction" TEXT, "card_brand" TEXT NOT NULL, "card_masked" TEXT NOT NULL, "receipt_id" INTEGER, "stray" INTEGER NOT NULL, "checks" INTEGER NOT NULL, "created_at" DATETIME NOT NULL, "updated_at" DATETIME NOT NULL, "expires_at" DATETIME NOT NULL, FOREIGN KEY ("bill_id") REFERENCES "bill" ("id") ON DELETE RESTRICT, FOREIGN KEY ("receipt_id") REFERENCES "receipt" ("id") ON DELETE RESTRICT, CHECK ((state = 'captured') = (receipt_id IS NOT NULL OR stray)), CHECK (NOT (stray AND receipt_id IS NOT NULL)));

CREATE UNIQUE INDEX "payment_attempt_uuid" ON "payment_attempt" ("uuid");

CREATE INDEX "payment_attempt_bill_id" ON "payment_attempt" ("bill_id");

CREATE UNIQUE INDEX "payment_attempt_receipt_id" ON "payment_attempt" ("receipt_id");

CREATE UNIQUE INDEX "payment_attempt_provider_mode_provider_transaction" ON "payment_attempt" ("provider", "mode", "provider_transaction");

CREATE UNIQUE INDEX "attempt_one_open" ON "payment_attempt" ("bill_id") WHERE state IN ('created', 'submitted', 'review');

CREATE TABLE "attempt_event" ("id" INTEGER NOT NULL PRIMARY KEY, "attempt_id" INTEGER NOT NULL, "kind" TEXT NOT NULL, "source" TEXT NOT NULL, "details" TEXT NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("attempt_id") REFERENCES "payment_attempt" ("id") ON DELETE RESTRICT);

CREATE INDEX "attempt_event_attempt_id" ON "attempt_event" ("attempt_id");

CREATE TABLE "audit_entry" ("id" INTEGER NOT NULL PRIMARY KEY, "account_id" INTEGER, "action" TEXT NOT NULL, "subject" TEXT NOT NULL, "address" TEXT NOT NULL, "details" TEXT NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE INDEX "audit_entry_account_id" ON "audit_entry" ("account_id");

CREATE INDEX "audit_entry_subject" ON "audit_entry" ("subject");

CREATE INDEX "audit_entry_at" ON "audit_entry" ("at");

CREATE TABLE "code_sent" ("id" INTEGER NOT NULL PRIMARY KEY, "destination" TEXT NOT NULL, "channel" TEXT NOT NULL, "address" TEXT NOT NULL, "at" DATETIME NOT NULL);

CREATE INDEX "code_sent_at" ON "code_sent" ("at");

CREATE INDEX "code_sent_destination_at" ON "code_sent" ("destination", "at");

CREATE INDEX "code_sent_address_at" ON "code_sent" ("address", "at");

CREATE TABLE "counter" ("id" INTEGER NOT NULL PRIMARY KEY, "series" TEXT NOT NULL, "year" INTEGER NOT NULL, "last" INTEGER NOT NULL);

CREATE UNIQUE INDEX "counter_series_year" ON "counter" ("series", "year");

CREATE TABLE "decision_made" ("id" INTEGER NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "clerk_id" INTEGER NOT NULL, "outcome" TEXT NOT NULL CHECK (outcome IN ('approve', 'return', 'refuse')), "reason" TEXT NOT NULL, "remarks" TEXT NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, FOREIGN KEY ("clerk_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE INDEX "decision_made_application_id" ON "decision_made" ("application_id");

CREATE INDEX "decision_made_clerk_id" ON "decision_made" ("clerk_id");

CREATE TABLE "document" ("id" INTEGER NOT NULL PRIMARY KEY, "serial" TEXT NOT NULL, "code" TEXT NOT NULL, "kind" TEXT NOT NULL, "key" TEXT NOT NULL, "application_id" INTEGER NOT NULL, "template" TEXT NOT NULL, "content" TEXT NOT NULL, "state" TEXT NOT NULL CHECK (state IN ('valid', 'replaced', 'revoked')), "issued_on" DATE NOT NULL, "valid_until" DATE, "subject" TEXT, "replaces_id" INTEGER, "state_changed_at" DATETIME, "digest" TEXT, "size" INTEGER, "created_at" DATETIME NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, FOREIGN KEY ("replaces_id") REFERENCES "document" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "document_serial" ON "document" ("serial");

CREATE UNIQUE INDEX "document_code" ON "document" ("code");

CREATE UNIQUE INDEX "document_key" ON "document" ("key");

CREATE INDEX "document_application_id" ON "document" ("application_id");

CREATE INDEX "document_replaces_id" ON "document" ("replaces_id");

CREATE INDEX "document_kind_subject" ON "document" ("kind", "subject");

CREATE TABLE "fee_rule" ("id" INTEGER NOT NULL PRIMARY KEY, "code" TEXT NOT NULL, "variant" TEXT NOT NULL, "label" TEXT NOT NULL, "kind" TEXT NOT NULL CHECK (kind IN ('flat', 'per-unit', 'share', 'multiple', 'tier')), "amount" INTEGER, "rate" INTEGER NOT NULL, "threshold" INTEGER NOT NULL, "of" TEXT NOT NULL, "least" INTEGER, "most" INTEGER, "tax_code" TEXT NOT NULL, "effective_from" DATE NOT NULL, "effective_to" DATE, "source" TEXT NOT NULL, "confirmed" INTEGER NOT NULL);

CREATE UNIQUE INDEX "fee_rule_code_variant_threshold_effective_from" ON "fee_rule" ("code", "variant", "threshold", "effective_from");

CREATE TABLE "gateway_inbox" ("id" INTEGER NOT NULL PRIMARY KEY, "provider" TEXT NOT NULL, "mode" TEXT NOT NULL, "channel" TEXT NOT NULL, "key" TEXT NOT NULL, "attempt_uuid" TEXT NOT NULL, "fields" TEXT NOT NULL, "received_at" DATETIME NOT NULL, "processed_at" DATETIME);

CREATE INDEX "gateway_inbox_attempt_uuid" ON "gateway_inbox" ("attempt_uuid");

CREATE UNIQUE INDEX "gateway_inbox_provider_mode_channel_key" ON "gateway_inbox" ("provider", "mode", "channel", "key");

CREATE TABLE "heartbeat" ("name" TEXT NOT NULL PRIMARY KEY, "at" DATETIME NOT NULL);

CREATE TABLE "identifier" ("id" INTEGER NOT NULL PRIMARY KEY, "account_id" INTEGER NOT NULL, "type" TEXT NOT NULL CHECK (type IN ('email', 'phone', 'civil-number')), "value" TEXT NOT NULL, "verified_at" DATETIME, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE);

CREATE INDEX "identifier_account_id" ON "identifier" ("account_id");

CREATE INDEX "identifier_value" ON "identifier" ("value");

CREATE UNIQUE INDEX "identifier_verified_once" ON "identifier" ("type", "value") WHERE ("verified_at" IS NOT NULL);

CREATE TABLE "identity_challenge" ("id" INTEGER NOT NULL PRIMARY KEY, "holder" TEXT NOT NULL, "subject" TEXT NOT NULL, "nonce" TEXT NOT NULL, "state" TEXT NOT NULL CHECK (state IN ('open', 'waiting', 'proven', 'spent', 'failed')), "phone" TEXT NOT NULL, "civil_number" TEXT NOT NULL, "provider_session" TEXT NOT NULL, "failure" TEXT NOT NULL, "person" TEXT, "created_at" DATETIME NOT NULL, "expires_at" DATETIME NOT NULL);

CREATE UNIQUE INDEX "identity_challenge_holder" ON "identity_challenge" ("holder");

CREATE UNIQUE INDEX "identity_challenge_nonce" ON "identity_challenge" ("nonce");

CREATE INDEX "identity_challenge_expires_at" ON "identity_challenge" ("expires_at");

CREATE TABLE "journal" ("id" TEXT NOT NULL PRIMARY KEY, "source_key" TEXT NOT NULL, "at" DATETIME NOT NULL);

CREATE UNIQUE INDEX "journal_source_key" ON "journal" ("source_key");

CREATE TABLE "journal_entry" ("id" INTEGER NOT NULL PRIMARY KEY, "journal_id" TEXT NOT NULL, "account" TEXT NOT NULL, "amount" INTEGER NOT NULL CHECK (amount <> 0), FOREIGN KEY ("journal_id") REFERENCES "journal" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE INDEX "journal_entry_journal_id" ON "journal_entry" ("journal_id");

CREATE INDEX "journal_entry_account" ON "journal_entry" ("account");

CREATE TABLE "message" ("id" INTEGER NOT NULL PRIMARY KEY, "key" TEXT NOT NULL, "account_id" INTEGER, "application_id" INTEGER, "channel" TEXT NOT NULL CHECK (channel IN ('mail', 'sms')), "destination" TEXT NOT NULL, "locale" TEXT NOT NULL, "template" TEXT NOT NULL, "context" TEXT NOT NULL, "created_at" DATETIME NOT NULL, "sent_at" DATETIME, "failed_at" DATETIME, "error" TEXT NOT NULL, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "message_key" ON "message" ("key");

CREATE INDEX "message_account_id" ON "message" ("account_id");

CREATE INDEX "message_application_id" ON "message" ("application_id");

CREATE TABLE "note" ("id" INTEGER NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "by_id" INTEGER NOT NULL, "text" TEXT NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, FOREIGN KEY ("by_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE INDEX "note_application_id" ON "note" ("application_id");

CREATE INDEX "note_by_id" ON "note" ("by_id");

CREATE TABLE "one_time_code" ("id" TEXT NOT NULL PRIMARY KEY, "account_id" INTEGER, "purpose" TEXT NOT NULL CHECK (purpose IN ('register-email', 'register-phone', 'recover', 'human')), "channel" TEXT NOT NULL CHECK (channel IN ('mail', 'sms')), "destination" TEXT NOT NULL, "real" INTEGER NOT NULL, "counter" INTEGER NOT NULL, "attempts" INTEGER NOT NULL, "created_at" DATETIME NOT NULL, "sent_at" DATETIME NOT NULL, "expires_at" DATETIME NOT NULL, "used_at" DATETIME, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE);

CREATE INDEX "one_time_code_account_id" ON "one_time_code" ("account_id");

CREATE INDEX "one_time_code_destination_created_at" ON "one_time_code" ("destination", "created_at");

CREATE TABLE "outbox" ("id" INTEGER NOT NULL PRIMARY KEY, "kind" TEXT NOT NULL, "key" TEXT NOT NULL, "payload" TEXT NOT NULL, "due_at" DATETIME NOT NULL, "leased_until" DATETIME, "tries" INTEGER NOT NULL, "done_at" DATETIME, "failed_at" DATETIME, "error" TEXT NOT NULL);

CREATE UNIQUE INDEX "outbox_key" ON "outbox" ("key");

CREATE INDEX "outbox_waiting" ON "outbox" ("due_at") WHERE done_at IS NULL AND failed_at IS NULL;

CREATE TABLE "session" ("id" INTEGER NOT NULL PRIMARY KEY, "token_hash" TEXT NOT NULL, "account_id" INTEGER NOT NULL, "assurance" INTEGER NOT NULL, "browser" TEXT NOT NULL, "address" TEXT NOT NULL, "created_at" DATETIME NOT NULL, "seen_at" DATETIME NOT NULL, "expires_at" DATETIME NOT NULL, "ended_at" DATETIME, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE);

CREATE UNIQUE INDEX "session_token_hash" ON "session" ("token_hash");

CREATE INDEX "session_account_id" ON "session" ("account_id");

CREATE TABLE "step_up" ("id" TEXT NOT NULL PRIMARY KEY, "account_id" INTEGER NOT NULL, "session_id" INTEGER NOT NULL, "application_id" INTEGER NOT NULL, "step" TEXT NOT NULL, "needed" INTEGER NOT NULL, "state" TEXT NOT NULL CHECK (state IN ('choosing', 'waiting', 'proven', 'open', 'ended', 'failed')), "nonce" TEXT NOT NULL, "method" TEXT NOT NULL, "phone" TEXT NOT NULL, "provider_session" TEXT NOT NULL, "reached" INTEGER NOT NULL, "failure" TEXT NOT NULL, "created_at" DATETIME NOT NULL, "expires_at" DATETIME NOT NULL, "proven_at" DATETIME, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE, FOREIGN KEY ("session_id") REFERENCES "session" ("id") ON DELETE CASCADE, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE CASCADE);

CREATE INDEX "step_up_account_id" ON "step_up" ("account_id");

CREATE INDEX "step_up_session_id" ON "step_up" ("session_id");

CREATE INDEX "step_up_application_id" ON "step_up" ("application_id");

CREATE TABLE "reconciliation_item" ("id" INTEGER NOT NULL PRIMARY KEY, "key" TEXT NOT NULL, "kind" TEXT NOT NULL, "attempt_id" INTEGER, "details" TEXT NOT NULL, "created_at" DATETIME NOT NULL, "resolved_at" DATETIME, FOREIGN KEY ("attempt_id") REFERENCES "payment_attempt" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "reconciliation_item_key" ON "reconciliation_item" ("key");

CREATE INDEX "reconciliation_item_attempt_id" ON "reconciliation_item" ("attempt_id");

CREATE TABLE "refund" ("id" INTEGER NOT NULL PRIMARY KEY, "key" TEXT NOT NULL, "attempt_id" INTEGER NOT NULL, "amount" INTEGER NOT NULL CHECK (amount > 0), "state" TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'sent', 'done', 'failed', 'unknown')), "reason" TEXT NOT NULL, "requested_by_id" INTEGER, "approved_by_id" INTEGER, "created_at" DATETIME NOT NULL, "updated_at" DATETIME NOT NULL, FOREIGN KEY ("attempt_id") REFERENCES "payment_attempt" ("id") ON DELETE RESTRICT, FOREIGN KEY ("requested_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, FOREIGN KEY ("approved_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, CHECK (approved_by_id IS NULL OR requested_by_id IS NULL OR approved_by_id <> requested_by_id));

CREATE UNIQUE INDEX "refund_key" ON "refund" ("key");

CREATE INDEX "refund_attempt_id" ON "refund" ("attempt_id");

CREATE INDEX "refund_requested_by_id" ON "refund" ("requested_by_id");

CREATE INDEX "refund_approved_by_id" ON "refund" ("approved_by_id");

CREATE TABLE "register_import" ("id" INTEGER NOT NULL PRIMARY KEY, "register" TEXT NOT NULL, "file" TEXT NOT NULL, "digest" TEXT NOT NULL, "added" INTEGER NOT NULL, "changed" INTEGER NOT NULL, "unchanged" INTEGER NOT NULL, "kept" INTEGER NOT NULL, "rejected" INTEGER NOT NULL, "at" DATETIME NOT NULL);

CREATE TABLE "register_record" ("id" INTEGER NOT NULL PRIMARY KEY, "register" TEXT NOT NULL, "number" TEXT NOT NULL, "holder" TEXT, "parent" TEXT, "data" TEXT NOT NULL, "changed_at" DATETIME NOT NULL, "changed_by_id" INTEGER, FOREIGN KEY ("changed_by_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE INDEX "register_record_changed_by_id" ON "register_record" ("changed_by_id");

CREATE UNIQUE INDEX "register_record_register_number" ON "register_record" ("register", "number");

CREATE INDEX "register_record_register_holder" ON "register_record" ("register", "holder");

CREATE INDEX "register_record_register_parent" ON "register_record" ("register", "parent");

CREATE TABLE "role" ("id" INTEGER NOT NULL PRIMARY KEY, "account_id" INTEGER NOT NULL, "name" TEXT NOT NULL, "authority" TEXT NOT NULL, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE);

CREATE INDEX "role_account_id" ON "role" ("account_id");

CREATE UNIQUE INDEX "role_account_id_name_authority" ON "role" ("account_id", "name", "authority");

CREATE TABLE "search_term" ("id" INTEGER NOT NULL PRIMARY KEY, "desk" TEXT NOT NULL, "term" TEXT NOT NULL, "application_id" INTEGER NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "search_term_desk_term_application_id" ON "search_term" ("desk", "term", "application_id");

CREATE TABLE "security_event" ("id" INTEGER NOT NULL PRIMARY KEY, "account_id" INTEGER, "kind" TEXT NOT NULL, "address" TEXT NOT NULL, "details" TEXT NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE INDEX "security_event_account_id" ON "security_event" ("account_id");

CREATE INDEX "security_event_at" ON "security_event" ("at");

CREATE TABLE "spent_challenge" ("digest" TEXT NOT NULL PRIMARY KEY, "expires_at" DATETIME NOT NULL);

CREATE INDEX "spent_challenge_expires_at" ON "spent_challenge" ("expires_at");

CREATE TABLE "upload" ("id" TEXT NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "field" TEXT NOT NULL, "name" TEXT NOT NULL, "media_type" TEXT NOT NULL, "size" INTEGER NOT NULL, "digest" TEXT NOT NULL, "created_at" DATETIME NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE INDEX "upload_application_id" ON "upload" ("application_id");

CREATE TABLE "version" ("id" INTEGER NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "number" INTEGER NOT NULL, "frozen" TEXT NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "version_application_id_number" ON "version" ("application_id", "number");

CREATE TRIGGER security_event_no_update BEFORE UPDATE ON security_event BEGIN
  SELECT RAISE(ABORT, 'security_event is append-only');
END;

CREATE TRIGGER security_event_no_delete BEFORE DELETE ON security_event BEGIN
  SELECT RAISE(ABORT, 'security_event is append-only');
END;

CREATE TRIGGER application_event_no_update BEFORE UPDATE ON application_event BEGIN
  SELECT RAISE(ABORT, 'application_event is append-only');
END;

CREATE TRIGGER application_event_no_delete BEFORE DELETE ON application_event BEGIN
  SELECT RAISE(ABORT, 'application_event is append-only');
END;

CREATE TRIGGER version_no_update BEFORE UPDATE ON version BEGIN
  SELECT RAISE(ABORT, 'version is append-only');
END;

CREATE TRIGGER version_no_delete BEFORE DELETE ON version BEGIN
  SELECT RAISE(ABORT, 'version is append-only');
END;

CREATE TRIGGER decision_made_no_update BEFORE UPDATE ON decision_made BEGIN
  SELECT RAISE(ABORT, 'decision_made is append-only');
END;

CREATE TRIGGER decision_made_no_delete BEFORE DELETE ON decision_made BEGIN
  SELECT RAISE(ABORT, 'decision_made is append-only');
END;

CREATE TRIGGER note_no_update BEFORE UPDATE ON note BEGIN
  SELECT RAISE(ABORT, 'note is append-only');
END;

CREATE TRIGGER note_no_delete BEFORE DELETE ON note BEGIN
  SELECT RAISE(ABORT, 'note is append-only');
END;

CREATE TRIGGER receipt_no_update BEFORE UPDATE ON receipt BEGIN
  SELECT RAISE(ABORT, 'receipt is append-only');
END;

CREATE TRIGGER receipt_no_delete BEFORE DELETE ON receipt BEGIN
  SELECT RAISE(ABORT, 'receipt is append-only');
END;

CREATE TRIGGER attempt_event_no_update BEFORE UPDATE ON attempt_event BEGIN
  SELECT RAISE(ABORT, 'attempt_event is append-only');
END;

CREATE TRIGGER attempt_event_no_delete BEFORE DELETE ON attempt_event BEGIN
  SELECT RAISE(ABORT, 'attempt_event is append-only');
END;

CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN
  SELECT RAISE(ABORT, 'journal is append-only');
END;

CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN
  SELECT RAISE(ABORT, 'journal is append-only');
END;

CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry BEGIN
  SELECT RAISE(ABORT, 'journal_entry is append-only');
END;

CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry BEGIN
  SELECT RAISE(ABORT, 'journal_entry is append-only');
END;

CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN
  SELECT RAISE(ABORT, 'audit_entry is append-only');
END;

CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN
  SELECT RAISE(ABORT, 'audit_entry is append-only');
END;

CREATE TRIGGER journal_balanced BEFORE INSERT ON journal
WHEN (SELECT count(*) < 2 OR sum(amount) <> 0 FROM journal_entry WHERE journal_id = NEW.id) BEGIN
  SELECT RAISE(ABORT, 'a journal sums to zero');
END;

CREATE TRIGGER journal_entry_closed BEFORE INSERT ON journal_entry
WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.journal_id) BEGIN
  SELECT RAISE(ABORT, 'this journal is closed');
END;
