"""The whole road in Arabic with scripts, and the renewal in English with scripts, on SQLite."""

from pathlib import Path

from tests.journeys import story
from tests.journeys.conftest import Visit
from tests.support.portal import Portal


def test_from_the_service_page_to_a_verified_certificate(visit: Visit, portal: Portal, tmp_path: Path):
    traveller = visit("ar", person=portal.stranger(), signed_in=False)
    story.from_the_service_page_to_a_verified_certificate(traveller, tmp_path, by_link=False)


def test_a_renewal_in_english_with_scripts(visit: Visit, portal: Portal):
    traveller = visit("en", person=portal.member(), signed_in=False)
    traveller.go("/account/sign-in")
    traveller.sign_in()
    traveller.walk(until="leave_for_bank")
    traveller.pay()
    traveller.arrive()
    assert story.receipts_of(traveller) == 1
