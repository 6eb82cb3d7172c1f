ALTER TABLE "application" DROP CONSTRAINT "application_state_check";

ALTER TABLE "application" ADD CONSTRAINT "application_state_check" CHECK (state IN ('draft', 'to-agree', 'to-pay', 'in-review', 'returned', 'completed', 'refused', 'withdrawn'));

ALTER TABLE "one_time_code" DROP CONSTRAINT "one_time_code_purpose_check";

ALTER TABLE "one_time_code" ADD CONSTRAINT "one_time_code_purpose_check" CHECK (purpose IN ('register-email', 'register-phone', 'recover', 'human', 'change-email', 'change-phone', 'delegate', 'agree'));

DROP INDEX "application_one_pending";

CREATE UNIQUE INDEX "application_one_pending" ON "application" ("service", "subject") WHERE state IN ('in-review', 'returned', 'to-agree', 'to-pay');

CREATE TABLE "agreement_request" ("id" SERIAL NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "account_id" INTEGER, "number" TEXT NOT NULL, "name" JSONB NOT NULL, "role" JSONB NOT NULL, "phone" TEXT NOT NULL, "email" TEXT NOT NULL, "locale" TEXT NOT NULL CHECK (locale IN ('ar', 'en')), "said" JSONB NOT NULL, "challenge" TEXT NOT NULL, "links" INTEGER NOT NULL, "asked_at" TIMESTAMP NOT NULL, "sent_at" TIMESTAMP NOT NULL, "expires_at" TIMESTAMP NOT NULL, "closed_at" TIMESTAMP, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE INDEX "agreement_request_application_id" ON "agreement_request" ("application_id");

CREATE INDEX "agreement_request_account_id" ON "agreement_request" ("account_id");

CREATE UNIQUE INDEX "agreement_request_one_open" ON "agreement_request" ("application_id", "number") WHERE closed_at IS NULL;

CREATE TABLE "agreement_answer" ("id" SERIAL NOT NULL PRIMARY KEY, "request_id" INTEGER NOT NULL, "application_id" INTEGER NOT NULL, "answer" TEXT NOT NULL CHECK (answer IN ('agreed', 'declined')), "reason" TEXT NOT NULL, "phone" TEXT NOT NULL, "address" TEXT NOT NULL, "at" TIMESTAMP NOT NULL, FOREIGN KEY ("request_id") REFERENCES "agreement_request" ("id") ON DELETE RESTRICT, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "agreement_answer_request_id" ON "agreement_answer" ("request_id");

CREATE INDEX "agreement_answer_application_id" ON "agreement_answer" ("application_id");

CREATE TRIGGER agreement_answer_no_update BEFORE UPDATE ON agreement_answer FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasing('{"reason": "", "phone": "", "address": ""}');

CREATE TRIGGER agreement_answer_no_delete BEFORE DELETE ON agreement_answer FOR EACH ROW EXECUTE FUNCTION refuse_change();
