"""Staff: invited, given and taken roles, blocked. Within one's authority; never oneself; one administrator always stays."""

import threading
from collections.abc import Callable

import pytest

from engine.actor import Actor
from engine.errors import NotAllowed, NotFound, Refusal
from models import Account, AuditEntry, Message, Role, SecondFactor, SecurityEvent, Session, database
from operations import accounts, blocking, civil_numbers, codes, entrance, outbox, second_factor, staffing
from operations.now import now
from operations.outside import outside
from tests.support.administrators import an_administrator
from tests.support.builders import PASSWORD, a_person, signed_in

pytestmark = pytest.mark.usefixtures("rules")
DESK = "municipality.administration"


def a_colleague(*roles: tuple[str, str], **person: str) -> Account:
    account = a_person(**person)
    for name, where in roles or (("clerk", DESK),):
        Role.create(account=account, name=name, authority=where)
    return account


def roles_of(account: Account) -> set[tuple[str, str]]:
    return {(role.name, role.authority) for role in Role.select().where(Role.account == account)}


def told(account: Account) -> list[str]:
    return [message.template for message in Message.select().where(Message.account == account).order_by(Message.id)]


def open_sessions(account: Account) -> int:
    return Session.select().where((Session.account == account) & Session.ended_at.is_null()).count()


def test_somebody_is_invited_by_mail_and_chooses_a_password() -> None:
    actor = an_administrator("municipality")
    number = staffing.invite(actor, email="Muna@sohar.example", name="Muna Al Kindi", duty="clerk", where=DESK)
    account = Account.get_by_id(number)
    assert (account.first_name, account.family_name, roles_of(account)) == ("Muna", "Al Kindi", {("clerk", DESK)})
    outbox.drain()
    (mail,) = outside.mailer.sent  # type: ignore[attr-defined]
    link = next(line for line in mail["text"].splitlines() if "/account/codes/" in line)
    challenge = codes.linked(*link.split("/")[-2:])
    assert challenge is not None and challenge.account_id == number
    assert "/account/codes/" not in str(Message.get().context)


def test_who_has_an_account_is_invited_with_it() -> None:
    known = a_person(email="muna@sohar.example")
    number = staffing.invite(an_administrator(), email="muna@sohar.example", name="M", duty="cashier", where="chamber")
    assert (number, roles_of(known), known.first_name) == (known.id, {("cashier", "chamber")}, "Salim")


def test_an_invitation_to_a_blocked_account_is_refused() -> None:
    blocking.block(a_person(email="muna@sohar.example"), None)
    with pytest.raises(Refusal, match="blocked"):
        staffing.invite(an_administrator(), email="muna@sohar.example", name="M", duty="clerk", where="")


def test_a_role_is_given_and_taken_and_the_person_told_and_signed_out() -> None:
    actor, account = an_administrator("municipality"), a_colleague()
    signed_in(account)
    staffing.give(actor, account.id, "supervisor", "municipality")
    assert roles_of(account) == {("clerk", DESK), ("supervisor", "municipality")} and not open_sessions(account)
    signed_in(account)
    staffing.take(actor, account.id, Role.get(Role.name == "clerk").id)
    assert roles_of(account) == {("supervisor", "municipality")} and not open_sessions(account)
    assert told(account) == ["role_given", "role_taken"]
    assert [event.kind for event in SecurityEvent.select().where(SecurityEvent.account == account)] == [
        "role-given",
        "role-taken",
    ]
    entries = AuditEntry.select().where(AuditEntry.action.startswith("staff.")).order_by(AuditEntry.id)
    assert [entry.action for entry in entries] == ["staff.role-given", "staff.role-taken"]


def test_the_same_role_twice_is_once() -> None:
    actor, account = an_administrator(), a_colleague()
    staffing.give(actor, account.id, "clerk", DESK)
    assert told(account) == [] and roles_of(account) == {("clerk", DESK)}


def test_nobody_changes_their_own_account() -> None:
    actor = an_administrator()
    Role.create(account=actor.account, name="clerk", authority=DESK)
    assert actor.account
    own: list[Callable[[], object]] = [
        lambda: staffing.give(actor, actor.account, "auditor", ""),
        lambda: staffing.take(actor, actor.account, Role.get(Role.name == "clerk").id),
        lambda: staffing.block(actor, actor.account),
        lambda: staffing.reset_second_factor(actor, actor.account),
        lambda: staffing.invite(
            actor, email=Account.get_by_id(actor.account).identifiers[0].value, name="x", duty="clerk", where=""
        ),
    ]
    for act in own:
        with pytest.raises(Refusal, match="your own account"):
            act()
    assert staffing.of(actor, actor.account).own


