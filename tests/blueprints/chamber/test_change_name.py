"""Changing a member's name, as the chamber's manual shows it: company 476408, whose file has an old Arabic name and no English one."""

import datetime as dt

from blueprints.chamber.change_name import both_names, new_names, service
from engine.assurance import Assurance
from engine.fees import Schedule
from engine.money import Money
from engine.service import Case, Charge, Decision, Start
from tests.support.chamber import PROMISING, lines, said, the_case, the_company, the_member

TODAY = dt.date(2018, 3, 18)
OLD = {"en": "", "ar": "AAالمشاريع الواعدة"}


def changing(*, expires: str = "2018-12-13", name: dict[str, str] = OLD) -> Case:
    return the_case(TODAY, the_company("476408"), the_member("476408", expires=expires, name=name))


def test_it_costs_four_rials(schedule: Schedule) -> None:
    quote = schedule.quote(service.fees(changing()), TODAY)
    assert lines(quote) == {"Change of name": "4.000"} and quote.total == Money(4_000)


def test_the_names_on_file_stand_beside_the_new_ones() -> None:
    assert said(both_names(changing())) == {
        "Company name in English": "—",
        "Company name in Arabic": "AAالمشاريع الواعدة",
        "New company name in English": "promising projects",
        "New company name in Arabic": "المشاريع الواعدة",
    }
    assert list(said(new_names(changing()), "ar")) == ["اسم الشركة الجديد بالإنجليزية", "اسم الشركة الجديد بالعربية"]


def test_a_member_that_stands_with_another_name_is_not_refused() -> None:
    assert list(service.refusals(changing())) == []
    assert list(service.refusals(changing(expires="2018-03-18"))) == []  # the last day counts


def test_one_that_has_ended_is_asked_to_renew_first_and_led_there() -> None:
    (refused,) = service.refusals(changing(expires="2018-03-17"))
    assert str(refused.message).startswith("Please renew the company")
    assert refused.start == Start("chamber.renew-membership", {"registration": "476408", "membership": "91868"})


def test_the_same_names_are_refused_and_nothing_helps() -> None:
    (refused,) = service.refusals(changing(name=PROMISING))
    assert "the same names" in str(refused.message) and refused.start is None


def test_the_member_takes_over_the_ministrys_names_and_nothing_else() -> None:
    (effect,) = service.effects(changing())
    assert (effect.record.key, effect.changes, effect.expects) == (
        "chamber.memberships:91868",
        {"name": PROMISING},
        {"name": OLD},
    )


def test_the_certificate_has_the_new_names_and_the_old_expiry() -> None:
    assert service.issues and service.issues.valid_until and not service.issues.duplicate
    assert service.issues.named(changing()) == PROMISING
    assert service.issues.valid_until(changing()) == dt.date(2018, 12, 13)


def test_the_names_open_only_to_whom_mobile_id_has_proven() -> None:
    assert [(step.name, step.assurance) for step in service.steps] == [
        ("establishment", Assurance.PASSWORD),
        ("membership", Assurance.PASSWORD),
        ("company", Assurance.SUBSTANTIAL),
    ]
    assert (service.charge, service.decision, service.subject) == (Charge.ON_SUBMISSION, Decision.AUTOMATIC, "membership")
