"""What everybody sees of complaints, what is near another, who supports which, and what a clerk lets be seen."""

import io

import pytest
from peewee import Database
from PIL import Image

from engine.catalogue import catalogue
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from models import Application, Message, PublicEntry, Support, Upload
from operations import applications, casework, outbox, public_list, publishing, reopening, retention
from operations.casework import Outcome
from tests.support.builders import a_person, signed_in
from tests.support.clock import Clock
from tests.support.complaints import CODE, HERE, a_clerk_of, a_complaint, a_draft, a_guest, a_photo, north_of

pytestmark = pytest.mark.usefixtures("rules")
ROADS = "municipality.roads"


def near(category: str = "roads", place: tuple[float, float] = HERE) -> list[str]:
    answers = {"category": category, "place": {"latitude": place[0], "longitude": place[1]}}
    return [found.seen.reference for found in public_list.near(catalogue.services[CODE], answers)]


# --- What is near ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("metres", "offered"), [(0, True), (149, True), (151, False), (5000, False)])
def test_what_is_within_150_metres_is_offered(metres: int, offered: bool):
    _actor, reference = a_complaint(place=north_of(HERE, metres))
    assert near() == ([reference] if offered else [])


def test_a_corner_of_the_box_is_not_within_the_circle():
    a_complaint(place=(round(HERE[0] + 0.0012, 6), round(HERE[1] + 0.0012, 6)))  # 133 m north and 121 m east: 180 m
    assert near() == []


@pytest.mark.parametrize(("days", "offered"), [(29.9, True), (31, False)])
def test_what_is_older_than_30_days_is_not(days: float, offered: bool, clock: Clock):
    a_complaint()
    clock.forward(days=days)
    assert bool(near()) is offered


def test_only_of_the_same_kind_and_only_open_ones():
    _actor, reference = a_complaint()
    assert near("food") == []
    casework.decide(a_clerk_of(ROADS), reference, Outcome.APPROVE, reason="Mended.")
    assert near() == []


def test_a_draft_and_one_without_a_place_are_near_nothing():
    a_draft()
    a_complaint(place=None, address="Behind the school")
    assert near() == []
    assert public_list.near(catalogue.services[CODE], {"category": "roads", "place": None}) == []


def test_the_nearest_first_and_no_more_than_three():
    found = [a_complaint(place=north_of(HERE, metres))[1] for metres in (100, 20, 60, 140)]
    assert near() == [found[1], found[2], found[0]]
    here = {"category": "roads", "place": {"latitude": HERE[0], "longitude": HERE[1]}}
    assert [each.metres for each in public_list.near(catalogue.services[CODE], here)] == [20, 60, 100]


def test_an_index_finds_what_is_near(database: Database):
    south, north, west, east = public_list._box(*HERE, 150)
    given = {
        "service": CODE,
        "kind": "roads",
        "south": south,
        "north": north,
        "west": west,
        "east": east,
        "since": "2026-01-01",
        "most": 10,
    }
    kept = public_list._in_box._for_this_database()
    values = [value.value(given) if hasattr(value, "value") else value for value in kept._values]
    with database.atomic():
        if database.for_update:  # PostgreSQL, with too few rows to want an index
            database.execute_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if database.for_update else "EXPLAIN QUERY PLAN"
        assert "public_entry_near" in str(database.execute_sql(f"{explain} {kept._text}", values).fetchall())


# --- The list --------------------------------------------------------------------------------------------------------------------


def test_an_entry_says_nothing_of_who_and_rounds_the_place():
    _actor, reference = a_complaint(a_guest(name="Umm Said"), place=(24.363456, 56.745678), story="Said broke it")
    seen = public_list.entry_of(reference)
    assert seen.place == (24.363, 56.746)
    assert (seen.story, seen.pictures, seen.supporters, seen.open) == ("", (), 0, True)
    assert "Said" not in str(seen)


def test_an_entry_follows_its_complaint():
    actor, reference = a_complaint()
    clerk = a_clerk_of(ROADS)
    states = []
    for outcome in (Outcome.REFUSE, Outcome.APPROVE):
        casework.decide(clerk, reference, outcome, reason="So.")
        seen = public_list.entry_of(reference)
        states.append((seen.state, seen.open))
        reopening.ask(actor, reference, "But.")
        assert public_list.entry_of(reference).open
    assert states == [("refused", False), ("completed", False)]
    casework.decide(clerk, reference, Outcome.RETURN, reason="Where?")
    assert public_list.entry_of(reference).open
    applications.withdraw(actor, reference)
    with pytest.raises(NotFound):
        public_list.entry_of(reference)


def test_other_services_are_not_listed():
    actor = signed_in(a_person())
    opened = applications.start(actor, "trial.permit")
    assert opened.service.listing is None and not PublicEntry.select().exists()


