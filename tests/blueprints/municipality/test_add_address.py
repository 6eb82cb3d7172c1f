"""A building's address: numbered by the register, near which neighbourhood it lies, and the card of the very record."""

import datetime as dt

import pytest

from blueprints.municipality import authority, gazetteer, print_address_card
from blueprints.municipality.add_address import SPOT, service
from blueprints.municipality.registers import addresses
from engine.assurance import Assurance
from engine.fees import Fee
from engine.service import Case, Charge, Creation, Decision

DAY = dt.date(2026, 11, 22)
SALIM = {"en": "Salim", "ar": "سالم"}
BY_THE_FORT = {"latitude": 24.3641, "longitude": 56.7485}


def answered(place: dict[str, float] = BY_THE_FORT, **answers: str) -> Case:
    return Case({"plot": "12/450", "place": place, **answers}, {}, DAY, issued=DAY, applicant=SALIM, holder="1526575")


def made(case: Case) -> Creation:
    (creation,) = service.effects(case)
    assert isinstance(creation, Creation)
    return creation


def test_the_addressing_section_decides_and_the_fee_falls_due_on_approval():
    assert (service.decision, service.charge, service.desk) == (Decision.CLERK, Charge.ON_APPROVAL, "municipality.addressing")
    assert service.section in authority.sections
    assert list(service.fees(answered())) == [Fee("municipality.add-address")]


def test_it_becomes_a_record_of_who_applied_where_they_said():
    creation = made(answered(way="4832"))
    assert creation.register is addresses and creation.name == service.subject
    assert creation.data == {
        "holder": "1526575",
        "name": SALIM,
        "plot": "12/450",
        "area": {"en": "Sohar town centre", "ar": "وسط صحار"},
        "way": "4832",
        "building": "",
        "latitude": "24.3641",
        "longitude": "56.7485",
    }
    assert set(creation.data) == {column.name for column in addresses.columns}


def test_far_from_every_neighbourhood_it_is_said_to_lie_in_the_district():
    assert made(answered({"latitude": 24.15, "longitude": 56.4})).data["area"] == gazetteer.ELSEWHERE


def test_an_addressing_number_has_five_figures():
    assert addresses.numbered(2026, 1) == "10001"


def test_a_stranger_sees_where_a_building_is_and_not_whose():
    assert set(addresses.public) == {"area", "way", "building", "latitude", "longitude"}


def test_the_card_says_what_the_register_does():
    record = addresses.record("10001", made(answered(way="4832")).data)
    case = Case({}, {"address": record}, DAY, issued=DAY)
    card = service.issues
    assert card and card.named(case) == SALIM
    said = [value for _label, value in card.rows(case)]
    assert said == ["10001", {"en": "Sohar town centre", "ar": "وسط صحار"}, "4832", "—", "12/450", "24.3641, 56.7485", DAY]


def test_a_lost_card_comes_at_once_to_its_owner_alone_and_is_marked():
    again = print_address_card.service
    assert (again.decision, again.charge, again.subject) == (Decision.AUTOMATIC, Charge.ON_SUBMISSION, "address")
    assert again.issues and again.issues.duplicate and again.issues.template == service.issues.template  # type: ignore[union-attr]
    number = again.field("address")
    assert number and number.own and number.register == addresses.code  # type: ignore[attr-defined]
    assert again.assurance is service.assurance is Assurance.SUBSTANTIAL


@pytest.mark.parametrize("area", gazetteer.AREAS, ids=lambda area: area.code)
def test_every_neighbourhood_lies_in_the_district_and_is_found_by_either_name(area):
    for name in area.title.values():
        assert SPOT.clean(name) == area.point
    assert SPOT.clean(SPOT.written(area.point)) == area.point
    assert SPOT.near(area.point) is area
