"""The words a service is written in, and the shelf they stand on."""

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pytest

from engine.actor import Actor
from engine.assurance import Assurance
from engine.catalogue import Catalogue
from engine.errors import Refusal
from engine.fields import Text
from engine.registers import Column, Register
from engine.service import Authority, Case, Charge, Decision, Effect, Service, Stage, Step, Summary
from engine.wording import _

PEOPLE = Register(code="test.people", title=_("Number"), columns=(Column("name", _("Company name")), Column("grade", _("Grade"))))
WHO = Step("who", _("Which membership?"), Text("name", _("Company name")), Summary("membership"))
WHY = Step("why", _("Check your answers"), Text("reason", _("Grade")), assurance=Assurance.SUBSTANTIAL)


def a_service(code: str = "test.letter") -> Service:
    return Service(
        code=code,
        title=_("Membership renewal"),
        summary=_("Membership renewal"),
        takes=_("One year"),
        steps=(WHO, WHY),
        charge=Charge.NEVER,
        decision=Decision.CLERK,
    )


def an_authority(code: str = "test", *codes: str, registers: tuple[Register, ...] = ()) -> Authority:
    services = tuple(a_service(code) for code in codes)
    return Authority(code=code, title=_("Grade"), summary=_("Grade"), services=services, registers=registers)


def test_a_service_knows_its_authority_its_steps_and_its_fields():
    service = a_service()
    assert service.authority == "test"
    assert service.step("why") is WHY
    assert service.step("nowhere") is None
    assert service.precedes(WHO, WHY)
    assert not service.precedes(WHY, WHO)
    assert service.field("reason") is WHY.items[0]
    assert service.field("membership") is None  # a summary asks nothing
    assert WHO.fields == (WHO.items[0],)


def test_a_service_needs_the_most_any_of_its_steps_needs():
    assert a_service().assurance is Assurance.SUBSTANTIAL
    assert WHO.assurance is Assurance.PASSWORD


def test_a_service_that_says_nothing_charges_refuses_and_changes_nothing():
    case = Case({}, {}, dt.date(2026, 11, 22))
    service = a_service()
    assert [list(rule(case)) for rule in (service.fees, service.refusals, service.effects)] == [[], [], []]
    assert service.issues is None


def test_an_effect_expects_what_the_rules_saw():
    record = PEOPLE.record("7", {"name": "old", "grade": "first"})
    effect = Effect(record, {"name": "new"})
    assert effect.expects == {"name": "old"}


def test_a_case_tells_an_answer_from_a_missing_one():
    record = PEOPLE.record("7", {"name": "n", "grade": "g"})
    case = Case({"months": 12, "note": None}, {"member": record}, dt.date(2026, 11, 22))
    assert case["months"] == 12
    assert case.get("rent") is None
    assert case.record("member") is record
    with pytest.raises(KeyError):
        case["rent"]


def test_rules_cannot_change_what_they_are_given():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Case({}, {}, dt.date(2026, 11, 22)).today = dt.date(2018, 3, 18)  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        WHO.name = "other"  # type: ignore[misc]


def test_the_catalogue_finds_things_by_their_codes():
    catalogue = Catalogue(
        [an_authority("test", "test.letter", "test.card", registers=(PEOPLE,)), an_authority("other", "other.letter")]
    )
    assert list(catalogue.authorities) == ["test", "other"]
    assert list(catalogue.services) == ["test.letter", "test.card", "other.letter"]
    frozen = PEOPLE.record("7", {"name": "n", "grade": "g"}).frozen()
    assert catalogue.record(frozen) == PEOPLE.record("7", {"name": "n", "grade": "g"})


@pytest.mark.parametrize(
    "authorities",
    [
        [an_authority("test"), an_authority("test")],
        [an_authority("test", "test.letter", "test.letter")],
        [an_authority("test", registers=(PEOPLE,)), an_authority("other", registers=(PEOPLE,))],
    ],
    ids=["authority", "service", "register"],
)
def test_a_code_listed_twice_is_our_mistake(authorities: list[Authority]):
    with pytest.raises(ValueError, match="listed twice"):
        Catalogue(authorities)


def test_filling_the_catalogue_again_replaces_what_it_held():
    catalogue = Catalogue([an_authority("test", "test.letter")])
    catalogue.fill([an_authority("other", "other.letter")])
    assert list(catalogue.services) == ["other.letter"]
    assert list(catalogue.authorities) == ["other"]


@pytest.mark.parametrize(
    ("stages", "desks", "last"),
    [
        ((), ("test",), 1),
        (("building", "head"), ("test.building", "test.head"), 2),
        (("building", ""), ("test.building", "test"), 2),
    ],
    ids=["none", "two sections", "a section, then the authority"],
)
def test_stages_are_decided_in_order_each_on_its_desk_and_the_last_one_counts(
    stages: tuple[str, ...], desks: tuple[str, ...], last: int
):
    service = dataclasses.replace(a_service("test.letter"), stages=tuple(Stage(section, _("Grade")) for section in stages))
    assert (service.desk, service.desks) == (desks[0], desks)
    assert [service.decides(number) for number in (1, 2, 3)] == [last == 1, True, True]
    assert [stage.section if (stage := service.stage(number)) else None for number in range(1, len(stages) + 2)] == [
        *stages,
        None,
    ]


def test_every_section_is_a_desk_also_where_nothing_arrives():
    authority = dataclasses.replace(an_authority("test", "test.letter"), sections={"roads": _("Name")})
    assert Catalogue([authority]).desks == {"test": authority.title, "test.roads": _("Name")}


def test_rules_refuse_as_far_as_they_can_tell_and_the_rest_is_left_for_later():
    def refusals(case: Case) -> Iterator[Refusal]:
        if case["name"] == "wrong":
            yield Refusal(_("Name"))
        if case["reason"] == "wrong" or case.record("membership"):
            yield Refusal(_("Grade"))

    service = dataclasses.replace(a_service(), refusals=refusals)
    told = {}
    for answers in ({}, {"name": "wrong"}, {"name": "wrong", "reason": "wrong"}, {"name": "right", "reason": "right"}):
        told[len(told)] = [str(refusal.message) for refusal in service.refused(Case(answers, {}, dt.date(2026, 11, 22)))]
    assert list(told.values()) == [[], ["Name"], ["Name", "Grade"], []]


def test_nobody_in_particular_may_do_nothing():
    nobody = Actor()
    assert not nobody.signed_in
    assert not nobody.may("clerk")
    assert Actor(account=1, roles=frozenset({"clerk"})).may("clerk")
    assert Assurance.NONE < Assurance.PASSWORD < Assurance.SUBSTANTIAL < Assurance.HIGH
