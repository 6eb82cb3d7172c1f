"""Resident cards and late fines, as their policy reads."""

import datetime as dt
from collections.abc import Callable

import pytest

from blueprints.residency import (
    authority,
    issue_resident_card,
    lateness,
    pay_residence_fines,
    renew_resident_card,
    replace_resident_card,
)
from blueprints.residency.registers import LOST, VALID, cards, residences
from engine.fees import Fee
from engine.registers import Record
from engine.service import Case, Charge, Creation, Decision, Effect

DAY = dt.date(2026, 11, 22)
NAME = {"ar": "راجيش كومار", "en": "Rajesh Kumar"}


def a_card(expires: dt.date, fined: str = "", state: str = VALID) -> Record:
    data = {"civil": "60123456", "name": NAME, "nationality": NAME, "expires": expires.isoformat(), "state": state}
    return cards.record("70000001", {**data, "sponsor": "1229237", "father": "", "husband": "", "fined": fined})


def a_residence(expires: dt.date, starts: str = "", card: str = "70000001", fined: str = "") -> Record:
    data = {
        "civil": "60123456",
        "name": NAME,
        "nationality": NAME,
        "card": card,
        "sponsor": "1229237",
        "father": "",
        "husband": "",
    }
    return residences.record("2024000001", {**data, "starts": starts, "expires": expires.isoformat(), "fined": fined})


def test_who_decides_and_when_it_is_paid():
    told = {service.code: (service.decision, service.charge, service.desk) for service in (
        renew_resident_card.service, pay_residence_fines.service, issue_resident_card.service, replace_resident_card.service
    )}  # fmt: skip
    at_once, later = (Decision.AUTOMATIC, Charge.ON_SUBMISSION), (Decision.CLERK, Charge.ON_APPROVAL)
    assert list(told.values()) == [(*at_once, "residency.residence")] * 2 + [(*later, "residency.residence")] * 2
    assert {service.section for service in authority.services} <= set(authority.sections)


# --- Renewing --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expires", "years", "until"),
    [
        (dt.date(2027, 1, 12), 1, dt.date(2028, 1, 12)),  # nobody loses the days that are left
        (dt.date(2026, 11, 22), 2, dt.date(2028, 11, 22)),  # its very last day
        (dt.date(2026, 7, 31), 3, dt.date(2029, 11, 22)),  # late: from the day of the renewal
        (dt.date(2028, 2, 29), 1, dt.date(2029, 2, 28)),
    ],
)
def test_a_card_is_renewed_from_its_end_or_from_today(expires: dt.date, years: int, until: dt.date):
    case = Case({"years": years}, {"card": a_card(expires, fined="2024-01-01")}, DAY, issued=DAY)
    assert list(renew_resident_card.service.fees(case)) == [
        Fee("residency.resident-card", quantity=years),
        Fee("residency.resident-card-late", since=expires, fined=dt.date(2024, 1, 1)),
    ]
    (effect,) = renew_resident_card.service.effects(case)
    assert isinstance(effect, Effect) and effect.changes == {"expires": until.isoformat(), "fined": "2024-01-01"}
    assert effect.expects == {"expires": expires.isoformat(), "fined": "2024-01-01"}, "what is paid meanwhile is not paid twice"
    slip = renew_resident_card.service.issues
    assert slip and slip.named(case) == NAME and until in [value for _label, value in slip.rows(case)]


def test_a_card_that_was_replaced_is_not_renewed():
    (refusal,) = renew_resident_card.service.refusals(Case({}, {"card": a_card(DAY, state=LOST)}, DAY))
    assert "another one" in str(refusal.message)
    assert not list(renew_resident_card.service.refusals(Case({}, {"card": a_card(DAY)}, DAY)))


# --- Issuing ---------------------------------------------------------------------------------------------------------------------


