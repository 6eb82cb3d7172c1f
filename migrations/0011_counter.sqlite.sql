ALTER TABLE "delegation" ADD COLUMN "evidence" TEXT NOT NULL DEFAULT '' CHECK (evidence IN ('', 'card', 'civil-card', 'resident-card', 'passport')) CHECK ((desk <> '') = (evidence <> ''));

ALTER TABLE "delegation" ADD COLUMN "session" INTEGER CHECK ((desk <> '') = (session IS NOT NULL));

ALTER TABLE "delegation" ADD COLUMN "ends_at" DATETIME CHECK ((desk <> '') = (ends_at IS NOT NULL));

CREATE INDEX "delegation_passport" ON "delegation" ("asked_for") WHERE evidence = 'passport';

CREATE INDEX "application_office_day" ON "application" ("office_id", "submitted_at") WHERE office_id IS NOT NULL;

DROP INDEX "payment_attempt_payer_id";

CREATE INDEX "payment_attempt_payer_id_updated_at" ON "payment_attempt" ("payer_id", "updated_at");
