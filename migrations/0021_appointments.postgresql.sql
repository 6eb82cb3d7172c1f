CREATE TABLE "centre" ("id" SERIAL NOT NULL PRIMARY KEY, "code" TEXT NOT NULL, "desk" TEXT NOT NULL, "name" JSONB NOT NULL, "address" JSONB NOT NULL, "point" JSONB NOT NULL, "opens" INTEGER NOT NULL, "closes" INTEGER NOT NULL, "minutes" INTEGER NOT NULL, "counters" INTEGER NOT NULL, "days" INTEGER NOT NULL, "open" BOOLEAN NOT NULL, CHECK (0 <= opens AND opens < closes AND closes <= 1440), CHECK (minutes BETWEEN 5 AND 240), CHECK (counters BETWEEN 1 AND 99), CHECK (days BETWEEN 1 AND 365));

CREATE UNIQUE INDEX "centre_code" ON "centre" ("code");

CREATE INDEX "centre_desk" ON "centre" ("desk");

CREATE TABLE "appointment" ("id" SERIAL NOT NULL PRIMARY KEY, "application_id" INTEGER NOT NULL, "centre_id" INTEGER NOT NULL, "state" TEXT NOT NULL CHECK (state IN ('booked', 'here', 'called', 'served', 'missed', 'cancelled')), "at" TIMESTAMP NOT NULL, "day" DATE NOT NULL, "serial" TEXT NOT NULL, "sequence" INTEGER NOT NULL, "here_at" TIMESTAMP, "counter" INTEGER, "clerk_id" INTEGER, "called_at" TIMESTAMP, "waits_since" TIMESTAMP, "offered" TIMESTAMP, "offered_until" TIMESTAMP, FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT, FOREIGN KEY ("centre_id") REFERENCES "centre" ("id") ON DELETE RESTRICT, FOREIGN KEY ("clerk_id") REFERENCES "account" ("id") ON DELETE RESTRICT, CHECK ((state IN ('here', 'called', 'served', 'missed')) = (here_at IS NOT NULL)), CHECK ((state IN ('called', 'served', 'missed')) = (counter IS NOT NULL)), CHECK ((counter IS NULL) = (clerk_id IS NULL)), CHECK ((counter IS NULL) = (called_at IS NULL)), CHECK ((offered IS NULL) = (offered_until IS NULL)), CHECK (offered IS NULL OR (waits_since IS NOT NULL AND offered < at)), CHECK (waits_since IS NULL OR state = 'booked'));

CREATE UNIQUE INDEX "appointment_application_id" ON "appointment" ("application_id");

CREATE UNIQUE INDEX "appointment_centre_id_day_serial" ON "appointment" ("centre_id", "day", "serial");

CREATE UNIQUE INDEX "appointment_one_at_a_counter" ON "appointment" ("centre_id", "counter") WHERE state = 'called';

CREATE INDEX "appointment_here" ON "appointment" ("centre_id", "at") WHERE state = 'here';

CREATE INDEX "appointment_waiting" ON "appointment" ("centre_id", "waits_since") WHERE waits_since IS NOT NULL;
