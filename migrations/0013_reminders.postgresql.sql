CREATE TABLE "no_reminder" ("id" SERIAL NOT NULL PRIMARY KEY, "account_id" INTEGER NOT NULL, "register" TEXT NOT NULL, "at" TIMESTAMP NOT NULL, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE);

CREATE UNIQUE INDEX "no_reminder_account_id_register" ON "no_reminder" ("account_id", "register");

ALTER TABLE "register_record" ADD COLUMN "remind_on" DATE;

UPDATE "register_record" SET "remind_on" = ("data" ->> 'expires')::date - 60 WHERE "register" = 'chamber.memberships' AND ("data" ->> 'expires')::date >= CURRENT_DATE;

CREATE INDEX "register_record_reminders" ON "register_record" ("register", "remind_on") WHERE ("remind_on" IS NOT NULL);
