CREATE TABLE "document_copy" ("id" SERIAL NOT NULL PRIMARY KEY, "document_id" INTEGER NOT NULL, "application_id" INTEGER NOT NULL, "at" TIMESTAMP NOT NULL, FOREIGN KEY ("document_id") REFERENCES "document" ("id") ON DELETE RESTRICT, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "document_copy_application_id_document_id" ON "document_copy" ("application_id", "document_id");

CREATE TABLE "record_party" ("id" SERIAL NOT NULL PRIMARY KEY, "record_id" INTEGER NOT NULL, "number" TEXT NOT NULL, FOREIGN KEY ("record_id") REFERENCES "register_record" ("id") ON DELETE CASCADE);

CREATE INDEX "record_party_number" ON "record_party" ("number");

CREATE UNIQUE INDEX "record_party_record_id_number" ON "record_party" ("record_id", "number");

DROP INDEX "application_waiting";

CREATE INDEX "application_waiting" ON "application" ("desk", "state", "clerk_id", "submitted_at", "id") WHERE state = 'in-review' AND clerk_id IS NULL;

DROP INDEX "application_taken";

CREATE INDEX "application_taken" ON "application" ("clerk_id", "state", "submitted_at", "id", "desk", "due_at") WHERE state = 'in-review';
