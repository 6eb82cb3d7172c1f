"""Submitting: what was seen is what is frozen, priced and charged; twice is once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from peewee import Database

from engine.errors import Conflict, Refusal
from engine.fees import Unset
from engine.lifecycle import State
from engine.money import Money
from models import Application, Bill, FeeRule, RegisterRecord, StepUp
from operations import applications, registers, submission
from operations.now import set_business_day
from tests.support.portal_rules import MEMBERSHIP, bring_in
from tests.support.renewals import an_answered_renewal, an_owner, answer, open_to

pytestmark = pytest.mark.usefixtures("rules")


@pytest.fixture(autouse=True)
def manual_day() -> None:
    set_business_day(dt.date(2018, 3, 18))


def test_the_manuals_renewal_is_quoted_to_the_baisa_and_the_day() -> None:
    _account, actor = an_owner()
    offer = submission.offer(an_answered_renewal(actor, 24))
    assert [line.amount for line in offer.quote.lines] == [Money.rials(25), Money.rials(25), Money(0)]
    assert offer.quote.total == Money.rials(50)
    assert offer.also == [
        {
            "label": {"ar": "تاريخ الانتهاء الجديد", "en": "New expiry date"},
            "value": {"ar": "١٩ مارس ٢٠٢٠", "en": "19 March 2020"},
        }
    ]


def test_submitting_freezes_everything_and_opens_one_bill() -> None:
    _account, actor = an_owner()
    opened = an_answered_renewal(actor)
    submitted = submission.submit(actor, opened.reference, submission.offer(opened).seal)
    assert submitted.state is State.TO_PAY
    bill = Bill.get()
    assert bill.total == Money.rials(50)
    frozen = submitted.row.frozen
    assert frozen["title"] == {"ar": "تجديد العضوية", "en": "Membership renewal"}
    assert frozen["records"]["membership"]["data"]["expires"] == "2018-03-19"
    assert frozen["steps"][3]["rows"] == [
        {
            "field": "months",
            "label": {"ar": "فترة التجديد", "en": "Renewal period"},
            "value": {"ar": "سنتان", "en": "Two years"},
        }
    ]


def test_a_fee_edited_during_payment_does_not_touch_the_bill() -> None:
    _account, actor = an_owner()
    opened = an_answered_renewal(actor)
    submission.submit(actor, opened.reference, submission.offer(opened).seal)
    FeeRule.update(amount=Money.rials(99)).execute()
    assert Bill.get().total == Money.rials(50)


def test_a_price_that_changed_since_it_was_shown_is_shown_again_not_charged() -> None:
    _account, actor = an_owner()
    opened = an_answered_renewal(actor)
    seen = submission.offer(opened).seal
    FeeRule.update(amount=Money.rials(30)).where(FeeRule.code == "chamber.first-year").execute()
    with pytest.raises(Conflict):
        submission.submit(actor, opened.reference, seen)
    assert not Bill.select().exists()
    assert applications.of(actor, opened.reference).state is State.DRAFT


def test_a_register_that_moved_on_is_fetched_again_before_submission(tmp_path: Path) -> None:
    _account, actor = an_owner()
    opened = an_answered_renewal(actor)
    seen = submission.offer(opened).seal
    bring_in(tmp_path, MEMBERSHIP | {"expires": "2019-03-19"})
    with pytest.raises(Conflict):
        submission.submit(actor, opened.reference, seen)
    fresh = applications.of(actor, opened.reference)
    assert fresh.records["membership"].expires == dt.date(2019, 3, 19)


def test_a_second_click_changes_nothing() -> None:
    _account, actor = an_owner()
    opened = an_answered_renewal(actor)
    seal = submission.offer(opened).seal
    first = submission.submit(actor, opened.reference, seal)
    second = submission.submit(actor, opened.reference, seal)
    assert first.reference == second.reference
    assert Bill.select().count() == 1


def test_twenty_clicks_at_once_are_one_submission(rules: Database) -> None:
    _account, actor = an_owner()
    opened = an_answered_renewal(actor)
    seal = submission.offer(opened).seal

    def press(_click: int) -> str:
        try:
            return submission.submit(actor, opened.reference, seal).state
        finally:
            rules.close()

    with ThreadPoolExecutor(8) as people:
        assert set(people.map(press, range(20))) == {State.TO_PAY}
    assert Bill.select().count() == 1


def test_two_applications_cannot_renew_the_same_membership_at_once() -> None:
    _account, actor = an_owner()
    first = an_answered_renewal(actor)
    submission.submit(actor, first.reference, submission.offer(first).seal)
    second = an_answered_renewal(actor)
    assert second.reference != first.reference
    with pytest.raises(Conflict):
        submission.submit(actor, second.reference, submission.offer(second).seal)
    applications.withdraw(actor, first.reference)
    assert submission.submit(actor, second.reference, submission.offer(second).seal).state is State.TO_PAY


def test_missing_answers_are_asked_for_before_anything_is_charged() -> None:
    _account, actor = an_owner()
    opened = an_answered_renewal(actor)
    answer(actor, opened, "establishment", registration="1229237")
    opened.row.answers = {"registration": "1229237"}
    opened.row.save()
    with pytest.raises(Refusal):
        submission.submit(actor, opened.reference, "")
    assert not Bill.select().exists()


def test_an_unset_fee_is_said_and_nobody_is_charged(tmp_path: Path) -> None:
    bring_in(tmp_path, MEMBERSHIP | {"grade": "first"})
    _account, actor = an_owner()
    opened = an_answered_renewal(actor)
    offer = submission.offer(opened)
    assert offer.unset is not None
    with pytest.raises(Unset):
        submission.submit(actor, opened.reference, offer.seal)
    assert Application.get().state == State.DRAFT


def test_submission_ends_the_proof_that_opened_it() -> None:
    _account, actor = an_owner()
    opened = an_answered_renewal(actor)
    open_to(actor, opened)
    submission.submit(actor, opened.reference, submission.offer(opened).seal)
    assert {row.state for row in StepUp.select()} == {"ended"}


def test_a_register_record_that_vanished_is_asked_for_again() -> None:
    _account, actor = an_owner()
    opened = an_answered_renewal(actor)
    RegisterRecord.delete().where(RegisterRecord.register == "chamber.memberships").execute()
    assert submission.refresh(actor, opened)
    assert opened.next_step() is not None
    assert registers.find("chamber.memberships", "91868") is None
