"""A new membership, as the chamber's manual shows it: company 1229237 on 19 March 2018, without a payment."""

import datetime as dt

from blueprints.chamber.register_membership import company_data, outcome, service
from engine.assurance import Assurance
from engine.fees import Schedule
from engine.money import Money
from engine.service import Case, Creation, Start
from tests.support.chamber import said, the_company, the_member

TODAY = dt.date(2018, 3, 19)


def registering(*, member: bool = False) -> Case:
    records = {"registration": the_company()} | ({"membership": the_member()} if member else {})
    return Case({"registration": "1229237"}, records, TODAY, issued=TODAY)


def test_the_manual_shows_no_payment(schedule: Schedule) -> None:
    quote = schedule.quote(service.fees(registering()), TODAY)
    assert [line.fee for line in quote.lines] == ["chamber.registration"] and quote.total == Money(0)


def test_the_company_is_shown_as_in_the_manual() -> None:
    assert said(company_data(registering())) == {
        "Company name in English": "promising projects",
        "Company name in Arabic": "المشاريع الواعدة",
        "Address": "Ruwi, Muttrah, Muscat Governorate, 423, 30",
        "Commercial registration": "1229237",
        "Civil number": "1526575",
        "Grade": "Fourth",
    }


def test_a_company_that_is_a_member_is_led_to_the_renewal() -> None:
    assert list(service.refusals(registering())) == []
    (refused,) = service.refusals(registering(member=True))
    assert "OCCI number 91868" in str(refused.message)
    assert refused.start == Start("chamber.renew-membership", {"registration": "1229237", "membership": "91868"})


def test_the_membership_is_made_from_the_ministrys_register_for_six_months() -> None:
    (made,) = service.effects(registering())
    assert isinstance(made, Creation) and made.first_of == the_company()
    assert made.data["establishment"] == "1229237" and made.data["grade"] == "fourth"
    assert made.data["expires"] == "2018-09-19"
    assert said(outcome(registering())) == {"Expiry date": "19 September 2018"}


def test_new_numbers_come_after_all_of_the_manual() -> None:
    (made,) = service.effects(registering())
    assert isinstance(made, Creation)
    assert int(made.register.numbered(2018, 1)) > 1_445_820


def test_the_company_opens_only_to_whom_mobile_id_has_proven() -> None:
    assert [(step.name, step.assurance) for step in service.steps] == [
        ("establishment", Assurance.PASSWORD),
        ("company", Assurance.SUBSTANTIAL),
    ]
