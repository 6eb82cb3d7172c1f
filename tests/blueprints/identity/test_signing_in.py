"""Signing in with a card or Mobile ID through the pages, opening an account by them, and attacks on both."""

import datetime as dt
from secrets import token_hex

import pytest
from flask import Flask

from models import Account, IdentityChallenge, SecurityEvent, Session
from operations.now import now
from tests.blueprints.identity.conftest import ShowCard, a_nonce
from tests.sandbox.mobile_id.running import ALI, PIN, SHAMSA, RunningTelecom
from tests.support import cards
from tests.support.builders import PASSWORD, a_person, a_solution
from tests.support.cards import Card
from tests.support.client import Client, Page
from tests.support.postbox import last_code

CARD, PHONE = "/identity/sign-in/card", "/identity/sign-in/mobile-id"
PASSWORD_PAGE = "/account/sign-in"


@pytest.fixture
def ali(portal: Flask) -> Account:
    return a_person(civil_number=cards.ALI)


def test_every_way_to_sign_in_leads_to_the_others_and_remembers_where_to(client: Client) -> None:
    for path in (PASSWORD_PAGE, CARD, PHONE):
        links = client.visit(f"{path}?next=/account").html.xpath("//nav[contains(@class, 'tabs')]//a/@href")
        assert links == [f"{way}?next=/account" for way in (PASSWORD_PAGE, CARD, PHONE)]


# --- With a card -----------------------------------------------------------------------------------------------------------------


def test_a_card_signs_in(ali: Account, alis: Card, show: ShowCard) -> None:
    page = show(CARD, alis)
    assert (page.status, page.path) == (200, "/dashboard")
    assert (Session.get().account, Session.get().assurance) == (ali, 3)


def test_a_card_leads_to_where_the_person_was_going(ali: Account, alis: Card, show: ShowCard) -> None:
    assert show(f"{CARD}?next=/account", alis).path == "/account"


@pytest.mark.parametrize(
    "evil", ["//evil.example", "///evil.example", "https://evil.example/", "/\\evil.example", "/\t/evil.example"]
)
def test_a_card_sends_nobody_to_another_site(evil: str, ali: Account, alis: Card, show: ShowCard) -> None:
    answer = show(f"{CARD}?next={evil}", alis, follow=False)
    assert answer.response.headers["Location"] == "/dashboard"


def test_a_token_sent_twice_signs_in_once(ali: Account, alis: Card, client: Client) -> None:
    page = client.visit(CARD)
    token = alis.token(a_nonce(client, page))
    assert page.submit(token=token, follow=False).status == 303
    Session.update(ended_at=now()).execute()
    again = client.visit(CARD).submit(token=token)
    assert again.status == 422 and "begun in another window" in again.text


def test_a_token_stolen_on_its_way_is_worth_nothing_in_another_browser(
    ali: Account, alis: Card, client: Client, portal: Flask
) -> None:
    token = alis.token(a_nonce(client, client.visit(CARD)))
    thief = portal.test_client()
    thief.set_cookie("language", "en")
    page = thief.visit(CARD)  # type: ignore[attr-defined]
    a_nonce(thief, page)  # type: ignore[arg-type]
    assert page.submit(token=token).status == 422
    assert not Session.select().exists()


def test_a_relayed_token_made_for_another_site_is_refused(ali: Account, alis: Card, client: Client) -> None:
    page = client.visit(CARD)
    refused = page.submit(token=alis.token(a_nonce(client, page), origin="https://evil.example"))
    assert refused.status == 422 and not Session.select().exists()
    assert SecurityEvent.get(SecurityEvent.kind == "card-refused").details["why"] == "bad-signature"


def test_a_card_needs_the_token_of_its_page(ali: Account, alis: Card, client: Client) -> None:
    """CSRF on log-in: another site signs nobody in, and asks for no nonce."""
    nonce = a_nonce(client, client.visit(CARD))
    assert client.post(CARD, data={"token": alis.token(nonce)}).status_code == 400
    assert client.post(f"{CARD}/challenge").status_code == 400
    assert not Session.select().exists() and IdentityChallenge.select().count() == 1


def test_a_planted_cookie_is_worth_nothing_after_a_card_signed_in(
    ali: Account, alis: Card, client: Client, portal: Flask
) -> None:
    """Session fixation, also with the attacker's own challenge in the cookie."""
    a_nonce(client, client.visit(CARD))
    planted = client.get_cookie("session").value  # type: ignore[union-attr]
    page = client.visit(CARD)
    page.submit(token=alis.token(a_nonce(client, page)))
    attacker = portal.test_client()
    attacker.set_cookie("session", planted)
    assert attacker.get("/account").status_code == 303
    with client.session_transaction() as cookie:
        assert "card" not in cookie


@pytest.mark.parametrize("known", [True, False])
def test_nothing_of_the_cookie_before_is_kept(known: bool, alis: Card, client: Client) -> None:
    """For an account and for a newcomer alike."""
    if known:
        a_person(civil_number=cards.ALI)
    page = client.visit(CARD)
    token = alis.token(a_nonce(client, page))
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody"
    page.submit(token=token, follow=False)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie and ("_user_id" in cookie) == known and ("proven" in cookie) != known


