CREATE TABLE "office" ("id" INTEGER NOT NULL PRIMARY KEY, "name_ar" TEXT NOT NULL, "name_en" TEXT NOT NULL, "registration" TEXT NOT NULL, "email" TEXT NOT NULL, "opened_at" DATETIME NOT NULL, "opened_by_id" INTEGER, "blocked_at" DATETIME, FOREIGN KEY ("opened_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "office_registration" ON "office" ("registration");

CREATE TABLE "operator" ("id" INTEGER NOT NULL PRIMARY KEY, "office_id" INTEGER NOT NULL, "account_id" INTEGER NOT NULL, "head" INTEGER NOT NULL, "since" DATETIME NOT NULL, "ended_at" DATETIME, FOREIGN KEY ("office_id") REFERENCES "office" ("id") ON DELETE RESTRICT, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE INDEX "operator_office_id" ON "operator" ("office_id");

CREATE UNIQUE INDEX "operator_one_office" ON "operator" ("account_id") WHERE ("ended_at" IS NULL);

CREATE TABLE "delegation" ("id" INTEGER NOT NULL PRIMARY KEY, "customer_id" INTEGER, "office_id" INTEGER, "desk" TEXT NOT NULL, "services" TEXT NOT NULL, "until" DATE NOT NULL, "consent" TEXT NOT NULL CHECK (consent IN ('', 'code', 'card', 'counter')), "asked_for" TEXT NOT NULL, "asked_by_id" INTEGER NOT NULL, "challenge" TEXT NOT NULL, "created_at" DATETIME NOT NULL, "consented_at" DATETIME, "revoked_at" DATETIME, "revoked_by_id" INTEGER, FOREIGN KEY ("customer_id") REFERENCES "account" ("id") ON DELETE RESTRICT, FOREIGN KEY ("office_id") REFERENCES "office" ("id") ON DELETE RESTRICT, FOREIGN KEY ("asked_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, FOREIGN KEY ("revoked_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, CHECK ((office_id IS NULL) = (desk <> '')), CHECK ((consent = '') = (consented_at IS NULL)), CHECK (consented_at IS NULL OR customer_id IS NOT NULL), CHECK (customer_id IS NULL OR customer_id <> asked_by_id), CHECK (revoked_by_id IS NULL OR revoked_at IS NOT NULL));

CREATE INDEX "delegation_customer_id" ON "delegation" ("customer_id");

CREATE INDEX "delegation_office_id_id" ON "delegation" ("office_id", "id");

CREATE UNIQUE INDEX "delegation_one_open" ON "delegation" ("office_id", "customer_id") WHERE consented_at IS NOT NULL AND revoked_at IS NULL;

ALTER TABLE "session" ADD COLUMN "delegation_id" INTEGER REFERENCES "delegation" ("id") ON DELETE RESTRICT;

ALTER TABLE "application" ADD COLUMN "filed_by_id" INTEGER REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "application" ADD COLUMN "office_id" INTEGER REFERENCES "office" ("id") ON DELETE RESTRICT;

CREATE INDEX "application_of_office" ON "application" ("office_id", "account_id", "id") WHERE ("office_id" IS NOT NULL);

CREATE TABLE "one_time_code_anew" ("id" TEXT NOT NULL PRIMARY KEY, "account_id" INTEGER, "purpose" TEXT NOT NULL CHECK (purpose IN ('register-email', 'register-phone', 'recover', 'human', 'change-email', 'change-phone', 'delegate')), "channel" TEXT NOT NULL CHECK (channel IN ('mail', 'sms')), "destination" TEXT NOT NULL, "real" INTEGER NOT NULL, "counter" INTEGER NOT NULL, "attempts" INTEGER NOT NULL, "created_at" DATETIME NOT NULL, "sent_at" DATETIME NOT NULL, "expires_at" DATETIME NOT NULL, "used_at" DATETIME, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE);

INSERT INTO "one_time_code_anew" SELECT * FROM "one_time_code";

DROP TABLE "one_time_code";

ALTER TABLE "one_time_code_anew" RENAME TO "one_time_code";

CREATE INDEX "one_time_code_account_id" ON "one_time_code" ("account_id");

CREATE INDEX "one_time_code_destination_created_at" ON "one_time_code" ("destination", "created_at");
