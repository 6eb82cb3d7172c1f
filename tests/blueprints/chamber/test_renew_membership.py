"""Renewing a chamber membership, as the chamber's manual shows it and as our own rules go on where the manual is silent.

The company of the manual: registration 1229237, membership 91868, fourth grade, valid until 19 March 2018.
"""

import datetime as dt
from collections.abc import Callable

import pytest

from blueprints.chamber.registers import GRADES, memberships
from blueprints.chamber.renew_membership import PERIODS, new_expiry, service
from engine.assurance import Assurance
from engine.errors import Refusal
from engine.fees import Quote, Schedule, Unset
from engine.money import Money
from engine.service import Case, Charge, Decision
from operations.rendering import frozen_rows

EXPIRY = dt.date(2018, 3, 19)
DAY_BEFORE, DAY_OF_EXPIRY, DAY_AFTER = (EXPIRY + dt.timedelta(days=days) for days in (-1, 0, 1))
ONE_YEAR, ONE_AND_A_HALF, TWO_YEARS = 12, 18, 24
Price = Callable[[Case], Quote]


@pytest.fixture(scope="module")
def quote(schedule: Schedule) -> Price:
    """What a case costs on its day."""
    return lambda case: schedule.quote(service.fees(case), case.today)


def renewing(today: dt.date, months: int, *, expires: dt.date = EXPIRY, grade: str = "fourth") -> Case:
    """The manual's company on that day, having chosen that period."""
    member = memberships.record(
        "91868",
        {
            "establishment": "1229237",
            "name": {"en": "promising projects", "ar": "المشاريع الواعدة"},
            "address": {"en": "Ruwi, Muttrah, Muscat Governorate, 423, 30", "ar": "روي، مطرح، محافظة مسقط، ٤٢٣، ٣٠"},
            "head_office": {"en": "Muscat Governorate", "ar": "محافظة مسقط"},
            "grade": grade,
            "expires": expires.isoformat(),
        },
    )
    return Case({"registration": "1229237", "membership": "91868", "months": months}, {"membership": member}, today, issued=today)


def lines(quote: Quote) -> dict[str, str]:
    return {line.label["en"]: line.amount.plain() for line in quote.lines}


# --- As the manual shows it ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("today", [DAY_BEFORE, DAY_OF_EXPIRY])
def test_one_year_costs_25_rials(quote: Price, today: dt.date):
    case = renewing(today, ONE_YEAR)
    assert lines(quote(case)) == {"First year fees": "25.000", "Old debit": "0.000"}
    assert quote(case).total == Money(25_000)
    assert new_expiry(case) == dt.date(2019, 3, 19)


@pytest.mark.parametrize("today", [DAY_BEFORE, DAY_OF_EXPIRY])
def test_two_years_cost_50_rials_and_last_until_19_march_2020(quote: Price, today: dt.date):
    case = renewing(today, TWO_YEARS)
    assert lines(quote(case)) == {"First year fees": "25.000", "Second year fees": "25.000", "Old debit": "0.000"}
    assert quote(case).total == Money(50_000)
    assert new_expiry(case) == dt.date(2020, 3, 19)


def test_the_lines_are_named_in_arabic_as_in_the_manual(quote: Price):
    assert [line.label["ar"] for line in quote(renewing(DAY_BEFORE, TWO_YEARS)).lines] == [
        "رسوم السنة الأولى",
        "رسوم السنة الثانية",
        "رسوم سابقة",
    ]


def test_the_page_shows_the_new_expiry_beside_the_price_in_both_languages():
    step = service.step("period")
    assert step and step.shows
    assert frozen_rows(step.shows.also(renewing(DAY_BEFORE, TWO_YEARS))) == [
        {
            "label": {"en": "New expiry date", "ar": "تاريخ الانتهاء الجديد"},
            "value": {"en": "19 March 2020", "ar": "١٩ مارس ٢٠٢٠"},
        }
    ]


# --- Our own rules, where the manual is silent -----------------------------------------------------------------------------------


