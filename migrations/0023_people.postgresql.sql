ALTER TABLE "batch" ALTER COLUMN "office_id" DROP NOT NULL;

CREATE INDEX "batch_own" ON "batch" ("account_id", "id") WHERE ("office_id" IS NULL);

ALTER TABLE "register_record" ADD COLUMN "ends_on" DATE;

UPDATE "register_record" SET ends_on = nullif(data->>'expires', '')::date WHERE register IN ('chamber.memberships', 'municipality.engineers', 'residency.identity-cards', 'residency.passports', 'residency.cards', 'residency.residences');

UPDATE "register_record" SET ends_on = nullif(data->>'expires', '')::date WHERE register = 'municipality.licences' AND data->>'state' <> 'cancelled';

UPDATE "register_record" SET ends_on = nullif(data->>'until', '')::date WHERE register = 'municipality.leases' AND data->>'state' <> 'cancelled';

CREATE INDEX "register_record_ends_of" ON "register_record" ("holder", "ends_on") WHERE ("ends_on" IS NOT NULL);

CREATE INDEX "register_record_ends_on" ON "register_record" ("parent", "ends_on") WHERE ("ends_on" IS NOT NULL);

CREATE TABLE "waiting_reminder" ("id" SERIAL NOT NULL PRIMARY KEY, "account_id" INTEGER NOT NULL, "record_id" INTEGER NOT NULL, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE, FOREIGN KEY ("record_id") REFERENCES "register_record" ("id") ON DELETE CASCADE);

CREATE UNIQUE INDEX "waiting_reminder_account_id_record_id" ON "waiting_reminder" ("account_id", "record_id");
