"""Registering, signing in, recovering: what works, and what nobody can learn or break."""

import datetime as dt
import time
from collections.abc import Callable
from statistics import median

import pytest
from peewee import Database

from engine.errors import Conflict, NotFound, Refusal, TooMany
from models import (
    Account,
    AuditEntry,
    CodeSent,
    Identifier,
    IdentifierType,
    Message,
    OneTimeCode,
    Outbox,
    Role,
    SecurityEvent,
    Session,
)
from operations import accounts, codes, passwords, secrets, sessions
from operations.now import now
from tests.support.builders import PASSWORD, a_person, a_registration, signed_in
from tests.support.postbox import delivered, last_code, last_link

pytestmark = pytest.mark.usefixtures("database")
ADDRESS = "192.0.2.1"
NEW = "three boats at low tide"


def register(**data: str) -> str:
    return accounts.register(a_registration(**data), locale="en", address=ADDRESS)


def verify_email(challenge: str, code: str) -> str:
    return accounts.verify_email(challenge, code, locale="en", address=ADDRESS)


def registered(**data: str) -> Account:
    phone = verify_email(register(**data), last_code())
    return accounts.verify_phone(phone, last_code("sms"), address=ADDRESS)


def recognised(who: str, password: str = PASSWORD) -> Account:
    return accounts.recognise(who, password, address=ADDRESS)


def recovering(who: str) -> str:
    return accounts.recover(who, locale="en", address=ADDRESS)


def test_both_codes_open_an_account() -> None:
    account = registered()
    assert Account.get_by_id(account.id).active_at
    assert {identifier.value for identifier in Identifier.select() if identifier.verified_at} == {
        "iamsa@bawaba.example",
        "+96899416689",
    }
    assert recognised("iamsa@bawaba.example").id == account.id


def test_nothing_is_taken_before_both_codes_were_given() -> None:
    verify_email(register(), last_code())
    assert not Identifier.select().where(Identifier.verified_at.is_null(False)).exists()
    with pytest.raises(Refusal):
        recognised("iamsa@bawaba.example")


def test_an_abandoned_registration_may_be_begun_again() -> None:
    verify_email(register(), last_code())
    assert registered(password=NEW)
    assert recognised("99416689", NEW)


def test_the_mailed_link_confirms_the_address_too() -> None:
    register()
    *_rest, challenge, token = last_link().split("/")
    phone = accounts.verify_email_by_link(challenge, token, locale="en", address=ADDRESS)
    assert accounts.verify_phone(phone, last_code("sms"), address=ADDRESS)


def test_a_link_confirmed_by_its_owner_gives_the_registrant_nothing() -> None:
    """Somebody registers with my address and waits for me to press the link: only my browser goes on, to a code on a phone of theirs."""
    theirs = register()
    *_rest, challenge, token = last_link().split("/")
    accounts.verify_email_by_link(challenge, token, locale="en", address=ADDRESS)
    with pytest.raises(Refusal):
        verify_email(theirs, "000000")


def test_the_phone_needs_the_code_of_the_mail_first() -> None:
    challenge = register()
    with pytest.raises(NotFound):
        accounts.verify_phone(challenge, last_code(), address=ADDRESS)


@pytest.mark.parametrize("taken", [{"email": "other@bawaba.example"}, {"phone": "+96892777777"}])
def test_registering_with_what_is_taken_looks_alike_and_its_owner_is_told(taken: dict[str, str]) -> None:
    owner = registered()
    free = codes.of(register(email="free@bawaba.example", phone="+96892888888"))
    challenge = codes.of(register(**taken))
    assert (challenge.purpose, challenge.channel, codes.wait(challenge)) == (free.purpose, free.channel, codes.wait(free))
    told = [message["to"] for message in delivered() if message["subject"] == "You already have an account"]
    assert told == ["iamsa@bawaba.example"]
    code = secrets.one_time_code(challenge.id, challenge.counter)
    assert not any(code in message["text"] for message in delivered())
    with pytest.raises(Refusal, match="not the code"):
        verify_email(challenge.id, code)
    assert recognised("iamsa@bawaba.example").id == owner.id


def test_the_owner_is_told_once_a_day() -> None:
    registered()
    for number in range(3):
        register(email=f"x{number}@bawaba.example")
    assert sum(message["subject"] == "You already have an account" for message in delivered()) == 1


def test_of_two_registering_the_same_address_the_first_to_finish_has_it() -> None:
    first = verify_email(register(), last_code())
    sms = last_code("sms")
    second = verify_email(register(password=NEW), last_code())
    accounts.verify_phone(second, last_code("sms"), address=ADDRESS)
    with pytest.raises(Conflict):
        accounts.verify_phone(first, sms, address=ADDRESS)
    assert recognised("iamsa@bawaba.example", NEW)


