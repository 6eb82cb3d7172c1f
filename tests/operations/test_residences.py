"""A residence through the portal: whose one may renew, with what comes along, who is asked, and what stands in the register afterwards."""

import datetime as dt
import io
from pathlib import Path

import pytest
from peewee import Database

from engine.actor import Actor
from engine.errors import Refusal
from engine.lifecycle import State
from models import AgreementRequest, RegisterRecord
from operations import answers, applications, submission
from operations.answers import Uploaded
from operations.applications import Opened
from operations.now import today
from tests.support.builders import a_person, signed_in
from tests.support.portal_rules import bring_in
from tests.support.portraits import a_portrait
from tests.support.renewals import step_of
from tests.support.residences import PRIYA, RAJESH

pytestmark = pytest.mark.usefixtures("resident")
HUSBAND, WIFE, OWNER, STRANGER = "60123456", "60123457", "1526575", "99999999"
NUMBER = "2024000002"
ENDS, PASSPORT = ((today() + dt.timedelta(days=days)).isoformat() for days in (30, 700))


@pytest.fixture
def resident(rules: Database, tmp_path: Path) -> None:
    """A wife whose sponsor is her husband; and a worker of the company 1229237."""
    words = {f"name_{language}": PRIYA[language] for language in ("ar", "en")} | {
        "nationality_en": "Indian",
        "nationality_ar": "هندية",
    }
    card = {
        "number": "70000002",
        "civil": WIFE,
        "expires": ENDS,
        "state": "valid",
        "sponsor": HUSBAND,
        "father": "",
        "husband": HUSBAND,
        "fined": "",
    }
    bring_in(tmp_path, words | card)
    more = {
        "number": NUMBER, "civil": WIFE, "kind": "family", "relation": "wife", "card": "70000002", "passport": "Z4410022",
        "passport_expires": PASSPORT, "sponsor": HUSBAND, "sponsor_name_ar": RAJESH["ar"], "sponsor_name_en": RAJESH["en"],
        "sponsor_phone": "93334455", "father": "", "husband": HUSBAND, "starts": "", "expires": ENDS, "fined": "",
    }  # fmt: skip
    bring_in(tmp_path, words | more)
    worker = {
        "number": "2024000009",
        "civil": "60555555",
        "kind": "work",
        "relation": "",
        "card": "",
        "sponsor": "1229237",
        "husband": "",
    }
    bring_in(tmp_path, words | more | worker)


def somebody(number: str) -> Actor:
    return signed_in(a_person(civil_number=number), "en")


def offered(actor: Actor) -> set[str]:
    opened = applications.start(actor, "residency.renew-family-residence")
    found = answers.offered(actor, opened, step_of(opened, "residence"))["residence"]
    return {record.number for record in found}  # type: ignore[union-attr]


def chosen(actor: Actor, kind: str, number: str) -> Opened:
    opened = applications.start(actor, f"residency.renew-{kind}-residence")
    answers.answer(actor, opened, step_of(opened, "residence"), {"residence": number})
    return opened


def submitted(actor: Actor) -> Opened:
    opened = chosen(actor, "family", NUMBER)
    answers.answer(actor, opened, step_of(opened, "passport"), {"passport": "Z4410022", "passport_expires": PASSPORT})
    papers = {name: Uploaded("a.pdf", io.BytesIO(b"%PDF-1.7\n")) for name in ("stamped_form", "card_copy", "husband_card")}
    answers.answer(
        actor, opened, step_of(opened, "papers"), {}, {"photo": Uploaded("me.jpg", io.BytesIO(a_portrait())), **papers}
    )
    return submission.submit(actor, opened.reference, submission.offer(opened).seal, address="192.0.2.1")


@pytest.mark.parametrize(
    ("who", "sees"),
    [(HUSBAND, {NUMBER}), (WIFE, {NUMBER}), (OWNER, {"2024000009"}), ("60555555", {"2024000009"}), (STRANGER, set())],
)
def test_one_s_own_one_s_family_s_and_one_s_workers_may_be_renewed_and_nobody_else_s(who: str, sees: set[str]):
    actor = somebody(who)
    assert offered(actor) == sees
    for number in {NUMBER, "2024000009"} - sees:
        with pytest.raises(Refusal):
            chosen(actor, "family", number)


def test_the_card_comes_along_and_the_company_where_the_sponsor_is_one():
    family, work = chosen(somebody(HUSBAND), "family", NUMBER), chosen(somebody("60555555"), "work", "2024000009")
    assert set(family.records) == {"residence", "card"} and family.records["card"].number == "70000002"
    assert set(work.records) == {"residence", "company"} and work.records["company"].number == "1229237"


def test_the_sponsor_who_files_confirms_by_that_and_another_is_asked_at_the_register_s_phone():
    assert submitted(somebody(HUSBAND)).state is State.TO_PAY
    assert not AgreementRequest.select().exists()


def test_whoever_else_files_waits_for_the_sponsor():
    opened = submitted(somebody(WIFE))
    assert opened.state is State.TO_AGREE
    request = AgreementRequest.get()
    assert (request.number, request.phone) == (HUSBAND, "+96893334455")
    assert "Z4410022" not in str(request.said)
    assert RegisterRecord.get(RegisterRecord.number == NUMBER).data["expires"] == ENDS
