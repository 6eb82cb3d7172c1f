"""The checkout as a payer without scripts meets it, and as a careless or hostile merchant does."""

import datetime as dt
import re
from urllib.parse import urlencode

import httpx
import pytest

from sandbox.bank.forms import card_of
from tests.sandbox.bank.conftest import MakeForm
from tests.sandbox.bank.running import Bank, Page, Payer, Shop, eventually

APPROVE, DECLINE, NEVER = "4111111111111111", "4000000000009995", "4000000000000515"
A_REAL_LOOKING_CARD = "4242424242424242"


def test_the_checkout_speaks_the_language_the_merchant_asked_for(bank: Bank, person: Payer, form: MakeForm) -> None:
    arabic = person.open(f"{bank.url}/pay", form(locale="ar-xn"))
    english = person.open(f"{bank.url}/pay", form(locale="en-us"))
    assert (arabic.language, arabic.direction, arabic.heading) == ("ar", "rtl", "بيانات الدافع")
    assert (english.language, english.direction, english.heading) == ("en", "ltr", "Billing")
    assert "٥٠٫٠٠٠ ر.ع." in arabic.html and "50.000 OMR" in english.html


def test_the_language_is_one_tap_away_and_stays(bank: Bank, person: Payer, form: MakeForm) -> None:
    billing = person.open(f"{bank.url}/pay", form())
    assert person.look(f"{billing.url}?lang=en").language == "en"
    assert person.look(billing.url.replace("billing", "payment")).language == "en"


def test_the_four_pages_follow_one_another(bank: Bank, person: Payer, form: MakeForm) -> None:
    billing = person.open(f"{bank.url}/pay", form(locale="en-us"))
    payment = person.send(billing, bill_to_address_country="OM")
    review = person.send(payment, **Payer.CARD, card_number=APPROVE)
    receipt = person.send(review)
    headings = [page.heading for page in (billing, payment, review, receipt)]
    assert headings == ["Billing", "Payment", "Review", "Payment approved"]
    assert all('aria-current="step"' in page.html for page in (billing, payment, review, receipt))


def test_the_billing_page_is_prefilled_and_what_is_missing_is_asked_for(bank: Bank, person: Payer, form: MakeForm) -> None:
    billing = person.open(f"{bank.url}/pay", form(without="bill_to_surname", locale="en-us"))
    assert billing.forms[0][1]["bill_to_forename"] == "Ali"
    wrong = person.send(billing, bill_to_address_country="OM", bill_to_email="ali")
    assert wrong.status == 422
    assert "Enter the last name." in wrong.html and "The e-mail address is not complete" in wrong.html
    assert wrong.forms[0][1] | {"bill_to_forename": "Ali", "bill_to_email": "ali"} == wrong.forms[0][1]
    assert 'role="alert"' in wrong.html and 'aria-invalid="true"' in wrong.html


def test_arabic_digits_are_taken_as_digits(bank: Bank, person: Payer, form: MakeForm) -> None:
    billing = person.open(f"{bank.url}/pay", form())
    payment = person.send(billing, bill_to_address_country="OM", bill_to_phone="٩٩٤١٦٦٨٩")
    arabic = APPROVE.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    review = person.send(payment, **(Payer.CARD | {"card_cvn": "١٢٣"}), card_number=arabic)
    assert review.heading == "مراجعة" and "99416689" in review.html


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"card_number": A_REAL_LOOKING_CARD}, "not one of the test cards"),
        ({"card_number": "4111111111111112"}, "not a card number"),
        ({"card_number": ""}, "not a card number"),
        ({"card_type": "002"}, "does not match"),
        ({"card_type": ""}, "Choose the card type"),
        ({"card_cvn": "12"}, "three or four digits"),
        ({"card_expiry_month": "13"}, "have not passed"),
        ({"card_expiry_year": "2020"}, "have not passed"),
    ],
)
def test_a_wrong_card_is_explained_and_nothing_is_taken(
    typed: dict[str, str], says: str, bank: Bank, person: Payer, form: MakeForm
) -> None:
    payment = person.send(person.open(f"{bank.url}/pay", form(locale="en-us")), bill_to_address_country="OM")
    page = person.send(payment, **(Payer.CARD | {"card_number": APPROVE} | typed))
    assert page.status == 422 and says in page.html
    assert person.look(payment.url.replace("payment", "review")).heading == "Payment"


