ALTER TABLE "application" ADD COLUMN "due_at" TIMESTAMP;

ALTER TABLE "application" ADD COLUMN "escalated_at" TIMESTAMP;

DROP INDEX "application_taken";

CREATE INDEX "application_taken" ON "application" ("clerk_id", "submitted_at", "id", "desk", "due_at") WHERE state = 'in-review';

CREATE INDEX "application_due" ON "application" ("desk", "due_at", "id") WHERE ("due_at" IS NOT NULL);

CREATE INDEX "application_not_escalated" ON "application" ("due_at") WHERE due_at IS NOT NULL AND escalated_at IS NULL;

CREATE INDEX "application_open_of_service" ON "application" ("desk", "service", "submitted_at") WHERE state = 'in-review';

CREATE INDEX "application_submitted" ON "application" ("desk", "submitted_at", "id") WHERE ("submitted_at" IS NOT NULL);

CREATE TABLE "daily_figure" ("id" SERIAL NOT NULL PRIMARY KEY, "desk" TEXT NOT NULL, "day" DATE NOT NULL, "service" TEXT NOT NULL, "hours" INTEGER NOT NULL, "decided" INTEGER NOT NULL, "late" INTEGER NOT NULL);

CREATE UNIQUE INDEX "daily_figure_desk_day_service_hours" ON "daily_figure" ("desk", "day", "service", "hours");

CREATE TABLE "service_clock" ("id" SERIAL NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "days" INTEGER, "since" TIMESTAMP, "left" INTEGER, "worked" INTEGER NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "service_clock_application_id" ON "service_clock" ("application_id");

CREATE TABLE "special_days" ("id" SERIAL NOT NULL PRIMARY KEY, "first" DATE NOT NULL, "last" DATE NOT NULL, "opens" INTEGER, "closes" INTEGER, "name" JSONB NOT NULL, "origin" TEXT, "removed_at" TIMESTAMP, "changed_at" TIMESTAMP NOT NULL, "changed_by_id" INTEGER, FOREIGN KEY ("changed_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, CHECK (last >= first), CHECK ((opens IS NULL) = (closes IS NULL)), CHECK (opens IS NULL OR (0 <= opens AND opens < closes AND closes <= 1439)));

CREATE INDEX "special_days_last" ON "special_days" ("last");

CREATE UNIQUE INDEX "special_days_origin" ON "special_days" ("origin");

CREATE TABLE "time_taken" ("id" SERIAL NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "desk" TEXT NOT NULL, "service" TEXT NOT NULL, "day" DATE NOT NULL, "minutes" INTEGER NOT NULL, "late" BOOLEAN NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE INDEX "time_taken_day" ON "time_taken" ("day");

CREATE TRIGGER time_taken_no_update BEFORE UPDATE ON time_taken FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER time_taken_no_delete BEFORE DELETE ON time_taken FOR EACH ROW EXECUTE FUNCTION refuse_change();
