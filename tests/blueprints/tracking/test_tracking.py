"""The page on which anybody follows an application by a number."""

import pytest
from flask import Flask

from operations import demonstration, submission
from operations.applications import Opened
from operations.identifiers import account_of
from tests.support.builders import a_solution, signed_in
from tests.support.client import Client, Page
from tests.support.renewals import an_answered_renewal

COMPANY = "chamber.establishments"
NOTHING = "There is nothing we can show for this number"


@pytest.fixture
def renewal(demo: None) -> Opened:
    """Ali's, which waits for its payment."""
    ali = signed_in(account_of("ali@example.om"))  # type: ignore[arg-type]
    opened = an_answered_renewal(ali)
    return submission.submit(ali, opened.reference, submission.offer(opened).seal)


def asked(client: Client, kind: str, number: str, **more: str) -> Page:
    return client.visit("/track").submit("track", kind=kind, number=number, **more)


def test_a_stranger_reads_how_it_stands_and_nothing_of_whose_it_is(client: Client, renewal: Opened) -> None:
    for kind, number in (("application", renewal.reference), (COMPANY, "١٢٢٩٢٣٧")):
        page = asked(client, kind, number)
        assert page.status == 200 and "Membership renewal" in page.text and "Waiting for payment" in page.text
        assert not [word for word in ("ALISAID", "Jahdhami", "promising", "91868", "1526575") if word in page.text]
        assert not page.html.xpath("//a[contains(@href, '/applications/')]")


def test_whose_it_is_opens_it_from_here(client: Client, renewal: Opened) -> None:
    sign_in = client.visit("/account/sign-in")
    password = demonstration.PASSWORD
    arrived = sign_in.submit(who="ali@example.om", password=password, altcha=a_solution("sign-in"), noscript=None)
    assert arrived.path == "/dashboard"
    page = asked(client, "phone", "99416689")
    assert page.html.xpath("//a[@href=$there]", there=f"/applications/{renewal.reference}")


def test_what_is_not_there_and_what_is_not_theirs_are_one_page(client: Client, renewal: Opened) -> None:
    """Ali's mobile, nobody's mobile, a registration with nothing: alike but for the number itself."""
    pages = [asked(client, kind, number) for kind, number in (("phone", "99416689"), ("phone", "99416680"), (COMPANY, "1"))]
    assert {page.status for page in pages} == {200}
    texts = {page.text.replace(number, "") for page, number in zip(pages, ("99416689", "99416680", "1"), strict=True)}
    assert NOTHING in pages[0].text and len(texts) == 1


def test_after_a_few_questions_a_captcha_is_asked_and_its_solution_opens_the_page_once(client: Client, renewal: Opened) -> None:
    for _free in range(5):
        page = asked(client, COMPANY, "1")
        assert page.status == 200
    assert page.html.xpath("//altcha-widget")
    refused = asked(client, COMPANY, "1229237", noscript="")
    assert refused.status == 422 and "Membership renewal" not in refused.text
    assert refused.values["number"] == "1229237" and "not a robot" in refused.text
    solution = a_solution("tracking")
    assert "Membership renewal" in asked(client, COMPANY, "1229237", altcha=solution, noscript="").text
    assert asked(client, COMPANY, "1229237", altcha=solution, noscript="").status == 422


def test_without_scripts_one_signs_in_or_waits(client: Client, renewal: Opened) -> None:
    for _free in range(5):
        asked(client, COMPANY, "1")
    page = asked(client, COMPANY, "1229237", noscript="1")
    assert page.status == 422 and "come back in an hour" in page.text and "Membership renewal" not in page.text


def test_an_unknown_kind_and_an_empty_number_are_refused(client: Client, portal: Flask) -> None:
    assert asked(client, "chamber.memberships", "91868").status == 422
    assert asked(client, COMPANY, " ").errors["number"].endswith("Write the number you want to ask about.")


def test_too_many_questions_of_one_address_are_turned_away(client: Client, portal: Flask) -> None:
    page = client.visit("/track")
    assert [page.submit("track", number="").status for _each in range(21)] == [422] * 20 + [429]
