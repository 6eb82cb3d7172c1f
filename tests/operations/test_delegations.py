"""Delegations: asked for without learning anything, agreed to by code, page or card, and ended at once."""

import datetime as dt

import pytest
from peewee import Database

from engine.actor import Actor
from engine.errors import NotAllowed, NotFound, Refusal
from models import Account, Delegation, Message, Office, OneTimeCode, SecurityEvent
from operations import acting, cards, codes, delegations, offices, secrets
from operations.identifiers import IdentifierType
from operations.now import now, today
from tests.support.builders import a_person, signed_in
from tests.support.offices import acting_by, again, agreed, an_office, an_operator

pytestmark = pytest.mark.usefixtures("rules")
SERVICE = "municipality.general-request"
WHERE = {"address": "192.0.2.7"}


def ask(operator: Actor, who: str, kind: IdentifierType = IdentifierType.EMAIL, *services: str, days: int = 30) -> Delegation:
    return delegations.ask(operator, kind, who, services, today() + dt.timedelta(days=days), **WHERE)


def code_of(row: Delegation) -> str:
    challenge = OneTimeCode.get_by_id(row.challenge)
    return secrets.one_time_code(challenge.id, challenge.counter)


@pytest.fixture
def customer(rules: Database) -> Account:
    return a_person(email="salim@bawaba.example", phone="+96892000111", civil_number="1526575", first_name="Salim")


@pytest.fixture
def amal(rules: Database) -> Actor:
    return an_operator(an_office(), head=True)


@pytest.mark.parametrize(
    ("kind", "typed", "channel"),
    [
        (IdentifierType.EMAIL, "Salim@bawaba.example", "mail"),
        (IdentifierType.PHONE, "٩٢٠٠٠١١١", "sms"),
        (IdentifierType.CIVIL_NUMBER, "١٥٢٦٥٧٥", "mail"),
    ],
)
def test_the_customer_tells_the_code_and_the_office_may_act(
    customer: Account, amal: Actor, kind: IdentifierType, typed: str, channel: str
) -> None:
    row = ask(amal, typed, kind, SERVICE)
    sent = Message.get(Message.template == "delegate")
    assert (sent.account_id, sent.channel, sent.context["delegation"]) == (customer.id, channel, row.id)
    with pytest.raises(NotFound):
        acting.begin(amal, row.id)
    delegations.by_code(amal, row.id, code_of(row), **WHERE)
    given = Delegation.get_by_id(row.id)
    assert (given.consent, given.customer_id, given.services) == ("code", customer.id, [SERVICE])
    assert acting_by(amal, given).acting_for.covers(SERVICE)
    assert not acting_by(amal, given).acting_for.covers("chamber.renew-membership")
    assert Message.get(Message.template == "delegation_granted").account_id == customer.id
    assert SecurityEvent.get(SecurityEvent.kind == "delegation-granted").account_id == customer.id


@pytest.mark.parametrize(
    ("kind", "known", "unknown"),
    [
        (IdentifierType.EMAIL, "salim@bawaba.example", "nobody@bawaba.example"),
        (IdentifierType.PHONE, "92000111", "92999111"),
        (IdentifierType.CIVIL_NUMBER, "1526575", "99999"),
    ],
)
@pytest.mark.usefixtures("customer")
def test_an_office_cannot_tell_who_has_an_account(amal: Actor, kind: IdentifierType, known: str, unknown: str) -> None:
    said = []
    for who in (known, unknown):
        row = ask(amal, who, kind)
        for _try in range(codes.ATTEMPTS + 1):
            with pytest.raises(Refusal) as refusal:
                delegations.by_code(amal, row.id, "000000" if code_of(row) != "000000" else "111111", **WHERE)
            said.append((who == known, refusal.value.message, refusal.value.field))
        assert delegations.waiting(amal)[0].asked_for.endswith(who)
    assert [words[1:] for words in said if words[0]] == [words[1:] for words in said if not words[0]]
    assert delegations.customers(amal) == ([], None)
    assert Message.select().count() == 2


def test_no_code_fits_where_nobody_was_asked(amal: Actor) -> None:
    row = ask(amal, "nobody@bawaba.example")
    with pytest.raises(Refusal):
        delegations.by_code(amal, row.id, code_of(row), **WHERE)


