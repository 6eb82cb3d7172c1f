ALTER TABLE "payment_attempt" ADD COLUMN "leader_id" INTEGER REFERENCES "payment_attempt" ("id") ON DELETE RESTRICT;

CREATE INDEX "payment_attempt_leader_id" ON "payment_attempt" ("leader_id");

ALTER TABLE "payment_attempt" ADD COLUMN "payer_id" INTEGER REFERENCES "account" ("id") ON DELETE RESTRICT;

CREATE INDEX "payment_attempt_payer_id" ON "payment_attempt" ("payer_id");

UPDATE "payment_attempt" SET "payer_id" = (SELECT "application"."account_id" FROM "bill" JOIN "application" ON "application"."id" = "bill"."application_id" WHERE "bill"."id" = "payment_attempt"."bill_id");
