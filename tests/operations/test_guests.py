"""Filing without an account: whoever holds the key is the applicant of that one application, and of nothing else."""

import pytest

from engine.actor import NOBODY, Actor
from engine.errors import NotFound, Refusal, TooMany
from models import Account, Application, Guest, Message
from operations import answers, applications, casework, guests, identifiers, secrets, submission
from operations.casework import Outcome
from tests.support.builders import a_person, signed_in
from tests.support.clock import Clock
from tests.support.complaints import CODE, a_clerk_of, a_complaint, a_draft, a_guest

pytestmark = pytest.mark.usefixtures("rules")


def test_nobody_sees_or_changes_the_draft_or_the_complaint_of_another_guest():
    first, opened = a_draft()
    second, _theirs = a_draft()
    for stranger in (second, Actor(), signed_in(a_person())):
        with pytest.raises(NotFound):
            applications.of(stranger, opened.reference)
        with pytest.raises(NotFound):
            applications.withdraw(stranger, opened.reference)
        with pytest.raises(NotFound):
            answers.answer(stranger, opened, opened.service.steps[0], {"category": "food"})
        with pytest.raises(NotFound):
            submission.submit(stranger, opened.reference, "")
    assert applications.of(first, opened.reference).answers["category"] == "roads"


def test_a_guest_goes_on_with_their_own_draft_and_only_theirs():
    first, opened = a_draft()
    assert applications.start(first, CODE).reference == opened.reference
    assert applications.draft_of(a_guest(), CODE) is None
    assert [row.reference for row in applications.all_of(first)] == []  # a guest has no dashboard


def test_a_guest_may_file_nothing_that_asks_for_an_account():
    with pytest.raises(NotFound):
        applications.start(a_guest(), "municipality.general-request")
    with pytest.raises(NotFound):
        applications.start(Actor(), CODE)


def test_nobody_can_sign_in_to_the_account_of_nobody():
    a_complaint()
    nobody = Account.get_by_id(NOBODY)
    assert nobody.password_hash == "!" and nobody.blocked_at
    assert not list(nobody.identifiers) and identifiers.named("") is None


def test_the_key_opens_its_own_application_alone():
    first, reference = a_complaint()
    second, other = a_complaint()
    key = guests.key(first) or ""
    assert guests.opened_with(reference, key.lower().replace("-", " ")) == guests.uuid_of(first)
    for number, tried in ((other, key), (reference, guests.key(second) or ""), (reference, ""), (reference, "x" * 12)):
        with pytest.raises(NotFound):
            guests.opened_with(number, tried)
    with pytest.raises(NotFound):
        guests.opened_with("MUNICIPALITY-2026-0000099-1", key)


def test_the_key_is_in_no_table():
    guest, _reference = a_complaint(a_guest(email="shamsa@example.om"))
    key = secrets.guest_key(guests.uuid_of(guest))
    stored = [str(list(table.select().dicts())) for table in (Guest, Application, Message)]
    assert not [text for text in stored if key in text or (guests.key(guest) or "-") in text]


def test_an_application_with_an_account_has_no_key():
    _actor, reference = a_complaint(signed_in(a_person()))
    with pytest.raises(NotFound):
        guests.opened_with(reference, "7K2M-9QXA-04TD")


def test_whoever_leaves_an_address_is_told_there_and_who_does_not_is_not():
    _guest, reference = a_complaint(a_guest(email="shamsa@example.om", phone="9234 5678"))
    a_complaint()
    told = [
        (row.channel, row.destination, row.locale) for row in Message.select().where(Message.template == "application_received")
    ]
    assert told == [("mail", "shamsa@example.om", "en"), ("sms", "+96892345678", "en")]
    casework.decide(a_clerk_of("municipality.roads"), reference, Outcome.APPROVE, reason="Mended.")
    answered = Message.get((Message.template == "application_completed") & (Message.channel == "mail"))
    assert answered.context["reply"] == "Mended."


def test_an_address_that_cannot_be_one_is_said_at_once():
    for given in ({"email": "nobody"}, {"phone": "12"}):
        with pytest.raises(Refusal):
            a_guest(**given)
    assert not Guest.select().exists()


def test_nobody_fills_somebody_elses_letter_box():
    for _each in range(5):
        a_guest(email="shamsa@example.om")
    with pytest.raises(TooMany):
        a_guest(email="shamsa@example.om")


def test_a_guest_who_never_began_is_forgotten_and_another_kept(clock: Clock):
    a_guest()
    kept, _reference = a_complaint()
    clock.forward(days=2)
    guests.forget()
    assert [row.id for row in Guest.select()] == [kept.guest]


def test_a_name_that_was_given_is_on_the_complaint_and_without_one_none_is():
    _guest, reference = a_complaint(a_guest(name="Umm\0 Said"))
    _other, nameless = a_complaint()
    frozen = {row.reference: row.frozen["applicant"]["en"] for row in Application.select()}
    assert (frozen[reference], frozen[nameless]) == ("Umm Said", "No name given")
