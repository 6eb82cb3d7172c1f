"""Renewing residences, as the policy reads: which papers of whom, until when, what it costs, and what stands in the way."""

import datetime as dt
from typing import Any

import pytest

from blueprints.residency import (
    authority,
    renew_family_residence,
    renew_government_residence,
    renew_study_residence,
    renew_work_residence,
    residences,
    term,
)
from blueprints.residency.registers import CHILD, ENDED, KINDS, LOST, WIFE, WIFE_OF_CITIZEN
from blueprints.residency.registers import residences as register
from engine.fees import Fee
from engine.fields import Upload
from engine.service import Case, Charge, Decision, Service
from tests.support.residences import COMPANY, DAY, PRIYA, a_card, a_residence, renewing

SERVICES: dict[str, Service] = {
    "work": renew_work_residence.service,
    "family": renew_family_residence.service,
    "study": renew_study_residence.service,
    "government": renew_government_residence.service,
}


def of_kind(kind: str, **data: Any) -> Case:
    return renewing(a_residence(kind=kind, **data), card=a_card())


def test_they_are_decided_by_their_section_and_paid_before():
    found = {(service.decision, service.charge, service.desk) for service in SERVICES.values()}
    assert found == {(Decision.CLERK, Charge.ON_SUBMISSION, "residency.residence")}
    assert "residence" in authority.sections and set(SERVICES) == set(KINDS)


def test_a_reminder_leads_to_the_service_of_its_kind_and_that_is_open_by_then():
    assert register.reminds and max(register.reminds.days) == term.OPENS.days
    for kind, service in SERVICES.items():
        assert register.reminds.service_for({"kind": kind}) == service.code


# --- Papers ----------------------------------------------------------------------------------------------------------------------

NEITHER: tuple[str, ...] = ()


def papers(service: Service, case: Case) -> set[str]:
    step = service.step("papers")
    assert step
    return {field.name for field in step.asked(case) if isinstance(field, Upload)}


@pytest.mark.parametrize(
    ("kind", "relation", "asked"),
    [
        ("work", "", {"photo", "labour_form", "card_copy"}),
        ("government", "", {"photo", "stamped_form"}),
        ("family", CHILD, {"photo", "stamped_form", "card_copy", "father_card"}),
        ("family", WIFE, {"photo", "stamped_form", "card_copy", "husband_card"}),
        ("family", WIFE_OF_CITIZEN, {"photo", "stamped_form", "card_copy", "husband_id"}),
        ("study", "", {"photo", "studies", "stamped_form", "card_copy"}),
        ("study", CHILD, {"photo", "studies", "stamped_form", "card_copy", "father_card"}),
        ("study", WIFE, {"photo", "studies", "stamped_form", "card_copy", "husband_card"}),
        ("study", WIFE_OF_CITIZEN, {"photo", "studies", "stamped_form", "card_copy", "husband_id"}),
    ],
)
def test_each_kind_and_relation_asks_for_its_own_papers(kind: str, relation: str, asked: set[str]):
    case = of_kind(kind, relation=relation)
    assert papers(SERVICES[kind], case) == asked
    of_a_company = Case(case.answers, {**case.records, "company": COMPANY}, DAY)
    assert papers(SERVICES[kind], of_a_company) == asked | {"signatories"}


@pytest.mark.parametrize(
    ("ended", "asked"),
    [("2026-11-21", {"expired_card"}), ("2026-11-22", {"card_copy"}), ("2027-01-01", {"card_copy"}), (None, set())],
)
def test_the_card_as_it_is_valid_expired_or_not_issued_yet(ended: str | None, asked: set[str]):
    case = renewing(card=a_card(expires=ended) if ended else None)
    assert papers(SERVICES["family"], case) & {"card_copy", "expired_card"} == asked


@pytest.mark.parametrize(
    ("typed", "copied"),
    [
        ({}, False),
        ({"passport": "Z9990001"}, True),
        ({"passport_expires": "2033-01-01"}, True),
        ({"passport": "z4410022"}, False),
    ],
)
def test_a_passport_that_the_register_does_not_know_comes_as_a_copy(typed: dict[str, str], copied: bool):
    assert ("passport_copy" in papers(SERVICES["family"], renewing(**typed))) == copied


