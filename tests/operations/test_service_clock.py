"""When an authority owes its decision: the clock runs while it has the application, in working time, and stands otherwise."""

import datetime as dt
from collections.abc import Iterator

import pytest

from engine.clock import MUSCAT
from engine.lifecycle import State
from models import Application, DailyFigure, Outbox, Outcome, ServiceClock, SpecialDays, TimeTaken
from operations import applications, casework, figures, now, office_hours, outbox, service_clock, submission
from tests.operations.test_desk import a_clerk, asked
from tests.support.builders import a_person, signed_in
from tests.support.renewals import a_submitted_renewal, an_owner

pytestmark = pytest.mark.usefixtures("rules")


class At:
    """Stands in for `datetime` inside `operations.now`: it is always the moment that was set. 15 November 2026 is a Sunday."""

    UTC, date = dt.UTC, dt.date

    def __init__(self) -> None:
        self.moment = dt.datetime(2026, 11, 15, 10, tzinfo=MUSCAT)

    @property
    def datetime(self) -> "At":
        return self

    def now(self, zone: dt.tzinfo) -> dt.datetime:
        return self.moment.astimezone(zone)

    def __call__(self, text: str) -> dt.datetime:
        self.moment = dt.datetime.fromisoformat(text).replace(tzinfo=MUSCAT)
        return self.moment


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[At]:
    at = At()
    monkeypatch.setattr(now, "dt", at)
    yield at


def muscat(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=MUSCAT)


def due(reference: str) -> dt.datetime | None:
    return Application.get(Application.reference == reference).due_at  # type: ignore[no-any-return]


def test_what_is_submitted_to_a_clerk_is_due_after_the_working_days_that_were_promised(at: At) -> None:
    assert due(asked().reference) == muscat("2026-11-18 10:00")
    at("2026-11-19 14:00")
    assert due(asked().reference) == muscat("2026-11-24 14:00")


def test_the_clock_stands_while_the_applicant_has_it_and_goes_on_with_what_was_left(at: At) -> None:
    person, clerk = signed_in(a_person()), a_clerk()
    opened = asked(person)
    at("2026-11-16 11:00")
    casework.decide(clerk, opened.reference, Outcome.RETURN, remarks={"subject": "Which tree?"})
    assert due(opened.reference) is None
    at("2026-11-29 09:00")
    corrected = applications.of(person, opened.reference)
    submission.submit(person, opened.reference, submission.offer(corrected).seal)
    # one hour into the second day it was returned: two days less an hour were left
    assert due(opened.reference) == muscat("2026-12-01 08:00")
    at("2026-11-29 10:00")
    casework.decide(clerk, opened.reference, Outcome.REFUSE, reason="No.")
    taken = TimeTaken.get()
    assert (taken.minutes, taken.late, taken.day) == (8 * 60 + 60, False, dt.date(2026, 11, 29))


def test_the_clock_stands_while_it_waits_for_money(at: At) -> None:
    opened = asked()
    at("2026-11-16 10:00")
    casework.decide(a_clerk(), opened.reference, Outcome.APPROVE, reason="Yes.")
    assert due(opened.reference) is None and Application.get().state == State.TO_PAY
    at("2026-12-16 10:00")
    applications.paid(Application.get())
    assert Application.get().state == State.COMPLETED
    assert TimeTaken.get().minutes == 7 * 60


def test_what_came_too_late_counts_as_late_also_when_it_was_returned_meanwhile(at: At) -> None:
    person, clerk = signed_in(a_person()), a_clerk()
    opened = asked(person)
    at("2026-11-19 10:00")
    casework.decide(clerk, opened.reference, Outcome.RETURN, remarks={"subject": "Which tree?"})
    submission.submit(person, opened.reference, submission.offer(applications.of(person, opened.reference)).seal)
    assert due(opened.reference) == at.moment
    at("2026-11-19 10:05")
    casework.decide(clerk, opened.reference, Outcome.REFUSE, reason="No.")
    assert (TimeTaken.get().late, TimeTaken.get().minutes) == (True, 4 * 420 + 5)


def test_an_automatic_service_has_no_clock() -> None:
    _account, owner = an_owner()
    a_submitted_renewal(owner)
    assert not ServiceClock.select().exists() and Application.get().due_at is None


