"""Accounts made by commands."""

import pytest
from peewee import Database

from engine.errors import Refusal
from models import (
    Account,
    AuditEntry,
    Identifier,
    Role,
)
from operations import accounts, entrance, recovering
from tests.support.builders import PASSWORD, a_person

pytestmark = pytest.mark.usefixtures("database")
ADDRESS = "192.0.2.1"
NEW = "three boats at low tide"


def recognised(who: str, password: str = PASSWORD) -> Account:
    return entrance.recognise(who, password, address=ADDRESS)


def test_making_demo_people_twice_is_harmless() -> None:
    assert (
        a_person(email="demo@bawaba.example", civil_number="1").id == a_person(email="demo@bawaba.example", civil_number="1").id
    )
    assert Identifier.select().count() == 3


def test_staff_set_their_password_by_a_link_and_need_a_long_one() -> None:
    link = accounts.create_staff(email="clerk@bawaba.example", name="Muna Al-Kindi", role="clerk", authority="chamber")
    *_rest, challenge, token = link.split("/")
    with pytest.raises(Refusal, match="15"):
        recovering.renew_password_by_link(challenge, token, "kTx93-vLpz", address=ADDRESS)
    recovering.renew_password_by_link(challenge, token, NEW, address=ADDRESS)
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
