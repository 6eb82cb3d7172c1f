"""Holidays and Ramadan as administrators keep them, and the start that a command gives them."""

import datetime as dt

import pytest

from engine.actor import Actor
from engine.errors import NotAllowed, NotFound, Refusal
from engine.working_time import IN_RAMADAN, OFFICIAL, Hours
from models import AuditEntry, Outbox, Role, SpecialDays
from operations import office_hours
from operations.office_hours import Days
from tests.support.builders import a_person, signed_in

pytestmark = pytest.mark.usefixtures("rules")
NAMES = {"ar": "عيد الفطر", "en": "Eid al-Fitr"}


def staff(duty: str) -> Actor:
    account = a_person()
    Role.create(account=account, name=duty)
    return signed_in(account, "en")


def days(first: str, last: str, hours: Hours | None = None, name: dict[str, str] | None = None) -> Days:
    return Days(dt.date.fromisoformat(first), dt.date.fromisoformat(last), hours, name or NAMES)  # type: ignore[arg-type]


def hours_on(day: str) -> Hours | None:
    on = dt.date.fromisoformat(day)
    return office_hours.calendar(on).hours(on)


def test_a_year_is_filled_with_omans_holidays_and_its_ramadan() -> None:
    added, known = office_hours.fill(2027)
    assert known == 0 and added == SpecialDays.select().count() == 9
    assert hours_on("2027-11-21") is None  # the second National Day, a Sunday
    assert hours_on("2027-03-08") is None  # the feast begins on the eve
    assert hours_on("2027-02-08") == hours_on("2027-03-07") == IN_RAMADAN
    assert hours_on("2027-02-07") == OFFICIAL == hours_on("2027-11-22")
    eid = SpecialDays.get(SpecialDays.name == {"ar": "عيد الأضحى", "en": "Eid al-Adha"})
    assert (eid.first, eid.last) == (dt.date(2027, 5, 15), dt.date(2027, 5, 18))


def test_filling_again_adds_nothing_and_undoes_no_correction() -> None:
    office_hours.fill(2027)
    admin = staff("administrator")
    ascent, eid = SpecialDays.get(SpecialDays.first == "2027-01-05"), SpecialDays.get(SpecialDays.first == "2027-03-08")
    office_hours.remove(admin, ascent.id)
    office_hours.change(admin, eid.id, days("2027-03-09", "2027-03-11"))
    assert office_hours.fill(2027) == (0, 9)
    assert hours_on("2027-01-05") == OFFICIAL and hours_on("2027-03-08") == IN_RAMADAN
    assert [row.first for row in office_hours.listed(admin, 2027)].count(dt.date(2027, 1, 5)) == 0


def test_every_year_of_a_century_can_be_filled() -> None:
    for year in (1990, 2029, 2030, 2033, 2076):
        assert office_hours.fill(year)[0] >= 5
    for year in (1969, 2101):
        with pytest.raises(ValueError):
            office_hours.fill(year)


def test_a_change_is_recorded_and_has_what_is_due_counted_again() -> None:
    admin = staff("administrator")
    office_hours.add(admin, days("2027-04-04", "2027-04-05"))
    row = SpecialDays.get()
    office_hours.change(admin, row.id, days("2027-04-05", "2027-04-06"))
    office_hours.remove(admin, row.id)
    recorded = [
        entry.action for entry in AuditEntry.select().where(AuditEntry.subject == f"days:{row.id}").order_by(AuditEntry.id)
    ]
    assert recorded == ["holidays.added", "holidays.changed", "holidays.removed"]
    assert Outbox.select().where(Outbox.kind == office_hours.CHANGED).count() == 3
    with pytest.raises(NotFound):
        office_hours.remove(admin, row.id)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (days("2027-04-05", "2027-04-04"), "last"),
        (days("2027-04-05", "2027-06-04"), "last"),
        (days("1969-04-05", "1969-04-05"), "first"),
        (days("2027-04-05", "2101-04-05", OFFICIAL), "first"),
        (days("2027-04-05", "2027-04-05", Hours(dt.time(9), dt.time(9))), "closes"),
        (days("2027-04-05", "2027-04-05", name={"ar": "", "en": "x"}), "name_ar"),
        (days("2027-04-05", "2027-04-05", name={"ar": "x" * 81, "en": "x"}), "name_ar"),
    ],
)
def test_days_that_contradict_themselves_are_refused(said: Days, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        office_hours.add(staff("administrator"), said)
    assert refused.value.field == field and not SpecialDays.select().exists()


@pytest.mark.parametrize("duty", ["clerk", "supervisor", "cashier", "auditor"])
def test_only_administrators_keep_the_calendar(duty: str) -> None:
    somebody = staff(duty)
    for act in (
        lambda: office_hours.listed(somebody, 2027),
        lambda: office_hours.add(somebody, days("2027-04-04", "2027-04-04")),
        lambda: office_hours.one(somebody, 1),
        lambda: office_hours.change(somebody, 1, days("2027-04-04", "2027-04-04")),
        lambda: office_hours.remove(somebody, 1),
    ):
        with pytest.raises(NotAllowed):
            act()