def test_pages_follow_each_other_without_gap_or_repetition_whatever_is_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(public_list, "PAGE", 2)
    made = [a_complaint(category=category)[1] for category in ("roads", "food", "roads", "food", "roads")]
    casework.decide(a_clerk_of(ROADS), made[0], Outcome.APPROVE, reason="Done.")
    wanted = {
        (): made,
        ("roads",): made[::2],
        ("roads", True): [made[2], made[4]],
        (None, False): made[:1],
        (None, True): made[1:],
    }
    for asked, expected in wanted.items():
        kind, open_ = (*asked, None, None)[:2]
        found, after = [], None
        while True:
            page, after = public_list.newest(CODE, kind=kind or "", open_=open_, after=after)
            found += [seen.reference for seen in page]
            if after is None:
                break
        assert found == expected[::-1], asked


# --- Supporting ------------------------------------------------------------------------------------------------------------------


def test_a_person_and_a_browser_count_once_each():
    _actor, reference = a_complaint()
    person = signed_in(a_person())
    assert public_list.support(person, reference, "one")
    assert not public_list.support(person, reference, "another")
    assert public_list.support(a_guest(), reference, "one")
    assert not public_list.support(a_guest(), reference, "one")
    assert public_list.entry_of(reference).supporters == 2
    assert Support.select().count() == 2


def test_nobody_supports_their_own_or_what_was_answered_or_what_is_not():
    guest, reference = a_complaint()
    person = signed_in(a_person())
    _person, other = a_complaint(person)
    for actor, number in ((guest, reference), (person, other)):
        with pytest.raises(Conflict):
            public_list.support(actor, number, "x")
    casework.decide(a_clerk_of(ROADS), other, Outcome.APPROVE, reason="Mended.")
    with pytest.raises(Conflict):
        public_list.support(guest, other, "x")
    with pytest.raises(NotFound):
        public_list.support(guest, "MUNICIPALITY-2026-0000099-1", "x")


def test_the_browsers_secret_is_not_kept():
    _actor, reference = a_complaint()
    public_list.support(a_guest(), reference, "secret-of-the-browser")
    assert "secret-of-the-browser" not in str(list(Support.select().dicts()))


def test_who_supports_it_with_an_account_hears_of_the_answer_once_each_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(public_list, "BATCH", 1)
    actor, reference = a_complaint()
    for email in ("one@example.om", "two@example.om"):
        public_list.support(signed_in(a_person(email=email)), reference, "x")
    public_list.support(a_guest(), reference, "browser")
    for times in (1, 2):
        casework.decide(a_clerk_of(ROADS), reference, Outcome.APPROVE, reason="Our secret reply to the complainant.")
        outbox.drain()
        told = list(Message.select().where(Message.template == "supported_answered"))
        assert sorted(message.destination for message in told) == sorted(["one@example.om", "two@example.om"] * times)
        assert "secret reply" not in str([message.context for message in told])
        reopening.ask(actor, reference, "Dark again.")


# --- Publishing ------------------------------------------------------------------------------------------------------------------


def test_words_and_pictures_are_seen_once_a_clerk_has_chosen_them_and_not_before():
    _actor, reference = a_complaint(photo=a_photo())
    with pytest.raises(NotFound):
        publishing.picture(reference, 0)
    clerk = a_clerk_of(ROADS)
    publishing.publish(clerk, reference, "A lamp is dark.\0", [0])
    seen = public_list.entry_of(reference)
    assert (seen.story, len(seen.pictures)) == ("A lamp is dark.", 1)
    with publishing.picture(reference, 0) as file:
        data = file.read()
    assert b"Ali" in a_photo() and b"Ali" not in data
    assert not Image.open(io.BytesIO(data)).getexif()
    with pytest.raises(NotFound):
        publishing.picture(reference, 1)
    publishing.publish(clerk, reference, "", [])
    assert public_list.entry_of(reference).pictures == () and not Upload.select().where(Upload.field == "published").exists()
    with pytest.raises(NotFound):
        publishing.picture(reference, 0)


def test_only_clerks_of_its_desk_publish_and_only_what_there_is():
    actor, reference = a_complaint(photo=a_photo())
    with pytest.raises(NotAllowed):
        publishing.publish(signed_in(a_person()), reference, "x", [])
    with pytest.raises(NotAllowed):
        publishing.publish(actor, reference, "x", [])
    with pytest.raises(NotFound):
        publishing.publish(a_clerk_of("municipality.health"), reference, "x", [])
    with pytest.raises(NotFound):
        publishing.publish(a_clerk_of(ROADS), reference, "x", [1])


def test_a_picture_that_is_none_is_refused_in_words():
    _actor, reference = a_complaint(photo=b"\xff\xd8\xff not a picture")
    with pytest.raises(Refusal, match=r"lamp\.jpg"):
        publishing.publish(a_clerk_of(ROADS), reference, "", [0])


def test_published_pictures_go_with_the_papers_and_the_entry_with_the_rest(clock: Clock):
    _actor, reference = a_complaint(photo=a_photo())
    clerk = a_clerk_of(ROADS)
    publishing.publish(clerk, reference, "A lamp.", [0])
    casework.decide(clerk, reference, Outcome.APPROVE, reason="Mended.")
    clock.forward(days=366)
    retention.run()
    assert public_list.entry_of(reference).pictures == () and not Upload.select().exists()
    clock.forward(days=800)
    retention.run()
    assert Application.get().erased_at and not PublicEntry.select().exists()
