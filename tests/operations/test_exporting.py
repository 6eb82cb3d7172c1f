"""The export: every application of a period once, batch by batch, and nothing that a spreadsheet would calculate."""

import csv
import datetime as dt
import io
from collections.abc import Iterator

import pytest

from engine import sheet
from engine.clock import MUSCAT
from engine.errors import NotAllowed, NotFound, Refusal
from models import Application, AuditEntry, Outcome, database
from operations import casework, exporting
from tests.operations.test_desk import DESK, a_clerk, asked
from tests.operations.test_supervision import a_supervisor
from tests.support.builders import a_person, signed_in

pytestmark = pytest.mark.usefixtures("rules")
DAY = dt.date(2026, 11, 22)


def rows(pieces: Iterator[str]) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(pieces).removeprefix(sheet.MARK))))


def submitted(when: str) -> str:
    reference = asked().reference
    moment = dt.datetime.fromisoformat(when).replace(tzinfo=MUSCAT)
    Application.update(submitted_at=moment).where(Application.reference == reference).execute()
    return reference


def test_every_application_of_the_period_once_however_the_batches_fall(monkeypatch: pytest.MonkeyPatch) -> None:
    supervisor = a_supervisor()
    submitted("2026-11-21 23:59")
    made = [submitted("2026-11-22 00:00") for _ in range(3)] + [submitted("2026-11-22 23:59")]
    submitted("2026-11-23 00:00")
    for batch in (1, 2, 4, 5, 1000):
        monkeypatch.setattr(exporting, "BATCH", batch)
        assert [row[0] for row in rows(exporting.export(supervisor, DESK, DAY, DAY))] == ["Number", *made], batch


def test_a_line_says_where_it_stands_and_who_has_it() -> None:
    clerk = a_clerk(first_name="Maryam", arabic_name="مريم")
    person = signed_in(a_person(first_name="-2+3", arabic_name="سالم"))
    opened = asked(person)
    casework.decide(clerk, opened.reference, Outcome.REFUSE, reason="No.")
    moment = dt.datetime(2026, 11, 22, 9, 5, tzinfo=MUSCAT)
    Application.update(submitted_at=moment, closed_at=moment).execute()
    [_head, english] = rows(exporting.export(a_supervisor(), DESK, DAY, DAY))
    assert english == [
        opened.reference,
        "Administration services",
        "Refused",
        "'-2+3 Al-Harthy",
        "2026-11-22 09:05",
        "",
        "2026-11-22 09:05",
        "Maryam Al-Harthy",
    ]
    [head, arabic] = rows(exporting.export(a_supervisor(locale="ar"), DESK, DAY, DAY))
    assert head[0] == "الرقم" and (arabic[3], arabic[7]) == ("سالم", "مريم")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_a_spreadsheet_would_calculate_is_text(cell: str) -> None:
    assert sheet.harmless(cell) == f"'{cell}"
    assert sheet.harmless(f"x{cell}") == f"x{cell}"


def test_it_is_recorded_before_the_first_piece_and_holds_no_transaction() -> None:
    asked()
    today = dt.datetime.now(MUSCAT).date()
    pieces = exporting.export(a_supervisor(), DESK, today, today)
    assert AuditEntry.select().where(AuditEntry.action == "applications.exported").count() == 1
    for _piece in pieces:
        assert not database.in_transaction()


def test_only_supervisors_of_the_desk_take_it_and_only_a_period_that_is_one() -> None:
    for somebody, problem in ((a_clerk(), NotAllowed), (a_supervisor("chamber"), NotFound)):
        with pytest.raises(problem):
            exporting.export(somebody, DESK, DAY, DAY)
    with pytest.raises(Refusal):
        exporting.export(a_supervisor(), DESK, DAY, DAY - dt.timedelta(days=1))
    assert not AuditEntry.select().where(AuditEntry.action == "applications.exported").exists()
