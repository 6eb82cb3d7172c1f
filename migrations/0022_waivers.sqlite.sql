CREATE TABLE "waiver" ("id" INTEGER NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "bill_id" INTEGER NOT NULL, "desk" TEXT NOT NULL, "asked_by_id" INTEGER, "reason" TEXT NOT NULL, "asked_at" DATETIME NOT NULL, "outcome" TEXT CHECK (outcome IN ('granted', 'declined', 'lapsed')), "decided_by_id" INTEGER, "answer" TEXT NOT NULL, "waived" INTEGER, "closed_at" DATETIME, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, FOREIGN KEY ("bill_id") REFERENCES "bill" ("id") ON DELETE RESTRICT, FOREIGN KEY ("asked_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, FOREIGN KEY ("decided_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT, CHECK ((outcome IS NULL) = (closed_at IS NULL)), CHECK ((decided_by_id IS NULL) = (outcome IS NULL OR outcome = 'lapsed')), CHECK ((waived IS NOT NULL AND waived > 0) = (outcome IS NOT NULL AND outcome = 'granted')), CHECK (asked_by_id IS NOT NULL OR (outcome IS NOT NULL AND outcome = 'granted')), CHECK (decided_by_id IS NULL OR asked_by_id IS NULL OR decided_by_id <> asked_by_id));

CREATE INDEX "waiver_application_id" ON "waiver" ("application_id");

CREATE INDEX "waiver_bill_id" ON "waiver" ("bill_id");

CREATE INDEX "waiver_asked_by_id" ON "waiver" ("asked_by_id");

CREATE INDEX "waiver_decided_by_id" ON "waiver" ("decided_by_id");

CREATE UNIQUE INDEX "waiver_one_open" ON "waiver" ("application_id") WHERE closed_at IS NULL;

CREATE INDEX "waiver_waiting" ON "waiver" ("desk", "id") WHERE closed_at IS NULL;
