"""What all services share, tested once over the catalogue."""

import datetime as dt
from collections.abc import Iterator

import pytest

import blueprints.chamber
import blueprints.municipality
import blueprints.residency
from engine.catalogue import Catalogue
from engine.service import Service
from engine.wording import Text
from operations import fees
from operations.rendering import translate
from tests.support.client import Client

CATALOGUE = Catalogue([blueprints.chamber.authority, blueprints.municipality.authority, blueprints.residency.authority])
UNPUBLISHED = ("municipality.", "residency.")  # the one has confirmed no amount, the other few
SERVICES = list(CATALOGUE.services.values())


def texts_of(service: Service) -> Iterator[Text]:
    yield from (service.title, service.summary, service.takes, *service.needs, *service.known_as)
    for step in service.steps:
        yield step.title
        for field in step.fields:
            yield from (text for text in (field.label, field.hint) if text)
    for certificate in service.certificates:
        yield certificate.title
        yield from certificate.says.values()
    if service.reply:
        yield service.reply


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.code)
def test_a_service_has_an_arabic_text_for_everything(service: Service) -> None:
    assert [text.message for text in texts_of(service) if translate(text, "ar") == text.message] == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.code)
def test_a_service_has_a_tariff_row_for_every_fee_it_names(service: Service, demo: None) -> None:
    standing = {rule.code for rule in fees.schedule().rules}
    assert set(service.fee_codes) <= standing
    assert [missing for missing in fees.unset() if not missing.startswith(UNPUBLISHED)] == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.code)
def test_the_samples_of_a_service_ask_for_every_fee_it_names(service: Service) -> None:
    """So that an administrator who changes a fee sees what that does."""
    day = dt.date(2026, 11, 22)
    asked = {fee.code for sample in service.samples(day) for fee in service.fees(sample.case(day))}
    assert asked == set(service.fee_codes)
    assert [sample.title for sample in service.samples(day) if translate(sample.title, "ar") == sample.title.message] == []


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.code)
def test_the_page_of_a_service_reads_before_signing_in(service: Service, language: str, client: Client, demo: None) -> None:
    client.set_cookie("language", language)
    page = client.visit(f"/services/{service.code}")
    assert page.heading == translate(service.title, language)
    assert all(translate(need, language) in page.text for need in service.needs)


@pytest.mark.parametrize("asked", ["مخالفات", "المخالفات", "غرامة", "FINES"])
def test_violations_are_found_by_the_words_people_use(asked: str, client: Client) -> None:
    assert client.visit(f"/?q={asked}").html.xpath("//a[@href='/services/municipality.pay-fines']")


@pytest.mark.parametrize("asked", ["تجديد", "تجديد العضويه", "بطاقة الغرفة", "RENEWAL membership", "شهاده"])
def test_a_service_is_found_by_the_words_people_use(asked: str, client: Client) -> None:
    found = client.visit(f"/?q={asked}")
    assert found.html.xpath("//a[@href='/services/chamber.renew-membership']")


def test_words_nobody_uses_find_nothing_and_say_what_to_do(client: Client) -> None:
    found = client.visit("/?q=camels")
    assert "No service has these words" in found.text


def test_an_unknown_service_is_not_found(client: Client) -> None:
    assert client.visit("/services/chamber.nothing", status=404).status == 404
