"""Bookings: a slot is never given to more than it has seats for, and a seat nobody needs is given on."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from peewee import IntegrityError

import models
from engine.catalogue import catalogue
from engine.clock import business_day
from engine.errors import Refusal
from engine.fields import moment
from engine.lifecycle import State
from models import Application, Booking, Outcome, Visit
from operations import answers, applications, bookings, casework, submission, visits
from operations.now import now
from tests.support.buildings import ENGINEERING, a_clerk, a_permit, an_owner, completion, row_of, submit
from tests.support.clock import Clock
from tests.support.renewals import answer

pytestmark = pytest.mark.usefixtures("rules")


def first() -> str:
    """Of the second day that is offered: it may be midnight while a test lets time pass, and today's times are not to be had."""
    offered = bookings.free(ENGINEERING)
    return next(time for time in offered if business_day(time) > business_day(offered[0])).isoformat()


def draft(at: str = "") -> applications.Opened:
    owner = an_owner()
    return completion(owner, a_permit(owner, state="started"), at)


def held(opened: applications.Opened) -> list[str]:
    rows = Booking.select().where(Booking.application == opened.row.id).order_by(Booking.id)
    return [row.at.isoformat() for row in rows]


def test_the_next_free_times_are_offered_in_order_and_a_full_one_is_not() -> None:
    offered = bookings.free(ENGINEERING)
    assert len(offered) == bookings.OFFERED and offered == sorted(offered) and offered[0] > now()
    for _seat in range(catalogue.openings[ENGINEERING].seats):
        draft(offered[0].isoformat())
    assert bookings.free(ENGINEERING)[0] == offered[1]


def test_answering_holds_a_seat_and_another_answer_gives_it_on() -> None:
    owner, (one, two, *_rest) = an_owner(), bookings.free(ENGINEERING)
    opened = completion(owner, a_permit(owner, state="started"), one.isoformat())
    assert held(opened) == [one.isoformat()] == [opened.answers["inspection"]]
    answer(owner, opened, "inspection", inspection=two.isoformat())
    answer(owner, opened, "inspection", inspection=two.isoformat())
    assert held(opened) == [two.isoformat()]


def test_who_comes_too_late_is_told_beside_the_field_and_offered_the_next_ones() -> None:
    at = first()
    draft(at), draft(at)
    with pytest.raises(Refusal, match="just taken") as refused:
        draft(at)
    assert refused.value.field == "inspection"
    assert Booking.select().count() == 2
    assert at not in [time.isoformat() for time in bookings.free(ENGINEERING)]


def test_what_one_holds_stays_among_what_one_is_offered() -> None:
    owner, at = an_owner(), first()
    opened = completion(owner, a_permit(owner, state="started"), at)
    draft(at)
    step = opened.service.step("inspection")
    assert step and moment(at) in answers.offered(owner, opened, step)["inspection"]
    assert moment(at) not in bookings.free(ENGINEERING)


@pytest.mark.parametrize("at", ["2001-01-01T04:00:00+00:00", "2100-01-03T04:00:00+00:00", "2026-11-20T04:17:00+00:00"])
def test_a_time_that_the_office_does_not_offer_is_refused(at: str) -> None:
    with pytest.raises(Refusal, match="Choose one"):
        draft(at)
    assert not Booking.select().exists()


def test_a_draft_holds_it_for_a_while_and_looking_at_it_again_prolongs_that(clock: Clock) -> None:
    owner, at = an_owner(), first()
    opened = completion(owner, a_permit(owner, state="started"), at)
    draft(at)
    clock.forward(minutes=20)
    assert answers.times_kept(owner, opened)
    clock.forward(minutes=20)  # the other one has run out, this one has not
    third = draft(at)
    assert held(opened) == held(third) == [at]


def test_a_time_that_ran_out_and_went_to_somebody_else_is_asked_again(clock: Clock) -> None:
    owner, at = an_owner(), first()
    opened = completion(owner, a_permit(owner, state="started"), at)
    clock.forward(minutes=31)
    draft(at), draft(at)
    with pytest.raises(Refusal, match="just taken"):
        submit(owner, opened)
    assert row_of(opened).state == State.DRAFT
    assert not answers.times_kept(owner, opened)
    assert "inspection" not in opened.answers and opened.next_step() is opened.service.step("inspection")
    assert "inspection" not in row_of(opened).answers


