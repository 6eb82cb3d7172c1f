"""The services around a building permit: what each refuses, changes, prints and charges."""

import datetime as dt
from typing import Any

import pytest

from blueprints.municipality import (
    authority,
    completion_duplicate,
    completion_letter,
    deposit_refund,
    service_letter,
    start_building,
)
from blueprints.municipality.registers import permits
from engine.assurance import Assurance
from engine.fees import Fee
from engine.money import Money
from engine.service import Case, Charge, Decision, Effect, Payout, Service

DAY = dt.date(2026, 11, 22)
IBAN = "OM810180000001299123456"


def permit(state: str = "granted", **data: Any) -> Any:
    kept = {"holder": "1", "name": {"ar": "علي", "en": "Ali"}, "plot": "412", "use": "villa", "floors": "2", "area": "480"}
    kept |= {"office": "", "contractor": "", "completed": "", "deposit": 300_000, "deposit_state": "held"}
    return permits.record("202500001", {**kept, "state": state, **data})


def case(state: str = "granted", answers: dict[str, Any] | None = None, **data: Any) -> Case:
    return Case(answers or {}, {"permit": permit(state, **data)}, DAY, issued=DAY, applicant={"ar": "علي", "en": "Ali"})


def refused(service: Service, of: Case) -> bool:
    return any(list(each.refusals(of)) for each in (service, *service.steps))


ALLOWED = (
    (start_building.service, "granted"),
    (completion_letter.service, "started"),
    (completion_duplicate.service, "completed"),
    (deposit_refund.service, "completed"),
)


@pytest.mark.parametrize("state", ["granted", "started", "completed"])
@pytest.mark.parametrize(("service", "allowed"), ALLOWED, ids=lambda given: getattr(given, "code", given))
def test_each_asks_for_a_building_that_is_so_far(service: Service, allowed: str, state: str):
    assert refused(service, case(state)) is (state != allowed)


@pytest.mark.parametrize("service", [service for service, _state in ALLOWED], ids=lambda service: service.code)
def test_each_is_about_a_permit_of_ones_own_one_application_at_a_time(service: Service):
    field = service.steps[0].fields[0]
    assert (field.name, field.register, field.own, service.subject) == ("permit", permits.code, True, "permit")  # type: ignore[attr-defined]
    assert set(service.desks) <= {f"municipality.{section}" for section in authority.sections}


def test_starting_writes_who_supervises_and_who_builds():
    (effect,) = start_building.effects(case(answers={"office": "Al Ufuq", "contractor": "Sawaid"}))
    assert effect.changes == {"office": "Al Ufuq", "contractor": "Sawaid", "state": "started"}
    assert (start_building.service.decision, start_building.service.charge) == (Decision.CLERK, Charge.ON_APPROVAL)


def test_completion_is_dated_by_the_day_it_is_certified():
    (effect,) = completion_letter.effects(case("started"))
    assert effect.changes == {"state": "completed", "completed": "2026-11-22"}
    certificate, letter = completion_letter.service.issued(case("started"))
    assert DAY in [value for _label, value in certificate.rows(case("started"))]
    assert certificate.template != letter.template, "one does not replace the other"


def test_the_duplicate_says_when_the_building_was_completed_and_when_it_was_issued():
    (paper,) = completion_duplicate.service.issued(case("completed", completed="2025-05-14"))
    rows = [value for _label, value in paper.rows(case("completed", completed="2025-05-14"))]
    assert paper.duplicate and dt.date(2025, 5, 14) in rows and DAY in rows
    assert paper.template == completion_letter.CERTIFICATE.template
    assert completion_duplicate.service.decision is Decision.AUTOMATIC


def test_the_inspection_is_where_the_plot_is_and_within_the_openings_of_its_section():
    field = completion_letter.service.field("inspection")
    assert field and field.site(case("started")).values == {"number": "412"}  # type: ignore[attr-defined]
    assert field.office.partition(".")[2] in authority.openings  # type: ignore[attr-defined]


def test_what_goes_back_is_the_deposit_on_the_record_and_the_record_says_so():
    effect, payout = deposit_refund.effects(case("completed", {"iban": IBAN}, deposit=450_500))
    assert isinstance(effect, Effect) and isinstance(payout, Payout)
    assert effect.changes["deposit_state"] == "returned"
    assert effect.expects == {"deposit_state": "held", "deposit": 450_500}
    assert (payout.amount, payout.iban, payout.record.number) == (Money(450_500), IBAN, "202500001")
    assert deposit_refund.service.desks == ("municipality.engineering", "municipality.finance")
    assert deposit_refund.service.assurance is Assurance.SUBSTANTIAL


@pytest.mark.parametrize("data", [{"deposit_state": "returned"}, {"deposit_state": ""}, {"deposit": None}, {"deposit": 0}])
def test_without_a_deposit_nothing_goes_back(data: dict[str, Any]):
    assert refused(deposit_refund.service, case("completed", **data))


def test_the_first_step_lets_on_who_has_a_certificate_to_attach_later():
    assert not list(deposit_refund.service.refusals(case("started")))


def test_an_attached_certificate_stands_for_the_register():
    assert not refused(deposit_refund.service, case("started", {"certificate": {"name": "a.pdf"}}))


@pytest.mark.parametrize("asked", [["water"], ["electricity", "water", "sewerage"]])
def test_a_letter_and_a_fee_for_each_service(asked: list[str]):
    of = Case({"kind": "plot", "number": "412", "utilities": asked}, {}, DAY, issued=DAY)
    assert list(service_letter.fees(of)) == [Fee("municipality.service-letter", quantity=len(asked))]
    assert len(service_letter.service.issued(of)) == len(asked)
    assert all("412" in [value for _label, value in letter.rows(of)] for letter in service_letter.service.issued(of))