def test_a_card_that_expired_last_month_is_not_taken() -> None:
    last_month = dt.datetime.now(dt.UTC).replace(day=1) - dt.timedelta(days=1)
    this_month = dt.datetime.now(dt.UTC)
    typed = Payer.CARD | {"card_number": APPROVE}
    for moment, wrong in ((last_month, {"card_expiry_month": "card_expiry_wrong"}), (this_month, {})):
        _card, _expiry, errors = card_of(typed | {"card_expiry_month": f"{moment:%m}", "card_expiry_year": f"{moment:%Y}"})
        assert errors == wrong


def test_an_error_keeps_what_was_typed_but_never_number_or_cvn(bank: Bank, person: Payer, form: MakeForm) -> None:
    payment = person.send(person.open(f"{bank.url}/pay", form()), bill_to_address_country="OM")
    page = person.send(payment, **(Payer.CARD | {"card_cvn": "987"}), card_number=A_REAL_LOOKING_CARD)
    assert re.search(r"<option selected>\s*2030", page.html)
    assert A_REAL_LOOKING_CARD not in page.html and "987" not in page.html


def test_the_review_shows_a_masked_card_only(bank: Bank, person: Payer, form: MakeForm) -> None:
    payment = person.send(person.open(f"{bank.url}/pay", form()), bill_to_address_country="OM")
    review = person.send(payment, **Payer.CARD, card_number=APPROVE)
    assert "411111xxxxxx1111" in review.html and APPROVE not in review.html


def test_a_card_number_is_nowhere_in_the_folder_or_the_log(bank: Bank, shop: Shop, person: Payer, form: MakeForm) -> None:
    receipt = person.pay(f"{bank.url}/pay", form(), APPROVE, card_cvn="7391")
    payment = person.send(person.open(f"{bank.url}/pay", form()), bill_to_address_country="OM")
    person.send(payment, **(Payer.CARD | {"card_cvn": "7391"}), card_number=A_REAL_LOOKING_CARD)
    eventually(lambda: shop.to("/notify"))
    kept = b"".join(file.read_bytes() for file in [*bank.data.iterdir(), bank.log])
    assert receipt.forms[0][1]["req_reference_number"].encode() in kept
    assert b"411111xxxxxx1111" in kept
    for secret in (APPROVE, A_REAL_LOOKING_CARD, "4111 1111", "4242 4242"):
        assert secret.encode() not in kept
    assert not re.search(rb"(?<!\d)7391(?!\d)", kept)


def test_paying_twice_takes_once(bank: Bank, shop: Shop, person: Payer, form: MakeForm) -> None:
    payment = person.send(person.open(f"{bank.url}/pay", form()), bill_to_address_country="OM")
    review = person.send(payment, **Payer.CARD, card_number=APPROVE)
    first, second = person.send(review), person.send(review)
    assert first.forms[0][1]["transaction_id"] == second.forms[0][1]["transaction_id"]
    eventually(lambda: shop.to("/notify"))
    assert len(shop.to("/notify")) == 1


def test_a_decided_order_cannot_be_paid_cancelled_or_changed(bank: Bank, person: Payer, form: MakeForm) -> None:
    receipt = person.pay(f"{bank.url}/pay", form(locale="en-us"), DECLINE)
    assert receipt.heading == "Card declined"
    for page in ("billing", "payment", "review"):
        assert person.look(receipt.url.replace("receipt", page)).heading == "Card declined"
    cancelled = Page(person.browser.post(receipt.url.replace("receipt", "cancel")))
    assert cancelled.forms[0][1]["decision"] == "DECLINE"


def test_cancel_is_on_every_page_and_returns_to_the_cancel_page(bank: Bank, shop: Shop, person: Payer, form: MakeForm) -> None:
    billing = person.open(f"{bank.url}/pay", form())
    payment = person.send(billing, bill_to_address_country="OM")
    review = person.send(payment, **Payer.CARD, card_number=APPROVE)
    assert {page.forms[1][0] for page in (billing, payment, review)} == {billing.url.replace("billing", "cancel")}
    receipt = person.cancel(review)
    assert receipt.forms[0][0] == f"{shop.url}/cancel" and receipt.forms[0][1]["decision"] == "CANCEL"