@pytest.mark.parametrize(
    "typed", ["iamsa@bawaba.example", "IAMSA@Bawaba.Example", "99416689", "+968 9941 6689", "0096899416689", "٩٩٤١٦٦٨٩"]
)
def test_a_person_signs_in_by_mail_or_phone_however_spelled(typed: str) -> None:
    account = a_person(email="iamsa@bawaba.example", phone="+96899416689")
    assert recognised(typed).id == account.id


@pytest.mark.parametrize("typed", ["+447911123456", "24123456", "90012345", "not a number", "", "9941668"])
def test_only_an_omani_mobile_gets_sms(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        accounts.mobile_of(typed)
    assert refused.value.field == "phone"


def test_a_british_number_is_refused_with_the_reason() -> None:
    with pytest.raises(Refusal, match="inside Oman only"):
        recovering("+447911123456")
    assert not CodeSent.select().exists()


@pytest.mark.parametrize("typed", ["iamsa", "a b@c.om", "iamsa@localhost", "@bawaba.example"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        accounts.email_of(typed)


def test_wrong_passwords_unknown_and_blocked_people_get_one_answer() -> None:
    a_person(email="known@bawaba.example")
    blocked = a_person(email="blocked@bawaba.example")
    Account.update(blocked_at=now()).where(Account.id == blocked.id).execute()
    said = []
    for who, password in [
        ("known@bawaba.example", NEW),
        ("unknown@bawaba.example", PASSWORD),
        ("blocked@bawaba.example", PASSWORD),
        ("rubbish", ""),
    ]:
        with pytest.raises(Refusal) as refused:
            recognised(who, password)
        said.append((str(refused.value), refused.value.field))
    assert len(set(said)) == 1
    assert [event.kind for event in SecurityEvent.select()] == ["sign-in-refused"] * 4


def timed(work: Callable[[int], object], times: int = 9) -> float:
    def once(number: int) -> float:
        start = time.process_time()
        try:
            work(number)
        except Refusal:
            pass
        return time.process_time() - start

    return median(once(number) for number in range(times))


def test_an_unknown_person_costs_the_time_of_a_known_one() -> None:
    a_person(email="known@bawaba.example")
    known = timed(lambda _n: recognised("known@bawaba.example", NEW))
    unknown = timed(lambda _n: recognised("unknown@bawaba.example", NEW))
    assert 0.5 < known / unknown < 2


def test_a_taken_address_costs_the_time_of_a_free_one() -> None:
    registered()
    free = timed(lambda n: register(email=f"free{n}@bawaba.example", phone=f"+9689277{n:04}"), 5)
    CodeSent.delete().execute()
    taken = timed(lambda n: register(email=f"else{n}@bawaba.example"), 5)
    assert 0.5 < free / taken < 2


def test_recovering_does_the_same_work_for_nobody() -> None:
    a_person(email="known@bawaba.example")
    counts = []
    for who in ("known@bawaba.example", "unknown@bawaba.example"):
        recovering(who)
        counts.append([table.select().count() for table in (OneTimeCode, CodeSent, Message, Outbox)])
        for table in (OneTimeCode, CodeSent, Message, Outbox):
            table.delete().execute()
    assert counts[0] == counts[1]


def test_recovering_for_nobody_sends_nothing_and_no_code_fits() -> None:
    challenge = recovering("unknown@bawaba.example")
    assert delivered() == []
    with pytest.raises(Refusal, match="not the code"):
        accounts.renew_password(challenge, "000000", NEW, address=ADDRESS)


@pytest.mark.parametrize("channel", ["mail", "sms"])
def test_a_new_password_ends_every_session_and_is_told(channel: str) -> None:
    person = a_person(email="iamsa@bawaba.example", phone="+96899416689", locale="en")
    session = signed_in(person)
    challenge = recovering("iamsa@bawaba.example" if channel == "mail" else "99416689")
    accounts.renew_password(challenge, last_code(channel), NEW, address=ADDRESS)
    assert recognised("iamsa@bawaba.example", NEW)
    with pytest.raises(Refusal):
        recognised("iamsa@bawaba.example", PASSWORD)
    assert sessions.of(session) == []
    assert delivered()[-1]["subject"] == "Your password was changed"


def test_a_weak_new_password_costs_no_code() -> None:
    a_person(email="iamsa@bawaba.example")
    challenge, code = recovering("iamsa@bawaba.example"), last_code()
    with pytest.raises(Refusal) as refused:
        accounts.renew_password(challenge, code, "Al-Harthy", address=ADDRESS)
    assert refused.value.field == "password"
    accounts.renew_password(challenge, code, NEW, address=ADDRESS)


def test_a_recovery_link_sets_one_password() -> None:
    a_person(email="iamsa@bawaba.example")
    recovering("iamsa@bawaba.example")
    *_rest, challenge, token = last_link().split("/")
    accounts.renew_password_by_link(challenge, token, NEW, address=ADDRESS)
    with pytest.raises(NotFound):
        accounts.renew_password_by_link(challenge, token, PASSWORD, address=ADDRESS)


def test_a_link_for_one_thing_does_not_do_another() -> None:
    register()
    *_rest, challenge, token = last_link().split("/")
    with pytest.raises(NotFound):
        accounts.renew_password_by_link(challenge, token, NEW, address=ADDRESS)


def test_one_person_cannot_be_flooded_with_codes() -> None:
    a_person(email="iamsa@bawaba.example")
    for _n in range(5):
        recovering("iamsa@bawaba.example")
    with pytest.raises(TooMany):
        recovering("iamsa@bawaba.example")


def test_a_hash_of_older_parameters_is_renewed_when_its_owner_comes() -> None:
    person = a_person(email="iamsa@bawaba.example")
    older = type(passwords.hasher)(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    Account.update(password_hash=older).where(Account.id == person.id).execute()
    recognised("iamsa@bawaba.example")
    assert Account.get_by_id(person.id).password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert recognised("iamsa@bawaba.example")


def test_without_scripts_a_mailed_code_completes_the_sign_in() -> None:
    person = a_person(email="iamsa@bawaba.example")
    challenge = accounts.ask_if_human(person, locale="en", address=ADDRESS)
    assert accounts.is_human(challenge, last_code()).id == person.id


def test_signing_in_and_out_is_recorded_for_its_owner() -> None:
    person = a_person(civil_number="7324674")
    actor = sessions.actor_of(accounts.enter(person, browser="Firefox", address=ADDRESS), "en")
    shown = accounts.mine(actor)
    assert [str(text) for text, _event in shown.events] == ["Signed in"]
    assert (shown.civil_number, len(shown.sessions)) == ("7324674", 1)
    accounts.leave(actor, address=ADDRESS)
    assert Session.get().ended_at and SecurityEvent.select().count() == 2


def test_what_nobody_finished_is_forgotten_after_a_day() -> None:
    finished = registered()
    register(email="later@bawaba.example", phone="+96892111111")
    for account in Account.select():
        Account.update(created_at=now() - dt.timedelta(hours=25)).where(Account.id == account.id).execute()
    register(email="today@bawaba.example", phone="+96892222222")
    accounts.forget_unfinished()
    left = {identifier.value for identifier in Identifier.select().where(Identifier.type == IdentifierType.EMAIL)}
    assert left == {"iamsa@bawaba.example", "today@bawaba.example"} and Account.get_by_id(finished.id)


def test_making_demo_people_twice_is_harmless() -> None:
    assert (
        a_person(email="demo@bawaba.example", civil_number="1").id == a_person(email="demo@bawaba.example", civil_number="1").id
    )
    assert Identifier.select().count() == 3


def test_staff_set_their_password_by_a_link_and_need_a_long_one() -> None:
    link = accounts.create_staff(email="clerk@bawaba.example", name="Muna Al-Kindi", role="clerk", authority="chamber")
    *_rest, challenge, token = link.split("/")
    with pytest.raises(Refusal, match="15"):
        accounts.renew_password_by_link(challenge, token, "kTx93-vLpz", address=ADDRESS)
    accounts.renew_password_by_link(challenge, token, NEW, address=ADDRESS)
    clerk = recognised("clerk@bawaba.example", NEW)
    assert [(role.name, role.authority) for role in Role.select().where(Role.account == clerk)] == [("clerk", "chamber")]
    assert AuditEntry.get().action == "staff-created"


def test_a_short_password_makes_no_staff() -> None:
    with pytest.raises(Refusal, match="15"):
        accounts.create_staff(email="clerk@bawaba.example", name="Muna", role="clerk", password="kTx93-vLpz")
    assert not Account.select().exists()


def test_a_role_given_twice_is_one_role(database: Database) -> None:
    for _n in range(2):
        accounts.create_staff(email="clerk@bawaba.example", name="Muna", role="clerk", password=NEW)
    assert Role.select().count() == 1 and recognised("clerk@bawaba.example", NEW)