def test_an_administrator_of_an_authority_stays_within_it() -> None:
    actor, theirs, mixed = an_administrator("municipality"), a_colleague(), a_colleague(("clerk", DESK), ("clerk", "chamber"))
    foreign, whole = a_colleague(("clerk", "chamber")), a_colleague(("administrator", ""))
    assert [row.id for row in staffing.page(actor)[0]] == [actor.account, theirs.id, mixed.id]
    assert [(held.name, held.where) for held in staffing.of(actor, mixed.id).roles] == [("clerk", DESK)]
    chamber_role = Role.get((Role.account == mixed) & (Role.authority == "chamber")).id
    refused: list[Callable[[], object]] = [
        lambda: staffing.of(actor, foreign.id),
        lambda: staffing.of(actor, whole.id),
        lambda: staffing.give(actor, foreign.id, "clerk", DESK),
        lambda: staffing.give(actor, theirs.id, "clerk", "chamber"),
        lambda: staffing.give(actor, theirs.id, "administrator", ""),
        lambda: staffing.take(actor, mixed.id, chamber_role),
        lambda: staffing.block(actor, mixed.id),
        lambda: staffing.reset_second_factor(actor, mixed.id),
        lambda: staffing.end_sessions(actor, mixed.id),
        lambda: staffing.invite(actor, email="x@sohar.example", name="x", duty="clerk", where="chamber"),
    ]
    for act in refused:
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotAllowed):
        staffing.page(signed_in(theirs))
    staffing.block(actor, theirs.id)


def test_the_last_administrator_stays() -> None:
    only = a_colleague(("administrator", ""))
    with pytest.raises(Refusal, match="last administrator"):
        blocking.block(only, None)
    actor = an_administrator()
    staffing.block(actor, only.id)
    assert Account.get_by_id(only.id).blocked_at
    with pytest.raises(Refusal, match="last administrator"):
        blocking.block(Account.get_by_id(actor.account), None)


def test_of_two_administrators_who_take_each_others_role_one_stays() -> None:
    first, second, together = an_administrator(), an_administrator(), threading.Barrier(2)

    def take(actor: Actor, other: Actor) -> None:
        role = Role.get(Role.account == other.account).id
        together.wait()
        try:
            staffing.take(actor, other.account or 0, role)
        except (Refusal, NotAllowed, NotFound):
            pass
        finally:
            database.close()

    threads = [threading.Thread(target=take, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Role.select().where(Role.name == "administrator").count() == 1


def test_a_blocked_person_is_told_so_at_the_right_password_only() -> None:
    account = a_colleague(email="muna@sohar.example", civil_number="1526575")
    signed_in(account)
    actor = an_administrator()
    staffing.block(actor, account.id)
    assert not open_sessions(account) and told(account) == ["account_blocked"]
    for who in ("muna@sohar.example", "nobody@sohar.example"):
        with pytest.raises(Refusal, match="do not match"):
            entrance.recognise(who, "not the password", address="192.0.2.1")
    with pytest.raises(Refusal, match="is blocked"):
        entrance.recognise("muna@sohar.example", PASSWORD, address="192.0.2.1")
    assert civil_numbers.blocked("1526575") and not civil_numbers.blocked("1")
    staffing.unblock(actor, account.id)
    assert entrance.recognise("muna@sohar.example", PASSWORD, address="192.0.2.1") == account
    assert told(account) == ["account_blocked", "account_unblocked"]


def test_an_erased_account_is_not_opened_again() -> None:
    account = a_colleague()
    Account.update(blocked_at=now(), closed_at=now()).where(Account.id == account.id).execute()
    with pytest.raises(NotFound):
        staffing.unblock(an_administrator(), account.id)


def test_the_second_factor_is_reset_and_the_sessions_end() -> None:
    actor, account = an_administrator("municipality"), a_colleague()
    second_factor.proposal(account)
    signed_in(account)
    staffing.reset_second_factor(actor, account.id)
    assert not SecondFactor.select().exists() and not open_sessions(account)
    assert AuditEntry.get(AuditEntry.action == "second-factor-reset").account_id == actor.account
    signed_in(account)
    staffing.end_sessions(actor, account.id)
    assert not open_sessions(account)


def test_the_staff_is_read_page_by_page_by_few_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staffing, "PAGE", 2)
    actor = an_administrator()
    made = [actor.account, *(a_colleague(("clerk", DESK), ("cashier", "chamber")).id for _ in range(3))]
    seen: list[str] = []
    database.obj.query_hooks.append(lambda event: seen.append(event.sql))
    rows, onwards = staffing.page(actor)
    database.obj.query_hooks.clear()
    assert len(seen) == 3
    assert [row.id for row in rows] + [row.id for row in staffing.page(actor, onwards)[0]] == made
    assert staffing.page(actor, onwards)[1] is None


def test_an_unknown_duty_is_refused_with_the_list_of_those_there_are() -> None:
    with pytest.raises(Refusal, match=r"no duty “clerkship”.*clerk, supervisor, cashier, administrator, auditor"):
        accounts.create_staff(email="x@sohar.example", name="x", role="clerkship")
    with pytest.raises(Refusal):
        staffing.give(an_administrator(), a_colleague().id, "clerkship", DESK)