# --- What stands in the way ------------------------------------------------------------------------------------------------------


def refused(kind: str, case: Case) -> list[Any]:
    return list(SERVICES[kind].refusals(case))


def test_what_may_be_renewed_is_not_refused():
    for kind in KINDS:
        assert refused(kind, of_kind(kind)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_one_of_another_kind_leads_to_its_own_service(kind: str):
    for other in KINDS.keys() - {kind}:
        (refusal,) = refused(other, of_kind(kind))
        assert refusal.start.service == SERVICES[kind].code and refusal.start.answers == {"residence": "2024000002"}


def test_a_cancelled_card_ends_it_and_a_lost_one_is_replaced_first():
    (cancelled,) = refused("family", renewing(card=a_card(state=ENDED)))
    assert "cancelled" in str(cancelled.message) and cancelled.start is None
    (lost,) = refused("family", renewing(card=a_card(state=LOST)))
    assert (lost.start.service, lost.start.answers) == ("residency.replace-resident-card", {"card": "70000002"})


@pytest.mark.parametrize(
    ("expires", "open_"),
    [("2027-01-21", True), ("2027-01-22", False), ("2026-11-22", True), ("2023-01-01", True), ("2027-11-22", False)],
)
def test_it_opens_sixty_days_before_its_end_and_says_when(expires: str, open_: bool):
    found = refused("family", renewing(a_residence(expires=expires)))
    assert (found == []) == open_
    if found:
        opens = dt.date.fromisoformat(expires) - dt.timedelta(days=60)
        assert found[0].message.values == {"expires": dt.date.fromisoformat(expires), "opens": opens}


# --- Costs and effects -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_it_asks_the_fee_of_its_kind_and_both_fines_from_the_day_it_ended(kind: str):
    fee, *fines = SERVICES[kind].fees(of_kind(kind, expires="2026-07-31", fined="2026-09-01"))
    assert fee == Fee(f"residency.{kind}-residence")
    ended, paid = dt.date(2026, 7, 31), dt.date(2026, 9, 1)
    assert fines == [Fee(code, since=ended, fined=paid) for code in ("residency.resident-fine", "residency.immigration-fine")]


@pytest.mark.parametrize(
    ("expires", "until"),
    [
        ("2026-12-15", "2027-12-15"),  # nobody loses the days that are left
        ("2026-11-22", "2027-11-22"),
        ("2026-11-21", "2027-11-22"),  # who is late does not pay for days gone by
        ("2023-02-28", "2027-11-22"),
    ],
)
def test_it_goes_on_for_a_year(expires: str, until: str):
    case = renewing(a_residence(expires=expires, fined="2026-10-01"), passport="z9990001", passport_expires="2033-01-01")
    (effect,) = SERVICES["family"].effects(case)
    assert effect.changes == {
        "expires": until,
        "fined": "2026-10-01",
        "passport": "Z9990001",
        "passport_expires": "2033-01-01",
    }
    assert residences.NOTICE.valid_until and residences.NOTICE.valid_until(case) == dt.date.fromisoformat(until)


def test_a_leap_day_renews_to_the_last_of_february():
    case = renewing(a_residence(expires="2028-02-29"), day=dt.date(2028, 2, 1))
    assert term.new_expiry(case) == dt.date(2029, 2, 28)


def test_the_notice_says_whose_it_is_by_whom_and_until_when():
    case = renewing()
    assert residences.NOTICE.named(case) == PRIYA
    rows = {str(label): value for label, value in residences.NOTICE.rows(case)}
    assert rows["Passport number"] == "Z4410022" and rows["Renewed until"] == dt.date(2027, 12, 15)
    assert "Confirmed by the sponsor on" not in rows
    agreed = Case(case.answers, case.records, DAY, issued=DAY, agreed=DAY)
    assert "Confirmed by the sponsor on" in {str(label) for label, _value in residences.NOTICE.rows(agreed)}
