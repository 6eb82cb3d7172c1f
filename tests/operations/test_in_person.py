"""At the counter: who stands there is found or gets an account, and the clerk files for them, here, now, and for this authority alone."""

import datetime as dt
from dataclasses import replace
from itertools import count

import pytest
from peewee import IntegrityError

from engine.actor import Actor
from engine.assurance import Assurance
from engine.catalogue import catalogue
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from gateways.certificates import Reason, Untrusted
from models import (
    Account,
    Application,
    ApplicationEvent,
    AuditEntry,
    Delegation,
    Document,
    Identifier,
    IdentifierType,
    Message,
    Role,
    SecurityEvent,
    Session,
)  # fmt: skip
from operations import (
    acting,
    applications,
    cards,
    casework,
    civil_numbers,
    delegations,
    desk,
    documents,
    in_person,
    sessions,
    signing_in,
)
from operations.now import now, today
from tests.operations.test_delegations import Card
from tests.operations.test_desk import asked
from tests.support.builders import a_person, signed_in
from tests.support.clock import Clock
from tests.support.offices import acting_by, again, agreed, an_office, an_operator

pytestmark = pytest.mark.usefixtures("rules")
DESK = "municipality.administration"
_numbers = count(7_100_000)


def a_clerk(authority: str = DESK, **person: str) -> Actor:
    account = a_person(**{"first_name": "Maryam", "family_name": "Al Shidi", "arabic_name": "مريم الشيدي"} | person)
    Role.create(account=account, name="clerk", authority=authority)
    return signed_in(account, "en")


@pytest.fixture
def maryam(rules: object) -> Actor:
    return a_clerk()


def shown(number: str | None = None, kind: str = "civil-card", **more: object) -> in_person.Document:
    names = {"first_name": "Salim", "family_name": "Al Balushi", "arabic_name": "سالم البلوشي"}
    return in_person.Document(kind=kind, number=number or str(next(_numbers)), **{"original": True} | names | more)


def served(clerk: Actor, document: in_person.Document, at: str = DESK) -> Actor:
    """The clerk at the next request."""
    in_person.by_document(clerk, at, document)
    return again(clerk)


# --- Who it is --------------------------------------------------------------------------------------------------------------------


def test_the_owner_of_a_proven_civil_number_is_found_by_the_document_and_told(maryam: Actor) -> None:
    customer = a_person(civil_number="1526575", email="salim@bawaba.example")
    there = served(maryam, shown("١٥٢٦٥٧٥", first_name="", arabic_name=""))
    assert there.acting_for and (there.acting_for.account, there.acting_for.desk) == (customer.id, DESK)
    row = Delegation.get()
    assert (row.consent, row.evidence, row.asked_for, row.session) == ("counter", "civil-card", "1526575", maryam.session)
    entry = AuditEntry.get(AuditEntry.action == "counter.identified")
    assert (entry.account_id, entry.details["evidence"], entry.details["number"]) == (maryam.account, "civil-card", "1526575")
    assert Message.get(Message.template == "counter_visit").destination == "salim@bawaba.example"
    assert SecurityEvent.get(SecurityEvent.kind == "counter-visit").account_id == customer.id


@pytest.mark.parametrize("kind", ["civil-card", "resident-card"])
def test_who_has_no_account_gets_one_that_only_their_card_or_sim_opens(kind: str, maryam: Actor) -> None:
    with pytest.raises(Refusal) as refusal:
        in_person.by_document(maryam, DESK, shown("9081", kind, first_name="", arabic_name=""))
    assert refusal.value.field == "first_name"
    with pytest.raises(Refusal) as refusal:
        in_person.by_document(maryam, DESK, shown("9081", kind, arabic_name=""))
    assert refusal.value.field == "arabic_name"
    first = served(maryam, shown("9081", kind))
    account = Account.get_by_id(first.acting_for.account)
    assert (account.name, account.arabic_name, account.identity_number) == ("Salim Al Balushi", "سالم البلوشي", "9081")
    assert {row.type for row in account.identifiers} == {IdentifierType.CIVIL_NUMBER}
    assert not Message.select().exists()
    assert served(maryam, shown("9081", kind)).acting_for.account == account.id
    assert civil_numbers.owner("9081") == account


