"""A statement composed once says what peewee would have said each time, on both databases."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest
from peewee import Database, SqliteDatabase

import models
from engine.money import Money
from models import Account, Application, Bill, Counter, Outbox
from operations import counters, outbox
from statements import locked, statement
from tests.support.builders import a_person
from tests.support.database import database, opened, postgres_database, postgres_migrated, sqlite_template, sqlite_url

__all__ = ["database", "postgres_database", "postgres_migrated", "sqlite_template", "sqlite_url"]

MOMENT = dt.datetime(2026, 11, 22, 20, 30, tzinfo=dt.timezone(dt.timedelta(hours=4)))
ANSWERS = {"name": "شموخة", "quote": 'a "quoted" \\ word', "years": [1, 2.5, None, True], "deep": {"ar": {}}}


@statement
def _of(account: Any, reference: Any) -> Any:
    return (
        Application.select(Application, Account)
        .join(Account, on=Application.account)
        .where((Application.account == account) & (Application.reference == reference))
    )


@statement
def _bills_over(least: Any) -> Any:
    return Bill.select().where(Bill.total > least)


@statement
def _answer(key: Any, answers: Any, moment: Any) -> Any:
    return Application.update({Application.answers: answers, Application.updated_at: moment}).where(Application.id == key)


@pytest.fixture
def application(database: Database) -> Application:
    return an_application("CHAMBER-2026-0000001-2")


def an_application(reference: str) -> Application:
    account = a_person(civil_number="1234567")
    return Application.create(
        reference=reference,
        account=account,
        service="chamber.renew-membership",
        authority="chamber",
        answers=ANSWERS,
        created_at=MOMENT,
        updated_at=MOMENT,
    )


def test_a_row_is_written_and_read_as_it_was(application: Application) -> None:
    read = Application.get_by_id(application.id)
    assert (read.answers, read.records, read.created_at, read.subject) == (ANSWERS, {}, MOMENT, None)
    assert isinstance(application.id, int)


def test_a_changed_row_is_the_only_one_that_changes(application: Application) -> None:
    other = Application.create(**{**application.__data__, "id": None, "reference": "CHAMBER-2026-0000002-1"})
    application.answers = {"now": "another"}
    assert application.save() == 1
    assert Application.get_by_id(application.id).answers == {"now": "another"}
    assert Application.get_by_id(other.id).answers == ANSWERS


def test_an_expression_in_a_row_is_still_an_expression(application: Application) -> None:
    application.subject = Application.reference
    application.save()
    assert Application.get_by_id(application.id).subject == application.reference


def test_a_statement_finds_what_it_is_given_each_time(application: Application) -> None:
    found = _of.first(application.account, application.reference)
    assert (found.id, found.account.first_name) == (application.id, application.account.first_name)
    assert _of.first(application.account_id, application.reference).id == application.id
    assert _of.first(application.account_id, "another") is None
    assert _of.all(application.account_id + 1, application.reference) == []


def test_a_value_is_converted_as_its_column_wants_it(application: Application) -> None:
    Bill.create(
        application=application,
        authority="chamber",
        total=Money(25_000),
        quote={"lines": []},
        created_at=MOMENT,
        good_until=MOMENT,
    )
    assert [bill.total for bill in _bills_over.all(Money(24_999))] == [Money(25_000)]
    assert _bills_over.all(Money(25_000)) == []
    assert _answer.run(application.id, ["ن"], MOMENT + dt.timedelta(1)) == 1
    read = Application.get_by_id(application.id)
    assert (read.answers, read.updated_at) == (["ن"], MOMENT + dt.timedelta(1))


def test_a_number_of_rows_is_told_where_nothing_was_inserted(database: Database) -> None:
    with database.atomic():
        outbox.put("note", "the same", what="ب")
        outbox.put("note", "the same", what="another")
    assert [row.payload for row in Outbox.select()] == [{"what": "ب"}]


def test_what_is_returned_by_a_change_is_read(database: Database) -> None:
    with database.atomic():
        assert [counters.take("x", 2026) for _time in range(3)] == [1, 2, 3]
    assert Counter.select().count() == 1


def test_values_must_be_as_many_as_the_statement_has(database: Database) -> None:
    with pytest.raises(ValueError):
        _of.first(1)


def test_rows_are_held_where_the_database_holds_rows(database: Database) -> None:
    text, _values = locked(Application.select(Application.id)).sql()
    assert text.endswith("FOR UPDATE") != isinstance(database, SqliteDatabase)


def test_the_text_is_composed_once_and_for_each_kind_of_database(
    application: Application, sqlite_template: Path, tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _of.first(1, "x")
    monkeypatch.setattr(_of, "_compose", None)  # it is not asked again
    assert _of.first(application.account_id, application.reference).id == application.id
    monkeypatch.undo()
    other = opened(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'other.db')}")
    models.database.initialize(other)
    try:
        assert _of.first(application.account_id, application.reference) is None
    finally:
        other.close()
        models.database.initialize(database)
