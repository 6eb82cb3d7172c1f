CREATE TABLE "no_reminder" ("id" INTEGER NOT NULL PRIMARY KEY, "account_id" INTEGER NOT NULL, "register" TEXT NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE);

CREATE UNIQUE INDEX "no_reminder_account_id_register" ON "no_reminder" ("account_id", "register");

ALTER TABLE "register_record" ADD COLUMN "remind_on" DATE;

UPDATE "register_record" SET "remind_on" = date(json_extract("data", '$.expires'), '-60 days') WHERE "register" = 'chamber.memberships' AND json_extract("data", '$.expires') >= date('now');

CREATE INDEX "register_record_reminders" ON "register_record" ("register", "remind_on") WHERE ("remind_on" IS NOT NULL);
