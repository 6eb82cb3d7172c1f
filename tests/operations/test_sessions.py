"""Sessions: how long they hold, who may end them, and what the table gives away."""

import datetime as dt

import pytest
from peewee import Database

from engine.assurance import Assurance
from engine.errors import NotFound
from models import Account, Identifier, IdentifierType, Role, SecurityEvent, Session
from operations import sessions
from operations.now import now
from tests.support.builders import a_person, signed_in

pytestmark = pytest.mark.usefixtures("database")
MINUTE = dt.timedelta(minutes=1)


def opened(account: Account, assurance: Assurance = Assurance.PASSWORD) -> str:
    return sessions.begin(account, browser="Firefox · Linux", address="192.0.2.1", assurance=assurance)


def seen(ago: dt.timedelta) -> None:
    Session.update(seen_at=now() - ago).execute()


def test_a_token_stands_for_its_person() -> None:
    person = a_person(civil_number="7324674")
    Role.create(account=person, name="clerk", authority="chamber")
    Role.create(account=person, name="auditor")
    actor = sessions.actor_of(opened(person), "en")
    assert actor
    assert (actor.account, actor.name, actor.civil_number) == (person.id, "Salim Al-Harthy", "7324674")
    assert (actor.assurance, actor.roles, actor.locale) == (Assurance.PASSWORD, {"clerk:chamber", "auditor"}, "en")


def test_a_person_is_greeted_by_the_arabic_name_on_arabic_pages() -> None:
    actor = sessions.actor_of(opened(a_person()), "ar")
    assert actor and actor.name == "سالم الحارثي"


def test_a_civil_number_counts_once_it_is_proven() -> None:
    person = a_person(civil_number="7324674", verified=False)
    token = opened(person)
    claimed = Identifier.create(account=person, type=IdentifierType.CIVIL_NUMBER, value="7324674")
    assert sessions.actor_of(token, "en").civil_number is None
    Identifier.update(verified_at=now()).where(Identifier.id == claimed.id).execute()
    assert sessions.actor_of(token, "en").civil_number == "7324674"


def test_the_table_holds_no_token() -> None:
    token = opened(a_person())
    assert len(token) >= 43
    assert token not in str(list(Session.select().dicts()))


@pytest.mark.parametrize("token", ["", "guessed", "' OR 1=1 --"])
def test_a_guessed_token_is_nobody(token: str) -> None:
    opened(a_person())
    assert sessions.actor_of(token, "en") is None


@pytest.mark.parametrize(("assurance", "minutes"), [(Assurance.PASSWORD, 30), (Assurance.SUBSTANTIAL, 15), (Assurance.HIGH, 15)])
def test_an_idle_session_ends(assurance: Assurance, minutes: int) -> None:
    token = opened(a_person(), assurance)
    seen(minutes * MINUTE - MINUTE)
    assert sessions.actor_of(token, "en", quiet=True)
    seen(minutes * MINUTE + MINUTE)
    assert sessions.actor_of(token, "en") is None
    assert sessions.idle_seconds(assurance) == minutes * 60


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in() -> None:
    token = opened(a_person())
    seen(20 * MINUTE)
    sessions.actor_of(token, "en", quiet=True)
    assert Session.get().seen_at < now() - 19 * MINUTE
    sessions.actor_of(token, "en")
    assert Session.get().seen_at > now() - MINUTE


def test_being_seen_is_written_once_a_minute(database: Database) -> None:
    token = opened(a_person())
    before = Session.get().seen_at
    sessions.actor_of(token, "en")
    assert Session.get().seen_at == before


def test_a_session_ends_after_twelve_hours_whatever_happens() -> None:
    token = opened(a_person())
    Session.update(expires_at=now() - MINUTE).execute()
    assert sessions.actor_of(token, "en") is None


