CREATE TABLE "api_key" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "digest" TEXT NOT NULL, "created_at" DATETIME NOT NULL, "revoked_at" DATETIME);

CREATE UNIQUE INDEX "api_key_digest" ON "api_key" ("digest");

CREATE UNIQUE INDEX "api_key_name" ON "api_key" ("name") WHERE ("revoked_at" IS NULL);

CREATE TABLE "guest" ("id" INTEGER NOT NULL PRIMARY KEY, "uuid" TEXT NOT NULL, "name" TEXT NOT NULL, "email" TEXT NOT NULL, "phone" TEXT NOT NULL, "locale" TEXT NOT NULL CHECK (locale IN ('ar', 'en')), "created_at" DATETIME NOT NULL);

CREATE UNIQUE INDEX "guest_uuid" ON "guest" ("uuid");

CREATE INDEX "guest_created_at" ON "guest" ("created_at");

ALTER TABLE "application" ADD COLUMN "guest_id" INTEGER REFERENCES "guest" ("id") ON DELETE RESTRICT;

CREATE UNIQUE INDEX "application_one_of_guest" ON "application" ("guest_id") WHERE ("guest_id" IS NOT NULL);

CREATE TABLE "public_entry" ("id" INTEGER NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "reference" TEXT NOT NULL, "service" TEXT NOT NULL, "kind" TEXT NOT NULL, "latitude" INTEGER, "longitude" INTEGER, "state" TEXT NOT NULL, "open" INTEGER NOT NULL, "submitted_at" DATETIME NOT NULL, "updated_at" DATETIME NOT NULL, "supporters" INTEGER NOT NULL, "story" TEXT NOT NULL, "pictures" TEXT NOT NULL, "published_at" DATETIME, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, CHECK ((latitude IS NULL) = (longitude IS NULL)));

CREATE UNIQUE INDEX "public_entry_application_id" ON "public_entry" ("application_id");

CREATE UNIQUE INDEX "public_entry_reference" ON "public_entry" ("reference");

CREATE INDEX "public_entry_service_submitted_at_id" ON "public_entry" ("service", "submitted_at", "id");

CREATE INDEX "public_entry_service_open_submitted_at_id" ON "public_entry" ("service", "open", "submitted_at", "id");

CREATE INDEX "public_entry_service_kind_submitted_at_id" ON "public_entry" ("service", "kind", "submitted_at", "id");

CREATE INDEX "public_entry_service_kind_open_submitted_at_id" ON "public_entry" ("service", "kind", "open", "submitted_at", "id");

CREATE INDEX "public_entry_near" ON "public_entry" ("service", "kind", "latitude", "longitude", "submitted_at") WHERE open;

CREATE TABLE "satisfaction" ("id" INTEGER NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "decision_id" INTEGER NOT NULL, "desk" TEXT NOT NULL, "service" TEXT NOT NULL, "day" DATE NOT NULL, "points" INTEGER NOT NULL CHECK (points BETWEEN 1 AND 5), "words" TEXT NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, FOREIGN KEY ("decision_id") REFERENCES "decision_made" ("id") ON DELETE RESTRICT);

CREATE INDEX "satisfaction_application_id" ON "satisfaction" ("application_id");

CREATE UNIQUE INDEX "satisfaction_decision_id" ON "satisfaction" ("decision_id");

CREATE INDEX "satisfaction_desk_day" ON "satisfaction" ("desk", "day");

CREATE TABLE "support" ("id" INTEGER NOT NULL PRIMARY KEY, "entry_id" INTEGER NOT NULL, "supporter" TEXT NOT NULL, "account_id" INTEGER, "at" DATETIME NOT NULL, FOREIGN KEY ("entry_id") REFERENCES "public_entry" ("id") ON DELETE CASCADE, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE);

CREATE INDEX "support_account_id" ON "support" ("account_id");

CREATE UNIQUE INDEX "support_entry_id_supporter" ON "support" ("entry_id", "supporter");

CREATE TRIGGER satisfaction_no_update BEFORE UPDATE ON satisfaction
WHEN NOT (NEW.id IS OLD.id AND NEW.application_id IS OLD.application_id AND NEW.decision_id IS OLD.decision_id AND NEW.desk IS OLD.desk AND NEW.service IS OLD.service AND NEW.day IS OLD.day AND NEW.points IS OLD.points AND NEW.words = '' AND NEW.at IS OLD.at
  AND EXISTS (SELECT 1 FROM application WHERE id = OLD.application_id AND erased_at IS NOT NULL)) BEGIN
  SELECT RAISE(ABORT, 'satisfaction is append-only');
END;

CREATE TRIGGER satisfaction_no_delete BEFORE DELETE ON satisfaction BEGIN
  SELECT RAISE(ABORT, 'satisfaction is append-only');
END;
