"""Births, deaths, registration and identity cards, as their policy reads."""

import datetime as dt
from typing import Any

import pytest

from blueprints.residency import (
    authority,
    birth,
    birth_certificate,
    birth_certificate_copy,
    death_certificate,
    death_certificate_copy,
    issue_id_card,
    proof_of_registration,
    replace_id_card,
)
from blueprints.residency.registers import births, deaths, identity_cards, people
from engine.assurance import Assurance
from engine.errors import Start
from engine.registers import Record
from engine.service import Case, Charge, Creation, Decision, Effect, Mark
from operations import demonstration
from tests.support.client import Client

DAY = dt.date(2026, 11, 22)
ALI, MOZA, REEM = "1526575", "3301448", "24810077"
NAME = {"ar": "ريم علي الجهضمية", "en": "Reem Ali Al Jahdhami"}
CLERKS = (
    issue_id_card.service,
    replace_id_card.service,
    birth_certificate.service,
    death_certificate.service,
    proof_of_registration.service,
)
AT_ONCE = (birth_certificate_copy.service, death_certificate_copy.service)


def a_person(**data: Any) -> Record:
    known = {
        "civil": REEM,
        "name": NAME,
        "born": "2014-02-08",
        "birthplace": {"ar": "صحار", "en": "Sohar"},
        "sex": "female",
        "nationality": {"ar": "عمانية", "en": "Omani"},
        "father": ALI,
        "mother": MOZA,
        "spouse": "",
        "died": "",
    }
    return people.record("2014/006172", known | data)


def a_card(expires: str = "2031-02-11", state: str = "valid") -> Record:
    data = {"civil": REEM, "person": "2014/006172", "name": NAME, "father": ALI, "mother": MOZA}
    return identity_cards.record("10000500", {**data, "expires": expires, "state": state})


def told(**answers: Any) -> dict[str, Any]:
    """A birth as its three steps are answered."""
    words = {
        "name_ar": NAME["ar"],
        "name_en": NAME["en"],
        "birthplace_ar": "مستشفى صحار",
        "birthplace_en": "Sohar Hospital",
        "nationality_ar": "عمانية",
        "nationality_en": "Omani",
        "father_name_ar": "علي سعيد الجهضمي",
        "father_name_en": "Ali Said Al Jahdhami",
        "mother_name_ar": "موزة خلفان الجهضمية",
        "mother_name_en": "Moza Khalfan Al Jahdhami",
    }
    return {**words, "sex": "female", "born": "2026-11-20", "father": ALI, "mother": MOZA, **answers}


def test_the_civil_status_desk_has_them_and_everybody_is_proven():
    services = (*CLERKS, *AT_ONCE)
    assert {service.desk for service in services} == {"residency.civil"} and "civil" in authority.sections
    assert {step.assurance for service in services for step in service.steps} == {Assurance.SUBSTANTIAL}
    assert {(service.decision, service.charge) for service in CLERKS} == {(Decision.CLERK, Charge.ON_APPROVAL)}
    assert {service.charge for service in AT_ONCE} == {Charge.ON_SUBMISSION}


# --- Identity cards --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "card", "says"),
    [
        ({}, None, ""),
        ({"nationality": {"ar": "هندية", "en": "Indian"}}, None, "resident card"),
        ({"died": "2026-01-02"}, None, "passed away"),
        ({}, a_card(), "replaced"),
        ({}, a_card("2026-12-23"), "replaced"),
        ({}, a_card("2026-12-22"), ""),  # thirty days before its end
        ({}, a_card("2020-01-01"), ""),
        ({}, a_card(state="lost"), ""),
        ({}, a_card(state="ended"), ""),
    ],
)
def test_a_card_is_issued_to_an_omani_who_has_none(person: dict[str, Any], card: Record | None, says: str):
    records = {"person": a_person(**person)} | ({"card": card} if card else {})
    refusals = list(issue_id_card.service.refusals(Case({}, records, DAY)))
    assert [says in str(refusal.message) for refusal in refusals] == ([True] if says else [])
    if says == "replaced":
        assert refusals[0].start == Start("residency.replace-id-card", {"card": "10000500"})


def test_a_first_card_is_made_for_ten_years_from_the_decision_if_there_is_none_meanwhile():
    case = Case({}, {"person": a_person()}, DAY, issued=dt.date(2026, 12, 1))
    (made,) = issue_id_card.service.effects(case)
    assert isinstance(made, Creation) and made.register is identity_cards and made.first_of == a_person()
    assert made.data == {
        "civil": REEM,
        "person": "2014/006172",
        "name": NAME,
        "father": ALI,
        "mother": MOZA,
        "expires": "2036-12-01",
        "state": "valid",
    }


def test_a_card_that_ended_gives_way_to_the_new_one():
    case = Case({}, {"person": a_person(), "card": a_card("2020-01-01")}, DAY, issued=DAY)
    ended, made = issue_id_card.service.effects(case)
    assert ended == Effect(a_card("2020-01-01"), {"state": "ended", "person": ""})
    assert isinstance(made, Creation) and made.first_of is None and made.data["person"] == "2014/006172"


