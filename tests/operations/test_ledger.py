"""The journal: the database itself refuses what does not sum to zero, comes late, or would change what was written."""

from collections.abc import Callable

import pytest
from peewee import Database, IntegrityError

import models
from engine.ledger import Posting, clearing, give_back, stray
from engine.money import Money
from models import Journal, JournalEntry, new_id
from operations import ledger
from operations.now import now

pytestmark = pytest.mark.usefixtures("database")
TWO = stray("bank", "test", Money(2_500))


@models.database.atomic()
def posted(cause: str, postings: list[Posting] = TWO) -> Journal:
    return ledger.post(cause, postings)


def entries(journal: str, *amounts: int) -> None:
    for amount in amounts:
        JournalEntry.create(journal=journal, account="a", amount=Money(amount))


def close(journal: str, cause: str = "x") -> None:
    Journal.create(id=journal, source_key=cause, at=now())


def refused(harm: Callable[[], object]) -> None:
    before = [Journal.select().count(), *JournalEntry.select(JournalEntry.amount).tuples()]
    with pytest.raises(IntegrityError), models.database.atomic():
        harm()
    assert [Journal.select().count(), *JournalEntry.select(JournalEntry.amount).tuples()] == before


def test_a_journal_and_its_balances() -> None:
    posted("one")
    posted("two", give_back("bank", "test", Money(1_000), "suspense"))
    assert ledger.balance("suspense") == Money(-1_500)
    assert ledger.balance(clearing("bank", "test")) == Money(1_500)
    assert ledger.balance("nobody's") == Money(0)
    assert ledger.balance("suspense").format("en") == "OMR\u00a0-1.500"


@pytest.mark.parametrize("amounts", [(), (5,), (5, -4), (5, 5), (5, -5, 1)])
def test_the_database_refuses_a_journal_that_does_not_sum_to_zero(amounts: tuple[int, ...]) -> None:
    def harm() -> None:
        journal = new_id()
        entries(journal, *amounts)
        close(journal)

    refused(harm)


def test_the_database_refuses_an_entry_after_its_journal_was_closed() -> None:
    journal = posted("one")
    refused(lambda: entries(journal.id, 1))
    refused(lambda: entries(journal.id, 1, -1))


def test_the_database_refuses_an_entry_without_a_journal() -> None:
    refused(lambda: entries(new_id(), 5, -5))


def test_the_database_refuses_an_entry_of_nothing() -> None:
    refused(lambda: entries(new_id(), 0))


@pytest.mark.parametrize("model", [Journal, JournalEntry])
def test_the_database_refuses_to_change_or_forget_what_was_written(model: type[models.Row]) -> None:
    posted("one")
    changed = {"source_key": "other"} if model is Journal else {"amount": Money(1)}
    refused(lambda: model.update(**changed).execute())
    refused(lambda: model.delete().execute())


def test_the_same_cause_is_booked_once() -> None:
    posted("one")
    refused(lambda: ledger.post("one", TWO))


@pytest.mark.parametrize(
    "postings", [[Posting("a", Money(5))], [Posting("a", Money(5)), Posting("b", Money(-4))], [Posting("a", Money(0))]]
)
def test_what_does_not_sum_to_zero_is_not_even_tried(postings: list[Posting]) -> None:
    with pytest.raises(ValueError, match="sum to zero"):
        ledger.post("one", postings)


def test_a_rollback_takes_the_journal_with_it(database: Database) -> None:
    with pytest.raises(RuntimeError), models.database.atomic():
        ledger.post("one", TWO)
        raise RuntimeError
    assert not Journal.select().exists() and not JournalEntry.select().exists()
