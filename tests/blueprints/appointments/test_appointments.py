"""The pages of appointments, as a browser without scripts walks them: a person's own, a clerk's counter, the board, a supervisor's centres."""

import pytest
from flask import Flask

from models import Account, Appointment, AuditEntry, Centre
from operations import appointments, arrivals, bookings, demonstration, outbox, sessions
from operations.applications import Opened
from operations.now import now
from tests.operations.test_desk import statements_of
from tests.support import clock as clocks
from tests.support.administrators import browser_of
from tests.support.buildings import a_clerk
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.passports import DESK, a_centre, a_citizen, a_renewal, appointment, at, submitted, times

HERE = "passports-here"
clock = clocks.clock


@pytest.fixture(autouse=True)
def demo(portal: Flask) -> None:
    demonstration.prepare()
    Centre.delete().execute()
    a_centre()


def browser(portal: Flask, account: int, language: str = "en") -> Client:
    client = portal.test_client()
    client.set_cookie("language", language)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sessions.begin(Account.get_by_id(account), browser="Firefox", address="192.0.2.1")
    return client  # type: ignore[return-value]


def expected(portal: Flask, when: str = "") -> tuple[Opened, Client]:
    actor = a_citizen()
    return submitted(actor, when), browser(portal, actor.account)


def test_a_time_is_chosen_from_links_and_buttons_without_scripts(portal: Flask):
    a_centre("passports-there", name={"ar": "هناك", "en": "Centre There"}, opens=600, closes=660)
    actor = a_citizen()
    opened = a_renewal(actor)
    pages = browser(portal, actor.account)
    step = pages.visit(f"/applications/{opened.reference}/steps/visit")
    assert "Centre There" in step.text and "8:00 AM" in step.text and "10:00 AM" not in step.text
    there = pages.visit(f"/applications/{opened.reference}/steps/visit?centre=passports-there")
    assert "10:00 AM" in there.text and "8:00 AM" not in there.text
    there.submit("step", visit=at(times("passports-there")[0], "passports-there"))
    chosen = pages.visit(f"/applications/{opened.reference}/steps/visit")
    assert "10:00 AM" in chosen.text and chosen.html.xpath("//input[@name='visit'][@checked]/@value")[0].startswith(
        "passports-there "
    )


def test_who_comes_too_late_is_told_beside_the_field_and_sees_the_next_ones(portal: Flask):
    first, second = times()[:2]
    mine = a_citizen()
    opened = a_renewal(mine, at(times()[-1]))
    pages = browser(portal, mine.account)
    step = pages.visit(f"/applications/{opened.reference}/steps/visit")
    a_renewal(a_citizen(), at(first))
    late = step.submit("step", visit=at(first))
    assert late.status == 422 and "just taken" in late.errors["visit"]
    offered = late.html.xpath("//input[@name='visit']/@value")
    assert at(first) not in offered and at(second) in offered


def test_later_days_are_a_link_away(portal: Flask):
    actor = a_citizen()
    opened = a_renewal(actor)
    step = browser(portal, actor.account).visit(f"/applications/{opened.reference}/steps/visit")
    (later,) = step.html.xpath("//a[@id='slots-later']/@href")
    after = step.client.visit(f"/applications/{opened.reference}/steps/visit{later}")
    shown = [set(page.html.xpath("//input[@name='visit']/@value")) for page in (step, after)]
    assert shown[0] and shown[1] and not shown[0] & shown[1] and "The next free days" in after.text


def test_where_no_centre_has_a_time_that_is_said(portal: Flask):
    actor = a_citizen()
    opened = a_renewal(actor)
    bookings.release(opened.row)
    Centre.update(open=False).execute()
    page = browser(portal, actor.account).visit(f"/applications/{opened.reference}/steps/visit")
    assert "No time is free" in page.text


def test_a_person_keeps_moves_and_cancels_their_appointment(portal: Flask):
    opened, pages = expected(portal)
    overview = pages.visit(f"/applications/{opened.reference}")
    assert "You are expected" in overview.text and "A-001" in overview.text
    own = pages.visit(f"/applications/{opened.reference}/appointment")
    assert "A-001" in own.text and "Bring with you" in own.text and own.html.xpath("//img[starts-with(@src, 'data:image/svg')]")
    file = pages.get(f"/applications/{opened.reference}/appointment/calendar.ics")
    assert file.mimetype == "text/calendar" and b"Asia/Muscat" in file.data
    moving = pages.visit(f"/applications/{opened.reference}/appointment/time")
    assert "Choose one" in moving.submit("time").text
    moved = moving.submit("time", visit=at(times()[0]))
    assert moved.path.endswith("/appointment") and "new time" in moved.text
    asked = pages.visit(f"/applications/{opened.reference}/appointment/cancellation")
    done = asked.submit()
    assert "Your application stays" in done.text and appointment(opened).state == "cancelled"
    assert "You have no appointment" in pages.visit(f"/applications/{opened.reference}").text
    again = pages.visit(f"/applications/{opened.reference}/appointment/time").submit("time", visit=at(times()[0]))
    assert "A-00" in again.text and appointment(opened).state == "booked"


