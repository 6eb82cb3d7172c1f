"""Signing the declaration on its pages: offered on the check page, drawn by the queue, signed by what the page's script sends."""

from collections.abc import Iterator

import pytest
from flask import Flask

from gateways.pdf.card_signature import CardSignature
from models import Declaration, Document, SecurityEvent
from operations import outbox
from operations.outside import outside
from tests.blueprints.test_road import business_day, sign_in, walked_to_check
from tests.gateways.certificates.issuer import Issuer, running_issuer
from tests.support import cards
from tests.support.cards import Card, a_signing_card
from tests.support.client import Client, Page

__all__ = ["business_day"]

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
POLLING = {**HTMX, "X-Quiet": "1"}


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    with running_issuer(tmp_path_factory.mktemp("issuer") / "authority") as running:
        yield running


@pytest.fixture(autouse=True)
def trusted(portal: Flask, issuer: Issuer) -> Iterator[None]:
    folder = issuer.authority.folder
    outside.signers, outside.card_signature = cards.signers(folder), CardSignature([folder / "issuing.pem"])
    yield
    outside.signers = None


@pytest.fixture
def alis(issuer: Issuer) -> Card:
    return a_signing_card(issuer.authority)


def at_the_card(client: Client) -> tuple[str, Page]:
    """The page that signs, once the queue has drawn the declaration."""
    reference, check = walked_to_check(client)
    assert "It is optional" in check.text
    waiting = check.submit("sign")
    assert waiting.heading == "Your declaration is being prepared"
    outbox.drain()
    return reference, client.visit(f"/applications/{reference}/declaration")


def prepare(client: Client, page: Page, card: Card) -> dict[str, str]:
    """What the script does once the reader program has told the certificate."""
    path = page.html.xpath("//*[@data-card]/@data-challenge")[0]
    headers = {"X-CSRFToken": page.values["csrf_token"], "Content-Type": "application/json"}
    answer = client.post(path, data=card.certificate_told(), headers=headers)
    assert answer.json
    return {"status": str(answer.status_code), **answer.json}


def signed(client: Client, page: Page, card: Card) -> Page:
    asked = prepare(client, page, card)
    assert asked["hashFunction"] == "SHA-256"
    return page.submit(token=card.answer(asked["nonce"]))


def test_an_applicant_signs_and_submits(client: Client, alis: Card) -> None:
    reference, page = at_the_card(client)
    assert "I declare that" in page.text and page.html.xpath("//*[@data-task='sign']")
    assert prepare(client, page, alis)["what"] == f"Declaration for application {reference}"
    check = signed(client, page, alis)
    told = f"Declaration signed by {cards.ALIS_NAME} with the ID card on"
    assert check.path == f"/applications/{reference}/check" and told in check.text
    overview = check.submit()
    document = Document.get(Document.kind == "declaration")
    assert overview.path == f"/applications/{reference}" and told in overview.text
    assert "You signed the declaration with your ID card" in overview.text
    assert not overview.html.xpath("//a[starts-with(@href, '/verify/')]")
    download = client.get(f"/documents/{document.serial}")
    assert download.data.startswith(b"%PDF") and download.headers["Content-Disposition"].startswith("attachment")


def test_the_waiting_page_asks_again_and_goes_on_by_itself(client: Client) -> None:
    reference, check = walked_to_check(client)
    check.submit("sign")
    path = f"/applications/{reference}/declaration"
    assert client.get(path, headers=POLLING).status_code == 204
    outbox.drain()
    assert client.get(path, headers=POLLING).headers["HX-Redirect"] == path


def test_only_the_page_that_signs_may_talk_to_the_reader(client: Client) -> None:
    reference, page = at_the_card(client)
    agent = client.application.config["CARD_AGENT"]
    assert agent in page.response.headers["Content-Security-Policy"]
    assert agent not in client.get(f"/applications/{reference}/check").headers["Content-Security-Policy"]


def test_the_paper_is_read_before_it_is_signed(client: Client) -> None:
    _reference, page = at_the_card(client)
    [href] = page.html.xpath("//a[@download]/@href")
    paper = client.get(href)
    assert paper.data.startswith(b"%PDF") and paper.headers["Content-Disposition"].startswith("attachment")


def test_without_scripts_the_pages_say_so_and_the_application_goes_on(client: Client) -> None:
    reference, page = at_the_card(client)
    assert "The card cannot be read without them" in page.html.xpath("string(//main//noscript)")
    check = client.visit(f"/applications/{reference}/check")
    assert "needs scripts" in check.html.xpath("string(//main//noscript)")
    assert check.submit(f"/applications/{reference}/submission").path == f"/applications/{reference}"


def test_another_persons_card_is_told_to_the_script_and_recorded(client: Client, issuer: Issuer) -> None:
    _reference, page = at_the_card(client)
    refused = prepare(client, page, a_signing_card(issuer.authority, cards.SHAMSA, cards.SHAMSAS_NAME))
    assert refused["status"] == "403" and "belongs to somebody else" in refused["message"]
    assert SecurityEvent.get(SecurityEvent.kind == "signature-refused").details["why"] == "other-person"


def test_a_certificate_that_may_not_sign_is_told(client: Client, issuer: Issuer) -> None:
    _reference, page = at_the_card(client)
    refused = prepare(client, page, a_signing_card(issuer.authority, digital_signature=True))
    assert refused["status"] == "422" and "not made for signing" in refused["message"]


def test_a_wrong_signature_and_a_second_use_are_said_on_the_page(client: Client, alis: Card, issuer: Issuer) -> None:
    _reference, page = at_the_card(client)
    asked = prepare(client, page, alis)
    wrong = page.submit(token=a_signing_card(issuer.authority).answer(asked["nonce"]))
    assert wrong.status == 422 and "does not belong to this request" in wrong.text
    assert wrong.values["token"] == ""
    again = page.submit(token=alis.answer(asked["nonce"]))
    assert again.status == 422 and "over" in again.text
    assert not Document.select().exists()


def test_a_changed_answer_asks_for_the_signature_anew(client: Client, alis: Card) -> None:
    reference, page = at_the_card(client)
    asked = prepare(client, page, alis)
    client.visit(f"/applications/{reference}/steps/period").submit(months="12")
    late = page.submit(token=alis.answer(asked["nonce"]))
    assert late.path == f"/applications/{reference}/check" and "changed since you looked" in late.text
    assert late.html.xpath("//form[@id='sign']") and not Document.select().exists()


def test_a_price_seen_before_the_change_is_not_drawn(client: Client) -> None:
    reference, check = walked_to_check(client)
    client.visit(f"/applications/{reference}/steps/period").submit(months="12")
    assert check.submit("sign").status == 409
    assert not Declaration.select().exists()


def test_where_no_card_is_trusted_nothing_is_offered(client: Client) -> None:
    outside.signers = None
    _reference, check = walked_to_check(client)
    assert not check.html.xpath("//*[@id='declaration']")
    assert check.submit().path.startswith("/applications/")


def test_strangers_and_other_accounts_get_nothing(client: Client, portal: Flask) -> None:
    reference, _page = at_the_card(client)
    other = portal.test_client()
    other.set_cookie("language", "en")
    assert other.get(f"/applications/{reference}/declaration").status_code == 303
    sign_in(other, "shamsa@example.om")  # type: ignore[arg-type]
    for path in ("declaration", "declaration/paper"):
        assert other.get(f"/applications/{reference}/{path}").status_code == 404