def test_only_the_card_pages_may_talk_to_the_reader_program(ali: Account, client: Client) -> None:
    asked = client.visit(CARD)
    policy = asked.response.headers["Content-Security-Policy"]
    assert "connect-src 'self' http://127.0.0.1:8006;" in policy
    assert "loopback-network=(self)" in asked.response.headers["Permissions-Policy"]
    assert asked.html.xpath("//body/@*[contains(., 'false')]"), "links on it load whole pages, with their own policy"
    for path in ("/", PASSWORD_PAGE, PHONE, "/help/card-reader"):
        assert "8006" not in client.get(path).headers["Content-Security-Policy"], path


def test_a_card_page_asked_for_by_htmx_is_loaded_as_a_whole(client: Client) -> None:
    answer = client.get(f"{CARD}?next=/account", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert (answer.status_code, answer.data, answer.headers["HX-Redirect"]) == (200, b"", f"{CARD}?next=/account")


def test_without_scripts_the_page_says_so_and_offers_mobile_id(client: Client) -> None:
    page = client.visit(CARD)
    (words,) = page.html.xpath("//noscript")
    assert "cannot be read without them" in words.text_content() and words.xpath(".//a/@href") == [PHONE]
    assert page.html.xpath("//*[@data-card][@hidden]")


def test_when_nobody_is_trusted_the_card_is_refused_plainly(alis: Card, client: Client, show: ShowCard) -> None:
    from operations.outside import outside

    outside.cards = None
    assert show(CARD, alis).status == 503


def test_twenty_tries_a_minute_are_enough(client: Client) -> None:
    page = client.visit(CARD)
    token = page.values["csrf_token"]
    asked = [client.post(f"{CARD}/challenge", headers={"X-CSRFToken": token}).status_code for _each in range(21)]
    assert asked == [200] * 20 + [429]


def test_the_help_page_names_the_portals_own_address(client: Client) -> None:
    assert "--portal http://127.0.0.1:8000" in client.visit("/help/card-reader").text


# --- With Mobile ID --------------------------------------------------------------------------------------------------------------


def ring(client: Client, path: str = PHONE, phone: str = "99416689", civil_number: str = "١٥٢٦٥٧٥") -> Page:
    return client.visit(path).submit(phone=phone, civil_number=civil_number)


def test_mobile_id_signs_in(ali: Account, client: Client, telecom: RunningTelecom) -> None:
    page = ring(client, f"{PHONE}?next=/account")
    (code,) = page.html.xpath("//*[contains(@class, 'waiting__code')]/bdi/text()")
    assert page.path == f"{PHONE}/waiting" and code in str(telecom.state(ALI))
    telecom.answer(ALI, pin=PIN)
    assert client.visit(page.path).path == "/account"
    assert (Session.get().account, Session.get().assurance) == (ali, 2)


def test_an_endless_address_to_go_on_to_does_not_burst_the_cookie(client: Client, telecom: RunningTelecom) -> None:
    page = ring(client, f"{PHONE}?next=/{token_hex(4000)}")
    cookie = client.get_cookie("session")
    assert cookie and len("session") + len(cookie.value) < 4096
    assert page.submit(f"{PHONE}/cancellation").path == PHONE  # the phone stops, for the tests after this one


def test_the_waiting_region_leads_on_by_itself(ali: Account, client: Client, telecom: RunningTelecom) -> None:
    page = ring(client)
    quiet = {"HX-Request": "true", "X-Quiet": "1"}
    assert 'id="waiting"' in client.get(page.path, headers=quiet).text
    telecom.answer(ALI, pin=PIN)
    answer = client.get(page.path, headers=quiet)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/dashboard")
    assert client.visit("/account").path == "/account"


def test_a_planted_cookie_does_not_hear_the_phones_answer(
    ali: Account, client: Client, portal: Flask, telecom: RunningTelecom
) -> None:
    client.visit(PHONE)
    planted = client.get_cookie("session").value  # type: ignore[union-attr]
    ring(client)
    telecom.answer(ALI, pin=PIN)
    attacker = portal.test_client()
    attacker.set_cookie("session", planted)
    assert attacker.get(f"{PHONE}/waiting").headers["Location"].startswith(PHONE)
    assert attacker.get("/account").status_code == 303 and not Session.select().exists()


def test_a_request_that_nobody_confirms_ends_alike_for_everybody(client: Client, telecom: RunningTelecom) -> None:
    said = []
    for phone, number in (("99999998", "1"), ("99416689", "1526575")):
        ring(client, phone=phone, civil_number=number)
        IdentityChallenge.update(expires_at=now() - dt.timedelta(seconds=1)).execute()
        said.append(client.visit(f"{PHONE}/waiting").text)
    assert said[0] == said[1] and "No confirmation came" in said[0]
    telecom.answer(ALI, cancel=True)


def test_cancelling_here_or_on_the_phone_leads_back(client: Client, telecom: RunningTelecom) -> None:
    assert ring(client).submit(f"{PHONE}/cancellation").path == PHONE
    page = ring(client)
    telecom.answer(ALI, cancel=True)
    assert "cancelled on the phone" in client.visit(page.path).text


def test_the_fourth_request_is_refused(client: Client, telecom: RunningTelecom) -> None:
    statuses = []
    for _each in range(4):
        statuses.append(ring(client).status)
        telecom.answer(ALI, cancel=True)
    assert statuses == [200, 200, 200, 429]


def test_what_is_typed_wrong_is_said_beside_it(client: Client) -> None:
    page = ring(client, phone="123", civil_number="12a")
    assert page.status == 422 and set(page.errors) == {"civil_number"}
    assert set(ring(client, phone="123").errors) == {"phone"}


def test_ringing_needs_the_token_of_its_page(client: Client) -> None:
    for path in (PHONE, f"{PHONE}/cancellation", "/identity/newcomer", "/identity/link", "/identity/link/challenge"):
        assert client.post(path, data={"phone": "99416689", "civil_number": "1526575"}).status_code == 400
    assert not IdentityChallenge.select().exists()


# --- Newcomers -------------------------------------------------------------------------------------------------------------------


def test_a_card_without_an_account_opens_one(alis: Card, client: Client, show: ShowCard) -> None:
    page = show(f"{CARD}?next=/account", alis)
    assert page.path == "/identity/newcomer" and "Ali Said Al Jahdhami" in page.text and not Session.select().exists()
    assert not page.html.xpath("//input[@name='first_name' or @name='civil_number' or @name='identity_number']"), "read-only"
    page = page.submit(email="ali@bawaba.example", phone="99123456", arabic_name="علي", terms="y")
    assert page.path == "/account/registration/email"
    page = page.submit(code=last_code()).submit(code=last_code("sms"))
    assert page.path == "/account" and "Proven with your card" in page.text
    account = Account.get()
    assert (account.name, account.identity_number) == ("Ali Said Al Jahdhami", cards.ALI)


def test_a_newcomer_cannot_say_another_name_or_number(alis: Card, show: ShowCard) -> None:
    show(CARD, alis).submit(
        email="ali@bawaba.example", phone="99123456", first_name="Sultan", civil_number="9", identity_number="9", terms="y"
    )
    account = Account.get()
    assert (account.first_name, account.identity_number) == ("Ali", cards.ALI)


def test_a_phone_without_an_account_opens_one_too(client: Client, telecom: RunningTelecom) -> None:
    page = ring(client, phone="92345678", civil_number=cards.SHAMSA)
    telecom.answer(SHAMSA, pin=PIN)
    assert client.visit(page.path).path == "/identity/newcomer"


def test_a_cookie_planted_before_knows_nothing_of_the_newcomer(alis: Card, client: Client, portal: Flask) -> None:
    page = client.visit(CARD)
    token = alis.token(a_nonce(client, page))
    planted = client.get_cookie("session").value  # type: ignore[union-attr]
    assert page.submit(token=token).path == "/identity/newcomer"
    attacker = portal.test_client()
    attacker.set_cookie("session", planted)
    assert attacker.get("/identity/newcomer").headers["Location"] == PASSWORD_PAGE


def test_nobody_is_a_newcomer_without_proof(client: Client) -> None:
    assert client.visit("/identity/newcomer").path == PASSWORD_PAGE


# --- Linking ---------------------------------------------------------------------------------------------------------------------


def signed_in_with_password(client: Client, civil_number: str) -> Account:
    account = a_person(email="salim@bawaba.example", civil_number=civil_number, verified=False)
    sent = {"who": "salim@bawaba.example", "password": PASSWORD, "altcha": a_solution("sign-in"), "noscript": None}
    client.visit(PASSWORD_PAGE).submit(**sent)
    return account


def test_a_card_is_linked_from_ones_account_and_then_signs_in(alis: Card, client: Client, show: ShowCard) -> None:
    account = signed_in_with_password(client, cards.ALI)
    assert client.visit("/account").html.xpath("//a[@href='/identity/link']")
    page = show("/identity/link", alis)
    assert page.path == "/account" and "is linked" in page.text and not page.html.xpath("//a[@href='/identity/link']")
    client.delete_cookie("session")
    assert show(CARD, alis).path == "/dashboard" and Session.select().where(Session.account == account).count() == 2


def test_another_citizens_card_is_not_linked(shamsas: Card, client: Client, show: ShowCard) -> None:
    signed_in_with_password(client, cards.ALI)
    page = show("/identity/link", shamsas)
    assert page.status == 403 and "another civil number" in page.text


def test_a_passport_account_is_told_why_it_has_no_card(client: Client) -> None:
    account = signed_in_with_password(client, cards.ALI)
    Account.update(identity_type="passport").where(Account.id == account.id).execute()
    assert not client.visit("/account").html.xpath("//a[@href='/identity/link']")
    assert "opened with a passport" in client.visit("/identity/link", status=422).text