def test_a_card_finds_its_owner_or_opens_an_account_and_its_owner_signs_in_with_it(
    maryam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Card("4455")
    person.name, person.given_name, person.surname = "Shamsa Al Hashmi", "Shamsa", "Al Hashmi"
    monkeypatch.setattr(cards, "person", lambda _token, _nonce: person)
    in_person.by_card(maryam, DESK, in_person.card_challenge(maryam).secret, "token")
    there = again(maryam)
    assert there.acting_for.name == "Shamsa Al Hashmi" and there.acting_for.assurance is Assurance.HIGH
    account = Account.get_by_id(there.acting_for.account)
    in_person.by_card(maryam, DESK, in_person.card_challenge(maryam).secret, "token")
    assert again(maryam).acting_for.account == account.id
    arrival = signing_in.by_card(signing_in.card_challenge().secret, "token", address="")
    assert arrival.account == account


def test_a_challenge_is_of_one_session_and_serves_once_and_a_bad_card_is_recorded(
    maryam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "person", lambda _token, _nonce: Card("4455"))
    handed = in_person.card_challenge(a_clerk())
    for secret in (handed.secret, None, delegations.challenges.begin("delegation:1").secret):
        with pytest.raises(Refusal):
            in_person.by_card(maryam, DESK, secret, "token")

    def untrusted(_token: str, _nonce: str) -> None:
        raise Untrusted(Reason.BAD_SIGNATURE)

    monkeypatch.setattr(cards, "person", untrusted)
    handed = in_person.card_challenge(maryam)
    for _try in range(2):
        with pytest.raises(Refusal):
            in_person.by_card(maryam, DESK, handed.secret, "token")
    assert AuditEntry.select().where(AuditEntry.action == "counter.card-refused").count() == 1
    assert not Delegation.select().exists()


def test_an_account_with_an_unproven_number_is_found_by_its_address_and_only_with_the_same_number(maryam: Actor) -> None:
    claimed = a_person(email="u@bawaba.example", phone="+96892000333", civil_number="5151", verified=False)
    for address in ("u@bawaba.example", "٩٢٠٠٠٣٣٣"):
        there = served(maryam, shown("5151", address=address))
        assert there.acting_for.account == claimed.id
        assert there.acting_for.civil_number == "5151", "registers are listed by the number that was seen"
    assert not Identifier.select().where(Identifier.type == IdentifierType.CIVIL_NUMBER).exists(), (
        "only a card or SIM proves it for good"
    )
    for wrong in (shown("5152", address="u@bawaba.example"), shown("5151", address="nobody@bawaba.example")):
        with pytest.raises(Refusal) as refusal:
            in_person.by_document(maryam, DESK, wrong)
        assert refusal.value.field == "address"
    a_person(civil_number="5151")
    with pytest.raises(Refusal):
        in_person.by_document(maryam, DESK, shown("5151", address="u@bawaba.example"))


def test_a_passport_is_found_again_and_never_taken_for_anothers(maryam: Actor) -> None:
    claims = a_person()
    Account.update(identity_type="passport", identity_number="AB12345", country="IN").where(Account.id == claims.id).execute()
    first = served(maryam, shown("ab 12345", "passport", country="IN"))
    assert first.acting_for.account != claims.id, "what somebody merely claimed names nobody"
    assert first.acting_for.civil_number is None
    assert served(maryam, shown("AB12345", "passport", country="IN")).acting_for.account == first.acting_for.account
    assert served(maryam, shown("AB12345", "passport", country="PK")).acting_for.account != first.acting_for.account
    email = claims.identifiers.where(Identifier.type == IdentifierType.EMAIL).get().value
    assert served(maryam, shown("AB12345", "passport", country="IN", address=email)).acting_for.account == claims.id
    with pytest.raises(Refusal):
        in_person.by_document(maryam, DESK, shown("AB12345", "passport", country="PK", address=email))


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (shown("1", original=False), "original"),
        (shown("12a"), "number"),
        (shown("1234567890"), "number"),
        (shown("AB", "passport"), "number"),
        (shown("1", "library-card"), "kind"),
    ],
)
def test_what_proves_nobody(document: in_person.Document, field: str, maryam: Actor) -> None:
    with pytest.raises(Refusal) as refusal:
        in_person.by_document(maryam, DESK, document)
    assert refusal.value.field == field
    assert not Delegation.select().exists()