@pytest.mark.parametrize(("reason", "state"), [("damaged", "ended"), ("lost", "lost")])
def test_a_replacement_stands_as_long_as_the_old_one_would_have(reason: str, state: str):
    case = Case({"reason": reason}, {"card": a_card()}, DAY, issued=DAY)
    assert not list(replace_id_card.service.refusals(case))
    ended, made = replace_id_card.service.effects(case)
    assert ended == Effect(a_card(), {"state": state, "person": ""})
    assert isinstance(made, Creation) and made.data == a_card().data


def test_a_card_that_ended_is_not_replaced_but_asked_for_anew():
    (refusal,) = replace_id_card.service.refusals(Case({}, {"card": a_card("2026-11-21")}, DAY))
    assert refusal.start == Start("residency.issue-id-card", {"person": "2014/006172"})
    assert not list(replace_id_card.service.refusals(Case({}, {"card": a_card("2026-11-22")}, DAY)))


@pytest.mark.parametrize("state", ["lost", "ended"])
def test_a_card_that_was_replaced_is_not_replaced_again(state: str):
    (refusal,) = replace_id_card.service.refusals(Case({}, {"card": a_card(state=state)}, DAY))
    assert refusal.field == "card" and refusal.start is None


@pytest.mark.parametrize(("answers", "asked"), [({}, 0), ({"reason": "damaged"}, 0), ({"reason": "lost"}, 3)])
def test_the_loss_is_declared_of_what_was_lost_alone(answers: dict[str, Any], asked: int):
    step = replace_id_card.service.step("loss")
    assert step and len(step.asked(Case(answers, {}, DAY))) == asked


@pytest.mark.parametrize(("day", "refused"), [("2026-11-22", False), ("2026-11-23", True)])
def test_nothing_was_lost_tomorrow(day: str, refused: bool):
    step = replace_id_card.service.step("loss")
    assert step and [refusal.field for refusal in step.refusals(Case({"lost_on": day}, {}, DAY))] == ["lost_on"] * refused


def test_the_slip_says_which_card_is_collected():
    for service in (issue_id_card.service, replace_id_card.service):
        (paper,) = service.certificates
        case = Case({}, {"new_card": a_card()}, DAY, issued=DAY)
        assert paper.named(case) == NAME
        assert [str(value) for _label, value in paper.rows(case)] == ["10000500", REEM, "2031-02-11", "2026-11-22"]


# --- Births ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, None),
        ({"born": "2026-11-22"}, None),
        ({"born": "2026-11-23"}, "born"),
        ({"born": "1986-01-01"}, None),  # late: our sources name no fine
        ({"mother": ALI}, "mother"),
        ({"mother": None, "father": None}, None),
    ],
)
def test_a_birth_has_happened_and_has_two_parents(answers: dict[str, Any], field: str | None):
    case = Case(told(**answers), {}, DAY)
    refused = [refusal.field for step in birth_certificate.service.steps for refusal in step.refusals(case)]
    assert refused == ([field] if field else [])
    assert [fee.code for fee in birth_certificate.service.fees(case)] == ["residency.birth-certificate"]


def test_a_birth_becomes_a_record_of_both_parents():
    (made,) = birth_certificate.service.effects(Case(told(), {}, DAY, holder=ALI))
    assert isinstance(made, Creation) and made.register is births and made.name == birth_certificate.service.subject
    assert births.held_by(made.data) == {ALI, MOZA}
    assert set(made.data) == {column.name for column in births.columns}
    unnumbered = Case(told(father=None), {}, DAY)
    assert births.held_by(birth.data(unnumbered)) == {MOZA}


@pytest.mark.parametrize(("sex", "arabic"), [("female", "عمانية"), ("male", "عماني"), (None, "")])
def test_the_nationality_begins_as_arabic_says_it_of_a_girl_or_a_boy(sex: str | None, arabic: str):
    field = birth_certificate.service.field("nationality_ar")
    assert field and field.starts_as and field.starts_as(Case({"sex": sex}, {}, DAY)) == arabic


def test_the_paper_of_a_birth_leaves_out_the_numbers_of_the_parents():
    record = births.record("2026/00001", birth.data(Case(told(), {}, DAY)))
    (paper,) = birth_certificate.service.certificates
    case = Case({}, {"certificate": record}, DAY, issued=DAY)
    assert paper.named(case) == NAME and not paper.duplicate
    values = [value["en"] if isinstance(value, dict) else str(value) for _label, value in paper.rows(case)]
    assert values == [
        "2026/00001",
        "Female",
        "2026-11-20",
        "Sohar Hospital",
        "Omani",
        "Ali Said Al Jahdhami",
        "Moza Khalfan Al Jahdhami",
        "2026-11-22",
    ]