def test_a_person_waits_and_takes_the_earlier_time(portal: Flask):
    one, two = times()[:2]
    giver = a_citizen()
    given = submitted(giver, at(one))
    opened, pages = expected(portal, at(two))
    where = f"/applications/{opened.reference}/appointment"
    assert "You wait for an earlier time" in pages.visit(where).submit(f"{where}/wait").text
    appointments.cancel(giver, given.reference)
    offer = pages.visit(where)
    assert "An earlier time is free" in offer.text
    taken = offer.submit(f"{where}/accept")
    assert "at the earlier time" in taken.text and appointment(opened).at == one
    outbox.drain()


def test_the_slip_is_prepared_and_fetched(portal: Flask):
    opened, pages = expected(portal)
    where = f"/applications/{opened.reference}/appointment"
    assert pages.get(f"{where}/slip").status_code == 404
    assert "being drawn" in pages.visit(where).submit(f"{where}/slip").text
    outbox.drain()
    assert pages.get(f"{where}/slip").data.startswith(b"%PDF")


def test_nobody_elses_appointment_is_found(portal: Flask):
    opened, _mine = expected(portal)
    portal.config["WTF_CSRF_ENABLED"] = False
    stranger = browser(portal, a_citizen().account)
    where = f"/applications/{opened.reference}/appointment"
    for path in ("", "/time", "/cancellation", "/calendar.ics", "/slip"):
        assert stranger.get(where + path).status_code == 404
    for path in ("/time", "/cancellation", "/wait", "/stay", "/accept", "/slip"):
        assert stranger.post(where + path).status_code == 404
    assert appointment(opened).state == "booked"


def on_the_day(clock: Clock, made: Appointment) -> None:
    clock.forward(seconds=(made.at - now()).total_seconds())


def test_a_clerk_checks_in_calls_serves_and_decides(portal: Flask, clock: Clock):
    opened, _pages = expected(portal)
    on_the_day(clock, appointment(opened))
    clerk = browser_of(portal, "clerk", DESK)
    desk = clerk.visit(f"/desk?desk={DESK}")
    assert desk.html.xpath("//a[@href='/centres']")
    assert "Counter 1" in clerk.visit("/centres").text
    screen = clerk.visit(f"/centres/{HERE}/counters/1")
    assert "1 more person is expected" in screen.text
    assert "Nobody has this number" in screen.submit("arrival", serial="٩٩").errors["serial"]
    assert "Nobody waits now" in screen.submit(f"/centres/{HERE}/counters/1/next").text
    refused = clerk.visit(f"/desk/{opened.reference}/decision/approve").submit("decision")
    assert refused.status == 422 and "Check them in and call them" in refused.text
    here = screen.submit("arrival", serial="١")
    assert "A-001 is checked in" in here.text
    called = here.submit(f"/centres/{HERE}/counters/1/next")
    assert "At your counter" in called.text and opened.reference in called.text
    board = portal.test_client().visit(f"/centres/{HERE}/board")  # type: ignore[attr-defined]
    assert "A-001" in board.text and opened.reference not in board.text and "Salim" not in board.response.text
    assert 'http-equiv="refresh"' in board.response.text
    served = called.submit(f"/centres/{HERE}/counters/1/served")
    assert served.path == f"/desk/{opened.reference}"
    decided = clerk.visit(f"/desk/{opened.reference}/decision/approve").submit("decision")
    assert "Approved" in decided.text
    recorded = [row.action for row in AuditEntry.select().where(AuditEntry.subject == opened.reference)]
    assert {"appointment.checked-in", "appointment.called", "appointment.served"} <= set(recorded)


def test_the_square_code_leads_the_clerk_to_a_button(portal: Flask, clock: Clock):
    opened, pages = expected(portal)
    path = appointments.check_in_link(appointment(opened)).partition("/arrivals")[2]
    assert pages.get(f"/arrivals{path}").status_code == 403
    on_the_day(clock, appointment(opened))
    clerk = browser_of(portal, "clerk", DESK)
    assert clerk.get(f"/arrivals{path[:-1]}x").status_code == 404
    shown = clerk.visit(f"/arrivals{path}")
    assert appointment(opened).state == "booked", "looking is not checking in"
    assert "They are here" in shown.submit().text and appointment(opened).state == "here"