def test_nobody_serves_themselves_or_whose_account_is_blocked(maryam: Actor) -> None:
    own = a_clerk(civil_number="3131")
    blocked = a_person(civil_number="3232")
    Account.update(blocked_at=now()).where(Account.id == blocked.id).execute()
    for clerk, number, said in ((own, "3131", in_person.ONESELF), (maryam, "3232", in_person.BLOCKED)):
        with pytest.raises(Refusal) as refusal:
            in_person.by_document(clerk, DESK, shown(number))
        assert refusal.value.message == said
    passport = served(maryam, shown("XY12345", "passport"))
    Account.update(blocked_at=now()).where(Account.id == passport.acting_for.account).execute()
    with pytest.raises(Refusal):
        in_person.by_document(maryam, DESK, shown("XY12345", "passport"))
    assert AuditEntry.select().where(AuditEntry.action == "counter.identified").count() == 1


def test_two_clerks_open_one_account(maryam: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    served(maryam, shown("6161"))
    monkeypatch.setattr(civil_numbers, "owner", lambda _number: None)  # as read a moment before
    before = Account.select().count()
    with pytest.raises(Conflict):
        in_person.by_document(a_clerk(), DESK, shown("6161"))
    assert Account.select().count() == before + 1, "the clerk's own account alone"


# --- What may be done -----------------------------------------------------------------------------------------------------------------


def test_only_clerks_and_only_at_their_own_desks(maryam: Actor) -> None:
    others = [signed_in(a_person()), an_operator(an_office(), head=True)]
    for duty in ("supervisor", "cashier", "administrator", "auditor"):
        account = a_person()
        Role.create(account=account, name=duty, authority="")
        others.append(signed_in(account))
    for other in others:
        for refused in (
            lambda who=other: in_person.by_document(who, DESK, shown()),
            lambda who=other: in_person.card_challenge(who),
            lambda who=other: in_person.by_card(who, DESK, None, ""),
        ):
            with pytest.raises(NotAllowed):
                refused()
    for elsewhere in ("municipality.engineering", "chamber", "nothing", ""):
        with pytest.raises(NotFound):
            in_person.by_document(maryam, elsewhere, shown())
    assert not Delegation.select().exists()


def test_only_the_services_of_that_authority_are_filed(maryam: Actor) -> None:
    there = served(maryam, shown())
    assert there.acting_for.services == {service.code for service in catalogue.authorities["municipality"].services}
    with pytest.raises(NotFound):
        applications.start(there, "chamber.renew-membership")


def test_what_is_filed_names_clerk_and_counter_and_is_decided_by_a_colleague(maryam: Actor) -> None:
    there = served(maryam, shown("7272", "resident-card"))
    opened = asked(there)
    row = Application.get()
    assert (row.account_id, row.filed_by_id, row.office_id) == (there.acting_for.account, maryam.account, None)
    assert row.frozen["filed_by"]["operator"]["en"] == "Maryam Al Shidi"
    assert row.frozen["filed_by"]["office"]["en"] == "Counter of: Municipality of Sohar"
    seen = ApplicationEvent.get(ApplicationEvent.kind == "identified")
    assert seen.by_id == maryam.account and seen.details["what"]["en"] == "Resident card, original seen"
    with pytest.raises(NotAllowed):
        casework.take(again(maryam), opened.reference)
    assert desk.take_next(maryam, DESK) is None
    casework.decide(a_clerk(), opened.reference, casework.Outcome.APPROVE, reason="Yes")
    applications.paid(Application.get())
    rows = {line["label"]["en"]: line["value"]["en"] for line in Document.get(Document.kind == "certificate").content["rows"]}
    assert rows["Filed by"] == "Counter of: Municipality of Sohar"


@pytest.mark.parametrize("kind", ["civil-card", "resident-card", "passport"])
def test_what_was_shown_counts_as_mobile_id_does_and_never_as_the_card(kind: str, maryam: Actor) -> None:
    there = served(maryam, shown("8282123", kind))
    opened = applications.start(there, "municipality.general-request")
    assert applications.granted(there, opened) is Assurance.SUBSTANTIAL
    assert applications.granted(replace(there, acting_for=None), opened) is Assurance.PASSWORD
    office = an_office()
    operator = an_operator(office)
    assert acting_by(operator, agreed(office, a_person(), operator)).acting_for.assurance is Assurance.NONE


# --- When it ends ----------------------------------------------------------------------------------------------------------------


def test_it_ends_after_half_an_hour(maryam: Actor, clock: Clock) -> None:
    served(maryam, shown())
    clock.forward(minutes=29)
    assert again(maryam).acting_for
    clock.forward(minutes=2)
    assert again(maryam).acting_for is None and again(maryam).acting_ended


def test_it_is_of_that_session_alone(maryam: Actor) -> None:
    served(maryam, shown())
    given = Delegation.get()
    account = Account.get_by_id(maryam.account)
    for elsewhere in (signed_in(account), a_clerk()):
        with pytest.raises(NotFound):
            acting.begin(elsewhere, given.id)
    sessions.end(maryam)
    assert Session.get_by_id(maryam.session).ended_at
    with pytest.raises(NotFound):
        acting.begin(signed_in(account), given.id)


def test_stopping_ends_it_for_good_and_the_next_person_takes_the_place_of_the_last(maryam: Actor) -> None:
    there = served(maryam, shown())
    first = Delegation.get()
    acting.stop(there)
    with pytest.raises(NotFound):
        acting.begin(maryam, first.id)
    second = served(maryam, shown())
    third = served(maryam, shown())
    assert second.acting_for.account != third.acting_for.account
    with pytest.raises(NotFound):
        acting.begin(maryam, second.acting_for.delegation)
    assert Delegation.select().where(Delegation.revoked_at.is_null()).count() == 1


def test_the_person_sees_it_and_ends_it(maryam: Actor, clock: Clock) -> None:
    customer = a_person(civil_number="9292")
    served(maryam, shown("9292"))
    own = signed_in(customer)
    assert [row.desk for row in delegations.of_customer(own)] == [DESK]
    delegations.end(own, Delegation.get().id, address="")
    assert again(maryam).acting_for is None
    served(maryam, shown("9292"))
    clock.forward(minutes=31)
    assert delegations.of_customer(own) == []


def test_a_clerk_who_is_one_no_more_serves_nobody(maryam: Actor) -> None:
    there = served(maryam, shown())
    asked(there)
    assert again(replace(maryam, roles=frozenset())).acting_for is None


def test_whoever_has_no_address_yet_is_told_nothing_and_an_office_that_asks_for_them_learns_nothing(maryam: Actor) -> None:
    served(maryam, shown("9393"))
    operator = an_operator(an_office())
    row = delegations.ask(operator, IdentifierType.CIVIL_NUMBER, "9393", [], today(), address="")
    assert row.customer.identity_number == "9393"
    assert [message.context["counter"] for message in Message.select()] == [-1], "which the worker drops"


def test_the_tables_keep_what_a_counter_needs(maryam: Actor) -> None:
    served(maryam, shown())
    for missing in ({"ends_at": None}, {"session": None}, {"evidence": ""}):
        with pytest.raises(IntegrityError):
            Delegation.update(**missing).execute()
    assert documents.filed_by(Application()) is None
    assert Delegation.get().ends_at - Delegation.get().created_at == dt.timedelta(minutes=30)