def test_the_customer_agrees_or_declines_on_their_own_page(customer: Account, amal: Actor) -> None:
    salim = signed_in(customer)
    row = ask(amal, "salim@bawaba.example")
    assert [one.id for one in delegations.of_customer(salim)] == [row.id]
    for stranger in (signed_in(a_person()), amal):
        with pytest.raises(NotFound):
            delegations.agree(stranger, row.id, **WHERE)
    delegations.agree(salim, row.id, **WHERE)
    assert acting_by(amal, row).acting_for.account == customer.id
    declined = ask(an_operator(an_office()), "salim@bawaba.example")
    delegations.end(salim, declined.id, **WHERE)
    with pytest.raises(NotFound):
        delegations.agree(salim, declined.id, **WHERE)


def test_revoking_counts_from_the_very_next_request_and_only_its_customer_or_office_may(customer: Account, amal: Actor) -> None:
    given = agreed(offices.of(amal).office, customer, amal)
    there = acting_by(amal, given)
    for stranger in (signed_in(a_person()), an_operator(an_office())):
        with pytest.raises(NotFound):
            delegations.end(stranger, given.id, **WHERE)
    delegations.end(signed_in(customer), given.id, **WHERE)
    assert again(there).acting_for is None and again(there).acting_ended
    assert delegations.customers(amal) == ([], None)
    with pytest.raises(NotFound):
        delegations.end(signed_in(customer), given.id, **WHERE)


def test_a_new_agreement_takes_the_place_of_the_old(customer: Account, amal: Actor) -> None:
    old = agreed(offices.of(amal).office, customer, amal)
    row = ask(amal, "salim@bawaba.example", IdentifierType.EMAIL, SERVICE)
    delegations.by_code(amal, row.id, code_of(row), **WHERE)
    assert Delegation.get_by_id(old.id).revoked_at and acting.in_force(amal, old.id) is None
    assert acting.in_force(amal, row.id)


def test_a_request_is_over_after_a_week_or_when_it_is_asked_anew(customer: Account, amal: Actor) -> None:
    first = ask(amal, "salim@bawaba.example")
    second = ask(amal, "salim@bawaba.example")
    with pytest.raises(NotFound):
        delegations.asked(amal, first.id)
    Delegation.update(created_at=now() - dt.timedelta(days=8)).where(Delegation.id == second.id).execute()
    for look in (lambda: delegations.asked(amal, second.id), lambda: delegations.offered(signed_in(customer), second.id)):
        with pytest.raises(NotFound):
            look()


@pytest.mark.parametrize("days", [-1, 366])
def test_it_ends_within_a_year(amal: Actor, days: int) -> None:
    with pytest.raises(Refusal) as refusal:
        ask(amal, "salim@bawaba.example", days=days)
    assert refusal.value.field == "until"


def test_what_cannot_be_asked(amal: Actor) -> None:
    own = codes.Account.get_by_id(amal.account)
    email = own.identifiers.where(delegations.Identifier.type == IdentifierType.EMAIL).get().value
    for kind, who, services, field in (
        (IdentifierType.EMAIL, email, (), "who"),
        (IdentifierType.EMAIL, "nonsense", (), "who"),
        (IdentifierType.CIVIL_NUMBER, "12a", (), "who"),
        (IdentifierType.EMAIL, "a@bawaba.example", ("chamber.nothing",), "services"),
    ):
        with pytest.raises(Refusal) as refusal:
            ask(amal, who, kind, *services)
        assert refusal.value.field == field
    with pytest.raises(NotAllowed):
        ask(signed_in(a_person()), "a@bawaba.example")


# --- By card ---------------------------------------------------------------------------------------------------------------------


class Card:
    """A card that says whose it is: what gateways/cards verifies is tested there."""

    def __init__(self, civil_number: str) -> None:
        self.civil_number = civil_number


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Card:
    shown = Card("1526575")
    monkeypatch.setattr(cards, "person", lambda _token, _nonce: shown)
    return shown


def by_card(actor: Actor, row: Delegation) -> None:
    handed = delegations.card_challenge(actor, row.id)
    delegations.by_card(actor, row.id, handed.secret, "token", **WHERE)


