"""Narrowing a list, and keeping it under a name."""

import datetime as dt

import pytest

from engine.actor import Actor
from engine.clock import MUSCAT
from engine.errors import NotAllowed, NotFound, Refusal
from models import Application, Outcome, SavedFilter
from operations import applications, casework, desk, saved_filters, staff, submission
from operations.desk import Filter
from tests.operations.test_stages import a_clerk
from tests.support.builders import a_person, signed_in
from tests.support.renewals import an_owner, answer

pytestmark = pytest.mark.usefixtures("rules")
DAYS = [dt.date(2026, 3, day) for day in (1, 2, 3)]


@pytest.fixture
def clerk() -> Actor:
    return a_clerk("municipality.administration")


def asked(day: dt.date | None = None, hour: int = 12) -> str:
    person = signed_in(a_person())
    opened = applications.start(person, "municipality.general-request")
    answer(person, opened, "request", subject="A tree", text="It leans.")
    answer(person, opened, "papers")
    submission.submit(person, opened.reference, submission.offer(opened).seal)
    if day:
        at = dt.datetime.combine(day, dt.time(hour), MUSCAT)
        Application.update(submitted_at=at).where(Application.reference == opened.reference).execute()
    return opened.reference


def found(clerk: Actor, view: str, only: Filter, where: str = "municipality.administration") -> list[str]:
    return [line.reference for line in desk.queue(clerk, where, view, None, only).lines]


@pytest.mark.parametrize("view", ["waiting", "in-review", "completed"])
def test_days_are_days_in_muscat_and_both_are_included(view: str, clerk: Actor) -> None:
    made = [asked(DAYS[0], 23), asked(DAYS[1], 0), asked(DAYS[1], 23), asked(DAYS[2], 0)]
    if view == "completed":
        Application.update(state="completed").execute()
        made.reverse()
    middle = made[1:3]
    assert found(clerk, view, Filter(since=DAYS[1], until=DAYS[1])) == middle
    older, newer = Filter(until=DAYS[0]), Filter(since=DAYS[2])
    ends = [found(clerk, view, older), found(clerk, view, newer)]
    assert ends == ([[made[0]], [made[3]]] if view != "completed" else [[made[3]], [made[0]]])


@pytest.mark.parametrize("view", ["waiting", "completed"])
def test_a_narrowed_list_goes_on_where_the_last_page_ended(view: str, clerk: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "PAGE", 2)
    made = [asked(day, hour) for day in DAYS for hour in (9, 10, 11)]
    if view == "completed":
        Application.update(state="completed").execute()
        made.reverse()
    only, after, read = Filter(since=DAYS[0], until=DAYS[1]), None, []
    for _ in range(3):
        page = desk.queue(clerk, "municipality.administration", view, after, only)
        read += [line.reference for line in page.lines]
        after = page.onwards
    assert read == [reference for reference in made if reference in (made[:6] if view == "waiting" else made[3:])]
    assert after is None


def test_one_service_of_a_desk() -> None:
    clerk, (_account, owner) = a_clerk("trial"), an_owner()
    opened = applications.start(owner, "trial.upgrade")
    answer(owner, opened, "company", company="1229237")
    submission.submit(owner, opened.reference, submission.offer(opened).seal)
    for view in ("waiting", "in-review"):
        assert found(clerk, view, Filter(service="trial.upgrade"), "trial") == [opened.reference]
        assert found(clerk, view, Filter(service="trial.parking"), "trial") == []
    casework.take(clerk, opened.reference)
    assert found(clerk, "mine", Filter(service="trial.upgrade"), "trial") == [opened.reference]
    assert found(clerk, "in-review", Filter(service="trial.parking", holder=clerk.account), "trial") == []
    assert found(clerk, "in-review", Filter(service="trial.upgrade", holder=clerk.account), "trial") == [opened.reference]


def test_what_one_colleague_has_on_this_desk(clerk: Actor) -> None:
    colleague = a_clerk("", first_name="Maryam")
    hers, _nobodys = asked(), asked()
    casework.take(colleague, hers)
    assert found(clerk, "in-review", Filter(holder=colleague.account)) == [hers]
    assert found(a_clerk("trial"), "in-review", Filter(holder=colleague.account), "trial") == []
    assert found(clerk, "waiting", Filter(holder=colleague.account)) == [_nobodys]
    assert [person.id for person in staff.clerks_of("municipality.administration")] == [colleague.account, clerk.account]
    casework.decide(colleague, hers, Outcome.RETURN, reason="Which?")
    assert found(clerk, "in-review", Filter(holder=colleague.account)) == []


# --- Keeping a list --------------------------------------------------------------------------------------------------------------


def test_a_list_is_kept_replaced_and_removed_by_its_owner_alone(clerk: Actor) -> None:
    saved_filters.save(clerk, " Old ones ", "until=2026-03-01")
    saved_filters.save(clerk, "Old ones", "until=2026-02-01")
    kept = saved_filters.of(clerk)
    assert [(one.name, one.query) for one in kept] == [("Old ones", "until=2026-02-01")]
    other = a_clerk("municipality")
    assert saved_filters.of(other) == []
    with pytest.raises(NotFound):
        saved_filters.remove(other, kept[0].id)
    saved_filters.remove(clerk, kept[0].id)
    assert not SavedFilter.select().exists()


def test_a_kept_list_has_a_name_a_clerk_and_an_end(clerk: Actor) -> None:
    with pytest.raises(NotAllowed):
        saved_filters.save(signed_in(a_person()), "Mine", "show=mine")
    for number in range(saved_filters.MOST):
        saved_filters.save(clerk, str(number), "show=mine")
    for name in (" ", "one more"):
        with pytest.raises(Refusal) as refused:
            saved_filters.save(clerk, name, "show=mine")
        assert refused.value.field == "name"
    saved_filters.save(clerk, "0", "show=waiting")