def test_a_copy_of_what_is_on_file_needs_no_clerk_and_of_what_is_not_it_does():
    service = birth_certificate_copy.service
    record = births.record("2014/00087", birth.data(Case(told(), {}, DAY)))
    listed = Case({"by": "listed"}, {"certificate": record}, DAY, issued=DAY)
    event = Case({"by": "event", **told()}, {}, DAY, issued=DAY, reply="1987/00219")
    assert [service.decided_by(case) for case in (listed, event)] == [Decision.AUTOMATIC, Decision.CLERK]
    (paper,) = service.certificates
    (original,) = birth_certificate.service.certificates
    assert paper.duplicate and paper.template == original.template
    assert [next(iter(paper.rows(case)))[1] for case in (listed, event)] == ["2014/00087", "1987/00219"]
    assert paper.named(event) == NAME


@pytest.mark.parametrize(("by", "steps"), [("listed", ["certificate"]), ("event", ["child", "birth", "parents"])])
def test_the_birth_is_asked_for_only_where_the_certificate_is_not_on_file(by: str, steps: list[str]):
    case = Case({"by": by}, {}, DAY)
    assert [step.name for step in birth_certificate_copy.service.steps[1:] if step.asked(case)] == steps


# --- Deaths ----------------------------------------------------------------------------------------------------------------------


def of_a_death(**answers: Any) -> dict[str, Any]:
    words = {"name_ar": "سعيد راشد", "name_en": "Said Rashid", "deathplace_ar": "صحار", "deathplace_en": "Sohar"}
    words |= {"nationality_ar": "عماني", "nationality_en": "Omani"}
    return {**words, "civil": "90012", "sex": "male", "born": "1951-01-01", "died": "2026-11-20", "relation": "child", **answers}


@pytest.mark.parametrize(
    ("answers", "refused"),
    [
        ({}, []),
        ({"died": "2026-11-22"}, []),
        ({"died": "2026-11-23"}, ["died"]),
        ({"died": "1950-12-31"}, ["died"]),
        ({"born": None}, []),
        ({"born": "2026-11-20"}, []),  # on the day of birth
        ({"born": "2026-11-23", "died": None}, ["died"]),
    ],
)
def test_a_death_comes_after_the_birth_and_not_after_today(answers: dict[str, Any], refused: list[str]):
    step = death_certificate.service.step("event")
    assert step and [refusal.field for refusal in step.refusals(Case(of_a_death(**answers), {}, DAY))] == refused


def test_a_death_is_the_reporters_record_and_marks_whose_number_is_known():
    made, mark = death_certificate.service.effects(Case(of_a_death(), {}, DAY, holder=ALI))
    assert isinstance(made, Creation) and made.register is deaths and deaths.held_by(made.data) == {ALI}
    assert set(made.data) == {column.name for column in deaths.columns}
    assert mark == Mark(people, "90012", {"died": "2026-11-20"})
    (alone,) = death_certificate.service.effects(Case(of_a_death(civil=None, born=None), {}, DAY, holder=ALI))
    assert isinstance(alone, Creation) and (alone.data["civil"], alone.data["born"]) == ("", "")


def test_a_copy_is_the_same_paper():
    (copy,), (original,) = death_certificate_copy.service.certificates, death_certificate.service.certificates
    assert copy.again and not original.again and copy.template == original.template
    assert death_certificate_copy.service.decision is Decision.AUTOMATIC


def test_nobody_is_congratulated_or_hurried_in_the_services_of_deaths():
    for service in (death_certificate.service, death_certificate_copy.service):
        said = " ".join(map(str, (service.summary, service.takes, *service.needs, *(step.title for step in service.steps))))
        assert not {"must", "fine", "penalty", "immediately", "!"} & set(said.lower().replace("!", " ! ").split())


# --- Registration ----------------------------------------------------------------------------------------------------------------


def test_the_statement_says_what_civil_status_has_and_for_what():
    (paper,) = proof_of_registration.service.certificates
    case = Case({"purpose": "school"}, {"person": a_person()}, DAY, issued=DAY)
    values = [value["en"] if isinstance(value, dict) else str(value) for _label, value in paper.rows(case)]
    expected = ["2014/006172", REEM, "2014-02-08", "Sohar", "Female", "Omani", "School or university", "2026-11-22"]
    assert values == expected and paper.named(case) == NAME
    late = Case({"purpose": "court"}, {"person": a_person(died="2026-01-02")}, DAY, issued=DAY)
    assert "2026-01-02" in [str(value) for _label, value in paper.rows(late)]


# --- Pages -----------------------------------------------------------------------------------------------------------------------


def test_the_page_of_what_costs_nothing_says_so_and_speaks_of_no_payment(client: Client):
    demonstration.prepare()
    free, priced = (client.get(f"/services/residency.{code}").text for code in ("death-certificate", "birth-certificate"))
    assert "it is free" in free and "bank" not in free.lower() and "0.000" not in free
    assert "it is free" not in priced and "Pay by card at the bank" in priced and "2.000" in priced