def test_a_payment_whose_answer_is_lost_has_no_way_back(bank: Bank, person: Payer, form: MakeForm) -> None:
    lost = person.pay(f"{bank.url}/pay", form(locale="en-us"), NEVER)
    assert lost.heading == "Connection lost" and not lost.forms


@pytest.mark.parametrize(
    "name",
    [
        "amount",
        "reference_number",
        "override_custom_receipt_page",
        "override_backoffice_post_url",
        "signed_date_time",
        "signature",
    ],
)
def test_a_request_that_was_changed_is_refused_with_a_page(name: str, bank: Bank, person: Payer, form: MakeForm) -> None:
    fields = form(locale="en-us")
    page = person.open(f"{bank.url}/pay", fields | {name: fields[name] + "1"})
    assert page.status == 403 and page.heading == "The payment page cannot be opened"
    assert "signature of the request is not right" in page.html


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"signed_date_time": f"{dt.datetime.now(dt.UTC) - dt.timedelta(minutes=16):%Y-%m-%dT%H:%M:%SZ}"}, "has expired"),
        ({"signed_date_time": "now"}, "has expired"),
        ({"amount": "0.000"}, "above zero"),
        ({"amount": "1.0000"}, "above zero"),
        ({"currency": "USD"}, "Omani rials only"),
        ({"access_key": "x"}, "not known to the bank"),
        ({"override_custom_receipt_page": "javascript:alert(1)"}, "lacks signed data"),
        ({"without": "reference_number"}, "lacks signed data"),
        ({"unsigned": ("override_custom_receipt_page",)}, "lacks signed data"),
    ],
)
def test_a_request_the_bank_cannot_take_is_refused(
    changed: dict[str, str], says: str, bank: Bank, person: Payer, form: MakeForm
) -> None:
    page = person.open(f"{bank.url}/pay", form(locale="en-us", **changed))
    assert page.status == 403 and says in page.html


def test_a_repeated_field_or_a_second_amount_is_refused(bank: Bank, person: Payer, form: MakeForm) -> None:
    fields = form()
    form_type = {"content-type": "application/x-www-form-urlencoded"}
    twice = httpx.post(f"{bank.url}/pay", content=urlencode([("amount", "1.000"), *fields.items()]), headers=form_type)
    assert person.open(f"{bank.url}/pay", fields).status == 200
    other = person.open(f"{bank.url}/pay", form(transaction_uuid=fields["transaction_uuid"], amount="1.000"))
    assert (twice.status_code, other.status) == (403, 403)


def test_pages_carry_nothing_inline_and_a_strict_policy(bank: Bank, shop: Shop, person: Payer, form: MakeForm) -> None:
    billing = person.open(f"{bank.url}/pay", form())
    receipt = person.pay(f"{bank.url}/pay", form(), APPROVE)
    for page in (billing, receipt, person.look(f"{bank.url}/")):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src)", page.html)
        assert page.headers["cache-control"] == "no-store"
    assert f"form-action 'self' {shop.url}" in receipt.headers["content-security-policy"]


def test_every_field_has_a_label_and_no_id_comes_twice(bank: Bank, person: Payer, form: MakeForm) -> None:
    billing = person.open(f"{bank.url}/pay", form())
    payment = person.send(billing, bill_to_address_country="OM")
    for page in (billing, payment, person.send(payment)):
        ids = re.findall(r'\sid="([^"]+)"', page.html)
        assert len(ids) == len(set(ids))
        for name in re.findall(r'<(?:input|select) id="([^"]+)"', page.html):
            assert f'for="{name}"' in page.html


def test_the_front_page_lists_the_cards_and_recent_payments(bank: Bank, person: Payer, form: MakeForm) -> None:
    fields = form()
    person.pay(f"{bank.url}/pay", fields, APPROVE)
    home = person.look(f"{bank.url}/?lang=en")
    assert fields["reference_number"] in home.html and "4000 0000 0000 0515" in home.html
    assert person.look(f"{bank.url}/").direction == "rtl"


def test_an_unknown_address_says_so(bank: Bank, person: Payer) -> None:
    assert person.look(f"{bank.url}/checkout/nothing/billing").status == 404
    assert httpx.get(f"{bank.url}/healthz").json() == {"status": "ok"}
