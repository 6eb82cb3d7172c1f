"""Licences and engineers, as their policy reads."""

import datetime as dt
from typing import Any

import pytest

from blueprints.municipality import authority, cancel_licence, engineer_registration, issue_licence, renew_licence
from blueprints.municipality.registers import CANCELLED, STANDING, engineers, licences
from engine.fees import Fee
from engine.registers import Record
from engine.service import Case, Charge, Creation, Decision, Effect

DAY = dt.date(2026, 11, 22)
NAME = {"ar": "شمسة للخياطة", "en": "Shamsa Tailoring"}
COMPANY = Record(licences, "1279531", {"name": NAME})  # of a company only its number and name matter here
SERVICES = (issue_licence.service, renew_licence.service, cancel_licence.service, engineer_registration.service)


def a_licence(expires: dt.date = dt.date(2027, 2, 14), state: str = STANDING) -> Record:
    data = {"establishment": "1279531", "name": NAME, "activity": "office", "premises": "311/7", "lease": ""}
    return licences.record("2025/00007", {**data, "expires": expires.isoformat(), "state": state})


def renewing(licence: Record, years: int) -> Case:
    return Case({"licence": licence.number, "years": years}, {"licence": licence}, DAY, issued=DAY)


def test_they_are_decided_by_their_section_and_paid_after_approval():
    assert {(service.decision, service.charge) for service in SERVICES} == {(Decision.CLERK, Charge.ON_APPROVAL)}
    assert [service.desk for service in SERVICES] == ["municipality.licences"] * 3 + ["municipality.engineering"]
    assert {service.section for service in SERVICES} <= set(authority.sections)


# --- Issuing ---------------------------------------------------------------------------------------------------------------------


def test_a_licence_is_made_for_the_company_and_stands_a_year_from_the_decision():
    typed: dict[str, Any] = {"registration": "1279531", "activity": "food", "premises": "311/7", "lease": None}
    case = Case(typed, {"registration": COMPANY}, DAY, issued=dt.date(2026, 12, 1))
    (made,) = issue_licence.service.effects(case)
    assert isinstance(made, Creation) and made.register is licences and made.name == issue_licence.service.subject
    assert made.data == {
        "establishment": "1279531",
        "name": NAME,
        "activity": "food",
        "premises": "311/7",
        "lease": "",
        "expires": "2027-12-01",
        "state": STANDING,
    }


def test_the_paper_says_what_where_and_until_when():
    paper = issue_licence.service.issues
    case = Case({}, {"licence": a_licence()}, DAY, issued=DAY)
    assert paper and paper.valid_until and paper.named(case) == NAME and paper.valid_until(case) == dt.date(2027, 2, 14)
    values = [str(value) for _label, value in paper.rows(case)]
    assert values == ["2025/00007", "Office", "1279531", "311/7", "2026-11-22", "2027-02-14"]


# --- Renewing --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expires", "years", "lapsed", "until"),
    [
        (dt.date(2027, 2, 14), 1, 0, dt.date(2028, 2, 14)),  # nobody loses the days that are left
        (dt.date(2026, 11, 22), 2, 0, dt.date(2028, 11, 22)),
        (dt.date(2026, 3, 1), 1, 0, dt.date(2027, 3, 1)),  # not a whole year yet
        (dt.date(2024, 5, 1), 1, 2, dt.date(2027, 5, 1)),
        (dt.date(2025, 11, 22), 3, 1, dt.date(2029, 11, 22)),  # the very anniversary
    ],
)
def test_the_new_expiry_counts_from_the_old_and_whole_lapsed_years_are_owed(
    expires: dt.date, years: int, lapsed: int, until: dt.date
):
    case = renewing(a_licence(expires), years)
    owed = [Fee("municipality.licence-arrears", quantity=lapsed)] if lapsed else []
    assert list(renew_licence.service.fees(case)) == [Fee("municipality.renew-licence", quantity=years), *owed]
    assert list(renew_licence.service.effects(case)) == [Effect(case.record("licence"), {"expires": until.isoformat()})]
    paper = renew_licence.service.issues
    assert paper and paper.valid_until and paper.valid_until(case) == until


def test_a_cancelled_licence_is_not_renewed():
    (refusal,) = renew_licence.service.refusals(renewing(a_licence(state=CANCELLED), 1))
    assert "cancelled" in str(refusal.message)
    assert not list(renew_licence.service.refusals(renewing(a_licence(), 1)))


# --- Cancelling ------------------------------------------------------------------------------------------------------------------


def test_a_licence_is_cancelled_once_and_its_paper_stands_no_longer():
    case = Case({"reason": "The shop moves."}, {"licence": a_licence()}, DAY, issued=DAY, reply="It ends today.")
    assert list(cancel_licence.service.effects(case)) == [Effect(case.record("licence"), {"state": CANCELLED})]
    letter = cancel_licence.service.issues
    assert letter and letter.body and letter.body(case) == "It ends today."
    assert issue_licence.service.issues and letter.revokes == (issue_licence.service.issues.template,)
    assert [str(value) for _label, value in letter.rows(case)] == ["2025/00007", "Office", "311/7", "2026-11-22"]
    again = Case({}, {"licence": a_licence(state=CANCELLED)}, DAY)
    assert len(list(cancel_licence.service.refusals(again))) == 1 and not list(cancel_licence.service.refusals(case))


# --- Engineers -------------------------------------------------------------------------------------------------------------------


def test_an_engineer_is_registered_for_the_office_and_holds_the_record():
    typed = {"engineer": "88112233", "name_ar": "ليلى الهنائية", "name_en": "Layla Al Hinai", "discipline": "architecture"}
    case = Case(typed, {"office": COMPANY}, DAY, issued=DAY)
    (made,) = engineer_registration.service.effects(case)
    assert isinstance(made, Creation) and made.register is engineers
    assert engineers.held_by(made.data) == {"88112233", "1279531"}
    card = engineer_registration.service.issues
    known = Case(typed, {"office": COMPANY, "registered": engineers.record("2026/0001", made.data)}, DAY, issued=DAY)
    assert card and card.named(known) == {"ar": "ليلى الهنائية", "en": "Layla Al Hinai"}
    assert [value for _label, value in card.rows(known)][0::3] == ["2026/0001", dt.date(2027, 11, 22)]
