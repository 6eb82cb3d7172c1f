"""Administration services: somebody writes, a clerk answers by letter, the fee falls due on approval."""

import datetime as dt

import pytest

from blueprints.municipality import authority
from blueprints.municipality.general_request import service
from engine.fees import Fee
from engine.service import Case, Charge, Decision

DAY = dt.date(2026, 11, 22)
ASKED = {"subject": "The old fig", "text": "It leans over the road.", "paper": None}


def answered(reply: str = "The fig will be cut.") -> Case:
    return Case(ASKED, {}, DAY, issued=DAY, applicant={"ar": "سالم", "en": "Salim"}, reply=reply)


def test_it_is_decided_by_the_administration_and_paid_after_approval():
    assert (service.decision, service.charge, service.desk) == (Decision.CLERK, Charge.ON_APPROVAL, "municipality.administration")
    assert service.section in authority.sections and authority.appeal


def test_one_fee_whatever_is_asked():
    assert list(service.fees(answered())) == [Fee("municipality.general-request")]


def test_the_letter_is_written_to_the_applicant_in_the_clerks_words_and_names_the_subject():
    letter = service.issues
    assert letter and letter.body
    assert letter.named(answered()) == {"ar": "سالم", "en": "Salim"}
    assert letter.body(answered()) == "The fig will be cut."
    assert [value for _label, value in letter.rows(answered())] == ["The old fig", DAY]


@pytest.mark.parametrize(("name", "required"), [("subject", True), ("text", True), ("paper", False)])
def test_a_paper_is_not_needed(name: str, required: bool):
    field = service.field(name)
    assert field and field.required is required
