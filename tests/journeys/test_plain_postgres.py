"""The whole road in English without scripts, and the renewal in Arabic without scripts, on PostgreSQL."""

from pathlib import Path

import pytest

from tests.journeys import story
from tests.journeys.conftest import Visit
from tests.support.portal import Portal


@pytest.fixture
def portal(postgres_portal: Portal) -> Portal:
    return postgres_portal


def test_from_the_service_page_to_a_verified_certificate(visit: Visit, portal: Portal, tmp_path: Path):
    traveller = visit("en", scripts=False, person=portal.stranger(), signed_in=False)
    story.from_the_service_page_to_a_verified_certificate(traveller, tmp_path, by_link=True)


def test_a_renewal_in_arabic_without_scripts(visit: Visit, portal: Portal):
    traveller = visit("ar", scripts=False, person=portal.member(), signed_in=False)
    traveller.go("/account/sign-in")
    traveller.sign_in()
    traveller.walk(until="leave_for_bank")
    traveller.pay()
    traveller.arrive()
    assert story.receipts_of(traveller) == 1