def test_one_that_ran_out_and_nobody_took_is_still_theirs(clock: Clock) -> None:
    owner = an_owner()
    opened = completion(owner, a_permit(owner, state="started"))
    clock.forward(hours=2)
    submit(owner, opened)
    assert Booking.get().until is None


def test_submitted_it_is_held_for_good_and_the_visit_is_planned(clock: Clock) -> None:
    owner, at = an_owner(), first()
    opened = submit(owner, completion(owner, a_permit(owner, state="started"), at))
    clock.forward(hours=5)
    assert held(opened) == [at] and Booking.get().until is None
    visit = visits.planned(row_of(opened))
    assert visit and (visit.at, visit.state) == (moment(at), "planned") and "412" in visit.place
    with pytest.raises(Refusal, match="site visit"):
        casework.decide(a_clerk(ENGINEERING), opened.reference, Outcome.APPROVE)


def test_another_time_in_a_correction_moves_the_visit_and_gives_the_seat_on() -> None:
    owner, (one, two, *_rest) = an_owner(), bookings.free(ENGINEERING)
    opened = submit(owner, completion(owner, a_permit(owner, state="started"), one.isoformat()))
    casework.decide(a_clerk(ENGINEERING), opened.reference, Outcome.RETURN, remarks={"inspection": "We are away that day."})
    back = applications.of(owner, opened.reference)
    answer(owner, back, "inspection", inspection=two.isoformat())
    submission.submit(owner, back.reference, submission.offer(back).seal)
    assert [row.at for row in Visit.select()] == [two] and held(opened) == [two.isoformat()]
    assert Booking.get().until is None


def test_a_correction_of_something_else_keeps_a_time_that_has_passed(clock: Clock) -> None:
    owner = an_owner()
    opened = submit(owner, completion(owner, a_permit(owner, state="started")))
    casework.decide(a_clerk(ENGINEERING), opened.reference, Outcome.RETURN, reason="One moment.")
    clock.forward(days=40)
    back = applications.of(owner, opened.reference)
    assert answers.times_kept(owner, back)
    submission.submit(owner, back.reference, submission.offer(back).seal)
    assert row_of(opened).state == State.IN_REVIEW


def test_withdrawing_gives_it_on() -> None:
    owner = an_owner()
    opened = completion(owner, a_permit(owner, state="started"))
    applications.withdraw(owner, opened.reference)
    assert not Booking.select().exists()


def test_a_refusal_gives_it_on() -> None:
    owner = an_owner()
    opened = submit(owner, completion(owner, a_permit(owner, state="started")))
    clerk = a_clerk(ENGINEERING)
    casework.take(clerk, opened.reference)
    visits.cancel(clerk, opened.reference, "The road is closed.")
    casework.decide(clerk, opened.reference, Outcome.REFUSE, reason="Not finished.")
    assert not Booking.select().exists()


def test_the_database_gives_no_seat_twice() -> None:
    opened, other = draft(), draft()
    row = Booking.get(Booking.application == opened.row.id)
    with pytest.raises(IntegrityError), models.database.atomic():
        Booking.update(seat=row.seat).where(Booking.application == other.row.id).execute()


def test_people_racing_for_a_slot_get_exactly_its_seats() -> None:
    at, people = first(), 6
    drafts = []
    for _number in range(people):
        owner = an_owner()
        later = bookings.free(ENGINEERING)[-1].isoformat()
        drafts.append((owner, completion(owner, a_permit(owner, state="started"), later if len(drafts) < 2 else first_but(at))))
    barrier = threading.Barrier(people)

    def ask(number: int) -> str:
        owner, opened = drafts[number]
        try:
            with models.database.connection_context():
                barrier.wait(20)
                answer(owner, opened, "inspection", inspection=at)
                return "got it"
        except Refusal as refusal:
            return str(refusal.field)

    with ThreadPoolExecutor(people) as pool:
        said = list(pool.map(ask, range(people)))
    assert sorted(said) == ["got it"] * 2 + ["inspection"] * 4
    assert Booking.select().where(Booking.at == moment(at)).count() == 2
    assert Booking.select().count() == people, "who lost keeps what they held"
    assert {len(held(opened)) for _owner, opened in drafts} == {1}
    assert Application.select().count() == people


def first_but(at: str) -> str:
    return next(time.isoformat() for time in bookings.free(ENGINEERING) if time.isoformat() != at)