def test_who_did_not_come_may_choose_again(portal: Flask, clock: Clock):
    opened, _pages = expected(portal)
    on_the_day(clock, appointment(opened))
    clerk = browser_of(portal, "clerk", DESK)
    clerk.visit(f"/centres/{HERE}/counters/1").submit("arrival", serial="A-001").submit(f"/centres/{HERE}/counters/1/next")
    missed = clerk.visit(f"/centres/{HERE}/counters/1").submit(f"/centres/{HERE}/counters/1/missed")
    assert "did not come" in missed.text and appointment(opened).state == "missed"
    theirs = browser(portal, opened.row.account_id).visit(f"/applications/{opened.reference}/appointment")
    assert "You were called and did not come" in theirs.text and "Choose a time" in theirs.text


def test_counters_are_for_clerks_of_the_desk(portal: Flask):
    portal.config["WTF_CSRF_ENABLED"] = False
    opened, pages = expected(portal)
    posts = [f"/centres/{HERE}/counters/1{what}" for what in ("", "/next", "/served", "/missed")]
    supervisor, elsewhere = browser_of(portal, "supervisor", DESK), browser_of(portal, "clerk", "residency.civil")
    for who, status in ((pages, 403), (supervisor, 403), (elsewhere, 404)):
        assert {who.post(path).status_code for path in posts} == {status}
        assert who.get(posts[0]).status_code == status
    assert (pages.get("/centres").status_code, supervisor.get("/centres").status_code) == (403, 403)
    assert "expect nobody" in elsewhere.visit("/centres").text
    assert portal.test_client().get("/centres/nowhere/board").status_code == 404
    assert appointment(opened).state == "booked"


def test_a_supervisor_keeps_the_centres_and_lowering_takes_no_seat(portal: Flask):
    Centre.update(counters=2).execute()
    opened, _pages = expected(portal)
    first = appointment(opened).at
    submitted(a_citizen(), at(first))
    supervisor = browser_of(portal, "supervisor", "residency")
    assert "Centre Here" in supervisor.visit("/supervision/centres").text
    assert supervisor.visit(f"/supervision?desk={DESK}").html.xpath("//a[@href='/supervision/centres']")
    form = supervisor.visit(f"/supervision/centres/{HERE}")
    for wrong in ({"counters": "0"}, {"closes": "08:30"}, {"latitude": "100"}, {"minutes": "x"}):
        refused = form.submit("centre", **wrong)
        assert refused.status == 422 and set(refused.errors) == set(wrong)
    saved = form.submit("centre", counters="١", name_en="Centre of Peace")
    assert "What was booked stays booked" in saved.text and "Centre of Peace" in saved.text
    assert Appointment.select().where(Appointment.at == first, Appointment.state == "booked").count() == 2
    entry = AuditEntry.get(AuditEntry.action == "centre.changed")
    assert entry.details["counters"] == [2, 1] and set(entry.details) == {"counters", "name"}


def test_a_supervisor_adds_a_centre_once(portal: Flask):
    supervisor = browser_of(portal, "supervisor", DESK)
    form = supervisor.visit(f"/supervision/centres/new?desk={DESK}")
    new = {"name_ar": "مركز", "name_en": "New", "address_ar": "شارع", "address_en": "Street", "latitude": "24", "longitude": "56"}
    assert form.submit("centre", code="No", **new).errors
    assert "has this code" in form.submit("centre", code=HERE, **new).errors["code"]
    assert "The centre is added" in form.submit("centre", code="passports-new", open="y", **new).text
    assert Centre.get(Centre.code == "passports-new").desk == DESK


def test_centres_are_for_supervisors_of_the_desk(portal: Flask):
    clerk, elsewhere = browser_of(portal, "clerk", DESK), browser_of(portal, "supervisor", "municipality")
    for path in ("/supervision/centres", f"/supervision/centres/new?desk={DESK}", f"/supervision/centres/{HERE}"):
        assert clerk.get(path).status_code == 403
    assert [
        elsewhere.get(path).status_code for path in (f"/supervision/centres/new?desk={DESK}", f"/supervision/centres/{HERE}")
    ] == [404, 404]
    assert "expect nobody" in elsewhere.visit("/supervision/centres").text


def test_pages_ask_the_database_little(portal: Flask, clock: Clock):
    opened, pages = expected(portal)
    pages.visit(f"/applications/{opened.reference}/appointment")
    assert statements_of(lambda: pages.get(f"/applications/{opened.reference}/appointment")) <= 8
    on_the_day(clock, appointment(opened))
    clerk = a_clerk(DESK)
    staff = browser(portal, clerk.account)
    arrivals.check_in_by_serial(clerk, HERE, "1")
    staff.visit(f"/centres/{HERE}/counters/1")
    assert statements_of(lambda: staff.get(f"/centres/{HERE}/counters/1")) <= 12
    assert statements_of(lambda: staff.get(f"/centres/{HERE}/board")) <= 8
