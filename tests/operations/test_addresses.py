"""A building's address from the first answer to the card, and the card again when it was lost."""

import io

import pytest

from engine.actor import Actor
from engine.errors import Refusal
from engine.fields import ByNumber
from engine.lifecycle import State
from engine.wording import _
from models import Document, DocumentState, Outcome, RegisterRecord
from operations import answers, applications, casework, documents, registers, submission
from operations.answers import Uploaded
from operations.applications import Opened
from operations.outside import outside
from tests.operations.test_casework import a_clerk
from tests.support.renewals import an_owner, answer, step_of

pytestmark = pytest.mark.usefixtures("rules")
REGISTER = "municipality.addresses"


def added(actor: Actor) -> Opened:
    """Approved and paid."""
    opened = applications.start(actor, "municipality.add-address")
    krooki = Uploaded("krooki.pdf", io.BytesIO(b"%PDF-1.7\n"))
    answers.answer(actor, opened, step_of(opened, "plot"), {"plot": "١٢/٤٥٠"}, {"krooki": krooki})
    answer(actor, opened, "place", place="sallan", way="4832")
    answer(actor, opened, "photos")
    submission.submit(actor, opened.reference, submission.offer(opened).seal)
    casework.decide(a_clerk("municipality"), opened.reference, Outcome.APPROVE)
    applications.paid(applications.lock(actor, opened.reference))
    return applications.of(actor, opened.reference)


def test_it_is_numbered_belongs_to_who_asked_and_has_its_card() -> None:
    _account, actor = an_owner()
    assert added(actor).state is State.COMPLETED
    row = RegisterRecord.get(RegisterRecord.register == REGISTER)
    assert (row.number, row.holder, row.data["plot"], row.data["way"]) == ("10001", "1526575", "12/450", "4832")
    card = Document.get(Document.template == "address_card.html")
    assert card.subject == f"{REGISTER}:10001"
    assert [line["value"]["en"] for line in card.content["rows"]][:4] == ["10001", "Sallan", "4832", "—"]


def test_a_lost_card_comes_at_once_and_takes_the_place_of_the_first() -> None:
    _account, actor = an_owner()
    added(actor)
    first = Document.get(Document.template == "address_card.html")
    opened = applications.start(actor, "municipality.print-address-card")
    answer(actor, opened, "number", address="١٠٠٠١")
    submission.submit(actor, opened.reference, submission.offer(opened).seal)
    applications.paid(applications.lock(actor, opened.reference))
    second = Document.select().where(Document.template == "address_card.html").order_by(Document.id.desc()).get()
    assert documents.printed(second)["duplicate_of"] == first.serial
    assert Document.get_by_id(first.id).state == DocumentState.REPLACED


def test_the_card_of_somebody_elses_building_is_not_had() -> None:
    _account, actor = an_owner()
    added(actor)
    _other, stranger = an_owner("7324674")
    opened = applications.start(stranger, "municipality.print-address-card")
    with pytest.raises(Refusal) as refused:
        answer(stranger, opened, "number", address="10001")
    assert refused.value.field == "address"


def test_anybody_may_know_where_a_number_is() -> None:
    _account, actor = an_owner()
    added(actor)
    field = ByNumber("address", _("Number"), register=REGISTER, own=False)
    seen = registers.typed(field, None, "10001")
    assert seen and set(seen.data) == {"area", "way", "building", "latitude", "longitude"}


def test_the_card_is_drawn() -> None:
    _account, actor = an_owner()
    added(actor)
    card = Document.get(Document.template == "address_card.html")
    documents.draw({"serial": card.serial})
    digest = Document.get_by_id(card.id).digest
    assert digest and outside.storage.open(digest).read().startswith(b"%PDF")
