ALTER TABLE "account" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'citizen' CHECK (kind IN ('citizen', 'resident', 'consulting-office', 'contractor', 'institution'));

UPDATE "account" SET kind = 'resident' WHERE identity_type = 'passport';

ALTER TABLE "account" ADD COLUMN "terms_version" TEXT NOT NULL DEFAULT '';

ALTER TABLE "account" ADD COLUMN "terms_at" TIMESTAMP;

CREATE TABLE "tracked_number" ("id" SERIAL NOT NULL PRIMARY KEY, "register" TEXT NOT NULL, "number" TEXT NOT NULL, "application_id" INTEGER NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "tracked_number_register_number_application_id" ON "tracked_number" ("register", "number", "application_id");
