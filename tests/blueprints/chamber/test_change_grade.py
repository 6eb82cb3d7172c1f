"""Changing a member's grade, as the chamber's manual shows it on 18 March 2018: first on file, fourth in the ministry's register."""

import datetime as dt

from blueprints.chamber.change_grade import both_grades, outcome, service
from engine.fees import Schedule
from engine.money import Money
from engine.service import Case, Start
from tests.support.chamber import lines, said, the_case, the_company, the_member

TODAY = dt.date(2018, 3, 18)


def changing(*, grade: str = "first", expires: str = "2018-12-13", today: dt.date = TODAY) -> Case:
    return the_case(today, the_company(), the_member(grade=grade, expires=expires))


def test_it_costs_four_rials_and_lasts_until_18_march_2019(schedule: Schedule) -> None:
    quote = schedule.quote(service.fees(changing()), TODAY)
    assert lines(quote) == {"Change of grade": "4.000"} and quote.total == Money(4_000)
    assert said(outcome(changing())) == {"New grade": "Fourth", "New expiry date": "18 March 2019"}


def test_both_grades_are_shown() -> None:
    shown = said(both_grades(changing()))
    assert (shown["Grade in the ministry's register"], shown["Grade on the chamber's file"]) == ("Fourth", "First")
    assert shown["Expiry date"] == "13 December 2018"


def test_the_same_grade_is_refused() -> None:
    assert list(service.refusals(changing())) == []
    (refused,) = service.refusals(changing(grade="fourth"))
    assert "the same grade" in str(refused.message) and refused.start is None


def test_one_that_has_ended_is_renewed_first() -> None:
    (refused,) = service.refusals(changing(expires="2018-03-17"))
    assert refused.start == Start("chamber.renew-membership", {"registration": "1229237", "membership": "91868"})


def test_grade_and_expiry_change_together() -> None:
    (effect,) = service.effects(changing())
    assert effect.changes == {"grade": "fourth", "expires": "2019-03-18"}
    assert effect.expects == {"grade": "first", "expires": "2018-12-13"}


def test_a_year_from_a_29th_of_february_ends_on_the_28th() -> None:
    assert said(outcome(changing(today=dt.date(2020, 2, 29), expires="2020-12-13")))["New expiry date"] == "28 February 2021"


def test_the_certificate_says_the_new_grade_and_expiry() -> None:
    assert service.issues and service.issues.valid_until
    rows = said(service.issues.rows(changing()))
    assert (rows["Registered in the grade"], rows["Date of expiry"]) == ("Fourth", "18 March 2019")
    assert service.issues.valid_until(changing()) == dt.date(2019, 3, 18)
