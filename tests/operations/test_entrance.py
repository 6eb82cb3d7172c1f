"""Signing in and out: what works, and what nobody can learn or break."""

import pytest

from engine.errors import Refusal
from models import (
    Account,
    SecurityEvent,
    Session,
)
from operations import accounts, entrance, passwords, security_events, sessions
from operations.blocking import BLOCKED
from operations.now import now
from tests.support.builders import PASSWORD, a_person
from tests.support.postbox import last_code
from tests.support.timing import timed

pytestmark = pytest.mark.usefixtures("database")
ADDRESS = "192.0.2.1"
NEW = "three boats at low tide"


def recognised(who: str, password: str = PASSWORD) -> Account:
    return entrance.recognise(who, password, address=ADDRESS)


@pytest.mark.parametrize(
    "typed", ["iamsa@bawaba.example", "IAMSA@Bawaba.Example", "99416689", "+968 9941 6689", "0096899416689", "٩٩٤١٦٦٨٩"]
)
def test_a_person_signs_in_by_mail_or_phone_however_spelled(typed: str) -> None:
    account = a_person(email="iamsa@bawaba.example", phone="+96899416689")
    assert recognised(typed).id == account.id


def test_wrong_passwords_unknown_and_blocked_people_get_one_answer() -> None:
    a_person(email="known@bawaba.example")
    blocked = a_person(email="blocked@bawaba.example")
    Account.update(blocked_at=now()).where(Account.id == blocked.id).execute()
    said = []
    for who, password in [
        ("known@bawaba.example", NEW),
        ("unknown@bawaba.example", PASSWORD),
        ("blocked@bawaba.example", NEW),
        ("rubbish", ""),
    ]:
        with pytest.raises(Refusal) as refused:
            recognised(who, password)
        said.append((str(refused.value), refused.value.field))
    assert len(set(said)) == 1
    assert [event.kind for event in SecurityEvent.select()] == ["sign-in-refused"] * 4


def test_a_blocked_person_is_told_so_after_the_right_password() -> None:
    blocked = a_person(email="blocked@bawaba.example")
    Account.update(blocked_at=now()).where(Account.id == blocked.id).execute()
    with pytest.raises(Refusal) as refused:
        recognised("blocked@bawaba.example", PASSWORD)
    assert refused.value.message == BLOCKED


@pytest.mark.usefixtures("as_in_production")
def test_an_unknown_person_costs_the_time_of_a_known_one() -> None:
    a_person(email="known@bawaba.example")
    known = timed(lambda _n: recognised("known@bawaba.example", NEW))
    unknown = timed(lambda _n: recognised("unknown@bawaba.example", NEW))
    assert 0.5 < known / unknown < 2


@pytest.mark.usefixtures("as_in_production")
def test_a_hash_of_older_parameters_is_renewed_when_its_owner_comes() -> None:
    person = a_person(email="iamsa@bawaba.example")
    older = type(passwords.hasher)(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    Account.update(password_hash=older).where(Account.id == person.id).execute()
    recognised("iamsa@bawaba.example")
    assert Account.get_by_id(person.id).password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert recognised("iamsa@bawaba.example")


def test_without_scripts_a_mailed_code_completes_the_sign_in() -> None:
    person = a_person(email="iamsa@bawaba.example")
    challenge = entrance.ask_if_human(person, locale="en", address=ADDRESS)
    assert entrance.is_human(challenge, last_code()).id == person.id


def test_signing_in_and_out_is_recorded_for_its_owner() -> None:
    person = a_person(civil_number="7324674")
    actor = sessions.actor_of(entrance.enter(person, browser="Firefox", address=ADDRESS), "en")
    assert [str(happened.words) for happened in security_events.of(actor).happened] == ["Signed in"]
    assert (accounts.mine(actor).civil_number, len(sessions.of(actor))) == ("7324674", 1)
    entrance.leave(actor, address=ADDRESS)
    assert Session.get().ended_at and SecurityEvent.select().count() == 2