def test_a_year_and_a_half_costs_the_first_year_and_half_the_second(quote: Price):
    case = renewing(DAY_BEFORE, ONE_AND_A_HALF)
    assert lines(quote(case)) == {"First year fees": "25.000", "Second year fees": "12.500", "Old debit": "0.000"}
    assert quote(case).total == Money(37_500)
    assert new_expiry(case) == dt.date(2019, 9, 19)


def test_a_lapsed_member_also_pays_the_old_debit(quote: Price):
    case = renewing(dt.date(2026, 11, 22), TWO_YEARS)
    assert lines(quote(case)) == {"First year fees": "25.000", "Second year fees": "25.000", "Old debit": "200.000"}
    assert [line.quantity for line in quote(case).lines] == [1, 1, 8]
    assert quote(case).total == Money(250_000)
    assert new_expiry(case) == dt.date(2028, 3, 19)


@pytest.mark.parametrize(
    ("today", "debit", "expiry"),
    [
        (dt.date(2017, 1, 1), "0.000", dt.date(2019, 3, 19)),  # long before: nobody loses the days that are left
        (DAY_OF_EXPIRY, "0.000", dt.date(2019, 3, 19)),
        (DAY_AFTER, "0.000", dt.date(2019, 3, 19)),  # the part of a year is not charged twice: it is in the new one
        (dt.date(2019, 3, 18), "0.000", dt.date(2019, 3, 19)),
        (dt.date(2019, 3, 19), "25.000", dt.date(2020, 3, 19)),  # exactly one year
        (dt.date(2020, 3, 18), "25.000", dt.date(2020, 3, 19)),
        (dt.date(2020, 3, 19), "50.000", dt.date(2021, 3, 19)),
    ],
)
def test_each_whole_year_lapsed_is_owed_and_the_new_one_begins_at_the_last_anniversary(
    quote: Price, today: dt.date, debit: str, expiry: dt.date
):
    # before 2018 there is no schedule to price by; the expiry does not depend on it
    case = renewing(today, ONE_YEAR)
    if today >= dt.date(2018, 1, 1):
        assert lines(quote(case))["Old debit"] == debit
    assert new_expiry(case) == expiry


def test_whoever_renews_is_a_member_again_on_the_same_day():
    for days in range(0, 12 * 366, 13):
        today = EXPIRY + dt.timedelta(days=days)
        for months, _label in PERIODS:
            assert new_expiry(renewing(today, months)) > today


@pytest.mark.parametrize(
    ("today", "months", "debit", "expiry"),
    [
        (dt.date(2020, 2, 29), ONE_YEAR, "0.000", dt.date(2021, 2, 28)),
        (dt.date(2020, 2, 29), ONE_AND_A_HALF, "0.000", dt.date(2021, 8, 29)),
        (dt.date(2021, 2, 27), ONE_YEAR, "0.000", dt.date(2021, 2, 28)),
        (dt.date(2021, 2, 28), ONE_YEAR, "25.000", dt.date(2022, 2, 28)),
        (dt.date(2022, 2, 28), TWO_YEARS, "50.000", dt.date(2024, 2, 29)),  # back on the 29th: no day is lost on the way
    ],
)
def test_a_membership_that_ended_on_a_29th_of_february(quote: Price, today: dt.date, months: int, debit: str, expiry: dt.date):
    case = renewing(today, months, expires=dt.date(2020, 2, 29))
    assert lines(quote(case))["Old debit"] == debit
    assert new_expiry(case) == expiry


@pytest.mark.parametrize("grade", sorted(GRADES.keys() - {"fourth"}))
@pytest.mark.parametrize("months", [ONE_YEAR, ONE_AND_A_HALF, TWO_YEARS])
def test_a_grade_whose_fee_nobody_has_set_is_refused_and_nothing_is_charged(quote: Price, grade: str, months: int):
    with pytest.raises(Unset, match=f"chamber.first-year/{grade}.*Nothing was charged"):
        quote(renewing(DAY_BEFORE, months, grade=grade))


