"""A draft from the first answer: found again, only by its owner, never lost."""

import datetime as dt

import pytest
from peewee import Database

from engine.actor import Actor
from engine.assurance import Assurance
from engine.errors import Conflict, NotFound, Refusal
from engine.lifecycle import State
from models import Application, Bill, Counter, FeeRule, PaymentAttempt, Receipt
from operations import answers, applications, payments, submission
from operations.now import now, set_business_day
from operations.outside import outside
from tests.support.renewals import SERVICE, a_submitted_renewal, an_answered_renewal, an_owner, answer, open_to, step_of

pytestmark = pytest.mark.usefixtures("rules")
MANUAL_DAY = dt.date(2018, 3, 18)


def test_starting_again_offers_the_open_draft() -> None:
    _account, actor = an_owner()
    first = applications.start(actor, SERVICE)
    answer(actor, first, "establishment", registration="1229237")
    again = applications.start(actor, SERVICE)
    assert again.reference == first.reference
    assert again.answers == {"registration": "1229237"}


def test_references_have_no_gap_and_a_check_digit() -> None:
    _account, actor = an_owner()
    first = applications.start(actor, SERVICE)
    applications.withdraw(actor, first.reference)
    second = applications.start(actor, SERVICE)
    assert [first.reference[-9:-2], second.reference[-9:-2]] == ["0000001", "0000002"]
    assert Counter.get(Counter.series == "application:chamber").last == 2


def test_somebody_elses_application_looks_like_none() -> None:
    _account, actor = an_owner()
    opened = applications.start(actor, SERVICE)
    _other, stranger = an_owner("7324674")
    for reach in (applications.of, applications.withdraw, applications.reopen):
        with pytest.raises(NotFound):
            reach(stranger, opened.reference)
    with pytest.raises(NotFound):
        applications.of(stranger, "CHAMBER-2026-9999999-9")
    with pytest.raises(NotFound):
        applications.of(Actor(), opened.reference)


def test_only_ones_own_companies_are_offered_and_accepted() -> None:
    _account, actor = an_owner("7324674")
    opened = applications.start(actor, SERVICE)
    assert answers.offered(actor, opened, step_of(opened, "establishment")) == {"registration": []}
    with pytest.raises(Refusal) as refused:
        answer(actor, opened, "establishment", registration="1229237")
    assert refused.value.field == "registration"
    assert applications.of(actor, opened.reference).answers == {}


def test_a_civil_number_that_was_only_claimed_lists_nothing_and_asks_for_proof_first() -> None:
    _account, actor = an_owner()
    claimed = Actor(account=actor.account, session=actor.session, civil_number=None)
    opened = applications.start(claimed, SERVICE)
    establishment = step_of(opened, "establishment")
    assert answers.offered(claimed, opened, establishment) == {"registration": []}
    assert applications.needed(claimed, establishment) is Assurance.SUBSTANTIAL
    assert applications.needed(actor, establishment) is Assurance.PASSWORD


def test_arabic_digits_are_the_same_answer() -> None:
    _account, actor = an_owner()
    opened = applications.start(actor, SERVICE)
    answer(actor, opened, "establishment", registration="١٢٢٩٢٣٧")
    assert opened.answers["registration"] == "1229237"
    assert opened.records["registration"].title["en"] == "promising projects"


def test_choosing_another_company_asks_again_what_hung_on_the_first() -> None:
    _account, actor = an_owner()
    opened = an_answered_renewal(actor)
    opened.row.answers = {**opened.row.answers, "registration": "another"}
    opened.row.save()
    answer(actor, opened, "establishment", registration="1229237")
    assert "membership" not in opened.answers
    assert "membership" not in opened.records
    assert opened.answers["months"] == 24


def test_good_answers_stay_when_another_one_is_refused() -> None:
    _account, actor = an_owner()
    opened = applications.start(actor, "trial.parking")
    with pytest.raises(Refusal) as refused:
        answer(actor, opened, "car", plate="ب 1234", kind="nonsense")
    assert refused.value.field == "kind"
    assert applications.of(actor, opened.reference).answers == {"plate": "ب 1234"}


def test_nothing_is_answered_after_submission() -> None:
    set_business_day(MANUAL_DAY)
    _account, actor = an_owner()
    opened = an_answered_renewal(actor)
    submission.submit(actor, opened.reference, submission.offer(opened).seal)
    with pytest.raises(Conflict):
        answer(actor, opened, "period", months="12")
    assert applications.of(actor, opened.reference).row.answers["months"] == 24


