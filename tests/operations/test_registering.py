"""Registering: what works, and what nobody can learn or break."""

import datetime as dt

import pytest

from engine.errors import Conflict, NotFound, Refusal, TooMany
from models import (
    Account,
    CodeSent,
    Identifier,
    IdentifierType,
)
from operations import (
    codes,
    entrance,
    identifiers,
    recovering,
    registering,
    secrets,
)
from operations.now import now
from tests.support.builders import PASSWORD, a_person, a_registration
from tests.support.postbox import delivered, last_code, last_link
from tests.support.timing import timed

pytestmark = pytest.mark.usefixtures("database")
ADDRESS = "192.0.2.1"
NEW = "three boats at low tide"


def register(**data: str) -> str:
    return registering.register(a_registration(**data), locale="en", address=ADDRESS)


def verify_email(challenge: str, code: str) -> str:
    return registering.verify_email(challenge, code, locale="en", address=ADDRESS)


def registered(**data: str) -> Account:
    phone = verify_email(register(**data), last_code())
    return registering.verify_phone(phone, last_code("sms"), address=ADDRESS)


def recognised(who: str, password: str = PASSWORD) -> Account:
    return entrance.recognise(who, password, address=ADDRESS)


def begun(who: str) -> str:
    return recovering.recover(who, locale="en", address=ADDRESS)


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
    phone = registering.verify_email_by_link(challenge, token, locale="en", address=ADDRESS)
    assert registering.verify_phone(phone, last_code("sms"), address=ADDRESS)


def test_a_link_confirmed_by_its_owner_gives_the_registrant_nothing() -> None:
    """Somebody registers with my address and waits for me to press the link: only my browser goes on, to a code on a phone of theirs."""
    theirs = register()
    *_rest, challenge, token = last_link().split("/")
    registering.verify_email_by_link(challenge, token, locale="en", address=ADDRESS)
    with pytest.raises(Refusal):
        verify_email(theirs, "000000")


def test_the_phone_needs_the_code_of_the_mail_first() -> None:
    challenge = register()
    with pytest.raises(NotFound):
        registering.verify_phone(challenge, last_code(), address=ADDRESS)


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
    registering.verify_phone(second, last_code("sms"), address=ADDRESS)
    with pytest.raises(Conflict):
        registering.verify_phone(first, sms, address=ADDRESS)
    assert recognised("iamsa@bawaba.example", NEW)


@pytest.mark.parametrize("typed", ["+447911123456", "24123456", "90012345", "not a number", "", "9941668"])
def test_only_an_omani_mobile_gets_sms(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        identifiers.mobile_of(typed)
    assert refused.value.field == "phone"


@pytest.mark.parametrize("typed", ["iamsa", "a b@c.om", "iamsa@localhost", "@bawaba.example"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        identifiers.email_of(typed)


@pytest.mark.usefixtures("as_in_production")
def test_a_taken_address_costs_the_time_of_a_free_one() -> None:
    registered()
    free = timed(lambda n: register(email=f"free{n}@bawaba.example", phone=f"+9689277{n:04}"), 5)
    CodeSent.delete().execute()
    taken = timed(lambda n: register(email=f"else{n}@bawaba.example"), 5)
    assert 0.5 < free / taken < 2


def test_one_person_cannot_be_flooded_with_codes() -> None:
    a_person(email="iamsa@bawaba.example")
    for _n in range(5):
        begun("iamsa@bawaba.example")
    with pytest.raises(TooMany):
        begun("iamsa@bawaba.example")


def test_what_nobody_finished_is_forgotten_after_a_day() -> None:
    finished = registered()
    register(email="later@bawaba.example", phone="+96892111111")
    for account in Account.select():
        Account.update(created_at=now() - dt.timedelta(hours=25)).where(Account.id == account.id).execute()
    register(email="today@bawaba.example", phone="+96892222222")
    registering.forget_unfinished()
    left = {identifier.value for identifier in Identifier.select().where(Identifier.type == IdentifierType.EMAIL)}
    assert left == {"iamsa@bawaba.example", "today@bawaba.example"} and Account.get_by_id(finished.id)