def test_a_blocked_person_is_out_at_once() -> None:
    person = a_person()
    token = opened(person)
    Account.update(blocked_at=now()).where(Account.id == person.id).execute()
    assert sessions.actor_of(token, "en") is None


def test_proving_who_one_is_turns_the_token() -> None:
    person = a_person()
    before = opened(person)
    actor = sessions.actor_of(before, "en")
    after = sessions.rotate(actor, Assurance.SUBSTANTIAL)
    turned = sessions.actor_of(after, "en")
    assert (turned.session, turned.assurance) == (actor.session, Assurance.SUBSTANTIAL)
    assert sessions.actor_of(before, "en") is None
    assert sessions.actor_of(after, "en") == turned
    assert sessions.rotate_again(turned) is None


def test_until_the_new_token_is_used_the_old_one_counts_for_what_it_did() -> None:
    before = opened(a_person())
    actor = sessions.actor_of(before, "en")
    lost = sessions.rotate(actor, Assurance.SUBSTANTIAL)
    still = sessions.actor_of(before, "en")
    assert still.assurance is Assurance.PASSWORD and not sessions.confirmed(still, within=MINUTE)
    after = sessions.rotate_again(still)
    assert sessions.actor_of(lost, "en") is None, "only the last that was handed out"
    turned = sessions.actor_of(after, "en")
    assert turned.assurance is Assurance.SUBSTANTIAL and sessions.confirmed(turned, within=MINUTE)
    assert sessions.actor_of(before, "en") is None


def test_a_token_handed_out_in_a_session_that_is_over_opens_nothing() -> None:
    actor = signed_in(a_person())
    handed = sessions.rotate(actor, Assurance.SUBSTANTIAL)
    sessions.end(actor)
    assert sessions.actor_of(handed, "en") is None
    assert sessions.rotate_again(actor) is None


def test_turning_does_not_make_a_session_longer_nor_bring_it_back() -> None:
    actor = signed_in(a_person())
    ends = Session.get().expires_at
    sessions.rotate(actor, Assurance.HIGH)
    assert Session.get().expires_at == ends
    sessions.end(actor)
    with pytest.raises(NotFound):
        sessions.rotate(actor, Assurance.HIGH)


def test_logging_out_ends_every_copy_of_the_token() -> None:
    token = opened(a_person())
    sessions.end(sessions.actor_of(token, "en"))
    assert sessions.actor_of(token, "en") is None


def test_a_person_sees_their_sessions_this_one_first() -> None:
    person, other = a_person(), a_person()
    here = signed_in(person)
    signed_in(person)
    signed_in(other)
    assert [session.current for session in sessions.of(here)] == [True, False]


def test_a_person_ends_another_of_their_sessions() -> None:
    person = a_person()
    here, there = signed_in(person), signed_in(person)
    sessions.end_one(here, there.session)
    assert [session.id for session in sessions.of(here)] == [here.session]
    assert SecurityEvent.get().kind == "session-ended"


def test_nobody_ends_the_session_of_somebody_else() -> None:
    here, theirs = signed_in(a_person()), signed_in(a_person())
    with pytest.raises(NotFound):
        sessions.end_one(here, theirs.session)
    assert Session.select().where(Session.ended_at.is_null()).count() == 2


def test_everywhere_else_is_not_here_and_not_others() -> None:
    person = a_person()
    here, _there, theirs = signed_in(person), signed_in(person), signed_in(a_person())
    assert sessions.end_others(here) == 1
    assert len(sessions.of(here)) == 1 and len(sessions.of(theirs)) == 1


def test_knowing_who_asks_takes_one_query(database: Database) -> None:
    person = a_person()
    token = opened(person)
    asked: list[str] = []
    execute = database.execute_sql

    def counted(sql: str, *rest: object) -> object:
        asked.append(sql)
        return execute(sql, *rest)

    database.execute_sql = counted
    try:
        sessions.actor_of(token, "en")
    finally:
        del database.execute_sql
    assert len(asked) == 1
