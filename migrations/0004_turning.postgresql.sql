ALTER TABLE "session" ADD COLUMN "next_hash" TEXT;

ALTER TABLE "session" ADD COLUMN "next_assurance" INTEGER;

CREATE UNIQUE INDEX "session_next_hash" ON "session" ("next_hash");
