"""Finding an application by any number or word of a name: staff type it as they heard it.

An application's terms are written when it is submitted, and again when a document of it gets its number. Words are spelled by
engine/search.py for the table and for the question alike; numbers are kept without their signs. `index` makes those of applications
that were submitted before there were terms.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from peewee import SQL, Value, fn

from engine.catalogue import catalogue
from engine.fields import LongText, Pattern, Text
from engine.search import norm
from engine.service import Service
from models import Application, SearchTerm, database
from operations import staff
from statements import locked

MOST = 90  # terms of one application; a form is a page or two
NEAR = 4  # words of a name or a subject that stand so close make pairs
LONGEST = 40  # letters of a term
BATCH = 500  # applications of one transaction when terms are made anew


def remember(row: Application, texts: Iterable[str]) -> None:
    """These texts find the application from now on, at every desk that knows it. Part of the caller's transaction."""
    terms = terms_of(texts)
    if terms:
        rows = [{"desk": desk, "term": term, "application": row} for desk in staff.desks_that_know(row) for term in terms]
        SearchTerm.insert_many(rows).on_conflict_ignore().execute()


def follow(row: Application, before: str) -> None:
    """It lies on another desk than `before`, and is found there too. Part of the caller's transaction."""
    known = SearchTerm.select(Value(row.desk), SearchTerm.term, SearchTerm.application).where(
        (SearchTerm.application == row) & (SearchTerm.desk == before)
    )
    SearchTerm.insert_from(known, [SearchTerm.desk, SearchTerm.term, SearchTerm.application]).execute()


def terms_of(texts: Iterable[str]) -> list[str]:
    """The terms by which these texts are found, each once: numbers and words, then pairs of words."""
    known = list(texts)
    found = [term for each in (_terms, _pairs) for text in known for term in each(text)]
    return list(dict.fromkeys(term[:LONGEST] for term in found))[:MOST]


def texts_of(service: Service, frozen: dict[str, Any], numbers: Iterable[str]) -> Iterator[str]:
    """What a submitted application is known by: its number, its applicant, its records, its short answers."""
    yield from numbers
    yield from frozen["applicant"].values()
    for record in frozen["records"].values():
        yield record["number"]
        for value in record["data"].values():
            if isinstance(value, dict):
                yield from value.values()
    for name, value in frozen["answers"].items():
        if (
            isinstance(value, str)
            and isinstance(field := service.field(name), Text | Pattern)
            and not isinstance(field, LongText)
        ):
            yield value


def index(after: int = 0) -> Iterator[tuple[int, int]]:
    """Write what is missing, batch by batch, from the application with that key on; yields the last key done and how many had none.

    Each batch is a transaction: a run that was broken off goes on where it ended, or begins anew, which only costs time.
    """
    while keys := [row.id for row in _submitted(after).limit(BATCH)]:
        after = keys[-1]
        with database.atomic():
            rows = list(locked(Application.select().where(Application.id.in_(keys) & ~_known())))
            for row in rows:
                _remember_again(row)
        yield after, len(rows)


def _submitted(after: int) -> Any:
    kept = Application.submitted_at.is_null(False) & Application.erased_at.is_null() & (Application.id > after)
    return Application.select(Application.id).where(kept).order_by(Application.id)


def _known() -> Any:
    """Whether its own number finds it: the first term that is written."""
    whole = fn.LOWER(fn.REPLACE(Application.reference, "-", ""))
    same = (SearchTerm.desk == Application.desk) & (SearchTerm.term == whole) & (SearchTerm.application == Application.id)
    return fn.EXISTS(SearchTerm.select(SQL("1")).where(same))


def _remember_again(row: Application) -> None:
    """As submitting it and issuing its documents would."""
    service = catalogue.services.get(row.service)
    if service is None or row.frozen is None:
        return
    remember(row, texts_of(service, row.frozen, (row.reference, row.account.identity_number)))
    remember(row, [document.serial for document in row.documents])


def asked(text: str) -> tuple[str, list[str]]:
    """What somebody typed: as one number without its signs, and as the words of a name."""
    words = norm(text).split()
    return "".join(words)[:LONGEST], [word[:LONGEST] for word in words]


def pairs(words: Iterable[str]) -> list[str]:
    """Each two of these words as one term, whichever came first: where each is frequent, the two together are not."""
    return [" ".join(sorted(two))[:LONGEST] for two in combinations(words, 2)]


def _pairs(text: str) -> Iterator[str]:
    words = [word for word in norm(text).split() if len(word) > 1]
    for place in range(len(words) - 1):
        near = words[place : place + NEAR]
        yield from (pair for pair in pairs(near)[: len(near) - 1])


def _terms(text: str) -> Iterator[str]:
    """Its words; and all of it in one, where it is a number that people write with signs."""
    words = norm(text).split()
    if len(words) > 1 and any(sign.isdigit() for sign in text):
        yield "".join(words)
    yield from (word for word in words if len(word) > 1)
