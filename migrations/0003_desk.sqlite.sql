ALTER TABLE "application" ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1;

ALTER TABLE "application" ADD COLUMN "desk" TEXT NOT NULL DEFAULT '';

ALTER TABLE "application" ADD COLUMN "clerk_id" INTEGER REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "application" ADD COLUMN "taken_at" DATETIME;

UPDATE "application" SET "desk" = "authority";

DROP INDEX "application_authority_state_submitted_at";

CREATE INDEX "application_desk_state_submitted_at_id" ON "application" ("desk", "state", "submitted_at", "id");

CREATE INDEX "application_waiting" ON "application" ("desk", "submitted_at", "id") WHERE state = 'in-review' AND clerk_id IS NULL;

CREATE INDEX "application_taken" ON "application" ("clerk_id", "submitted_at", "id") WHERE state = 'in-review';

CREATE TABLE "note" ("id" INTEGER NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "by_id" INTEGER NOT NULL, "text" TEXT NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, FOREIGN KEY ("by_id") REFERENCES "account" ("id") ON DELETE RESTRICT);

CREATE INDEX "note_application_id" ON "note" ("application_id");

CREATE INDEX "note_by_id" ON "note" ("by_id");

CREATE TABLE "search_term" ("id" INTEGER NOT NULL PRIMARY KEY, "desk" TEXT NOT NULL, "term" TEXT NOT NULL, "application_id" INTEGER NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "search_term_desk_term_application_id" ON "search_term" ("desk", "term", "application_id");

CREATE TABLE "version" ("id" INTEGER NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "number" INTEGER NOT NULL, "frozen" TEXT NOT NULL, "at" DATETIME NOT NULL, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "version_application_id_number" ON "version" ("application_id", "number");

CREATE TRIGGER version_no_update BEFORE UPDATE ON version BEGIN
  SELECT RAISE(ABORT, 'version is append-only');
END;

CREATE TRIGGER version_no_delete BEFORE DELETE ON version BEGIN
  SELECT RAISE(ABORT, 'version is append-only');
END;

CREATE TRIGGER note_no_update BEFORE UPDATE ON note BEGIN
  SELECT RAISE(ABORT, 'note is append-only');
END;

CREATE TRIGGER note_no_delete BEFORE DELETE ON note BEGIN
  SELECT RAISE(ABORT, 'note is append-only');
END;