def test_every_grade_and_fee_has_its_row_in_the_schedule_with_a_source(schedule: Schedule):
    rules = {(rule.code, rule.variant): rule for rule in schedule.rules if rule.code in service.fee_codes}
    assert rules.keys() == {(code, grade) for code in service.fee_codes for grade in GRADES}
    assert all(rule.source for rule in rules.values())
    assert {key for key, rule in rules.items() if rule.priced} == {(code, "fourth") for code in service.fee_codes}


def test_the_service_asks_for_no_fee_it_does_not_name():
    for months, _label in PERIODS:
        asked = {fee.code for fee in service.fees(renewing(dt.date(2026, 11, 22), months))}
        assert asked <= set(service.fee_codes)


# --- What it asks, changes and issues --------------------------------------------------------------------------------------------


def test_company_data_opens_only_to_whom_mobile_id_has_proven():
    assert [(step.name, step.assurance) for step in service.steps] == [
        ("establishment", Assurance.PASSWORD),
        ("membership", Assurance.PASSWORD),
        ("company", Assurance.SUBSTANTIAL),
        ("period", Assurance.SUBSTANTIAL),
    ]


def test_it_is_paid_on_submission_and_decided_without_a_clerk():
    assert (service.charge, service.decision) == (Charge.ON_SUBMISSION, Decision.AUTOMATIC)
    assert service.subject == "membership"


@pytest.mark.parametrize("typed", ["12", "18", "24", "١٢", "١٨", "٢٤"])
def test_the_three_periods_can_be_chosen(typed: str):
    field = service.field("months")
    assert field and field.clean(typed) in (12, 18, 24)


@pytest.mark.parametrize("typed", ["", "6", "36", "-12", "12.0"])
def test_no_other_period_can(typed: str):
    field = service.field("months")
    assert field
    with pytest.raises(Refusal, match="Renewal period"):
        field.clean(typed)


def test_renewing_moves_the_expiry_and_nothing_else():
    (effect,) = service.effects(renewing(DAY_BEFORE, TWO_YEARS))
    assert (effect.record.register.code, effect.record.number) == ("chamber.memberships", "91868")
    assert effect.changes == {"expires": "2020-03-19"}
    assert effect.expects == {"expires": "2018-03-19"}


def test_the_certificate_says_what_the_manuals_says_in_both_languages():
    assert service.issues is not None
    case = renewing(DAY_OF_EXPIRY, TWO_YEARS)
    rows = {
        row["label"]["en"]: (row["value"]["en"], row["label"]["ar"], row["value"]["ar"])
        for row in frozen_rows(service.issues.rows(case))
    }
    assert rows == {
        "CR No": ("1229237", "رقم السجل", "1229237"),
        "Registered in the grade": ("Fourth", "سُجّلت بالدرجة", "الرابعة"),
        "OCCI No": ("91868", "رقم الغرفة", "91868"),
        "Date of issue": ("19 March 2018", "تاريخ الإصدار", "١٩ مارس ٢٠١٨"),
        "Date of expiry": ("19 March 2020", "تاريخ الانتهاء", "١٩ مارس ٢٠٢٠"),
        "Head office": ("Muscat Governorate", "المقر الرئيسي", "محافظة مسقط"),
    }
    assert service.issues.named(case) == {"en": "promising projects", "ar": "المشاريع الواعدة"}
    assert service.issues.valid_until and service.issues.valid_until(case) == dt.date(2020, 3, 19)


def test_what_the_certificate_says_is_settled_by_the_day_of_the_quote_whenever_it_is_made():
    """Paid on the day before an anniversary, settled after it: the person gets what they paid for."""
    quoted = renewing(dt.date(2019, 3, 18), ONE_YEAR)
    made_later = Case(quoted.answers, quoted.records, quoted.today, issued=dt.date(2019, 3, 20))
    assert service.issues and service.issues.valid_until
    assert service.issues.valid_until(made_later) == dt.date(2019, 3, 19)