def test_the_first_card_is_made_for_the_residence_and_named_in_it():
    residence = a_residence(dt.date(2027, 9, 1), starts="2026-09-01", card="")
    case = Case({"years": 2}, {"residence": residence}, DAY, issued=dt.date(2026, 12, 1))
    assert list(issue_resident_card.service.fees(case)) == [
        Fee("residency.resident-card", quantity=2),
        Fee("residency.resident-card-issue-late", since=dt.date(2026, 9, 1)),
    ]
    (made,) = issue_resident_card.service.effects(case)
    assert isinstance(made, Creation) and made.register is cards and made.named_in == ((residence, "card"),)
    assert made.data == {**a_card(dt.date(2028, 12, 1)).data}
    assert not list(issue_resident_card.service.refusals(case))


def test_nobody_is_fined_where_nobody_knows_when_the_residence_began():
    case = Case({"years": 1}, {"residence": a_residence(DAY)}, DAY)
    assert [fee.since for fee in lateness.issue_fine(case)] == [None]


def test_a_residence_with_a_card_is_led_to_its_renewal():
    (refusal,) = issue_resident_card.service.refusals(Case({}, {"residence": a_residence(DAY)}, DAY))
    assert refusal.start and refusal.start.service == renew_resident_card.service.code
    assert refusal.start.answers == {"card": "70000001"}


# --- Replacing -------------------------------------------------------------------------------------------------------------------


def losing(card: Record, on: str = "2026-11-20") -> Case:
    records = {"card": card, "residence": a_residence(dt.date(2027, 1, 12))}
    return Case({"lost_on": on, "loss": "In the souq."}, records, DAY, issued=DAY)


def test_the_lost_card_is_marked_and_another_takes_its_place_for_as_long():
    case = losing(a_card(dt.date(2027, 1, 12)))
    lost, made = replace_resident_card.service.effects(case)
    assert isinstance(lost, Effect) and lost.changes == {"state": LOST}
    assert isinstance(made, Creation) and (made.data["expires"], made.data["state"]) == ("2027-01-12", VALID)
    assert made.named_in == ((case.record("residence"), "card"),)
    assert not list(replace_resident_card.service.refusals(case))


@pytest.mark.parametrize(
    ("case", "field", "start"),
    [
        (losing(a_card(dt.date(2026, 11, 21))), "card", "residency.renew-resident-card"),
        (losing(a_card(dt.date(2027, 1, 12)), on="2026-11-23"), "lost_on", None),
        (losing(a_card(dt.date(2027, 1, 12), state=LOST)), "card", None),
    ],
)
def test_what_is_not_replaced(case: Case, field: str, start: str | None):
    (refusal,) = replace_resident_card.service.refusals(case)
    assert (refusal.field, refusal.start and refusal.start.service) == (field, start)


# --- Fines by themselves -----------------------------------------------------------------------------------------------------------


def test_both_fines_of_the_residence_and_the_cards_own_are_asked_for_and_then_paid_up_to_the_day():
    card, residence = a_card(dt.date(2026, 7, 31)), a_residence(dt.date(2026, 8, 31), fined="2026-10-05")
    case = Case({}, {"card": card, "residence": residence}, DAY)
    since, fined = dt.date(2026, 8, 31), dt.date(2026, 10, 5)
    assert list(pay_residence_fines.service.fees(case)) == [
        Fee("residency.resident-fine", since=since, fined=fined),
        Fee("residency.immigration-fine", since=since, fined=fined),
        Fee("residency.resident-card-late", since=dt.date(2026, 7, 31)),
    ]
    changes = [(effect.record.number, effect.changes) for effect in pay_residence_fines.service.effects(case)]  # type: ignore[union-attr]
    assert changes == [("2024000001", {"fined": "2026-11-22"}), ("70000001", {"fined": "2026-11-22"})]


def test_a_card_without_a_residence_has_its_own_fine_alone():
    case = Case({}, {"card": a_card(dt.date(2026, 7, 31))}, DAY)
    assert [fee.code for fee in pay_residence_fines.service.fees(case)] == [lateness.CARD_FINE]
    assert len(list(pay_residence_fines.service.effects(case))) == 1


@pytest.mark.parametrize("record", [lambda: a_card(DAY), lambda: a_residence(DAY)])
def test_a_stranger_sees_when_it_ends_and_no_more(record: Callable[[], Record]):
    assert set(record().only(record().register.public).data) == {"expires", "fined"}
