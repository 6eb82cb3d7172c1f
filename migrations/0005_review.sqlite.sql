ALTER TABLE "application" ADD COLUMN "stage" INTEGER NOT NULL DEFAULT 1;

ALTER TABLE "decision_made" ADD COLUMN "stage" INTEGER NOT NULL DEFAULT 1;

CREATE INDEX "application_desk_service_state_submitted_at_id" ON "application" ("desk", "service", "state", "submitted_at", "id");

CREATE TABLE "opinion" ("id" INTEGER NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "desk" TEXT NOT NULL, "asked_by_id" INTEGER NOT NULL, "question" TEXT NOT NULL, "asked_at" DATETIME NOT NULL, "answered_by_id" INTEGER, "stance" TEXT CHECK (stance IN ('agreement', 'objection', 'remark')), "answer" TEXT NOT NULL, "closed_at" DATETIME, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, FOREIGN KEY ("asked_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, FOREIGN KEY ("answered_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, CHECK ((answered_by_id IS NULL) = (stance IS NULL)));

CREATE INDEX "opinion_application_id" ON "opinion" ("application_id");

CREATE INDEX "opinion_asked_by_id" ON "opinion" ("asked_by_id");

CREATE INDEX "opinion_answered_by_id" ON "opinion" ("answered_by_id");

CREATE INDEX "opinion_waiting" ON "opinion" ("desk", "asked_at", "id") WHERE closed_at IS NULL;

CREATE UNIQUE INDEX "opinion_one_open" ON "opinion" ("application_id", "desk") WHERE closed_at IS NULL;

CREATE TABLE "saved_filter" ("id" INTEGER NOT NULL PRIMARY KEY, "account_id" INTEGER NOT NULL, "name" TEXT NOT NULL, "query" TEXT NOT NULL, "created_at" DATETIME NOT NULL, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE);

CREATE UNIQUE INDEX "saved_filter_account_id_name" ON "saved_filter" ("account_id", "name");

CREATE TABLE "visit" ("id" INTEGER NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "planned_by_id" INTEGER NOT NULL, "state" TEXT NOT NULL CHECK (state IN ('planned', 'done', 'cancelled')), "at" DATETIME NOT NULL, "place" TEXT NOT NULL, "visitor" TEXT NOT NULL, "created_at" DATETIME NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, FOREIGN KEY ("planned_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE INDEX "visit_application_id" ON "visit" ("application_id");

CREATE INDEX "visit_planned_by_id" ON "visit" ("planned_by_id");

CREATE UNIQUE INDEX "visit_one_planned" ON "visit" ("application_id") WHERE state = 'planned';

CREATE TABLE "visit_report" ("id" INTEGER NOT NULL PRIMARY KEY, "visit_id" INTEGER NOT NULL, "application_id" INTEGER NOT NULL, "by_id" INTEGER NOT NULL, "finding" TEXT NOT NULL CHECK (finding IN ('in-order', 'not-in-order', 'not-possible')), "text" TEXT NOT NULL, "photos" TEXT NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("visit_id") REFERENCES "visit" ("id") ON DELETE RESTRICT, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, FOREIGN KEY ("by_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "visit_report_visit_id" ON "visit_report" ("visit_id");

CREATE INDEX "visit_report_application_id" ON "visit_report" ("application_id");

CREATE INDEX "visit_report_by_id" ON "visit_report" ("by_id");

CREATE TRIGGER visit_report_no_update BEFORE UPDATE ON visit_report BEGIN
  SELECT RAISE(ABORT, 'visit_report is append-only');
END;

CREATE TRIGGER visit_report_no_delete BEFORE DELETE ON visit_report BEGIN
  SELECT RAISE(ABORT, 'visit_report is append-only');
END;

CREATE TRIGGER opinion_no_update BEFORE UPDATE ON opinion
WHEN OLD.closed_at IS NOT NULL OR NEW.application_id <> OLD.application_id OR NEW.desk <> OLD.desk OR NEW.asked_by_id <> OLD.asked_by_id OR NEW.question <> OLD.question BEGIN
  SELECT RAISE(ABORT, 'opinion is append-only');
END;

CREATE TRIGGER opinion_no_delete BEFORE DELETE ON opinion BEGIN
  SELECT RAISE(ABORT, 'opinion is append-only');
END;
