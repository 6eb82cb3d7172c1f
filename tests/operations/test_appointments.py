"""Appointments: moved and cancelled without losing a seat, waited for in turn, called once; never more people than seats, under a race too."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from icalendar import Calendar
from peewee import IntegrityError

import models
from engine.clock import MUSCAT, business_day
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.lifecycle import State
from models import Appointment, Booking, Centre, Message, Outcome
from operations import (
    answers,
    applications,
    appointments,
    arrivals,
    bookings,
    casework,
    centres,
    documents,
    outbox,
    submission,
    waitlist,
)
from operations.now import now
from tests.support.buildings import a_clerk
from tests.support.clock import Clock
from tests.support.passports import (
    DESK,
    a_centre,
    a_citizen,
    a_renewal,
    appointment,
    at,
    choose,
    held,
    row_of,
    submitted,
    times,
)

HERE = "passports-here"


@pytest.fixture(autouse=True)
def centre(rules: Any) -> Centre:
    return a_centre()


def told(template: str) -> list[str]:
    """To whom it was sent by mail, in order."""
    rows = Message.select().where((Message.template == template) & (Message.channel == "mail")).order_by(Message.id)
    return [row.application.reference for row in rows]


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """All at the same moment, each with a connection of its own; what each returned, or the class of its refusal."""
    barrier = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        with models.database.connection_context():
            barrier.wait(30)
            try:
                return job()
            except (Refusal, Conflict) as refused:
                return type(refused)

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def on_the_day(clock: Clock, made: Appointment) -> None:
    """It is the morning of that appointment."""
    clock.forward(seconds=(made.at - now()).total_seconds())


# --- Choosing and submitting -----------------------------------------------------------------------------------------------------


def test_a_centre_offers_the_times_of_its_hours_and_the_answer_names_it():
    first = times()[0]
    assert first.astimezone(MUSCAT).hour == 8 and len({business_day(time) for time in times()}) == bookings.DAYS
    opened = a_renewal(a_citizen(), at(first))
    assert opened.answers["visit"] == {
        "centre": HERE,
        "name": {"ar": "مركز هنا", "en": "Centre Here"},
        "at": first.isoformat(),
    }
    assert held(opened) == [first] and first not in times()


def test_a_centre_of_another_desk_or_none_is_refused_beside_the_field():
    a_centre("elsewhere", desk="residency.civil")
    for code in ("elsewhere", "nowhere"):
        with pytest.raises(Refusal, match="Choose one") as refused:
            a_renewal(a_citizen(), at(times()[0], code))
        assert refused.value.field == "visit"
    assert not Booking.select().exists()


def test_who_comes_too_late_sees_the_next_ones():
    first = times()[0]
    a_renewal(a_citizen(), at(first))
    with pytest.raises(Refusal, match="just taken"):
        a_renewal(a_citizen(), at(first))
    offer = appointments.offer(step_slot(), None)
    assert first not in offer.times and offer.more


def step_slot() -> Any:
    from engine.catalogue import catalogue

    return bookings.visit_of(catalogue.services["residency.renew-passport"])


def test_a_closed_centre_offers_nothing():
    Centre.update(open=False).execute()
    assert times() == [] and appointments.offer(step_slot(), None).centre is None


def test_later_days_follow_and_the_first_centre_with_a_time_is_shown():
    a_centre("passports-after", opens=600, closes=720)
    Centre.update(open=False).where(Centre.code == HERE).execute()
    offer = appointments.offer(step_slot(), None)
    assert offer.centre and offer.centre.code == "passports-after"
    later = appointments.offer(step_slot(), None, since=business_day(offer.times[-1]) + dt.timedelta(days=1))
    assert later.times[0] > offer.times[-1]


def test_submitted_it_is_an_appointment_with_a_serial_of_its_day():
    one, two = times()[:2]
    first, second = submitted(a_citizen(), at(two)), submitted(a_citizen(), at(one))
    third = submitted(a_citizen(), at(times()[0]))
    assert [appointment(each).serial for each in (first, second, third)] == ["A-001", "A-002", "A-001"]
    assert (appointment(first).state, appointment(first).at) == ("booked", two)
    assert told("appointment_booked") == [first.reference, second.reference, third.reference]
    assert applications.frozen_case(row_of(first)).appointment("visit").serial == "A-001"


def test_taken_back_to_be_changed_nobody_is_expected_and_submitted_again_they_are():
    actor = a_citizen()
    opened = submitted(actor, paid=False)
    opened = applications.reopen(actor, opened.reference)
    assert appointment(opened).state == "cancelled"
    submission.submit(actor, opened.reference, submission.offer(opened).seal)
    assert (appointment(opened).state, appointment(opened).serial) == ("booked", "A-002")


# --- Moving and cancelling -------------------------------------------------------------------------------------------------------


def test_moving_takes_the_new_seat_before_it_gives_up_the_old():
    actor, (one, two, three, *_rest) = a_citizen(), times()
    opened = submitted(actor, at(one))
    submitted(a_citizen(), at(two))
    with pytest.raises(Refusal, match="just taken"):
        appointments.move(actor, opened.reference, at(two))
    assert held(opened) == [one] == [appointment(opened).at]
    appointments.move(actor, opened.reference, at(three))
    assert held(opened) == [three] == [appointment(opened).at] and one in times()
    assert (appointment(opened).sequence, Booking.get(Booking.application == opened.row.id).until) == (1, None)
    row = row_of(opened)
    assert row.answers["visit"]["at"] == row.frozen["appointments"]["visit"]["at"] == three.isoformat()
    shown = [said for step in row.frozen["steps"] for said in step["rows"] if said["field"] == "visit"]
    assert "Centre Here" in shown[0]["value"]["en"]


def test_only_its_applicant_moves_it():
    opened = submitted(a_citizen())
    for action in (
        lambda who: appointments.move(who, opened.reference, at(times()[0])),
        lambda who: appointments.cancel(who, opened.reference),
    ):
        with pytest.raises(NotFound):
            action(a_citizen())


def test_cancelled_the_application_stays_and_another_time_may_be_chosen():
    actor, (one, two, *_rest) = a_citizen(), times()
    opened = submitted(actor, at(one))
    appointments.cancel(actor, opened.reference)
    assert (appointment(opened).state, held(opened), row_of(opened).state) == ("cancelled", [], State.IN_REVIEW)
    assert one in times() and told("appointment_cancelled") == [opened.reference]
    assert "visit" not in row_of(opened).answers and "visit" not in row_of(opened).frozen["appointments"]
    with pytest.raises(Conflict):
        appointments.cancel(actor, opened.reference)
    appointments.move(actor, opened.reference, at(two))
    assert (appointment(opened).state, held(opened)) == ("booked", [two])


@pytest.mark.parametrize("outcome", [Outcome.REFUSE])
def test_a_refusal_gives_the_seat_on_and_ends_the_appointment(outcome: Outcome):
    opened = submitted(a_citizen())
    casework.decide(a_clerk(DESK), opened.reference, outcome, reason="No.")
    assert (appointment(opened).state, held(opened)) == ("cancelled", [])


def test_who_changes_places_with_each_other_blocks_nobody():
    """Six people move to and fro between two centres, where others wait for what they give up."""
    a_centre("passports-there", counters=3)
    Centre.update(counters=3).execute()
    codes, people = (HERE, "passports-there"), [a_citizen() for _number in range(6)]
    opened = [submitted(person, at(times(codes[n % 2])[0], codes[n % 2])) for n, person in enumerate(people)]
    for waits in codes:
        last = a_citizen()
        appointments.wait(last, submitted(last, at(times(waits)[-1], waits)).reference, on=True)
    for turn in range(1, 5):
        wanted = [at(times(codes[(n + turn) % 2])[turn], codes[(n + turn) % 2]) for n in range(6)]
        said = together(
            *((lambda n=n, when=when: appointments.move(people[n], opened[n].reference, when)) for n, when in enumerate(wanted))
        )
        assert set(said) <= {None, Refusal}
        assert all(len(held(each)) == 1 for each in opened)


# --- Capacity --------------------------------------------------------------------------------------------------------------------


def test_fifty_people_racing_for_three_seats_get_three():
    Centre.update(counters=3).execute()
    wanted, people = times()[0], 50
    drafts = [(actor, draft_of(actor)) for actor in (a_citizen() for _number in range(people))]

    def ask(actor: Any, opened: Any) -> Callable[[], Any]:
        return lambda: choose(actor, opened, at(wanted))

    said = together(*(ask(*draft) for draft in drafts))
    assert sorted(map(str, said)).count("None") == 3 and said.count(Refusal) == people - 3
    assert sorted(row.seat for row in Booking.select().where(Booking.at == wanted)) == [1, 2, 3]


def draft_of(actor: Any) -> Any:
    """A draft that holds nothing yet."""
    opened = applications.start(actor, "residency.renew-passport")
    answers._keep(actor, opened, opened.service.steps[0], {"passport": f"OM{actor.holder}"}, {})
    return opened


def test_fewer_counters_take_no_seat_away_and_give_none_beyond_them():
    Centre.update(counters=3).execute()
    wanted = times()[0]
    mine = [(actor, submitted(actor, at(wanted))) for actor in (a_citizen(), a_citizen(), a_citizen())]
    Centre.update(counters=2).execute()
    assert wanted not in times() and [held(opened) for _actor, opened in mine] == [[wanted]] * 3
    appointments.cancel(mine[0][0], mine[0][1].reference)
    assert wanted not in times()
    with pytest.raises(Refusal, match="just taken"):
        a_renewal(a_citizen(), at(wanted))
    appointments.cancel(mine[1][0], mine[1][1].reference)
    late = [(actor, draft_of(actor)) for actor in (a_citizen() for _number in range(6))]
    said = together(*((lambda actor=actor, opened=opened: choose(actor, opened, at(wanted))) for actor, opened in late))
    assert said.count(None) == 1 and Booking.select().where(Booking.at == wanted).count() == 2


def test_the_database_gives_no_seat_twice():
    one, other = submitted(a_citizen()), submitted(a_citizen())
    with pytest.raises(IntegrityError), models.database.atomic():
        Booking.update(at=held(one)[0]).where(Booking.application == other.row.id).execute()


# --- Waiting for an earlier time -------------------------------------------------------------------------------------------------


def waiting() -> tuple[Any, Any, list[Any]]:
    """Somebody with the first time, and two who wait for an earlier one than theirs, in that order."""
    one, two, three = times()[:3]
    actor = a_citizen()
    first = (actor, submitted(actor, at(one)))
    later = []
    for time in (three, two):
        person = a_citizen()
        later.append((person, submitted(person, at(time))))
        appointments.wait(person, later[-1][1].reference, on=True)
    return one, first, later


def test_a_seat_given_up_is_held_for_who_has_waited_longest_and_told():
    one, (actor, opened), ((longest, theirs), (_next, others)) = waiting()
    appointments.cancel(actor, opened.reference)
    assert told("appointment_offered") == [theirs.reference]
    assert one in held(theirs) and one not in held(others) and one not in times()
    appointments.accept(longest, theirs.reference)
    assert held(theirs) == [one] == [appointment(theirs).at] and appointment(theirs).waits_since is None
    assert Booking.get(Booking.application == theirs.row.id).until is None
    with pytest.raises(Conflict, match="no longer held"):
        appointments.accept(longest, theirs.reference)


def test_who_does_not_answer_is_passed_over_and_the_next_is_asked(clock: Clock):
    one, (actor, opened), ((longest, theirs), (_next, others)) = waiting()
    applications.withdraw(actor, opened.reference) if row_of(opened).state == State.TO_PAY else appointments.cancel(
        actor, opened.reference
    )
    clock.forward(hours=1)
    outbox.drain()
    assert told("appointment_offered") == [theirs.reference]
    clock.forward(hours=1, seconds=1)
    with pytest.raises(Conflict, match="no longer held"):
        appointments.accept(longest, theirs.reference)
    outbox.drain()
    assert told("appointment_offered") == [theirs.reference, others.reference]
    assert one not in held(theirs) and one in held(others)
    assert appointment(theirs).waits_since is None and len(held(theirs)) == 1


def test_who_lets_it_go_gives_it_on_at_once():
    _one, (actor, opened), ((longest, theirs), (_next, others)) = waiting()
    appointments.cancel(actor, opened.reference)
    appointments.wait(longest, theirs.reference, on=False)
    assert told("appointment_offered") == [theirs.reference, others.reference]


def test_a_later_time_is_offered_to_nobody():
    one, two = times()[:2]
    early, late = a_citizen(), a_citizen()
    mine, theirs = submitted(early, at(one)), submitted(late, at(two))
    appointments.wait(early, mine.reference, on=True)
    appointments.cancel(late, theirs.reference)
    assert told("appointment_offered") == [] and held(mine) == [one]


def test_many_giving_up_at_once_offer_each_of_those_who_wait_one_seat():
    Centre.update(counters=3, days=2).execute()
    wanted, *_rest, last = times()
    givers = [(actor, submitted(actor, at(wanted))) for actor in (a_citizen() for _number in range(3))]
    takers = [(actor, submitted(actor, at(last))) for actor in (a_citizen() for _number in range(3))]
    for actor, opened in takers:
        appointments.wait(actor, opened.reference, on=True)
    said = together(
        *((lambda actor=actor, opened=opened: appointments.cancel(actor, opened.reference)) for actor, opened in givers)
    )
    assert said == [None] * 3
    assert sorted(told("appointment_offered")) == sorted(opened.reference for _actor, opened in takers)
    assert Booking.select().where(Booking.at == wanted).count() == 3


# --- Coming ----------------------------------------------------------------------------------------------------------------------


def test_the_day_before_they_are_reminded_once_of_the_time_that_stands(clock: Clock):
    actor, (*_soon, last) = a_citizen(), times()
    opened = submitted(actor, at(last))
    appointments.move(actor, opened.reference, at(times()[-1]))
    clock.forward(seconds=(appointment(opened).at - now()).total_seconds() - 24 * 3600 + 60)
    outbox.drain()
    outbox.drain()
    assert told("appointment_tomorrow") == [opened.reference]


def test_who_does_not_come_is_not_reminded(clock: Clock):
    actor = a_citizen()
    opened = submitted(actor, at(times()[-1]))
    when = appointment(opened).at
    appointments.cancel(actor, opened.reference)
    clock.forward(seconds=(when - now()).total_seconds() - 3600)
    outbox.drain()
    assert told("appointment_tomorrow") == []


def test_checking_in_is_for_its_desk_on_its_day_once_it_is_paid(clock: Clock):
    opened, clerk = submitted(a_citizen(), paid=False), a_clerk(DESK)
    made = appointment(opened)
    code = (made.id, appointments.token(made))
    with pytest.raises(NotAllowed):
        arrivals.check_in(a_citizen(), *code)
    for who, given in ((a_clerk("residency.civil"), code[1]), (clerk, "0" * 32)):
        with pytest.raises(NotFound):
            arrivals.check_in(who, code[0], given)
    with pytest.raises(Refusal, match="not today"):
        arrivals.check_in(clerk, *code)
    on_the_day(clock, made)
    with pytest.raises(Refusal, match="not with you yet"):
        arrivals.check_in(clerk, *code)
    applications.advance(row_of(opened), State.IN_REVIEW)
    assert arrivals.check_in(clerk, *code).state == "here"
    assert arrivals.check_in(clerk, *code).state == "here"
    assert [each.serial for each in arrivals.screen(clerk, HERE, 1).waiting] == ["A-001"]


def test_a_moved_appointment_has_another_code():
    actor = a_citizen()
    opened = submitted(actor)
    before = appointments.token(appointment(opened))
    appointments.move(actor, opened.reference, at(times()[0]))
    with pytest.raises(NotFound):
        arrivals.check_in(a_clerk(DESK), appointment(opened).id, before)


def arrived(clock: Clock, many: int) -> tuple[Any, list[Any]]:
    """People of one slot who are all here, in the order in which they came; and a clerk of the desk."""
    Centre.update(counters=max(many, 1)).execute()
    wanted = times()[0]
    opened = [submitted(a_citizen(), at(wanted)) for _number in range(many)]
    on_the_day(clock, appointment(opened[0]))
    clerk = a_clerk(DESK)
    for each in reversed(opened):
        arrivals.check_in_by_serial(clerk, HERE, appointment(each).serial.removeprefix("A-0"))
        clock.forward(seconds=1)
    return clerk, opened[::-1]


def test_called_in_turn_served_or_missed_and_only_then_approved(clock: Clock):
    clerk, (first, second) = arrived(clock, 2)
    with pytest.raises(Refusal, match="call them"):
        casework.decide(clerk, first.reference, Outcome.APPROVE)
    called = arrivals.call_next(clerk, HERE, 1)
    assert called and called.application_id == first.row.id
    assert arrivals.board(HERE).called == [(called.serial, 1)] and arrivals.board(HERE).waiting == 1
    with pytest.raises(Conflict, match="at this counter"):
        arrivals.call_next(clerk, HERE, 1)
    with pytest.raises(Conflict, match="no longer at your counter"):
        arrivals.finish(clerk, HERE, 1, "A-099", came=True)
    assert arrivals.finish(clerk, HERE, 1, called.serial, came=True) == first.reference
    casework.decide(clerk, first.reference, Outcome.APPROVE)
    assert row_of(first).state == State.COMPLETED
    paper = documents.of_application(row_of(first))[0]
    assert (
        paper.template == "appointment_slip.html" and {"en": called.serial}.items() <= paper.content["rows"][1]["value"].items()
    )
    missed = arrivals.call_next(clerk, HERE, 2)
    assert missed and arrivals.finish(clerk, HERE, 2, missed.serial, came=False) == second.reference
    with pytest.raises(Refusal, match="have not been here"):
        casework.decide(clerk, second.reference, Outcome.APPROVE)
    assert arrivals.call_next(clerk, HERE, 2) is None and arrivals.board(HERE).called == []


def test_who_missed_it_chooses_another_time(clock: Clock):
    clerk, (opened,) = arrived(clock, 1)
    called = arrivals.call_next(clerk, HERE, 1)
    assert called
    arrivals.finish(clerk, HERE, 1, called.serial, came=False)
    owner = next(iter(models.Account.select().where(models.Account.id == opened.row.account_id)))
    from tests.support.builders import signed_in

    appointments.move(signed_in(owner, "en"), opened.reference, at(times()[0]))
    assert (appointment(opened).state, appointment(opened).counter, appointment(opened).here_at) == ("booked", None, None)


def test_counters_calling_at_once_never_call_the_same_person(clock: Clock):
    clerk, people = arrived(clock, 6)
    Centre.update(counters=8).execute()
    called = together(*((lambda counter=counter: arrivals.call_next(clerk, HERE, counter)) for counter in range(1, 9)))
    serials = [made.serial for made in called if made]
    assert len(serials) == len(set(serials)) == len(people)
    assert sorted(serials) == sorted(serial for serial, _counter in arrivals.board(HERE).called)


def test_two_presses_at_one_counter_call_one_person(clock: Clock):
    clerk, _people = arrived(clock, 3)
    said = together(*[lambda: arrivals.call_next(clerk, HERE, 1)] * 3)
    assert said.count(Conflict) == 2 and len(arrivals.board(HERE).called) == 1


def test_another_desks_clerk_sees_no_counter_and_nobody_one_that_there_is_not():
    for who, counter in ((a_clerk("residency.civil"), 1), (a_clerk(DESK), 2)):
        with pytest.raises(NotFound):
            arrivals.screen(who, HERE, counter)


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "here"},
        {"state": "called", "here_at": "2026-01-01 00:00:00"},
        {"counter": 1},
        {"offered": "2026-01-01 00:00:00"},
        {"state": "cancelled", "waits_since": "2026-01-01 00:00:00"},
        {"state": "gone"},
    ],
)
def test_the_database_knows_no_impossible_appointment(changed: dict[str, Any]):
    submitted(a_citizen())
    with pytest.raises(IntegrityError), models.database.atomic():
        Appointment.update(**changed).execute()


# --- Taking it along -------------------------------------------------------------------------------------------------------------


def test_the_calendar_file_says_when_in_muscat_and_what_it_replaces():
    actor = a_citizen()
    opened = submitted(actor)
    before = Calendar.from_ical(appointments.as_calendar(actor, opened.reference)).events[0]
    appointments.move(actor, opened.reference, at(times()[0]))
    after = Calendar.from_ical(appointments.as_calendar(actor, opened.reference)).events[0]
    assert before["uid"] == after["uid"] and (before["sequence"], after["sequence"]) == (0, 1)
    assert after["dtstart"].dt == appointment(opened).at and after["dtstart"].params["TZID"] == "Asia/Muscat"
    assert b"BEGIN:VTIMEZONE" in appointments.as_calendar(actor, opened.reference)
    appointments.cancel(actor, opened.reference)
    assert Calendar.from_ical(appointments.as_calendar(actor, opened.reference)).events[0]["status"] == "CANCELLED"


def test_the_slip_is_drawn_once_for_a_time():
    actor = a_citizen()
    opened = submitted(actor)
    paper = appointments.slip(actor, opened.reference)
    assert appointments.slip(actor, opened.reference).id == paper.id
    outbox.drain()
    assert models.OwnPaper.get(models.OwnPaper.id == paper.id).size > 1000


def test_centres_are_brought_in_once(tmp_path: Any):
    from tests.support.processes import ROOT

    assert centres.bring_in(ROOT / "migrations" / "centres.csv") == (3, 0)
    Centre.update(counters=9).where(Centre.code == "passports-sohar").execute()
    assert centres.bring_in(ROOT / "migrations" / "centres.csv") == (0, 3)
    assert Centre.get(Centre.code == "passports-sohar").counters == 9


def test_who_waits_is_the_first_in_the_list_only_while_they_are_expected():
    _one, (actor, opened), ((longest, theirs), (_next, others)) = waiting()
    appointments.cancel(longest, theirs.reference)
    appointments.cancel(actor, opened.reference)
    assert told("appointment_offered") == [others.reference]
    assert waitlist.of(row_of(theirs)).waits_since is None  # type: ignore[union-attr]
