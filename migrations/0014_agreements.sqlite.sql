PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(sql, 'state IN (''draft'', ''to-pay''', 'state IN (''draft'', ''to-agree'', ''to-pay''') WHERE type = 'table' AND name = 'application';

UPDATE sqlite_schema SET sql = replace(sql, '''delegate''', '''delegate'', ''agree''') WHERE type = 'table' AND name = 'one_time_code';

PRAGMA writable_schema = RESET;

DROP INDEX "application_one_pending";

CREATE UNIQUE INDEX "application_one_pending" ON "application" ("service", "subject") WHERE state IN ('in-review', 'returned', 'to-agree', 'to-pay');

CREATE TABLE "agreement_request" ("id" INTEGER NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "account_id" INTEGER, "number" TEXT NOT NULL, "name" TEXT NOT NULL, "role" TEXT NOT NULL, "phone" TEXT NOT NULL, "email" TEXT NOT NULL, "locale" TEXT NOT NULL CHECK (locale IN ('ar', 'en')), "said" TEXT NOT NULL, "challenge" TEXT NOT NULL, "links" INTEGER NOT NULL, "asked_at" DATETIME NOT NULL, "sent_at" DATETIME NOT NULL, "expires_at" DATETIME NOT NULL, "closed_at" DATETIME, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE INDEX "agreement_request_application_id" ON "agreement_request" ("application_id");

CREATE INDEX "agreement_request_account_id" ON "agreement_request" ("account_id");

CREATE UNIQUE INDEX "agreement_request_one_open" ON "agreement_request" ("application_id", "number") WHERE closed_at IS NULL;

CREATE TABLE "agreement_answer" ("id" INTEGER NOT NULL PRIMARY KEY, "request_id" INTEGER NOT NULL, "application_id" INTEGER NOT NULL, "answer" TEXT NOT NULL CHECK (answer IN ('agreed', 'declined')), "reason" TEXT NOT NULL, "phone" TEXT NOT NULL, "address" TEXT NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("request_id") REFERENCES "agreement_request" ("id") ON DELETE RESTRICT, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "agreement_answer_request_id" ON "agreement_answer" ("request_id");

CREATE INDEX "agreement_answer_application_id" ON "agreement_answer" ("application_id");

CREATE TRIGGER agreement_answer_no_update BEFORE UPDATE ON agreement_answer
WHEN NOT (NEW.id IS OLD.id AND NEW.request_id IS OLD.request_id AND NEW.application_id IS OLD.application_id AND NEW.answer IS OLD.answer AND NEW.reason = '' AND NEW.phone = '' AND NEW.address = '' AND NEW.at IS OLD.at
  AND EXISTS (SELECT 1 FROM application WHERE id = OLD.application_id AND erased_at IS NOT NULL)) BEGIN
  SELECT RAISE(ABORT, 'agreement_answer is append-only');
END;

CREATE TRIGGER agreement_answer_no_delete BEFORE DELETE ON agreement_answer BEGIN
  SELECT RAISE(ABORT, 'agreement_answer is append-only');
END;
