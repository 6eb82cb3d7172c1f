"""A certificate in place of a lost one, as the chamber's manual shows it on 18 March 2018."""

import datetime as dt

from blueprints.chamber.get_certificate import company_data, service
from engine.fees import Schedule
from engine.money import Money
from engine.service import Case
from tests.support.chamber import lines, said, the_case, the_company, the_member

TODAY = dt.date(2018, 3, 18)


def asking(*, expires: str = "2018-12-13", email: str = "ali@chamberoman.com") -> Case:
    return the_case(TODAY, the_company(), the_member(expires=expires, email=email))


def test_it_costs_four_rials(schedule: Schedule) -> None:
    quote = schedule.quote(service.fees(asking()), TODAY)
    assert lines(quote) == {"Certificate in place of a lost one": "4.000"} and quote.total == Money(4_000)


def test_the_company_is_shown_with_its_address_mail_and_expiry() -> None:
    assert said(company_data(asking())) == {
        "Company name in English": "promising projects",
        "Company name in Arabic": "المشاريع الواعدة",
        "Address": "Ruwi, Muttrah, Muscat Governorate, 423, 30",
        "E-mail": "ali@chamberoman.com",
        "Expiry date": "13 December 2018",
        "Commercial registration": "1229237",
        "Civil number": "1526575",
    }
    assert "E-mail" not in said(company_data(asking(email="")))


def test_the_certificate_is_a_duplicate_of_what_stands() -> None:
    assert service.issues and service.issues.duplicate and service.issues.valid_until
    assert service.issues.valid_until(asking()) == dt.date(2018, 12, 13)
    assert list(service.effects(asking())) == []


def test_a_membership_that_has_ended_is_renewed_first() -> None:
    assert list(service.refusals(asking())) == []
    (refused,) = service.refusals(asking(expires="2018-03-17"))
    assert refused.start and refused.start.service == "chamber.renew-membership"
