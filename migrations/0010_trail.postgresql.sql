ALTER TABLE "application" ADD COLUMN "reminded_at" TIMESTAMP;

ALTER TABLE "application" ADD COLUMN "trimmed_at" TIMESTAMP;

ALTER TABLE "application" ADD COLUMN "erased_at" TIMESTAMP CHECK (erased_at IS NULL OR closed_at IS NOT NULL);

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

CREATE TABLE "audit_link" ("number" BIGINT NOT NULL PRIMARY KEY, "entry_id" INTEGER NOT NULL, "digest" TEXT NOT NULL, FOREIGN KEY ("entry_id") REFERENCES "audit_entry" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "audit_link_entry_id" ON "audit_link" ("entry_id");

CREATE TRIGGER audit_link_no_update BEFORE UPDATE ON audit_link FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER audit_link_no_delete BEFORE DELETE ON audit_link FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_all_but_erasing() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF to_jsonb(NEW) = to_jsonb(OLD) || TG_ARGV[0]::jsonb
     AND EXISTS (SELECT 1 FROM application WHERE id = OLD.application_id AND erased_at IS NOT NULL) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

DROP TRIGGER application_event_no_update ON application_event;

CREATE TRIGGER application_event_no_update BEFORE UPDATE ON application_event FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasing('{"details": {}}');

DROP TRIGGER version_no_update ON version;

CREATE TRIGGER version_no_update BEFORE UPDATE ON version FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasing('{"frozen": {}}');

DROP TRIGGER decision_made_no_update ON decision_made;

CREATE TRIGGER decision_made_no_update BEFORE UPDATE ON decision_made FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasing('{"reason": "", "remarks": {}}');

DROP TRIGGER note_no_update ON note;

CREATE TRIGGER note_no_update BEFORE UPDATE ON note FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasing('{"text": ""}');

DROP TRIGGER opinion_no_update ON opinion;

CREATE TRIGGER opinion_no_update BEFORE UPDATE ON opinion FOR EACH ROW
WHEN (OLD.closed_at IS NOT NULL OR NEW.application_id <> OLD.application_id OR NEW.desk <> OLD.desk OR NEW.asked_by_id <> OLD.asked_by_id OR NEW.question <> OLD.question) EXECUTE FUNCTION refuse_all_but_erasing('{"question": "", "answer": ""}');

DROP TRIGGER visit_report_no_update ON visit_report;

CREATE TRIGGER visit_report_no_update BEFORE UPDATE ON visit_report FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasing('{"text": "", "photos": []}');
