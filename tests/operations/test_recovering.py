"""A new password by a code: what works, and what nobody can learn or break."""

import pytest

from engine.errors import NotFound, Refusal
from models import (
    Account,
    CodeSent,
    Message,
    OneTimeCode,
    Outbox,
)
from operations import entrance, recovering, registering, sessions
from tests.support.builders import PASSWORD, a_person, a_registration, signed_in
from tests.support.postbox import delivered, last_code, last_link

pytestmark = pytest.mark.usefixtures("database")
ADDRESS = "192.0.2.1"
NEW = "three boats at low tide"


def register(**data: str) -> str:
    return registering.register(a_registration(**data), locale="en", address=ADDRESS)


def recognised(who: str, password: str = PASSWORD) -> Account:
    return entrance.recognise(who, password, address=ADDRESS)


def begun(who: str) -> str:
    return recovering.recover(who, locale="en", address=ADDRESS)


def test_a_british_number_is_refused_with_the_reason() -> None:
    with pytest.raises(Refusal, match="inside Oman only"):
        begun("+447911123456")
    assert not CodeSent.select().exists()


def test_recovering_does_the_same_work_for_nobody() -> None:
    a_person(email="known@bawaba.example")
    counts = []
    for who in ("known@bawaba.example", "unknown@bawaba.example"):
        begun(who)
        counts.append([table.select().count() for table in (OneTimeCode, CodeSent, Message, Outbox)])
        for table in (OneTimeCode, CodeSent, Message, Outbox):
            table.delete().execute()
    assert counts[0] == counts[1]


def test_recovering_for_nobody_sends_nothing_and_no_code_fits() -> None:
    challenge = begun("unknown@bawaba.example")
    assert delivered() == []
    with pytest.raises(Refusal, match="not the code"):
        recovering.renew_password(challenge, "000000", NEW, address=ADDRESS)


@pytest.mark.parametrize("channel", ["mail", "sms"])
def test_a_new_password_ends_every_session_and_is_told(channel: str) -> None:
    person = a_person(email="iamsa@bawaba.example", phone="+96899416689", locale="en")
    session = signed_in(person)
    challenge = begun("iamsa@bawaba.example" if channel == "mail" else "99416689")
    recovering.renew_password(challenge, last_code(channel), NEW, address=ADDRESS)
    assert recognised("iamsa@bawaba.example", NEW)
    with pytest.raises(Refusal):
        recognised("iamsa@bawaba.example", PASSWORD)
    assert sessions.of(session) == []
    assert delivered()[-1]["subject"] == "Your password was changed"


def test_a_weak_new_password_costs_no_code() -> None:
    a_person(email="iamsa@bawaba.example")
    challenge, code = begun("iamsa@bawaba.example"), last_code()
    with pytest.raises(Refusal) as refused:
        recovering.renew_password(challenge, code, "Al-Harthy", address=ADDRESS)
    assert refused.value.field == "password"
    recovering.renew_password(challenge, code, NEW, address=ADDRESS)


def test_a_recovery_link_sets_one_password() -> None:
    a_person(email="iamsa@bawaba.example")
    begun("iamsa@bawaba.example")
    *_rest, challenge, token = last_link().split("/")
    recovering.renew_password_by_link(challenge, token, NEW, address=ADDRESS)
    with pytest.raises(NotFound):
        recovering.renew_password_by_link(challenge, token, PASSWORD, address=ADDRESS)


def test_a_link_for_one_thing_does_not_do_another() -> None:
    register()
    *_rest, challenge, token = last_link().split("/")
    with pytest.raises(NotFound):
        recovering.renew_password_by_link(challenge, token, NEW, address=ADDRESS)
