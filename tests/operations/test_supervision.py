"""Supervisors: who has how much, handing on, overturning; and what they are told of by themselves."""

import datetime as dt

import pytest

from engine.actor import Actor
from engine.clock import MUSCAT
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.lifecycle import State
from models import Account, Application, ApplicationEvent, AuditEntry, Message, Outcome, Role, TimeTaken
from operations import applications, casework, desk, dossiers, escalations, messages, outbox, staff, supervision
from operations.outside import outside
from tests.operations.test_desk import DESK, SERVICE, a_clerk, asked, statements_of
from tests.operations.test_service_clock import At, at
from tests.support.builders import a_person, signed_in
from tests.support.postbox import Postbox

pytestmark = pytest.mark.usefixtures("rules")
__all__ = ["at"]
LATER = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)


def a_supervisor(where: str = "municipality", locale: str = "en", account: Account | None = None) -> Actor:
    account = account or a_person()
    Role.create(account=account, name="supervisor", authority=where)
    return signed_in(account, locale)


def row(reference: str) -> Application:
    return Application.get(Application.reference == reference)  # type: ignore[no-any-return]


# --- Workload --------------------------------------------------------------------------------------------------------------------


def test_the_workload_says_who_has_how_much_and_what_is_late(at: At) -> None:
    first, second, elsewhere = a_clerk(first_name="Maryam"), a_clerk(DESK), a_clerk("chamber")
    at("2026-11-15 10:00")
    late = asked()
    casework.take(first, late.reference)
    asked()
    at("2026-11-22 09:00")
    for _number in range(2):
        casework.take(second, asked().reference)
    load = supervision.workload(a_supervisor(), DESK, at.moment + dt.timedelta(hours=1))
    assert (load.waiting, load.overdue, load.soon) == (1, 2, 0)
    assert load.oldest == dt.datetime(2026, 11, 15, 10, tzinfo=MUSCAT)
    assert [(clerk.account, clerk.open, clerk.overdue) for clerk in load.clerks] == [
        (first.account, 1, 1),
        (second.account, 2, 0),
    ]
    assert load.clerks[0].oldest == load.oldest and load.clerks[0].name == "Maryam Al-Harthy"
    assert elsewhere.account not in {clerk.account for clerk in load.clerks}
    assert supervision.workload(a_supervisor(), DESK, LATER).soon == 2


def test_counts_stop_at_a_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    supervisor, clerk = a_supervisor(), a_clerk()
    for _number in range(3):
        casework.take(clerk, asked().reference)
    assert statements_of(lambda: supervision.workload(supervisor, DESK, LATER)) == 2
    assert supervision.workload(supervisor, DESK, LATER).clerks[0].open == 3


def test_what_is_in_review_by_age_and_by_service(at: At) -> None:
    for when in ("2026-10-01", "2026-11-10", "2026-11-21", "2026-11-22"):
        at(f"{when} 09:00")
        asked()
    at("2026-11-22 10:00")
    supervisor = a_supervisor()
    ages = supervision.by_age(supervisor, DESK)
    assert ages == [(0, 1, 1), (1, 3, 1), (3, 7, 0), (7, 14, 1), (14, 30, 0), (30, None, 1)]
    assert supervision.by_service(supervisor, DESK) == {SERVICE: 4, "municipality.complaint": 0}
    assert statements_of(lambda: supervision.by_age(supervisor, DESK)) == 1


def test_lists_of_a_desk_and_of_one_of_its_clerks() -> None:
    supervisor, clerk = a_supervisor(), a_clerk("")
    taken, waiting = asked(), asked()
    casework.take(clerk, taken.reference)
    urgent, onwards = supervision.listed(supervisor, DESK, "urgent")
    assert [line.reference for line in urgent] == [taken.reference, waiting.reference] and onwards is None
    assert [line.reference for line in supervision.listed(supervisor, DESK, "waiting")[0]] == [waiting.reference]
    assert [line.reference for line in supervision.listed(supervisor, DESK, "", clerk.account)[0]] == [taken.reference]
    Application.update(desk="municipality.building").where(Application.reference == taken.reference).execute()
    assert supervision.listed(supervisor, DESK, "", clerk.account)[0] == []
    with pytest.raises(NotFound):
        supervision.listed(supervisor, DESK, "mine")


