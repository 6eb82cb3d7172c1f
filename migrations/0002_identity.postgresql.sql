ALTER TABLE "account" ADD COLUMN "closing_at" TIMESTAMP;

ALTER TABLE "account" ADD COLUMN "closed_at" TIMESTAMP;

ALTER TABLE "session" ADD COLUMN "confirmed_at" TIMESTAMP;

CREATE INDEX "account_closing_at" ON "account" ("closing_at");

CREATE TABLE "data_copy" ("id" TEXT NOT NULL PRIMARY KEY, "account_id" INTEGER NOT NULL, "locale" TEXT NOT NULL, "digest" TEXT, "size" INTEGER, "created_at" TIMESTAMP NOT NULL, "expires_at" TIMESTAMP NOT NULL, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE);

CREATE UNIQUE INDEX "data_copy_account_id" ON "data_copy" ("account_id");

CREATE INDEX "data_copy_expires_at" ON "data_copy" ("expires_at");

CREATE TABLE "declaration" ("id" SERIAL NOT NULL PRIMARY KEY, "serial" TEXT NOT NULL, "application_id" INTEGER NOT NULL, "seal" TEXT NOT NULL, "content" JSONB NOT NULL, "drawn" TEXT, "prepared" JSONB, "created_at" TIMESTAMP NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "declaration_serial" ON "declaration" ("serial");

CREATE INDEX "declaration_application_id" ON "declaration" ("application_id");

CREATE INDEX "declaration_created_at" ON "declaration" ("created_at");

CREATE UNIQUE INDEX "declaration_application_id_seal" ON "declaration" ("application_id", "seal");

CREATE TABLE "identity_challenge" ("id" SERIAL NOT NULL PRIMARY KEY, "holder" TEXT NOT NULL, "subject" TEXT NOT NULL, "nonce" TEXT NOT NULL, "state" TEXT NOT NULL CHECK (state IN ('open', 'waiting', 'proven', 'spent', 'failed')), "phone" TEXT NOT NULL, "civil_number" TEXT NOT NULL, "provider_session" TEXT NOT NULL, "failure" TEXT NOT NULL, "person" JSONB, "created_at" TIMESTAMP NOT NULL, "expires_at" TIMESTAMP NOT NULL);

CREATE UNIQUE INDEX "identity_challenge_holder" ON "identity_challenge" ("holder");

CREATE UNIQUE INDEX "identity_challenge_nonce" ON "identity_challenge" ("nonce");

CREATE INDEX "identity_challenge_expires_at" ON "identity_challenge" ("expires_at");

CREATE TABLE "kept_form" ("id" SERIAL NOT NULL PRIMARY KEY, "account_id" INTEGER NOT NULL, "path" TEXT NOT NULL, "fields" JSONB NOT NULL, "at" TIMESTAMP NOT NULL, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE);

CREATE INDEX "kept_form_account_id" ON "kept_form" ("account_id");

CREATE INDEX "kept_form_at" ON "kept_form" ("at");

CREATE UNIQUE INDEX "kept_form_account_id_path" ON "kept_form" ("account_id", "path");

ALTER TABLE "one_time_code" DROP CONSTRAINT "one_time_code_purpose_check";

ALTER TABLE "one_time_code" ADD CONSTRAINT "one_time_code_purpose_check" CHECK (purpose IN ('register-email', 'register-phone', 'recover', 'human', 'change-email', 'change-phone'));

CREATE TABLE "provider_visit" ("id" TEXT NOT NULL PRIMARY KEY, "step_up_id" TEXT, "expires_at" TIMESTAMP NOT NULL, "assertion" TEXT, "ticket_hash" TEXT, "civil_number" TEXT NOT NULL, "assurance" INTEGER NOT NULL, "name_id" TEXT NOT NULL, "session_index" TEXT NOT NULL, "session_id" INTEGER, "log_out" TEXT, "failure" TEXT NOT NULL, "ended_at" TIMESTAMP, FOREIGN KEY ("step_up_id") REFERENCES "step_up" ("id") ON DELETE CASCADE, FOREIGN KEY ("session_id") REFERENCES "session" ("id") ON DELETE CASCADE);

CREATE INDEX "provider_visit_step_up_id" ON "provider_visit" ("step_up_id");

CREATE UNIQUE INDEX "provider_visit_assertion" ON "provider_visit" ("assertion");

CREATE UNIQUE INDEX "provider_visit_ticket_hash" ON "provider_visit" ("ticket_hash");

CREATE INDEX "provider_visit_session_id" ON "provider_visit" ("session_id");

CREATE UNIQUE INDEX "provider_visit_log_out" ON "provider_visit" ("log_out");

CREATE INDEX "provider_visit_name_id" ON "provider_visit" ("name_id");

CREATE TABLE "recovery_code" ("id" SERIAL NOT NULL PRIMARY KEY, "account_id" INTEGER NOT NULL, "digest" TEXT NOT NULL, "used_at" TIMESTAMP, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE);

CREATE INDEX "recovery_code_account_id" ON "recovery_code" ("account_id");

CREATE UNIQUE INDEX "recovery_code_digest" ON "recovery_code" ("digest");

CREATE TABLE "second_factor" ("id" SERIAL NOT NULL PRIMARY KEY, "account_id" INTEGER NOT NULL, "sealed" TEXT NOT NULL, "used" BIGINT NOT NULL, "tries" INTEGER NOT NULL, "tries_since" TIMESTAMP NOT NULL, "created_at" TIMESTAMP NOT NULL, "confirmed_at" TIMESTAMP, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE);

CREATE INDEX "second_factor_account_id" ON "second_factor" ("account_id");

CREATE UNIQUE INDEX "second_factor_one_confirmed" ON "second_factor" ("account_id") WHERE ("confirmed_at" IS NOT NULL);

CREATE UNIQUE INDEX "second_factor_one_proposed" ON "second_factor" ("account_id") WHERE ("confirmed_at" IS NULL);
