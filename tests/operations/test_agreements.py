"""Agreements: another party agrees by link and code, declines, or does not answer; then, and only then, the application goes on."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from peewee import Database, IntegrityError

from blueprints.applications.views import EVENTS
from engine.errors import Conflict, NotAllowed, NotFound, Refusal, TooMany
from engine.lifecycle import State
from models import (
    AgreementAnswer,
    AgreementRequest,
    Answer,
    Application,
    ApplicationEvent,
    AuditEntry,
    Bill,
    CodeSent,
    Document,
    Message,
    Outbox,
    Outcome,
    RegisterRecord,
    ServiceClock,
    database,
)
from operations import agreements, applications, casework, desk, messages, outbox, retention, secrets, submission
from operations.now import now, set_business_day
from tests.support.clock import Clock
from tests.support.leases import (
    LANDLORD,
    LEASE,
    NOBODY,
    PHONES,
    TENANT,
    a_clerk,
    a_lease,
    a_party,
    cancelling,
    code_for,
    filled,
    handed_in,
    link_of,
    state_of,
)
from tests.support.renewals import answer

HERE = {"address": "192.0.2.9"}


@pytest.fixture(autouse=True)
def registered(rules: Database, tmp_path: Path) -> Iterator[None]:
    a_lease(tmp_path)
    set_business_day(dt.date(2026, 11, 22))
    yield


@pytest.fixture
def landlord() -> Any:
    return a_party(LANDLORD)


def say(said: Answer, link: tuple[int, str], code: str | None = None, reason: str = "") -> agreements.Asked:
    return agreements.answer(NOBODY, *link, said, code=code_for(*link) if code is None else code, reason=reason, **HERE)


def kinds(opened: Any) -> list[str]:
    return [event.kind for event in applications.events_of(opened.row)]


# --- Agreeing --------------------------------------------------------------------------------------------------------------------


def test_it_waits_for_the_other_party_and_then_goes_to_the_clerk_and_on_paper(landlord: Any) -> None:
    opened, clerk = cancelling(landlord), a_clerk()
    assert state_of(opened) == State.TO_AGREE
    assert desk.queue(clerk, "municipality.leases", "waiting").lines == []
    request = AgreementRequest.get()
    assert (request.number, request.phone, request.account_id, request.locale) == (TENANT, PHONES[TENANT], None, "ar")
    assert [row["label"]["en"] for row in request.said] == ["Contract number", "What is let", "It ends on", "Reason"]
    (sms,) = Message.select().where(Message.template == "agreement_asked")
    assert (sms.channel, sms.destination) == ("sms", PHONES[TENANT]) and "link" not in sms.context

    asked = say(Answer.AGREED, link_of())

    assert asked.answer and state_of(opened) == State.IN_REVIEW
    given = AgreementAnswer.get()
    assert (given.answer, given.phone, given.address) == ("agreed", PHONES[TENANT], "192.0.2.9")
    assert kinds(opened) == ["started", "submitted", "agreement-asked", "agreed"]
    told = {row.template for row in Message.select().where(Message.application == opened.row)}
    assert told == {"agreement_asked", "application_agreed"}
    casework.decide(clerk, opened.reference, Outcome.APPROVE)
    row = Application.get()
    assert row.state == State.TO_PAY and Bill.get().total.baisa == 2_000
    with database.atomic():
        applications.complete(applications.lock(landlord, opened.reference))
    rows = {row["label"]["en"]: row["value"]["en"] for row in Document.get(Document.kind == "certificate").content["rows"]}
    assert rows["Agreed by the other party on"] == "22 November 2026"
    lease = RegisterRecord.get(RegisterRecord.number == LEASE["number"])
    assert (lease.data["state"], lease.data["until"]) == ("cancelled", "2026-11-30")
    assert [row.action for row in AuditEntry.select() if row.action.startswith("agreement")] == [
        "agreement.asked",
        "agreement.agreed",
    ]


def test_who_has_proven_the_number_is_asked_where_they_are_reached_in_their_language(landlord: Any) -> None:
    tenant = a_party(TENANT, email="muna@bawaba.example")
    cancelling(landlord)
    request = AgreementRequest.get()
    assert (request.account_id, request.email) == (tenant.account, "muna@bawaba.example")
    assert {row.channel for row in Message.select().where(Message.template == "agreement_asked")} == {"sms", "mail"}


def test_the_tenant_asks_and_the_landlord_is_asked(landlord: Any) -> None:
    cancelling(a_party(TENANT))
    assert AgreementRequest.get().number == LANDLORD


def test_whose_company_it_is_speaks_for_it(tmp_path: Path) -> None:
    """1229237 is a company of 1526575: asked is that person; and who asks for the company is not asked."""
    a_lease(tmp_path, number="2025/00012", landlord="1229237", landlord_phone="92009999")
    owner = a_party("1526575", email="ali@bawaba.example")
    answers = {"lease": {"lease": "2025/00012"}, "end": {"ends": "2026-11-30", "reason": "x"}}
    handed_in(owner, filled(owner, "cancel-lease", **answers))
    assert [row.number for row in AgreementRequest.select()] == [TENANT]
    applications.withdraw(owner, Application.get().reference)
    tenant = a_party(TENANT)
    handed_in(tenant, filled(tenant, "cancel-lease", **answers))
    last = AgreementRequest.select().order_by(AgreementRequest.id.desc()).get()
    assert (last.number, last.account_id) == ("1229237", owner.account)


def test_the_applicant_cannot_agree_for_the_other(landlord: Any, tmp_path: Path) -> None:
    a_lease(tmp_path, tenant_phone=PHONES[LANDLORD].removeprefix("+968"))
    with pytest.raises(Refusal, match="is yours"):
        cancelling(landlord)
    assert state_of(applications.work_on(Application.get())) == State.DRAFT and not AgreementRequest.select().exists()


def test_the_applicants_own_session_is_not_shown_the_link(landlord: Any) -> None:
    cancelling(landlord)
    link = link_of()
    for act in (
        lambda: agreements.of(landlord, *link),
        lambda: agreements.send_code(landlord, *link, **HERE),
        lambda: agreements.answer(landlord, *link, Answer.AGREED, code=code_for(*link), **HERE),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not AgreementAnswer.select().exists()


def test_a_phone_that_gets_no_sms_is_said_before_anything_is_sent(landlord: Any, tmp_path: Path) -> None:
    a_lease(tmp_path, tenant_phone="12")
    with pytest.raises(Refusal, match="gets no SMS"):
        cancelling(landlord)


# --- Codes and links -------------------------------------------------------------------------------------------------------------


def test_without_the_code_nothing_is_answered(landlord: Any) -> None:
    opened = cancelling(landlord)
    link = link_of()
    with pytest.raises(Refusal) as first:
        say(Answer.AGREED, link, code="123456")
    assert first.value.field == "code"
    right = code_for(*link)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for _time in range(5):
        with pytest.raises(Refusal):
            say(Answer.AGREED, link, code=wrong)
    with pytest.raises(Refusal, match="fifth"):
        say(Answer.AGREED, link, code=right)
    assert state_of(opened) == State.TO_AGREE


def test_a_code_of_another_request_does_not_count(landlord: Any, tmp_path: Path) -> None:
    cancelling(landlord)
    first = link_of()
    foreign = code_for(*first)
    applications.withdraw(landlord, Application.get().reference)
    cancelling(landlord)
    second = link_of()
    code_for(*second)
    if foreign != code_for(*second):
        with pytest.raises(Refusal):
            say(Answer.AGREED, second, code=foreign)


@pytest.mark.parametrize("over", ["unknown", "another's token", "withdrawn", "changed", "expired", "erased"])
def test_every_link_that_does_not_count_looks_the_same(landlord: Any, over: str) -> None:
    opened = cancelling(landlord)
    number, token = link_of()
    match over:
        case "unknown":
            number += 99
            token = secrets.agreement_token(number)
        case "another's token":
            token = secrets.agreement_token(number + 1)
        case "withdrawn":
            applications.withdraw(landlord, opened.reference)
        case "changed":
            applications.reopen(landlord, opened.reference)
        case "expired":
            AgreementRequest.update(expires_at=now()).execute()
        case "erased":
            applications.withdraw(landlord, opened.reference)
            retention._forget(Application.get())
            assert not AgreementRequest.get().phone
    for act in (
        lambda: agreements.of(NOBODY, number, token),
        lambda: agreements.send_code(NOBODY, number, token, **HERE),
        lambda: agreements.answer(NOBODY, number, token, Answer.AGREED, code="123456", **HERE),
    ):
        with pytest.raises(NotFound):
            act()
    assert not AgreementAnswer.select().exists()


def test_codes_and_links_count_against_the_limits_of_that_phone(landlord: Any) -> None:
    cancelling(landlord)
    assert CodeSent.select().where(CodeSent.destination == PHONES[TENANT]).count() == 1
    link = link_of()
    agreements.send_code(NOBODY, *link, **HERE)
    with pytest.raises(TooMany):  # the second click of a double click
        agreements.send_code(NOBODY, *link, **HERE)
    for _time in range(3):
        CodeSent.create(destination=PHONES[TENANT], channel="sms", address="x", at=now())
    applications.withdraw(landlord, Application.get().reference)
    with pytest.raises(TooMany):
        cancelling(landlord)


def test_the_link_is_sent_again_once_an_hour_and_four_times_in_all(landlord: Any) -> None:
    opened = cancelling(landlord)
    number, _token = link_of()
    with pytest.raises(TooMany):
        agreements.send_again(landlord, opened.reference, number, **HERE)
    for sent in range(2, 5):
        CodeSent.delete().execute()
        AgreementRequest.update(sent_at=now() - agreements.PAUSE).execute()
        agreements.send_again(landlord, opened.reference, number, **HERE)
        assert Message.select().where(Message.template == "agreement_asked").count() == sent
    AgreementRequest.update(sent_at=now() - agreements.PAUSE).execute()
    with pytest.raises(TooMany):
        agreements.send_again(landlord, opened.reference, number, **HERE)
    with pytest.raises(NotFound):
        agreements.send_again(a_party("999"), opened.reference, number, **HERE)


def test_the_worker_puts_the_link_in_and_drops_what_is_no_longer_asked(landlord: Any) -> None:
    opened = cancelling(landlord)
    sms = Message.get(Message.template == "agreement_asked")
    context = messages._with_secret(sms)
    number, token = link_of()
    assert context and context["link"].endswith(f"/agreements/{number}/{token}")
    applications.withdraw(landlord, opened.reference)
    assert messages._with_secret(sms) is None


# --- Declining, and not answering ------------------------------------------------------------------------------------------------


def test_who_declines_says_why_and_the_applicant_has_it_back(landlord: Any) -> None:
    opened = cancelling(landlord)
    link = link_of()
    with pytest.raises(Refusal) as owed:
        say(Answer.DECLINED, link, reason="  ")
    assert owed.value.field == "reason"
    say(Answer.DECLINED, link, reason="I stay until summer.")
    row = Application.get()
    assert (row.state, row.subject) == (State.DRAFT, None)
    assert [event.details for event in applications.events_of(opened.row) if event.kind == "declined"] == [
        {"reason": "I stay until summer."}
    ]
    assert Message.select().where(Message.template == "application_declined").exists()
    again = applications.of(landlord, opened.reference)
    submission.submit(landlord, again.reference, submission.offer(again).seal)
    assert state_of(opened) == State.TO_AGREE and AgreementRequest.select().count() == 2


def test_nobody_is_asked_more_than_three_times_about_one_application(landlord: Any) -> None:
    opened = cancelling(landlord)
    for _time in range(2):
        applications.reopen(landlord, opened.reference)
        again = applications.of(landlord, opened.reference)
        submission.submit(landlord, again.reference, submission.offer(again).seal)
    applications.reopen(landlord, opened.reference)
    again = applications.of(landlord, opened.reference)
    with pytest.raises(Refusal, match="3 times"):
        submission.submit(landlord, again.reference, submission.offer(again).seal)


def test_after_fourteen_days_the_applicant_has_it_back_and_is_told_once(landlord: Any, clock: Clock) -> None:
    opened = cancelling(landlord)
    promise = Outbox.get(Outbox.kind == agreements.END)
    assert promise.due_at >= now() + dt.timedelta(days=13, hours=23)
    with pytest.raises(outbox.Postpone):
        agreements.end(promise.payload)
    assert state_of(opened) == State.TO_AGREE
    clock.forward(days=14)
    for _twice in range(2):
        agreements.end(promise.payload)
    assert state_of(opened) == State.DRAFT
    assert kinds(opened).count("agreement-expired") == 1
    assert Message.select().where(Message.template == "application_unanswered").count() == 2  # mail and SMS


def test_the_end_of_its_time_finds_nothing_to_do_after_an_answer(landlord: Any) -> None:
    opened = cancelling(landlord)
    say(Answer.AGREED, link_of())
    AgreementRequest.update(expires_at=now()).execute()
    agreements.end(Outbox.get(Outbox.kind == agreements.END).payload)
    assert state_of(opened) == State.IN_REVIEW


# --- Once ------------------------------------------------------------------------------------------------------------------------


def test_a_second_answer_changes_nothing_and_shows_the_first(landlord: Any) -> None:
    opened = cancelling(landlord)
    link = link_of()
    say(Answer.AGREED, link)
    asked = agreements.answer(NOBODY, *link, Answer.DECLINED, code="000000", reason="No", **HERE)
    assert asked.answer and asked.answer.answer == "agreed"
    agreements.send_code(NOBODY, *link, **HERE)
    assert AgreementAnswer.select().count() == 1 and state_of(opened) == State.IN_REVIEW


def test_of_an_answer_and_a_withdrawal_at_once_the_first_counts(landlord: Any) -> None:
    """The page was open, the code typed; meanwhile the applicant withdrew."""
    opened = cancelling(landlord)
    link = link_of()
    code = code_for(*link)
    asked = agreements.of(NOBODY, *link)
    applications.withdraw(landlord, opened.reference)
    with pytest.raises(Conflict), database.atomic():
        agreements._close(asked.request, Application.get())
    with pytest.raises(NotFound):
        say(Answer.AGREED, link, code=code)
    assert state_of(opened) == State.WITHDRAWN


def test_what_dies_between_the_code_and_the_answer_leaves_both_unused(landlord: Any) -> None:
    opened = cancelling(landlord)
    link = link_of()
    code = code_for(*link)

    class Killed(Exception):
        pass

    with pytest.raises(Killed), database.atomic():
        say(Answer.AGREED, link, code=code)
        raise Killed
    assert state_of(opened) == State.TO_AGREE and not AgreementAnswer.select().exists()
    say(Answer.AGREED, link, code=code)
    assert state_of(opened) == State.IN_REVIEW


def test_the_database_takes_one_answer_for_a_request_and_one_open_request_for_a_party(landlord: Any) -> None:
    cancelling(landlord)
    say(Answer.AGREED, link_of())
    given = AgreementAnswer.get()
    with pytest.raises(IntegrityError), database.atomic():
        AgreementAnswer.create(request=given.request, application=given.application, answer="declined", phone="", at=now())
    request = AgreementRequest.get()
    values = {name: value for name, value in request.__data__.items() if name != "id"} | {"closed_at": None}
    AgreementRequest.create(**values)
    with pytest.raises(IntegrityError), database.atomic():
        AgreementRequest.create(**values)


def test_no_second_application_touches_the_lease_meanwhile(landlord: Any) -> None:
    cancelling(landlord)
    with pytest.raises(Conflict):
        cancelling(a_party(TENANT))


# --- Correcting ------------------------------------------------------------------------------------------------------------------


def test_a_correction_of_what_was_agreed_to_is_agreed_to_anew_and_any_other_is_not(landlord: Any, tmp_path: Path) -> None:
    opened, clerk = cancelling(landlord), a_clerk()
    say(Answer.AGREED, link_of())
    casework.decide(clerk, opened.reference, Outcome.RETURN, reason="Look again.")
    back = applications.of(landlord, opened.reference)
    submission.submit(landlord, back.reference, submission.offer(back).seal)  # nothing changed
    assert state_of(opened) == State.IN_REVIEW and Application.get().frozen["agreed"]
    casework.decide(clerk, opened.reference, Outcome.RETURN, remarks={"reason": "Say more."})
    back = applications.of(landlord, opened.reference)
    answer(landlord, back, "end", ends="2026-11-30", reason="The shop closes for good.")
    submission.submit(landlord, back.reference, submission.offer(back).seal)
    assert state_of(opened) == State.TO_AGREE
    say(Answer.DECLINED, link_of(), reason="Not like that.")
    row = Application.get()
    assert row.state == State.RETURNED and row.subject  # where the clerk had left it


def test_the_timeline_of_the_applicant_has_every_turn(landlord: Any) -> None:
    opened = cancelling(landlord)
    say(Answer.AGREED, link_of())
    assert {event.kind for event in ApplicationEvent.select()} <= EVENTS.keys()
    assert "agreement-asked" in kinds(opened)


def test_the_authoritys_time_begins_with_the_agreement(landlord: Any) -> None:
    opened = cancelling(landlord)
    assert not ServiceClock.select().exists()
    say(Answer.AGREED, link_of())
    assert ServiceClock.get(ServiceClock.application == opened.row).since