def test_when_the_calendar_changes_what_is_due_is_counted_again_in_batches(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_clock, "BATCH", 2)
    running = [asked().reference for _ in range(5)]
    stopped = asked()
    casework.decide(a_clerk(), stopped.reference, Outcome.REFUSE, reason="No.")
    Application.update(escalated_at=at.moment).execute()
    SpecialDays.create(first="2026-11-17", last="2026-11-17", name={"ar": "عطلة", "en": "Holiday"}, changed_at=at.moment)
    service_clock.recount({"change": "x", "after": 0})
    while outbox.drain():
        pass
    assert {due(reference) for reference in running} == {muscat("2026-11-19 10:00")}
    assert due(stopped.reference) is None
    assert Application.select().where(Application.escalated_at.is_null()).count() == 5
    assert Outbox.select().where(Outbox.kind == office_hours.CHANGED, Outbox.done_at.is_null()).count() == 0


def test_a_promise_of_its_authority_stands_in_for_the_services_own(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    from engine.catalogue import catalogue
    from engine.working_time import WorkingDays

    ours = catalogue.authorities["municipality"]
    service = dataclasses.replace(catalogue.services["municipality.general-request"], within=None)
    catalogue.fill([dataclasses.replace(ours, services=(service,), within=WorkingDays(5))])
    assert due(asked().reference) == muscat("2026-11-22 10:00")
    catalogue.fill([dataclasses.replace(ours, services=(service,))])
    nothing = asked()
    assert due(nothing.reference) is None
    at("2026-11-16 10:00")
    casework.decide(a_clerk(), nothing.reference, Outcome.REFUSE, reason="No.")
    assert (TimeTaken.get().minutes, TimeTaken.get().late) == (420, False)


# --- Figures ---------------------------------------------------------------------------------------------------------------------


def test_figures_kept_as_decisions_are_made_are_those_made_again_from_what_happened(at: At) -> None:
    clerk = a_clerk()
    for taken, when in enumerate(("2026-11-15 10:20", "2026-11-15 10:40", "2026-11-16 10:00", "2026-11-19 12:00")):
        at("2026-11-15 10:00")
        opened = asked()
        at(when)
        casework.decide(clerk, opened.reference, (Outcome.APPROVE, Outcome.REFUSE)[taken % 2], reason="So.")
    kept = set(DailyFigure.select(*COLUMNS).tuples())
    assert kept == {
        (DESK, dt.date(2026, 11, 15), SERVICE, 0, 2, 0),
        (DESK, dt.date(2026, 11, 16), SERVICE, 7, 1, 0),
        (DESK, dt.date(2026, 11, 19), SERVICE, 30, 1, 1),
    }
    DailyFigure.update(decided=99).execute()
    assert figures.rebuild() == 3
    assert set(DailyFigure.select(*COLUMNS).tuples()) == kept
    per_day = figures.decided_per_day(DESK, dt.date(2026, 11, 14), dt.date(2026, 11, 16))
    assert per_day == {dt.date(2026, 11, 14): 0, dt.date(2026, 11, 15): 2, dt.date(2026, 11, 16): 1}
    [month] = figures.monthly(DESK, dt.date(2026, 11, 1))
    assert (month.month, month.decided, month.in_time, month.median, month.ninetieth) == (dt.date(2026, 11, 1), 4, 3, 1, 31)


@pytest.mark.parametrize(
    ("spread", "median", "ninetieth"),
    [([(0, 1)], 1, 1), ([(0, 1), (9, 1)], 1, 10), ([(0, 5), (3, 4), (20, 1)], 1, 4), ([(2, 89), (5, 11)], 3, 6)],
)
def test_a_share_is_read_off_the_steps(spread: list[tuple[int, int]], median: int, ninetieth: int) -> None:
    assert (figures.within(spread, 50), figures.within(spread, 90)) == (median, ninetieth)


DESK, SERVICE = "municipality.administration", "municipality.general-request"
COLUMNS = (
    DailyFigure.desk,
    DailyFigure.day,
    DailyFigure.service,
    DailyFigure.hours,
    DailyFigure.decided,
    DailyFigure.late,
)
