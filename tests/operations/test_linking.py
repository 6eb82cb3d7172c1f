"""Linking an ID card to an account: one's own, with the account's civil number, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.actor import Actor
from engine.errors import Conflict, Refusal, Unavailable
from gateways.certificates import Reason, Untrusted
from models import Account, Identifier, IdentifierType, SecurityEvent
from operations import challenges, civil_numbers, linking, signing_in
from operations.outside import outside
from tests.gateways.certificates.issuer import Issuer, running_issuer
from tests.support import cards
from tests.support.builders import a_person, signed_in
from tests.support.cards import Card, a_card
from tests.support.postbox import delivered

pytestmark = pytest.mark.usefixtures("database")
ADDRESS = "192.0.2.7"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    folder: Path = tmp_path_factory.mktemp("issuer")
    with running_issuer(folder / "authority") as running:
        yield running


@pytest.fixture(autouse=True)
def trusted(database: object, issuer: Issuer) -> Iterator[None]:
    outside.cards = cards.trusting(issuer.authority.folder)
    yield
    outside.cards = None


@pytest.fixture
def alis(issuer: Issuer) -> Card:
    return a_card(issuer.authority)


def claiming(civil_number: str = cards.ALI) -> tuple[Account, Actor]:
    account = a_person(civil_number=civil_number, verified=False)
    return account, signed_in(account)


def link(actor: Actor, card: Card) -> None:
    handed = linking.challenge(actor)
    linking.by_card(actor, handed.secret, card.token(handed.nonce), address=ADDRESS)


def why() -> list[str]:
    return [event.details["why"] for event in SecurityEvent.select().where(SecurityEvent.kind == "card-refused")]


def test_a_linked_card_signs_in(alis: Card) -> None:
    account, actor = claiming()
    link(actor, alis)
    handed = signing_in.card_challenge()
    assert signing_in.by_card(handed.secret, alis.token(handed.nonce), address=ADDRESS).account == account
    assert SecurityEvent.select().where((SecurityEvent.kind == "card-linked") & (SecurityEvent.account == account)).count() == 1


def test_linking_again_changes_nothing(alis: Card) -> None:
    account, actor = claiming()
    link(actor, alis)
    link(actor, alis)
    assert civil_numbers.owner(cards.ALI) == account


def test_the_owner_is_told_once_by_mail_that_a_card_was_linked(alis: Card) -> None:
    account, actor = claiming()
    for _time in range(2):
        link(actor, alis)
    (told,) = delivered()
    assert told["to"] == account.identifiers.where(Identifier.type == IdentifierType.EMAIL).get().value
    assert "/account/recovery" in told["text"]


def test_a_card_with_another_civil_number_is_refused_clearly_and_recorded(alis: Card) -> None:
    _account, actor = claiming(cards.SHAMSA)
    with pytest.raises(Refusal) as refused:
        link(actor, alis)
    assert refused.value.message == linking.ANOTHERS
    assert why() == ["other-person"] and civil_numbers.owner(cards.ALI) is None


def test_a_number_that_another_account_has_proven_stays_theirs(alis: Card) -> None:
    owner = a_person(civil_number=cards.ALI)
    _account, actor = claiming()
    with pytest.raises(Conflict):
        link(actor, alis)
    assert civil_numbers.owner(cards.ALI) == owner and why() == ["civil-number-taken"]


def test_a_passport_account_has_no_card(alis: Card) -> None:
    account, actor = claiming()
    Account.update(identity_type="passport").where(Account.id == account.id).execute()
    for step in (linking.allow, linking.challenge):
        with pytest.raises(Refusal) as refused:
            step(actor)
        assert refused.value.message == linking.NO_CIVIL_NUMBER


def test_a_challenge_of_another_session_links_nothing(alis: Card) -> None:
    account, actor = claiming()
    elsewhere = signed_in(account)
    handed = linking.challenge(elsewhere)
    with pytest.raises(Refusal) as refused:
        linking.by_card(actor, handed.secret, alis.token(handed.nonce), address=ADDRESS)
    assert refused.value.message == challenges.OVER


def test_a_bad_card_is_refused_and_recorded_and_a_silent_portal_is_not_held_against_it(issuer: Issuer) -> None:
    _account, actor = claiming()
    with pytest.raises(Untrusted) as refused:
        link(actor, a_card(issuer.authority, usage="emailProtection"))
    assert refused.value.reason is Reason.WRONG_KEY_USAGE
    outside.cards = None
    with pytest.raises(Unavailable):
        link(actor, a_card(issuer.authority))
    assert why() == ["wrong-key-usage"]
