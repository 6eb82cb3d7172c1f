CREATE TABLE "announcement" ("id" SERIAL NOT NULL PRIMARY KEY, "kind" TEXT NOT NULL CHECK (kind IN ('information', 'warning', 'closure')), "about" TEXT NOT NULL, "first_day" DATE NOT NULL, "last_day" DATE, "text" JSONB NOT NULL, "by_id" INTEGER NOT NULL, "created_at" TIMESTAMP NOT NULL, "ended_at" TIMESTAMP, "ended_by_id" INTEGER, FOREIGN KEY ("by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, FOREIGN KEY ("ended_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, CHECK (kind <> 'closure' OR about <> ''), CHECK (last_day IS NULL OR last_day >= first_day), CHECK ((ended_at IS NULL) = (ended_by_id IS NULL)));

CREATE INDEX "announcement_by_id" ON "announcement" ("by_id");

CREATE INDEX "announcement_ended_by_id" ON "announcement" ("ended_by_id");

CREATE INDEX "announcement_standing" ON "announcement" ("first_day") WHERE ended_at IS NULL;

CREATE TABLE "fee_proposal" ("id" SERIAL NOT NULL PRIMARY KEY, "authority" TEXT NOT NULL, "state" TEXT NOT NULL CHECK (state IN ('draft', 'proposed', 'approved', 'rejected', 'withdrawn')), "proposed_by_id" INTEGER NOT NULL, "decided_by_id" INTEGER, "reason" TEXT NOT NULL, "created_at" TIMESTAMP NOT NULL, "proposed_at" TIMESTAMP, "decided_at" TIMESTAMP, FOREIGN KEY ("proposed_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, FOREIGN KEY ("decided_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, CHECK (decided_by_id IS NULL OR decided_by_id <> proposed_by_id), CHECK ((state IN ('approved', 'rejected')) = (decided_by_id IS NOT NULL)));

CREATE INDEX "fee_proposal_proposed_by_id" ON "fee_proposal" ("proposed_by_id");

CREATE INDEX "fee_proposal_decided_by_id" ON "fee_proposal" ("decided_by_id");

CREATE INDEX "fee_proposal_authority_id" ON "fee_proposal" ("authority", "id");

CREATE TABLE "fee_change" ("id" SERIAL NOT NULL PRIMARY KEY, "proposal_id" INTEGER NOT NULL, "rule_id" INTEGER NOT NULL, "amount" BIGINT, "rate" INTEGER NOT NULL, "effective_from" DATE NOT NULL, "source" TEXT NOT NULL, FOREIGN KEY ("proposal_id") REFERENCES "fee_proposal" ("id") ON DELETE RESTRICT, FOREIGN KEY ("rule_id") REFERENCES "fee_rule" ("id") ON DELETE RESTRICT);

CREATE INDEX "fee_change_rule_id" ON "fee_change" ("rule_id");

CREATE UNIQUE INDEX "fee_change_proposal_id_rule_id" ON "fee_change" ("proposal_id", "rule_id");

CREATE TABLE "message_text" ("id" SERIAL NOT NULL PRIMARY KEY, "template" TEXT NOT NULL, "channel" TEXT NOT NULL CHECK (channel IN ('mail', 'sms')), "locale" TEXT NOT NULL CHECK (locale IN ('ar', 'en')), "text" TEXT, "by_id" INTEGER NOT NULL, "at" TIMESTAMP NOT NULL, FOREIGN KEY ("by_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE INDEX "message_text_by_id" ON "message_text" ("by_id");

CREATE INDEX "message_text_template_channel_locale_id" ON "message_text" ("template", "channel", "locale", "id");

CREATE TABLE "register_rejection" ("id" SERIAL NOT NULL PRIMARY KEY, "extract_id" INTEGER NOT NULL, "line" INTEGER NOT NULL, "reason" JSONB NOT NULL, FOREIGN KEY ("extract_id") REFERENCES "register_import" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "register_rejection_extract_id_line" ON "register_rejection" ("extract_id", "line");

CREATE TRIGGER message_text_no_update BEFORE UPDATE ON message_text FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER message_text_no_delete BEFORE DELETE ON message_text FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE "register_import" ADD COLUMN "by_id" INTEGER REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "register_import" ADD COLUMN "state" TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')) DEFAULT 'done';

ALTER TABLE "register_import" ADD COLUMN "stored" BOOLEAN NOT NULL DEFAULT FALSE;

ALTER TABLE "register_import" ADD COLUMN "size" BIGINT NOT NULL DEFAULT 0;

ALTER TABLE "register_import" ADD COLUMN "position" BIGINT NOT NULL DEFAULT 0;

ALTER TABLE "register_import" ADD COLUMN "line" INTEGER NOT NULL DEFAULT 0;

ALTER TABLE "register_import" ADD COLUMN "columns" JSONB NOT NULL DEFAULT '{}';

ALTER TABLE "register_import" ADD COLUMN "problem" TEXT NOT NULL DEFAULT '';

ALTER TABLE "register_import" ADD COLUMN "finished_at" TIMESTAMP;

CREATE INDEX "register_import_by_id" ON "register_import" ("by_id");

CREATE UNIQUE INDEX "register_import_one_running" ON "register_import" ("register") WHERE state = 'running';
