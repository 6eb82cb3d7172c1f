CREATE TABLE "office" ("id" SERIAL NOT NULL PRIMARY KEY, "name_ar" TEXT NOT NULL, "name_en" TEXT NOT NULL, "registration" TEXT NOT NULL, "email" TEXT NOT NULL, "opened_at" TIMESTAMP NOT NULL, "opened_by_id" INTEGER, "blocked_at" TIMESTAMP, FOREIGN KEY ("opened_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "office_registration" ON "office" ("registration");

CREATE TABLE "operator" ("id" SERIAL NOT NULL PRIMARY KEY, "office_id" INTEGER NOT NULL, "account_id" INTEGER NOT NULL, "head" BOOLEAN NOT NULL, "since" TIMESTAMP NOT NULL, "ended_at" TIMESTAMP, FOREIGN KEY ("office_id") REFERENCES "office" ("id") ON DELETE RESTRICT, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE INDEX "operator_office_id" ON "operator" ("office_id");

CREATE UNIQUE INDEX "operator_one_office" ON "operator" ("account_id") WHERE ("ended_at" IS NULL);

CREATE TABLE "delegation" ("id" SERIAL NOT NULL PRIMARY KEY, "customer_id" INTEGER, "office_id" INTEGER, "desk" TEXT NOT NULL, "services" JSONB NOT NULL, "until" DATE NOT NULL, "consent" TEXT NOT NULL CHECK (consent IN ('', 'code', 'card', 'counter')), "asked_for" TEXT NOT NULL, "asked_by_id" INTEGER NOT NULL, "challenge" TEXT NOT NULL, "created_at" TIMESTAMP NOT NULL, "consented_at" TIMESTAMP, "revoked_at" TIMESTAMP, "revoked_by_id" INTEGER, FOREIGN KEY ("customer_id") REFERENCES "account" ("id") ON DELETE RESTRICT, FOREIGN KEY ("office_id") REFERENCES "office" ("id") ON DELETE RESTRICT, FOREIGN KEY ("asked_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, FOREIGN KEY ("revoked_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, CHECK ((office_id IS NULL) = (desk <> '')), CHECK ((consent = '') = (consented_at IS NULL)), CHECK (consented_at IS NULL OR customer_id IS NOT NULL), CHECK (customer_id IS NULL OR customer_id <> asked_by_id), CHECK (revoked_by_id IS NULL OR revoked_at IS NOT NULL));

CREATE INDEX "delegation_customer_id" ON "delegation" ("customer_id");

CREATE INDEX "delegation_office_id_id" ON "delegation" ("office_id", "id");

CREATE UNIQUE INDEX "delegation_one_open" ON "delegation" ("office_id", "customer_id") WHERE consented_at IS NOT NULL AND revoked_at IS NULL;

ALTER TABLE "session" ADD COLUMN "delegation_id" INTEGER REFERENCES "delegation" ("id") ON DELETE RESTRICT;

ALTER TABLE "application" ADD COLUMN "filed_by_id" INTEGER REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "application" ADD COLUMN "office_id" INTEGER REFERENCES "office" ("id") ON DELETE RESTRICT;

CREATE INDEX "application_of_office" ON "application" ("office_id", "account_id", "id") WHERE ("office_id" IS NOT NULL);

ALTER TABLE "one_time_code" DROP CONSTRAINT "one_time_code_purpose_check";

ALTER TABLE "one_time_code" ADD CONSTRAINT "one_time_code_purpose_check" CHECK (purpose IN ('register-email', 'register-phone', 'recover', 'human', 'change-email', 'change-phone', 'delegate'));
