"""The tables: what the migrations make is what models.py says, and what must not be changed cannot be."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import peewee
import pytest
from peewee import Database, SqliteDatabase
from playhouse.migrations import Runner

import models
from models import APPEND_ONLY, TABLES, Row
from tests.support.database import opened
from tests.support.postgres import PostgresServer
from tests.support.processes import ROOT
from tools import schema

NOW = dt.datetime(2026, 11, 22, 8, 0, tzinfo=dt.UTC)

# Every promise "there is only one" that the database keeps. Written out by hand: peewee drops the second of two indexes with one name
# without a word, and then nobody would miss it.
UNIQUE = {
    "agreement_answer": {"request_id"},
    "agreement_request": {"application_id, number WHERE closed_at IS NULL"},
    "api_key": {"digest", "name WHERE revoked_at IS NULL"},
    "audit_link": {"entry_id"},
    "application": {
        "reference",
        "service, subject WHERE state IN ('in-review', 'returned', 'to-agree', 'to-pay')",
        "guest_id WHERE guest_id IS NOT NULL",
    },
    "batch": {"uuid"},
    "batch_row": {"application_id", "batch_id, number"},
    "appointment": {
        "application_id",
        "centre_id, counter WHERE state = 'called'",
        "centre_id, day, serial",
    },
    "booking": {"office, at, seat"},
    "centre": {"code"},
    "bill": {"application_id WHERE state = 'open'"},
    "counter": {"series, year"},
    "daily_figure": {"desk, day, service, hours"},
    "data_copy": {"account_id"},
    "declaration": {"serial", "application_id, seal"},
    "delegation": {"office_id, customer_id WHERE consented_at IS NOT NULL AND revoked_at IS NULL"},
    "document": {"serial", "code", "key"},
    "document_copy": {"application_id, document_id"},
    "fee_change": {"proposal_id, rule_id"},
    "fee_rule": {"code, variant, threshold, effective_from"},
    "gateway_inbox": {"provider, mode, channel, key"},
    "guest": {"uuid"},
    "identifier": {"type, value WHERE verified_at IS NOT NULL"},
    "identity_challenge": {"holder", "nonce"},
    "journal": {"source_key"},
    "opinion": {"application_id, desk WHERE closed_at IS NULL"},
    "message": {"key"},
    "no_reminder": {"account_id, register"},
    "office": {"registration"},
    "operator": {"account_id WHERE ended_at IS NULL"},
    "outbox": {"key"},
    "own_paper": {"account_id, applicant_id, name"},
    "payment_attempt": {
        "uuid",
        "receipt_id",
        "provider, mode, provider_transaction",
        "bill_id WHERE state IN ('created', 'submitted', 'review')",
    },
    "payout": {"subject", "application_id", "authority, reference WHERE state = 'paid'"},
    "public_entry": {"application_id", "reference"},
    "provider_visit": {"assertion", "ticket_hash", "log_out"},
    "recovery_code": {"digest"},
    "kept_form": {"account_id, path"},
    "receipt": {"number", "bill_id", "series, year, sequence"},
    "reconciliation_item": {"key"},
    "record_claim": {"register, number WHERE state IN ('held', 'paid')"},
    "record_party": {"record_id, number"},
    "refund": {"key"},
    "register_import": {"register WHERE state = 'running'"},
    "register_record": {"register, number"},
    "register_rejection": {"extract_id, line"},
    "role": {"account_id, name, authority"},
    "second_factor": {"account_id WHERE confirmed_at IS NOT NULL", "account_id WHERE confirmed_at IS NULL"},
    "saved_filter": {"account_id, name"},
    "satisfaction": {"decision_id"},
    "search_term": {"desk, term, application_id"},
    "session": {"token_hash", "next_hash"},
    "service_clock": {"application_id"},
    "support": {"entry_id, supporter"},
    "special_days": {"origin"},
    "tracked_number": {"register, number, application_id"},
    "version": {"application_id, number"},
    "visit": {"application_id WHERE state = 'planned'"},
    "visit_report": {"visit_id"},
    "waiting_reminder": {"account_id, record_id"},
    "waiver": {"application_id WHERE closed_at IS NULL"},
}


# --- The migrations and models.py ------------------------------------------------------------------------------------------------


def test_migrations_make_the_tables_of_models_on_sqlite(sqlite_url: str, tmp_path: Any):
    made = opened(f"sqlite:///{tmp_path / 'models.db'}")
    assert described(opened(sqlite_url)) == described(filled(made, "sqlite"))


def test_migrations_make_the_tables_of_models_on_postgresql(postgres_migrated: str, postgres: PostgresServer):
    url = postgres.database()
    made = filled(opened(url), "postgresql")
    migrated = opened(postgres_migrated)
    try:
        assert described(migrated) == described(made)
    finally:
        migrated.close()
        made.close()
        postgres.drop(url)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_of_part_1_keeps_its_rows(kind: str, tmp_path: Path, request: pytest.FixtureRequest):
    url = request.getfixturevalue("postgres_url") if kind == "postgresql" else f"sqlite:///{tmp_path / 'part1.db'}"
    database = opened(url)
    runner = Runner(database, str(ROOT / "migrations"))
    runner.up("0001_first_tables")
    at = "2026-11-22 08:00:00"
    database.execute_sql(
        "INSERT INTO account (id, first_name, middle_name, family_name, arabic_name, country, identity_type, identity_number,"
        " registration, password_hash, locale, created_at)"
        f" VALUES (7, 'Ali', '', 'x', 'علي', 'OM', 'civil-card', '1', '', 'h', 'ar', '{at}')"
    )
    database.execute_sql(
        "INSERT INTO one_time_code (id, account_id, purpose, channel, destination, real, counter, attempts, created_at, sent_at, expires_at)"
        f" VALUES ('c', 7, 'recover', 'mail', 'a@example.om', {'true' if kind == 'postgresql' else '1'}, 3, 1, '{at}', '{at}', '{at}')"
    )
    runner.up()
    assert database.execute_sql("SELECT arabic_name, closing_at FROM account").fetchall() == [("علي", None)]
    assert database.execute_sql("SELECT id, account_id, counter FROM one_time_code").fetchall() == [("c", 7, 3)]
    database.execute_sql("UPDATE one_time_code SET purpose = 'change-email'")
    database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_of_part_2_keeps_its_payments(kind: str, tmp_path: Path, request: pytest.FixtureRequest):
    """Each is still paid by itself, and by its applicant."""
    url = request.getfixturevalue("postgres_url") if kind == "postgresql" else f"sqlite:///{tmp_path / 'part2.db'}"
    database = opened(url)
    runner = Runner(database, str(ROOT / "migrations"))
    runner.up("0003_desk")
    at, no = "2026-11-22 08:00:00", "false" if kind == "postgresql" else "0"
    for statement in (
        (
            "INSERT INTO account (id, first_name, middle_name, family_name, arabic_name, country, identity_type, identity_number,"
            " registration, password_hash, locale, created_at)"
            f" VALUES (7, 'Ali', '', 'x', 'علي', 'OM', 'civil-card', '1', '', 'h', 'ar', '{at}')"
        ),
        (
            "INSERT INTO application (id, reference, account_id, service, authority, state, answers, records, created_at, updated_at)"
            f" VALUES (3, 'CHAMBER-2026-0000042-2', 7, 'chamber.x', 'chamber', 'to-pay', '{{}}', '{{}}', '{at}', '{at}')"
        ),
        (
            "INSERT INTO bill (id, application_id, authority, state, total, quote, created_at, good_until)"
            f" VALUES (5, 3, 'chamber', 'open', 25000, '{{}}', '{at}', '{at}')"
        ),
        *(
            "INSERT INTO payment_attempt (id, uuid, bill_id, provider, mode, profile, amount, state, card_brand, card_masked, stray,"
            " checks, created_at, updated_at, expires_at)"
            f" VALUES ({id_}, 'u{id_}', 5, 'cybersource', 'test', 'p', 25000, '{state}', '', '', {no}, 2, '{at}', '{at}', '{at}')"
            for id_, state in ((8, "declined"), (9, "submitted"))
        ),
    ):
        database.execute_sql(statement)
    runner.up()
    found = database.execute_sql("SELECT id, uuid, bill_id, amount, state, payer_id, leader_id FROM payment_attempt ORDER BY id")
    assert found.fetchall() == [(8, "u8", 5, 25000, "declined", 7, None), (9, "u9", 5, 25000, "submitted", 7, None)]
    with pytest.raises(peewee.IntegrityError):
        database.execute_sql("UPDATE payment_attempt SET state = 'review' WHERE id = 8")
    database.execute_sql("UPDATE application SET state = 'to-agree'")
    with pytest.raises(peewee.IntegrityError):
        database.execute_sql("UPDATE application SET state = 'unheard-of'")
    if kind == "sqlite":
        assert database.execute_sql("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()


def test_the_description_notices_what_matters(sqlite_url: str):
    """So that the two tests above can fail."""
    database = opened(sqlite_url)
    before = described(database)
    for change in (
        'ALTER TABLE "account" ADD COLUMN "nickname" TEXT',
        'CREATE INDEX "account_country" ON "account" ("country")',
        'DROP INDEX "bill_one_open"',
        "DROP TRIGGER receipt_no_update",
        'CREATE TABLE "more" ("id" INTEGER NOT NULL PRIMARY KEY CHECK (id > 0))',
    ):
        database.execute_sql(change)
        after = described(database)
        assert after != before, change
        before = after
    database.close()


def filled(database: Database, dialect: str) -> Database:
    """Tables as `python -m tools.schema` prints them."""
    for statement in schema.statements(dialect):
        database.execute_sql(statement if dialect == "sqlite" else statement.replace("%", "%%"))
    return database


def described(database: Database) -> set[str]:
    """Every column, constraint, index, trigger and function there is, a line each, whatever order they were made in."""
    lines = set(sqlite_lines(database) if isinstance(database, SqliteDatabase) else postgresql_lines(database))
    database.close()
    return {line for line in lines if "migration" not in line}


def sqlite_lines(database: Database) -> Iterator[str]:
    for kind, name, table, sql in database.execute_sql("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall():
        if kind == "table":
            for _position, column, type_, not_null, default, key in database.execute_sql(f'PRAGMA table_info("{name}")'):
                yield f"{name}.{column} {type_} {not_null} {default} {key}"
            for row in database.execute_sql(f'PRAGMA foreign_key_list("{name}")'):
                yield f"{name} foreign {row[2:]}"
            for check in re.findall(r"CHECK \((?:[^()]|\([^()]*\))*\)", sql):
                yield f"{name} {check}"
        else:
            yield f"{kind} {table} {sql}"


def postgresql_lines(database: Database) -> Iterator[str]:
    for query in (
        """SELECT table_name, column_name, data_type, is_nullable, coalesce(column_default, '-')
           FROM information_schema.columns WHERE table_schema = 'public'""",
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
        "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    ):
        yield from (" ".join(map(str, row)) for row in database.execute_sql(query).fetchall())


# --- Names, kinds of column, what there is only one of ---------------------------------------------------------------------------


def test_a_row_is_named_once():
    for names in ([model.__name__ for model in TABLES], [model._meta.table_name for model in TABLES]):
        assert [name for name, times in Counter(names).items() if times > 1] == []
    assert set(TABLES) == {model for model in vars(models).values() if isinstance(model, type) and issubclass(model, Row)} - {Row}


def test_what_there_is_only_one_of(database: Database):
    assert {name: found for model in TABLES if (found := unique(database, name := model._meta.table_name))} == UNIQUE


def unique(database: Database, table: str) -> set[str]:
    return {
        ", ".join(index.columns) + condition(index.sql)
        for index in database.get_indexes(table)
        if index.unique and index.sql and "_pkey" not in index.name
    }


def condition(sql: str) -> str:
    """The WHERE of an index, whichever database wrote it down."""
    _index, where, text = sql.partition(" WHERE ")
    plain = re.sub(r"::text(\[\])?|[\"()]", "", text).replace("= ANY ARRAY[", "IN [").replace("]", "")
    plain = re.sub(r" IN \[?(.*)", lambda match: f" IN ({match[1]})", plain)
    return f"{where}{plain}"


def test_no_amount_can_ever_be_a_float(database: Database):
    kinds = {column.data_type.lower() for model in TABLES for column in database.get_columns(model._meta.table_name)}
    assert kinds & {"text", "integer", "bigint"}
    assert {kind for kind in kinds if re.search("real|float|double|decimal|numeric|money", kind)} == set()
    fields = {type(field) for model in TABLES for field in model._meta.sorted_fields}
    assert not {peewee.FloatField, peewee.DoubleField, peewee.DecimalField} & fields


def test_whatever_counts_baisa_holds_more_than_two_million_rials(database: Database):
    """A 32-bit column would end at 2,147,483.647."""
    for model in TABLES:
        kinds = {column.name: column.data_type.lower() for column in database.get_columns(model._meta.table_name)}
        for field in model._meta.sorted_fields:
            if isinstance(field, models.MoneyField):
                assert kinds[field.column_name] == ("bigint" if not isinstance(database, SqliteDatabase) else "integer")


def test_a_person_is_never_deleted_with_what_they_did(database: Database):
    cascading = {
        model.__name__
        for model in TABLES
        for field in model._meta.sorted_fields
        if isinstance(field, peewee.ForeignKeyField) and field.on_delete == "CASCADE"
    }
    assert cascading == {
        "Identifier",
        "Role",
        "Session",
        "OneTimeCode",
        "SecondFactor",
        "RecoveryCode",
        "StepUp",
        "ProviderVisit",
        "Message",
        "KeptForm",
        "DataCopy",
        "OwnPaper",
        "SavedFilter",
        "RecordParty",
        "NoReminder",
        "WaitingReminder",
        "Support",
    }


# --- Rows that stay as they were written -----------------------------------------------------------------------------------------


def test_what_says_it_is_append_only_is_listed():
    says = {
        model for model in TABLES if "append-only" in (model.__doc__ or "").lower() or "never changed" in (model.__doc__ or "")
    }
    assert says <= set(APPEND_ONLY)
    assert {model.__name__ for model in APPEND_ONLY} == {
        "SecurityEvent",
        "ApplicationEvent",
        "Version",
        "AgreementAnswer",
        "DecisionMade",
        "Note",
        "MessageText",
        "VisitReport",
        "TimeTaken",
        "Satisfaction",
        "Receipt",
        "AttemptEvent",
        "Journal",
        "JournalEntry",
        "AuditEntry",
        "AuditLink",
    }


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_history_cannot_be_rewritten(database: Database, verb: str):
    one_of_each()
    for model in APPEND_ONLY:
        before = list(model.select().dicts())
        assert before, model
        column = next(field.column_name for field in model._meta.sorted_fields if not field.primary_key)
        table = model._meta.table_name
        sql = f'UPDATE "{table}" SET "{column}" = "{column}"' if verb == "update" else f'DELETE FROM "{table}"'
        with pytest.raises(peewee.DatabaseError, match=f"{table} is append-only"):
            database.execute_sql(sql)
        assert list(model.select().dicts()) == before


def test_the_one_change_is_to_become_empty_once_the_application_is_erased(database: Database):
    application = one_of_each()["application"]
    erasing = [(model, blank) for model, blank in models.ERASABLE.items()]

    def all_refused() -> None:
        for model, blank in erasing:
            other = moment(model)
            for values in (blank, {**blank, other: NOW + dt.timedelta(days=1)}, {other: NOW}):
                with pytest.raises(peewee.DatabaseError, match="append-only"):
                    model.update({model._meta.fields[k] if isinstance(k, str) else k: v for k, v in values.items()}).execute()

    all_refused()
    with pytest.raises(peewee.IntegrityError, match=r"(?i)check"):
        models.Application.update(erased_at=NOW).execute()
    models.Application.update(erased_at=NOW, closed_at=NOW).execute()
    for model, blank in erasing:
        said = {name: "more" if value == "" else [1] if value == [] else {"more": 1} for name, value in blank.items()}
        later = {model._meta.fields[name]: value for name, value in blank.items()} | {moment(model): NOW + dt.timedelta(days=1)}
        for refused in ({model._meta.fields[name]: value for name, value in said.items()}, later):
            with pytest.raises(peewee.DatabaseError, match="append-only"):
                model.update(refused).execute()
        assert model.update(blank).execute() == 1
        assert {name: getattr(model.get(), name) for name in blank} == blank
        with pytest.raises(peewee.DatabaseError, match="append-only"):
            model.delete().execute()
    assert models.ApplicationEvent.get().application_id == application.id


def moment(model: type[models.Row]) -> Any:
    """Some column that erasing leaves alone."""
    return next(field for field in model._meta.sorted_fields if field.name in ("at", "asked_at"))


def test_a_journal_that_does_not_sum_to_zero_cannot_be_written(database: Database):
    for amounts in ([], [5], [5, -4], [5, 5]):
        with pytest.raises(peewee.DatabaseError, match="sums to zero"):
            journal("capture:1", amounts)
    assert not models.Journal.select().exists()
    assert not models.JournalEntry.select().exists()


def test_nothing_is_added_to_a_journal_that_is_closed(database: Database):
    closed = journal("capture:1", [5, -5])
    with pytest.raises(peewee.DatabaseError, match="closed"):
        models.JournalEntry.create(journal=closed, account="a", amount=1)


def test_an_entry_without_its_journal_does_not_survive_its_transaction(database: Database):
    with pytest.raises(peewee.DatabaseError):
        with models.database.atomic():
            models.JournalEntry.create(journal="nowhere", account="a", amount=1)
    assert not models.JournalEntry.select().exists()


def test_the_same_cause_is_journalled_once(database: Database):
    journal("capture:1", [5, -5])
    with pytest.raises(peewee.IntegrityError):
        journal("capture:1", [5, -5])


def test_a_payment_attempt_cannot_contradict_itself(database: Database):
    attempt = one_of_each()["attempt"]
    row = {
        "bill": attempt.bill, "provider": "bank", "mode": "test", "amount": 50_000, "state": "declined",
        "created_at": NOW, "updated_at": NOW, "expires_at": NOW,
    }  # fmt: skip
    models.PaymentAttempt.create(**row)
    for wrong, values in {
        "captured without a receipt": {"state": "captured"},
        "a receipt without being captured": {"receipt": another_receipt(attempt)},
        "stray money with a receipt": {"state": "captured", "receipt": another_receipt(attempt), "stray": True},
        "nothing to pay": {"amount": 0},
        "an unknown state": {"state": "paid"},
        "an unknown mode": {"mode": "demo"},
    }.items():
        with pytest.raises(peewee.IntegrityError, match=r"(?i)check"):
            models.PaymentAttempt.create(**row | values)
            raise AssertionError(wrong)


def another_receipt(attempt: models.PaymentAttempt) -> models.Receipt:
    """Of a bill of its own, so that only the contradiction can be what is refused."""
    last = models.Receipt.select().count()
    bill = models.Bill.create(
        application=attempt.bill.application, authority="chamber", total=1, quote={}, state="paid", created_at=NOW, good_until=NOW
    )
    return models.Receipt.create(number=f"R-{last}", series="R", year=2026, sequence=last + 1, bill=bill, amount=1, at=NOW)


def test_nobody_approves_the_refund_they_asked_for(database: Database):
    made = one_of_each()
    row = {"attempt": made["attempt"], "amount": 1, "reason": "stray", "created_at": NOW, "updated_at": NOW}
    models.Refund.create(key="a", requested_by=made["person"], approved_by=a_person(), **row)
    with pytest.raises(peewee.IntegrityError):
        models.Refund.create(key="b", requested_by=made["person"], approved_by=made["person"], **row)


def test_nobody_approves_the_fees_they_proposed(database: Database):
    person = one_of_each()["person"]
    row = {"authority": "chamber", "proposed_by": person, "created_at": NOW}
    models.FeeProposal.create(**row, state="approved", decided_by=a_person())
    for wrong in (
        {"state": "approved", "decided_by": person},
        {"state": "approved"},
        {"state": "proposed", "decided_by": a_person()},
    ):
        with pytest.raises(peewee.IntegrityError, match=r"(?i)check"):
            models.FeeProposal.create(**row | wrong)


def journal(cause: str, amounts: list[int]) -> models.Journal:
    with models.database.atomic():
        id_ = models.new_id()
        for amount in amounts:
            models.JournalEntry.create(journal=id_, account="a", amount=amount)
        return models.Journal.create(id=id_, source_key=cause, at=NOW)


def a_person() -> models.Account:
    return models.Account.create(
        first_name="Salim", family_name="Al Harthy", identity_number="1", password_hash="", created_at=NOW
    )


def one_of_each() -> dict[str, Any]:
    """A paid application with a row in every append-only table."""
    person = a_person()
    application = models.Application.create(
        reference="CHAMBER-2026-0000042-2",
        account=person,
        service="chamber.x",
        authority="chamber",
        created_at=NOW,
        updated_at=NOW,
    )
    bill = models.Bill.create(
        application=application, authority="chamber", total=50_000, quote={}, created_at=NOW, good_until=NOW
    )
    receipt = models.Receipt.create(number="R-2026-000001", series="R", year=2026, sequence=1, bill=bill, amount=50_000, at=NOW)
    attempt = models.PaymentAttempt.create(
        bill=bill, provider="bank", mode="test", amount=50_000, state="captured", receipt=receipt,
        created_at=NOW, updated_at=NOW, expires_at=NOW,
    )  # fmt: skip
    journal("capture:0", [50_000, -50_000])
    visit = models.Visit.create(application=application, planned_by=person, at=NOW, place="x", visitor="y", created_at=NOW)
    models.Opinion.create(application=application, desk="x", asked_by=person, question="x", asked_at=NOW, closed_at=NOW)
    request = models.AgreementRequest.create(
        application=application, number="1", name={}, role={}, phone="+96892000001", locale="ar", said=[],
        asked_at=NOW, sent_at=NOW, expires_at=NOW,
    )  # fmt: skip
    made: list[Callable[[], Any]] = [
        lambda: models.AgreementAnswer.create(
            request=request, application=application, answer="agreed", reason="x", phone="y", address="z", at=NOW
        ),
        lambda: models.SecurityEvent.create(account=person, kind="signed-in", at=NOW),
        lambda: models.ApplicationEvent.create(application=application, kind="started", at=NOW),
        lambda: models.Version.create(application=application, number=1, frozen={}, at=NOW),
        lambda: models.DecisionMade.create(application=application, clerk=person, outcome="approve", at=NOW),
        lambda: models.Note.create(application=application, by=person, text="x", at=NOW),
        lambda: models.MessageText.create(template="x", channel="sms", locale="ar", text="x", by=person, at=NOW),
        lambda: models.VisitReport.create(visit=visit, application=application, by=person, finding="in-order", text="x", at=NOW),
        lambda: models.Satisfaction.create(
            application=application, decision=models.DecisionMade.get(), desk="x", service="y", day=NOW.date(), points=5, at=NOW
        ),
        lambda: models.TimeTaken.create(application=application, desk="x", service="y", day=NOW.date(), minutes=1, late=False),
        lambda: models.AttemptEvent.create(attempt=attempt, kind="captured", source="return", at=NOW),
        lambda: models.AuditLink.create(
            number=1, entry=models.AuditEntry.create(account=person, action="x", subject="y", at=NOW), digest="d"
        ),
    ]
    for make in made:
        make()
    return {"person": person, "application": application, "attempt": attempt}
