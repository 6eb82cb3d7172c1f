CREATE TABLE "own_paper" ("id" TEXT NOT NULL PRIMARY KEY, "account_id" INTEGER NOT NULL, "applicant_id" INTEGER NOT NULL, "name" TEXT NOT NULL, "template" TEXT NOT NULL, "content" TEXT NOT NULL, "digest" TEXT, "size" INTEGER, "created_at" DATETIME NOT NULL, "expires_at" DATETIME NOT NULL, FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE, FOREIGN KEY ("applicant_id") REFERENCES "account" ("id") ON DELETE CASCADE);

CREATE INDEX "own_paper_digest" ON "own_paper" ("digest");

CREATE INDEX "own_paper_expires_at" ON "own_paper" ("expires_at");

CREATE UNIQUE INDEX "own_paper_account_id_applicant_id_name" ON "own_paper" ("account_id", "applicant_id", "name");

CREATE TABLE "record_claim" ("id" INTEGER NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "register" TEXT NOT NULL, "number" TEXT NOT NULL, "amount" INTEGER, "state" TEXT NOT NULL CHECK (state IN ('held', 'released', 'paid', 'late', 'told', 'elsewhere', 'about')), "until" DATETIME, "created_at" DATETIME NOT NULL, "changed_at" DATETIME NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE INDEX "record_claim_application_id" ON "record_claim" ("application_id");

CREATE INDEX "record_claim_register_number" ON "record_claim" ("register", "number");

CREATE UNIQUE INDEX "record_claim_one_paying" ON "record_claim" ("register", "number") WHERE state IN ('held', 'paid');