def test_the_customers_card_agrees_and_proves_their_number(card: Card, amal: Actor) -> None:
    unproven = a_person(email="u@bawaba.example", civil_number="1526575", verified=False)
    row = ask(amal, "u@bawaba.example")
    by_card(amal, row)
    given = acting_by(amal, row).acting_for
    assert (given.account, given.civil_number) == (unproven.id, card.civil_number)
    assert Delegation.get_by_id(row.id).consent == "card"


@pytest.mark.usefixtures("customer")
def test_anybody_elses_card_agrees_to_nothing(card: Card, amal: Actor) -> None:
    card.civil_number = "777"
    for who in ("salim@bawaba.example", "nobody@bawaba.example"):
        row = ask(amal, who)
        with pytest.raises(Refusal) as refusal:
            by_card(amal, row)
        assert refusal.value.message == delegations.OTHERS_CARD
    handed = delegations.card_challenge(amal, row.id)
    with pytest.raises(Refusal):
        delegations.by_card(an_operator(offices.of(amal).office), row.id, handed.secret, "token", **WHERE)


# --- Lists and operators ---------------------------------------------------------------------------------------------------------


def test_customers_are_found_by_name_or_number_and_page_by_page(amal: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    office = offices.of(amal).office
    people = [a_person(first_name=f"Guest{letter}", civil_number=f"70000{n}") for n, letter in enumerate("abcde")]
    rows = [agreed(office, person, amal) for person in people]
    other = an_office()
    agreed(other, people[0], an_operator(other))
    monkeypatch.setattr(delegations, "PAGE", 2)
    before, read = None, []
    for _ in range(3):
        found, before = delegations.customers(amal, before=before)
        read += [row.id for row in found]
    assert read == [row.id for row in reversed(rows)] and before is None
    for text in ("guestc", "700002", "٧٠٠٠٠٢"):
        assert [row.id for row in delegations.customers(amal, text)[0]] == [rows[2].id]
    assert delegations.customers(amal, "nobody") == ([], None)


def test_the_head_says_who_works_there(amal: Actor) -> None:
    newcomer = a_person(email="new@bawaba.example")
    offices.add(amal, "New@bawaba.example")
    added = signed_in(newcomer, "en")
    assert [row.account_id for row in offices.operators(amal)] == [amal.account, newcomer.id]
    for refused in (
        lambda: offices.operators(added),
        lambda: offices.add(added, "x@bawaba.example"),
        lambda: offices.end(added, 1),
    ):
        with pytest.raises(NotAllowed):
            refused()
    for email in ("new@bawaba.example", "nobody@bawaba.example"):
        with pytest.raises(Refusal) as refusal:
            offices.add(amal, email)
        assert refusal.value.field == "email"
    there = acting_by(added, agreed(offices.of(amal).office, a_person(), amal))
    row = next(row for row in offices.operators(amal) if row.account_id == newcomer.id)
    with pytest.raises(NotFound):
        offices.end(an_operator(an_office(), head=True), row.id)
    offices.end(amal, row.id)
    assert again(there).acting_for is None
    with pytest.raises(NotAllowed):
        offices.of(added)


def test_two_offices_may_ask_the_same_customer(amal: Actor, customer: Account) -> None:
    other = an_operator(an_office(), head=True)
    first, second = ask(amal, "salim@bawaba.example"), ask(other, "salim@bawaba.example")
    delegations.by_code(amal, first.id, code_of(first), **WHERE)
    delegations.by_code(other, second.id, code_of(second), **WHERE)
    assert {row.consent for row in Delegation.select()} == {"code"} and Delegation.select().count() == 2


def test_a_blocked_office_acts_for_nobody(amal: Actor, customer: Account) -> None:
    there = acting_by(amal, agreed(offices.of(amal).office, customer, amal))
    asked = ask(amal, "salim@bawaba.example")
    offices.block(None, Office.get().registration)
    assert again(there).acting_for is None
    with pytest.raises(NotAllowed):
        offices.of(amal)
    with pytest.raises(NotFound):
        delegations.agree(signed_in(customer), asked.id, **WHERE)
    with pytest.raises(NotFound):
        delegations.end(again(there), asked.id, **WHERE)
