"""Proving who acts, with a card, through the pages: choose, show the card, log out of the provider, return to the step."""

from pathlib import Path

import pytest
from flask import Flask

from models import SecurityEvent, Session, StepUp
from operations import applications, identity, sessions
from tests.blueprints.identity.conftest import ShowCard, a_nonce
from tests.sandbox.mobile_id.running import ALI, PIN, RunningTelecom
from tests.support import cards
from tests.support.builders import a_person
from tests.support.cards import Card
from tests.support.client import Client
from tests.support.portal_rules import ESTABLISHMENT, MEMBERSHIP, bring_in
from tests.support.renewals import SERVICE, answer
from tests.support.schedule import bring_in_fees

CARD_IN = "/identity/sign-in/card"


@pytest.fixture
def step(portal: Flask, client: Client, alis: Card, show: ShowCard, tmp_path: Path) -> str:
    """The path of a step that asks who is acting; Ali is signed in, with his card, in this browser."""

    bring_in_fees()
    bring_in(tmp_path, ESTABLISHMENT)
    bring_in(tmp_path, MEMBERSHIP)
    a_person(civil_number=cards.ALI)
    show(CARD_IN, alis)
    with client.session_transaction() as cookie:
        actor = sessions.actor_of(cookie["_user_id"], "en")
    assert actor
    opened = applications.start(actor, SERVICE)
    answer(actor, opened, "establishment", registration="1229237")
    answer(actor, opened, "membership", membership="91868")
    return f"/applications/{opened.reference}/steps/company"


def test_a_card_proves_it_and_leads_back_to_the_very_step(step: str, client: Client, alis: Card, show: ShowCard) -> None:
    choose = client.visit(step)
    assert choose.heading == "Prove who you are"
    before = Session.get().token_hash
    page = show(choose.html.xpath("//main//a[contains(@href, '/card')]/@href")[0], alis)
    assert page.heading == "Single log out" and "Terminate and return to your originating service" in page.text
    page = page.submit()
    assert page.path == step and Session.get().token_hash != before and Session.get().assurance == 3
    assert client.visit(step).path == step, "it does not ask again"


def test_another_citizens_card_is_forbidden_and_recorded(step: str, client: Client, shamsas: Card, show: ShowCard) -> None:
    page = show(f"{client.visit(step).path}/card", shamsas)
    assert page.status == 403 and "belongs to somebody else" in page.text
    assert SecurityEvent.get(SecurityEvent.kind == "identity-refused").details["why"] == "other-person"
    assert client.visit(step).path.startswith("/identity/")


def test_a_nonce_for_signing_in_proves_nothing_here(step: str, client: Client, alis: Card, portal: Flask) -> None:
    page = client.visit(f"{client.visit(step).path}/card")
    stranger = portal.test_client()
    nonce = a_nonce(stranger, stranger.visit(CARD_IN))  # type: ignore[arg-type, attr-defined]
    a_nonce(client, page)
    assert page.submit(token=alis.token(nonce)).status == 422
    assert StepUp.get().state == "failed"


def test_the_card_alone_is_offered_where_the_phone_is_not_enough(step: str, client: Client) -> None:
    choose = client.visit(step)
    StepUp.update(needed=3).execute()
    page = client.visit(choose.path)
    assert not page.html.xpath("//form[@id='mobile-id']") and page.html.xpath("//a[contains(@href, '/card')]")


def test_a_proof_brought_by_phone_still_works_beside_the_card(step: str, client: Client, telecom: RunningTelecom) -> None:
    waiting = client.visit(step).submit("mobile-id", phone="99416689")
    telecom.answer(ALI, pin=PIN)
    page = client.visit(waiting.path)
    assert page.heading == "Single log out" and page.submit().path == step


def test_a_proof_that_is_done_shows_no_card_page(step: str, client: Client, alis: Card, show: ShowCard) -> None:
    proof = client.visit(step).path
    show(f"{proof}/card", alis).submit()
    assert client.visit(f"{proof}/card").path == step
    assert identity.StepUpState(StepUp.get().state) == "open"
