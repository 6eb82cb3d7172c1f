"""The world of cards and phones around the portal: an issuer that answers, a telecom, and what the page's script does."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from gateways.certificates import CertificateValidator
from gateways.mobile_id.rest import RestMobileId
from operations.outside import outside
from sandbox.authority.authority import Authority
from tests.sandbox.mobile_id.running import RunningTelecom, running_telecom
from tests.support import cards
from tests.support.cards import Card, a_card
from tests.support.client import Client, Page

ShowCard = Callable[..., Page]


@pytest.fixture(scope="module")
def telecom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTelecom]:
    with running_telecom(tmp_path_factory.mktemp("telecom")) as running:
        yield running


@pytest.fixture
def authority(telecom: RunningTelecom) -> Authority:
    return Authority(telecom.authority)


@pytest.fixture(autouse=True)
def trusted(portal: Flask, telecom: RunningTelecom) -> Iterator[None]:
    outside.cards = cards.trusting(telecom.authority)
    outside.mobile_id = RestMobileId(
        url=telecom.url, relying_party_uuid="00000000-0000-0000-0000-000000000000", relying_party_name="Bawaba"
    )
    roots, between = [telecom.authority / "root.pem"], [telecom.authority / "issuing.pem"]
    outside.certificates = CertificateValidator(roots=roots, intermediates=between, policies=["2.999.968.1.1"])
    yield
    outside.cards = outside.certificates = None


@pytest.fixture
def alis(authority: Authority) -> Card:
    return a_card(authority)


@pytest.fixture
def shamsas(authority: Authority) -> Card:
    return a_card(authority, cards.SHAMSA, cards.SHAMSAS_NAME)


@pytest.fixture
def show(client: Client) -> ShowCard:
    """Open the page, ask for a nonce as its script does, and send what the card signed (or `token`)."""

    def shown(path: str, card: Card, *, token: str | None = None, follow: bool = True) -> Page:
        page = client.visit(path)
        nonce = a_nonce(client, page)
        return page.submit(
            page.html.xpath("//form[@data-card-form]")[0].get("id"), token=token or card.token(nonce), follow=follow
        )

    return shown


def a_nonce(client: Client, page: Page) -> str:
    asked = page.html.xpath("//*[@data-card]/@data-challenge")[0]
    answer = client.post(asked, headers={"X-CSRFToken": page.values["csrf_token"]})
    assert answer.status_code == 200 and answer.json
    return str(answer.json["nonce"])
