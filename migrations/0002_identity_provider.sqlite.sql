CREATE TABLE "provider_visit" ("id" TEXT NOT NULL PRIMARY KEY, "step_up_id" TEXT, "expires_at" DATETIME NOT NULL, "assertion" TEXT, "ticket_hash" TEXT, "civil_number" TEXT NOT NULL, "assurance" INTEGER NOT NULL, "name_id" TEXT NOT NULL, "session_index" TEXT NOT NULL, "session_id" INTEGER, "log_out" TEXT, "failure" TEXT NOT NULL, "ended_at" DATETIME, FOREIGN KEY ("step_up_id") REFERENCES "step_up" ("id") ON DELETE CASCADE, FOREIGN KEY ("session_id") REFERENCES "session" ("id") ON DELETE CASCADE);

CREATE INDEX "provider_visit_step_up_id" ON "provider_visit" ("step_up_id");

CREATE UNIQUE INDEX "provider_visit_assertion" ON "provider_visit" ("assertion");

CREATE UNIQUE INDEX "provider_visit_ticket_hash" ON "provider_visit" ("ticket_hash");

CREATE INDEX "provider_visit_session_id" ON "provider_visit" ("session_id");

CREATE UNIQUE INDEX "provider_visit_log_out" ON "provider_visit" ("log_out");

CREATE INDEX "provider_visit_name_id" ON "provider_visit" ("name_id");