def test_a_proof_opens_one_application_in_one_session() -> None:
    _account, actor = an_owner()
    opened = applications.start(actor, SERVICE)
    assert applications.granted(actor, opened) is Assurance.PASSWORD
    open_to(actor, opened)
    assert applications.granted(actor, opened) is Assurance.SUBSTANTIAL
    other = applications.start(actor, "trial.parking")
    assert applications.granted(actor, other) is Assurance.PASSWORD
    elsewhere = Actor(account=actor.account, session=(actor.session or 0) + 1)
    assert applications.granted(elsewhere, opened) is Assurance.PASSWORD


def test_taking_it_back_closes_the_bill_and_asks_nothing_again() -> None:
    set_business_day(MANUAL_DAY)
    _account, actor = an_owner()
    submitted = a_submitted_renewal(actor)
    reopened = applications.reopen(actor, submitted.reference)
    assert reopened.state is State.DRAFT
    assert reopened.answers["months"] == 24
    assert Bill.get().state == "cancelled"


def test_withdrawing_ends_it_and_charges_nothing() -> None:
    set_business_day(MANUAL_DAY)
    _account, actor = an_owner()
    submitted = a_submitted_renewal(actor)
    applications.withdraw(actor, submitted.reference)
    assert applications.of(actor, submitted.reference).state is State.WITHDRAWN
    assert Bill.get().state == "cancelled"
    with pytest.raises(Conflict):
        applications.withdraw(actor, submitted.reference)


def test_the_dashboard_costs_the_same_however_many_there_are(rules: Database) -> None:
    _account, actor = an_owner()
    counts = []
    for _round in range(3):
        opened = applications.start(actor, SERVICE)
        seen: list[str] = []
        rules.query_hooks.append(lambda event, seen=seen: seen.append(event.sql))
        applications.all_of(actor)
        rules.query_hooks.clear()
        counts.append(len(seen))
        Application.update(state=State.COMPLETED).where(Application.id == opened.row.id).execute()
    assert counts == [1, 1, 1]


def test_in_production_a_service_whose_fees_nobody_confirmed_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    _account, actor = an_owner()
    monkeypatch.setattr(outside, "demo_fees", False)
    applications.withdraw(actor, applications.start(actor, SERVICE).reference)
    FeeRule.update(confirmed=False).where(FeeRule.code == "chamber.second-year").execute()
    with pytest.raises(Refusal) as refused:
        applications.start(actor, SERVICE)
    assert "chamber.second-year" in str(refused.value.message)


def test_while_the_bank_reviews_a_payment_the_bill_stays_open() -> None:
    set_business_day(MANUAL_DAY)
    _account, actor = an_owner()
    submitted = a_submitted_renewal(actor)
    bill = Bill.get()
    moment = now()
    PaymentAttempt.create(
        bill=bill,
        provider="cybersource",
        mode="test",
        amount=bill.total,
        state="review",
        created_at=moment,
        updated_at=moment,
        expires_at=moment,
    )
    for give_up in (applications.reopen, applications.withdraw):
        with pytest.raises(Conflict):
            give_up(actor, submitted.reference)
    assert Bill.get().state == "open"


def test_the_overview_reads_the_last_attempt_and_its_receipt_at_once(rules: Database) -> None:
    set_business_day(MANUAL_DAY)
    _account, actor = an_owner()
    opened = a_submitted_renewal(actor)
    bill, moment = Bill.get(), now()
    attempt = PaymentAttempt.create(
        bill=bill, provider="cybersource", mode="test", amount=bill.total, created_at=moment, updated_at=moment, expires_at=moment
    )
    seen: list[str] = []
    rules.query_hooks.append(lambda event: seen.append(event.sql))
    unpaid = payments.last_of(opened)
    assert unpaid and unpaid.receipt is None
    rules.query_hooks.clear()
    assert len(seen) == 1
    receipt = Receipt.create(number="R-1", series="R", year=2018, sequence=1, bill=bill, amount=bill.total, at=moment)
    PaymentAttempt.update(state="captured", receipt=receipt).where(PaymentAttempt.id == attempt.id).execute()
    paid = payments.last_of(opened)
    assert paid and paid.receipt.number == "R-1"