def test_the_most_urgent_come_first_and_a_page_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "PAGE", 2)
    supervisor, made = a_supervisor(), [asked().reference for _ in range(5)]
    for number, reference in enumerate(made):
        Application.update(due_at=LATER - dt.timedelta(days=number // 2)).where(Application.reference == reference).execute()
    read, after = [], None
    for _number in range(3):
        lines, after = supervision.listed(supervisor, DESK, "urgent", after=after)
        read += [line.reference for line in lines]
    assert read == [made[4], made[2], made[3], made[0], made[1]] and after is None


@pytest.mark.parametrize("where", ["chamber", "municipality.building"])
def test_another_desks_supervisor_finds_nothing(where: str) -> None:
    opened, clerk, stranger = asked(), a_clerk(), a_supervisor(where)
    for look in (
        lambda: supervision.workload(stranger, DESK, LATER),
        lambda: supervision.by_age(stranger, DESK),
        lambda: supervision.by_service(stranger, DESK),
        lambda: supervision.listed(stranger, DESK, "urgent"),
        lambda: supervision.listed(stranger, DESK, "", clerk.account),
        lambda: supervision.clerks_of(stranger, DESK),
        lambda: supervision.assign(stranger, opened.reference, clerk.account),
        lambda: supervision.reassign(stranger, [opened.reference], clerk.account),
        lambda: supervision.overturn(stranger, opened.reference, "So.", clerk.account),
        lambda: dossiers.of(stranger, opened.reference, staff.Duty.SUPERVISOR),
    ):
        with pytest.raises(NotFound):
            look()


@pytest.mark.parametrize("duty", ["clerk", "cashier", "administrator", "auditor", ""])
def test_no_other_duty_supervises(duty: str) -> None:
    opened, account = asked(), a_person()
    if duty:
        Role.create(account=account, name=duty)
    somebody = signed_in(account)
    for act in (
        lambda: supervision.workload(somebody, DESK, LATER),
        lambda: supervision.reassign(somebody, [opened.reference], 1),
        lambda: supervision.overturn(somebody, opened.reference, "So.", 1),
    ):
        with pytest.raises(NotAllowed):
            act()


# --- Handing on ------------------------------------------------------------------------------------------------------------------


def test_applications_are_handed_on_and_what_cannot_be_is_said() -> None:
    supervisor, clerk, other = a_supervisor(), a_clerk(), a_clerk()
    taken, waiting, decided = asked(), asked(), asked()
    of_clerk = asked(other)
    casework.take(clerk, taken.reference)
    casework.decide(clerk, decided.reference, Outcome.REFUSE, reason="No.")
    references = [taken.reference, waiting.reference, decided.reference, of_clerk.reference, taken.reference]
    handed = supervision.reassign(supervisor, references, other.account)
    assert [one.reference for one in handed] == references[:4]
    assert [one.problem is None for one in handed] == [True, True, False, False]
    assert "decided it meanwhile" in str(handed[2].problem) and "its applicant" in str(handed[3].problem)
    assert {row(reference).clerk_id for reference in references[:2]} == {other.account}
    recorded = AuditEntry.select().where(AuditEntry.action == "application.assigned").order_by(AuditEntry.id)
    assert [entry.details for entry in recorded] == [
        {"clerk": other.account, "before": clerk.account},
        {"clerk": other.account, "before": None},
    ]
    with pytest.raises(Conflict):
        casework.release(clerk, taken.reference)


def test_only_a_clerk_of_the_desk_is_handed_anything() -> None:
    opened, supervisor = asked(), a_supervisor()
    blocked = a_clerk()
    Account.update(blocked_at=LATER).where(Account.id == blocked.account).execute()
    for clerk in (a_clerk("chamber"), supervisor, signed_in(a_person()), blocked):
        with pytest.raises(Refusal):
            supervision.assign(supervisor, opened.reference, clerk.account)
    assert row(opened.reference).clerk_id is None


def test_nobody_hands_on_their_own_application() -> None:
    person, clerk = a_person(), a_clerk()
    opened = asked(signed_in(person))
    supervisor = a_supervisor(account=person)
    with pytest.raises(NotAllowed):
        supervision.assign(supervisor, opened.reference, clerk.account)
    casework.decide(clerk, opened.reference, Outcome.REFUSE, reason="No.")
    with pytest.raises(NotAllowed):
        supervision.overturn(supervisor, opened.reference, "It is mine.", a_clerk().account)


# --- Overturning -----------------------------------------------------------------------------------------------------------------


def test_a_refusal_is_overturned_for_another_clerk_with_the_whole_time(at: At) -> None:
    refuser, other, supervisor = a_clerk(), a_clerk(), a_supervisor()
    opened = asked()
    at("2026-11-18 09:00")
    casework.decide(refuser, opened.reference, Outcome.REFUSE, reason="No.")
    at("2026-11-22 10:00")
    for reason, clerk, field in (("", other, "reason"), ("The tree is ours.", refuser, "clerk")):
        with pytest.raises(Refusal) as refused:
            supervision.overturn(supervisor, opened.reference, reason, clerk.account)
        assert refused.value.field == field
    supervision.overturn(supervisor, opened.reference, "The tree is ours.", other.account)
    now_ = row(opened.reference)
    assert (now_.state, now_.clerk_id, now_.closed_at) == (State.IN_REVIEW, other.account, None)
    assert now_.due_at == dt.datetime(2026, 11, 25, 10, tzinfo=MUSCAT)
    told = Message.get(Message.template == "application_overturned", Message.channel == "mail")
    assert told.account_id == now_.account_id and told.context["reason"] == "The tree is ours."
    assert ApplicationEvent.select().where(ApplicationEvent.kind == "overturned").count() == 1
    assert AuditEntry.select().where(AuditEntry.action == "application.overturned").count() == 1
    with pytest.raises(Conflict):
        supervision.overturn(supervisor, opened.reference, "Again.", other.account)
    at("2026-11-22 11:00")
    casework.decide(other, opened.reference, Outcome.APPROVE, reason="It will be cut.")
    assert [(taken.minutes, taken.late) for taken in TimeTaken.select().order_by(TimeTaken.id)] == [(1200, False), (60, False)]
    applications.paid(row(opened.reference))
    with pytest.raises(Conflict, match="document is issued"):
        supervision.overturn(supervisor, opened.reference, "Hm.", refuser.account)


# --- What became overdue ---------------------------------------------------------------------------------------------------------


def test_supervisors_of_the_desk_are_told_once_of_what_became_overdue(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escalations, "BATCH", 2)
    outside.mailer = Postbox()
    here, everywhere = a_supervisor(), a_supervisor("", account=a_person(locale="ar"))
    a_supervisor("chamber")
    a_supervisor("municipality.building")
    late = [asked().reference for _ in range(3)]
    at("2026-11-17 10:00")
    asked()
    assert escalations.escalate() == 0
    at("2026-11-19 10:00")
    assert [escalations.escalate(), escalations.escalate(), escalations.escalate()] == [2, 1, 0]
    recorded = AuditEntry.select().where(AuditEntry.action == "application.overdue").order_by(AuditEntry.id)
    assert [entry.subject for entry in recorded] == late
    told = Message.select().where(Message.template == "overdue")
    assert {message.account_id for message in told} == {here.account, everywhere.account} and told.count() == 4
    for message in told:
        messages.deliver({"key": message.key})
    sent = [mail for mail in outside.mailer.sent if "/supervision/" in str(mail)]
    assert len(sent) == 4 and any(late[0] in str(mail) for mail in sent)


def test_the_sweep_comes_back_and_hurries_while_more_waits(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escalations, "BATCH", 1)
    asked()
    at("2026-11-29 10:00")
    for wait in (dt.timedelta(0), escalations.EVERY):
        with pytest.raises(outbox.Postpone) as again:
            escalations.sweep({})
        assert again.value.wait == wait
