ALTER TABLE "application" ADD COLUMN "reminded_at" DATETIME;

ALTER TABLE "application" ADD COLUMN "trimmed_at" DATETIME;

ALTER TABLE "application" ADD COLUMN "erased_at" DATETIME CHECK (erased_at IS NULL OR closed_at IS NOT NULL);

CREATE INDEX "application_drafts" ON "application" ("service", "updated_at") WHERE state = 'draft';

CREATE INDEX "application_untrimmed" ON "application" ("service", "closed_at") WHERE closed_at IS NOT NULL AND trimmed_at IS NULL;

CREATE INDEX "application_unerased" ON "application" ("service", "state", "closed_at") WHERE closed_at IS NOT NULL AND erased_at IS NULL;

CREATE INDEX "upload_digest" ON "upload" ("digest");

CREATE INDEX "document_digest" ON "document" ("digest");

CREATE INDEX "declaration_drawn" ON "declaration" ("drawn");

DROP INDEX "audit_entry_account_id";

DROP INDEX "audit_entry_subject";

DROP INDEX "audit_entry_at";

CREATE INDEX "audit_entry_at_id" ON "audit_entry" ("at", "id");

CREATE INDEX "audit_entry_account_id_at_id" ON "audit_entry" ("account_id", "at", "id");

CREATE INDEX "audit_entry_action_at_id" ON "audit_entry" ("action", "at", "id");

CREATE INDEX "audit_entry_subject_at_id" ON "audit_entry" ("subject", "at", "id");

CREATE TABLE "audit_link" ("number" INTEGER NOT NULL PRIMARY KEY, "entry_id" INTEGER NOT NULL, "digest" TEXT NOT NULL, FOREIGN KEY ("entry_id") REFERENCES "audit_entry" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "audit_link_entry_id" ON "audit_link" ("entry_id");

CREATE TRIGGER audit_link_no_update BEFORE UPDATE ON audit_link BEGIN
  SELECT RAISE(ABORT, 'audit_link is append-only');
END;

CREATE TRIGGER audit_link_no_delete BEFORE DELETE ON audit_link BEGIN
  SELECT RAISE(ABORT, 'audit_link is append-only');
END;

DROP TRIGGER application_event_no_update;

CREATE TRIGGER application_event_no_update BEFORE UPDATE ON application_event
WHEN NOT (NEW.id IS OLD.id AND NEW.application_id IS OLD.application_id AND NEW.kind IS OLD.kind AND NEW.details = '{}' AND NEW.by_id IS OLD.by_id AND NEW.at IS OLD.at
  AND EXISTS (SELECT 1 FROM application WHERE id = OLD.application_id AND erased_at IS NOT NULL)) BEGIN
  SELECT RAISE(ABORT, 'application_event is append-only');
END;

DROP TRIGGER version_no_update;

CREATE TRIGGER version_no_update BEFORE UPDATE ON version
WHEN NOT (NEW.id IS OLD.id AND NEW.application_id IS OLD.application_id AND NEW.number IS OLD.number AND NEW.frozen = '{}' AND NEW.at IS OLD.at
  AND EXISTS (SELECT 1 FROM application WHERE id = OLD.application_id AND erased_at IS NOT NULL)) BEGIN
  SELECT RAISE(ABORT, 'version is append-only');
END;

DROP TRIGGER decision_made_no_update;

CREATE TRIGGER decision_made_no_update BEFORE UPDATE ON decision_made
WHEN NOT (NEW.id IS OLD.id AND NEW.application_id IS OLD.application_id AND NEW.clerk_id IS OLD.clerk_id AND NEW.outcome IS OLD.outcome AND NEW.stage IS OLD.stage AND NEW.reason = '' AND NEW.remarks = '{}' AND NEW.at IS OLD.at
  AND EXISTS (SELECT 1 FROM application WHERE id = OLD.application_id AND erased_at IS NOT NULL)) BEGIN
  SELECT RAISE(ABORT, 'decision_made is append-only');
END;

DROP TRIGGER note_no_update;

CREATE TRIGGER note_no_update BEFORE UPDATE ON note
WHEN NOT (NEW.id IS OLD.id AND NEW.application_id IS OLD.application_id AND NEW.by_id IS OLD.by_id AND NEW.text = '' AND NEW.at IS OLD.at
  AND EXISTS (SELECT 1 FROM application WHERE id = OLD.application_id AND erased_at IS NOT NULL)) BEGIN
  SELECT RAISE(ABORT, 'note is append-only');
END;

DROP TRIGGER opinion_no_update;

CREATE TRIGGER opinion_no_update BEFORE UPDATE ON opinion
WHEN (OLD.closed_at IS NOT NULL OR NEW.application_id <> OLD.application_id OR NEW.desk <> OLD.desk OR NEW.asked_by_id <> OLD.asked_by_id OR NEW.question <> OLD.question) AND NOT (NEW.id IS OLD.id AND NEW.application_id IS OLD.application_id AND NEW.desk IS OLD.desk AND NEW.asked_by_id IS OLD.asked_by_id AND NEW.question = '' AND NEW.asked_at IS OLD.asked_at AND NEW.answered_by_id IS OLD.answered_by_id AND NEW.stance IS OLD.stance AND NEW.answer = '' AND NEW.closed_at IS OLD.closed_at
  AND EXISTS (SELECT 1 FROM application WHERE id = OLD.application_id AND erased_at IS NOT NULL)) BEGIN
  SELECT RAISE(ABORT, 'opinion is append-only');
END;

DROP TRIGGER visit_report_no_update;

CREATE TRIGGER visit_report_no_update BEFORE UPDATE ON visit_report
WHEN NOT (NEW.id IS OLD.id AND NEW.visit_id IS OLD.visit_id AND NEW.application_id IS OLD.application_id AND NEW.by_id IS OLD.by_id AND NEW.finding IS OLD.finding AND NEW.text = '' AND NEW.photos = '[]' AND NEW.at IS OLD.at
  AND EXISTS (SELECT 1 FROM application WHERE id = OLD.application_id AND erased_at IS NOT NULL)) BEGIN
  SELECT RAISE(ABORT, 'visit_report is append-only');
END;
