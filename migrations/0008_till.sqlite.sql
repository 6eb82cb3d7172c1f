ALTER TABLE "payment_attempt" ADD COLUMN "leader_id" INTEGER REFERENCES "payment_attempt" ("id") ON DELETE RESTRICT;

CREATE INDEX "payment_attempt_leader_id" ON "payment_attempt" ("leader_id");

ALTER TABLE "payment_attempt" ADD COLUMN "payer_id" INTEGER REFERENCES "account" ("id") ON DELETE RESTRICT;

CREATE INDEX "payment_attempt_payer_id" ON "payment_attempt" ("payer_id");

ALTER TABLE "payment_attempt" ADD COLUMN "cashier_id" INTEGER REFERENCES "account" ("id") ON DELETE RESTRICT CHECK ((cashier_id IS NOT NULL) = (provider IN ('cash', 'pos'))) CHECK (cashier_id <> payer_id);

CREATE INDEX "payment_attempt_cashier_id_updated_at" ON "payment_attempt" ("cashier_id", "updated_at");

UPDATE "payment_attempt" SET "payer_id" = (SELECT "application"."account_id" FROM "bill" JOIN "application" ON "application"."id" = "bill"."application_id" WHERE "bill"."id" = "payment_attempt"."bill_id");

CREATE TABLE "batch" ("id" INTEGER NOT NULL PRIMARY KEY, "uuid" TEXT NOT NULL, "office_id" INTEGER NOT NULL, "account_id" INTEGER NOT NULL, "service" TEXT NOT NULL, "name" TEXT NOT NULL, "state" TEXT NOT NULL CHECK (state IN ('checking', 'checked', 'filing', 'filed')), "created_at" DATETIME NOT NULL, "confirmed_at" DATETIME, "assurance" INTEGER NOT NULL, FOREIGN KEY ("office_id") REFERENCES "office" ("id") ON DELETE RESTRICT, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "batch_uuid" ON "batch" ("uuid");

CREATE INDEX "batch_office_id_id" ON "batch" ("office_id", "id");

CREATE TABLE "batch_row" ("id" INTEGER NOT NULL PRIMARY KEY, "batch_id" INTEGER NOT NULL, "number" INTEGER NOT NULL, "typed" TEXT NOT NULL, "checked_at" DATETIME, "customer_id" INTEGER, "subject" TEXT, "amount" INTEGER, "problem" TEXT, "application_id" INTEGER, FOREIGN KEY ("batch_id") REFERENCES "batch" ("id") ON DELETE RESTRICT, FOREIGN KEY ("customer_id") REFERENCES "account" ("id") ON DELETE RESTRICT, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, CHECK (application_id IS NULL OR problem IS NULL));

CREATE UNIQUE INDEX "batch_row_application_id" ON "batch_row" ("application_id");

CREATE UNIQUE INDEX "batch_row_batch_id_number" ON "batch_row" ("batch_id", "number");
