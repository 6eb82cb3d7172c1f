"""What a person reads of what happened, and of browsers not seen before."""

import pytest

from operations import audit, browsers, entrance, security_events
from tests.support.builders import a_person, signed_in
from tests.support.postbox import delivered

pytestmark = pytest.mark.usefixtures("database")
ADDRESS = "192.0.2.1"


def test_newest_first_a_page_at_a_time_there_and_back() -> None:
    person, other = a_person(), a_person()
    for _n in range(50):
        audit.security(person.id, "signed-in")
        audit.security(other.id, "signed-in")
        audit.security(person.id, "of no interest")
    actor = signed_in(person)
    first = security_events.of(actor)
    second = security_events.of(actor, before=first.older)
    third = security_events.of(actor, before=second.older)
    pages = [[happened.event.id for happened in page.happened] for page in (first, second, third)]
    every = [row for page in pages for row in page]
    assert [len(page) for page in pages] == [20, 20, 10]
    assert every == sorted(set(every), reverse=True)
    assert (first.newer, third.older) == (None, None)
    back = security_events.of(actor, after=third.newer)
    assert [happened.event.id for happened in back.happened] == pages[1]
    newest = security_events.of(actor, after=back.newer)
    assert [happened.event.id for happened in newest.happened] == pages[0] and newest.newer is None


def test_an_empty_list_has_no_neighbours() -> None:
    assert security_events.of(signed_in(a_person())) == security_events.Page([], None, None)


def test_a_browser_is_known_to_the_accounts_it_entered_and_to_no_other() -> None:
    person, other = a_person(), a_person()
    cookie = browsers.marked("", person)
    assert browsers.known(cookie, person) and not browsers.known(cookie, other)
    both = browsers.marked(cookie, other)
    assert browsers.known(both, person) and browsers.known(both, other)
    assert browsers.marked(both, other) == both


def test_a_mark_is_worth_nothing_in_another_browser_nor_made_up() -> None:
    person = a_person()
    mark = browsers.marked("", person).split(".")[1]
    for cookie in ("", ".", "x", f"another.{mark}", "x.y.z", f"x.{person.id}", "ع.ع"):
        assert not browsers.known(cookie, person)


def test_a_browser_remembers_eight_accounts_the_latest_ones() -> None:
    people, cookie = [a_person() for _n in range(10)], ""
    for person in people:
        cookie = browsers.marked(cookie, person)
    assert [browsers.known(cookie, person) for person in people] == [False] * 2 + [True] * 8


def test_of_a_new_browser_the_owner_is_told_by_mail_with_what_to_do() -> None:
    person = a_person(locale="en", email="salim@bawaba.example")
    entrance.enter(person, browser="Firefox · Linux", address=ADDRESS, known=True)
    assert delivered() == []
    entrance.enter(person, browser="Firefox · Linux", address=ADDRESS, known=False)
    (mail,) = delivered()
    assert (mail["to"], mail["subject"]) == ("salim@bawaba.example", "Signed in from a new browser")
    for words in ("Firefox · Linux", ADDRESS, "/account/recovery"):
        assert words in mail["text"]
