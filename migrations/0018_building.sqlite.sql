CREATE TABLE "booking" ("id" INTEGER NOT NULL PRIMARY KEY, "office" TEXT NOT NULL, "at" DATETIME NOT NULL, "seat" INTEGER NOT NULL CHECK (seat > 0), "application_id" INTEGER NOT NULL, "field" TEXT NOT NULL, "until" DATETIME, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE INDEX "booking_application_id" ON "booking" ("application_id");

CREATE UNIQUE INDEX "booking_office_at_seat" ON "booking" ("office", "at", "seat");

CREATE TABLE "payout" ("id" INTEGER NOT NULL PRIMARY KEY, "subject" TEXT NOT NULL, "application_id" INTEGER NOT NULL, "authority" TEXT NOT NULL, "amount" INTEGER NOT NULL CHECK (amount > 0), "payee" TEXT NOT NULL, "iban" TEXT NOT NULL, "state" TEXT NOT NULL CHECK (state IN ('to-pay', 'paid')), "decided_by_id" INTEGER NOT NULL, "paid_by_id" INTEGER, "reference" TEXT NOT NULL, "created_at" DATETIME NOT NULL, "paid_at" DATETIME, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, FOREIGN KEY ("decided_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, FOREIGN KEY ("paid_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, CHECK (paid_by_id <> decided_by_id), CHECK ((state = 'paid') = (paid_by_id IS NOT NULL AND paid_at IS NOT NULL AND reference <> '')));

CREATE UNIQUE INDEX "payout_subject" ON "payout" ("subject");

CREATE UNIQUE INDEX "payout_application_id" ON "payout" ("application_id");

CREATE INDEX "payout_waiting" ON "payout" ("authority", "id") WHERE state = 'to-pay';

CREATE INDEX "payout_paid" ON "payout" ("authority", "paid_at") WHERE state = 'paid';

CREATE UNIQUE INDEX "payout_one_transfer" ON "payout" ("authority", "reference") WHERE state = 'paid';
