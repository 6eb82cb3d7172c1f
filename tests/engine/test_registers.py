"""Registers as tables of columns: what an extract's row becomes, what a rule sees, what a person is shown."""

import dataclasses
import datetime as dt

import pytest

from engine.registers import Column, Kind, Record, Register, Reminder
from engine.wording import _

GRADES = {"first": _("First"), "fourth": _("Fourth")}
MEMBERSHIPS = Register(
    code="test.memberships",
    title=_("Chamber memberships"),
    holder="owner",
    columns=(
        Column("owner", _("Civil number")),
        Column("name", _("Company name"), Kind.WORDS),
        Column("grade", _("Grade"), Kind.OPTION, GRADES),
        Column("expires", _("Expiry date"), Kind.DAY),
        Column("note", _("Address"), required=False),
        Column("renewed", _("Date of issue"), Kind.DAY, required=False),
    ),
)
ROW = {
    "number": "91868",
    "owner": " ١٥٢٦٥٧٥ ",
    "name_en": "promising projects",
    "name_ar": "المشاريع الواعدة ٣",
    "grade": "fourth",
    "expires": "٢٠١٨-٠٣-١٩",
    "note": "",
    "renewed": "",
}


def read(**changed: str) -> Record:
    return MEMBERSHIPS.record("91868", MEMBERSHIPS.read(ROW | changed))


def test_a_row_is_read_as_its_columns_say():
    assert read().data == {
        "owner": "1526575",
        "name": {"en": "promising projects", "ar": "المشاريع الواعدة ٣"},  # a name keeps its own digits
        "grade": "fourth",
        "expires": "2018-03-19",
        "note": "",
        "renewed": "",
    }


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"owner": "  "}, "owner: missing"),
        ({"name_en": "", "name_ar": ""}, "name: missing"),
        ({"grade": "tenth"}, "grade: unknown value 'tenth'"),
        ({"grade": ""}, "grade: missing"),
        ({"expires": "2018-02-30"}, "expires"),
        ({"expires": "19/03/2018"}, "expires"),
    ],
)
def test_a_row_that_cannot_be_read_says_which_column_and_why(changed: dict[str, str], why: str):
    with pytest.raises(ValueError, match=why):
        read(**changed)


def test_a_row_with_too_few_cells_is_missing_something():
    with pytest.raises(ValueError, match="owner: missing"):
        MEMBERSHIPS.read({"number": "1", "owner": None})  # type: ignore[dict-item]  # as csv gives them


def test_a_name_in_one_language_is_enough():
    assert read(name_ar="").title == {"en": "promising projects", "ar": ""}


def test_a_rule_sees_values_and_not_text():
    member = read()
    assert member.expires == dt.date(2018, 3, 19)
    assert member.grade == "fourth"
    assert member.owner == "1526575"
    assert member.renewed == ""
    assert member.title == member.name


def test_a_column_that_does_not_exist_is_an_error_and_not_nothing():
    with pytest.raises(AttributeError, match="expiry"):
        read().expiry
    with pytest.raises(AttributeError, match="expires"):
        MEMBERSHIPS.record("1", {}).expires


def test_a_person_sees_what_is_there_and_never_whose_it_is():
    shown = {label.message: value for label, value in read().rows()}
    assert shown == {
        "Number": "91868",
        "Company name": {"en": "promising projects", "ar": "المشاريع الواعدة ٣"},
        "Grade": GRADES["fourth"],
        "Expiry date": dt.date(2018, 3, 19),
    }


def test_an_option_that_is_no_longer_known_is_shown_as_it_was():
    member = MEMBERSHIPS.record("1", read().data | {"grade": "old"})
    assert ("old") in [value for _label, value in member.rows()]


def test_the_headings_of_an_extract_follow_from_the_columns():
    assert MEMBERSHIPS.headers == {"number", "owner", "name_en", "name_ar", "grade", "expires", "note", "renewed"}


def test_a_record_kept_on_an_application_is_its_register_number_and_data():
    member = read()
    assert member.frozen() == {"register": "test.memberships", "number": "91868", "data": member.data}


# --- Their end ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "mark", "then"),
    [(61, None, 60), (60, 60, 30), (31, 60, 30), (30, 30, 7), (8, 30, 7), (7, 7, None), (0, 7, None), (-1, None, None)],
)
def test_the_reminder_it_is_time_for_and_the_one_to_come(left: int, mark: int | None, then: int | None):
    reminder = Reminder(what=_("Name"), service="test.renew", record="card", days=(30, 60, 7))  # in any order
    assert (reminder.mark(left), reminder.next_after(left)) == (mark, then)


def test_what_a_renewal_begins_with():
    reminder = Reminder(what=_("Name"), service="test.renew", record="card", parent="person")
    assert reminder.answers("7", "12") == {"person": "12", "card": "7"}
    assert reminder.answers("7", None) == {"card": "7"}


@pytest.mark.parametrize("expires", ["", None])
def test_what_does_not_end_is_never_due(expires: str | None):
    reminder = Reminder(what=_("Name"), service="test.renew", record="card")
    register = dataclasses.replace(MEMBERSHIPS, ends="expires", reminds=reminder)
    assert register.first_reminder({"expires": expires}, dt.date(2018, 1, 1)) is None
    assert register.first_reminder({"expires": "2018-03-19"}, dt.date(2018, 1, 1)) == dt.date(2018, 1, 18)
    assert register.first_reminder({"expires": "2018-03-19"}, dt.date(2018, 3, 20)) is None
    assert MEMBERSHIPS.first_reminder({"expires": "2018-03-19"}, dt.date(2018, 1, 1)) is None
