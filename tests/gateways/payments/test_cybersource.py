"""The whole way: the real adapter, the bank as its own process, a browser without scripts, the merchant's server."""

import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from engine.clock import business_day
from engine.errors import Unavailable
from engine.money import Money
from gateways.payments import Channel, Charge, Gateway, Outcome, VerifiedEvent
from gateways.payments.cybersource import CyberSource
from tests.gateways.payments.conftest import adapter
from tests.sandbox.bank.running import Bank, Page, Payer, Post, Shop, eventually

APPROVE, MASTERCARD, NO_FUNDS, REVIEW = "4111111111111111", "5555555555554444", "4000000000009995", "4000000000000259"
PARTIAL, FAULT, TWICE, LATE = "4000000000000341", "4000000000000119", "4000000000000226", "4000000000000333"
WHEN_ASKED, NEVER = "4000000000000424", "4000000000000515"

MakeCharge = Callable[..., Charge]


@pytest.fixture
def pay(gateway: CyberSource, person: Payer) -> Callable[..., Page]:
    def walk(charge: Charge, number: str, **card: str) -> Page:
        form = gateway.prepare(charge)
        return person.pay(form.url, form.fields, number, **card)

    return walk


def event(gateway: CyberSource, channel: Channel, post: Post) -> VerifiedEvent:
    read = gateway.parse_inbound(channel, post.headers, post.body)
    assert isinstance(read, VerifiedEvent), read
    return read


def test_the_adapter_is_a_gateway(gateway: CyberSource) -> None:
    port: Gateway = gateway
    assert port.name == "cybersource" and port.capabilities.query and port.capabilities.refund


@pytest.mark.parametrize(("number", "brand", "kind"), [(APPROVE, "visa", "001"), (MASTERCARD, "mastercard", "002")])
def test_an_approved_payment_is_told_by_both_channels_and_on_asking(
    number: str,
    brand: str,
    kind: str,
    gateway: CyberSource,
    shop: Shop,
    person: Payer,
    a_charge: MakeCharge,
    pay: Callable[..., Page],
) -> None:
    charge = a_charge()
    receipt = pay(charge, number, card_type=kind)
    person.send(receipt)
    [by_browser] = shop.to("/return")
    [by_server] = eventually(lambda: shop.to("/notify"))
    browser, merchant = event(gateway, "browser", by_browser), event(gateway, "merchant", by_server)
    seen = gateway.query(charge.uuid, charge.reference)

    for told in (browser, merchant, seen):
        assert (told.outcome, told.amount, told.currency) == (Outcome.CAPTURED, Money(50_000), "OMR")
        assert told.provider_transaction == browser.provider_transaction
        assert (told.card_brand, told.card_masked) == (brand, f"{number[:6]}xxxxxx{number[-4:]}")
    assert browser.uuid == merchant.uuid == charge.uuid
    assert (browser.channel, merchant.channel) == ("browser", "merchant")


@pytest.mark.parametrize(
    ("number", "outcome", "reason"),
    [(NO_FUNDS, Outcome.DECLINED, "204"), (REVIEW, Outcome.REVIEW, "480"), (FAULT, Outcome.ERROR, "150")],
)
def test_what_is_not_captured_is_told_alike_by_form_and_on_asking(
    number: str,
    outcome: Outcome,
    reason: str,
    gateway: CyberSource,
    shop: Shop,
    person: Payer,
    a_charge: MakeCharge,
    pay: Callable[..., Page],
) -> None:
    charge = a_charge()
    person.send(pay(charge, number))
    told = event(gateway, "browser", shop.to("/return")[0])
    assert (told.outcome, told.reason) == (outcome, reason)
    assert gateway.query(charge.uuid, charge.reference).outcome is outcome


def test_a_partial_approval_keeps_the_amount_really_taken(
    gateway: CyberSource, shop: Shop, person: Payer, a_charge: MakeCharge, pay: Callable[..., Page]
) -> None:
    charge = a_charge(rials=25)
    person.send(pay(charge, PARTIAL))
    told = event(gateway, "browser", shop.to("/return")[0])
    assert (told.outcome, told.reason, told.amount) == (Outcome.CAPTURED, "110", Money(12_500))
    assert gateway.query(charge.uuid, charge.reference).amount == Money(12_500)


def test_a_cancelled_checkout_says_so_and_leaves_nothing_at_the_bank(
    gateway: CyberSource, shop: Shop, person: Payer, a_charge: MakeCharge
) -> None:
    charge = a_charge()
    form = gateway.prepare(charge)
    billing = person.open(form.url, form.fields)
    person.send(person.cancel(billing))
    told = event(gateway, "browser", shop.to("/cancel")[0])
    assert (told.outcome, told.uuid, told.amount) == (Outcome.CANCELLED, charge.uuid, None)
    assert gateway.query(charge.uuid, charge.reference).outcome is None
    assert not shop.to("/notify")


def test_the_bank_may_tell_twice_with_the_same_key(
    gateway: CyberSource, shop: Shop, a_charge: MakeCharge, pay: Callable[..., Page]
) -> None:
    pay(a_charge(), TWICE)
    posts = eventually(lambda: shop.to("/notify")[1:] and shop.to("/notify"))
    assert len({event(gateway, "merchant", post).key for post in posts}) == 1


def test_a_late_answer_is_known_to_whoever_asks_before(
    gateway: CyberSource, shop: Shop, person: Payer, a_charge: MakeCharge, pay: Callable[..., Page]
) -> None:
    charge = a_charge()
    waiting = pay(charge, LATE)
    assert not waiting.forms and waiting.headers["refresh"] and not shop.posts
    assert gateway.query(charge.uuid, charge.reference).outcome is Outcome.CAPTURED
    [post] = eventually(lambda: shop.to("/notify"))
    assert event(gateway, "merchant", post).outcome is Outcome.CAPTURED
    assert person.look(waiting.url).forms


def test_a_silent_bank_answers_once_it_is_asked(
    gateway: CyberSource, shop: Shop, person: Payer, a_charge: MakeCharge, pay: Callable[..., Page]
) -> None:
    charge = a_charge()
    waiting = pay(charge, WHEN_ASKED)
    assert not person.look(waiting.url).forms
    assert gateway.query(charge.uuid, charge.reference).outcome is Outcome.CAPTURED
    assert eventually(lambda: shop.to("/notify"))
    assert person.look(waiting.url).forms


def test_when_both_posts_are_lost_asking_tells(
    gateway: CyberSource, shop: Shop, a_charge: MakeCharge, pay: Callable[..., Page]
) -> None:
    charge = a_charge()
    lost = pay(charge, NEVER)
    seen = gateway.query(charge.uuid, charge.reference)
    assert (seen.outcome, seen.amount) == (Outcome.CAPTURED, Money(50_000))
    assert not lost.forms and not shop.posts


def test_a_checkout_that_was_never_finished_is_not_known(gateway: CyberSource, person: Payer, a_charge: MakeCharge) -> None:
    charge = a_charge()
    form = gateway.prepare(charge)
    person.open(form.url, form.fields)
    assert gateway.query(charge.uuid, charge.reference).outcome is None
    assert gateway.cancel(charge.uuid) is False


def test_the_same_attempt_sent_again_charges_once(
    gateway: CyberSource, person: Payer, a_charge: MakeCharge, pay: Callable[..., Page]
) -> None:
    charge = a_charge()
    first = pay(charge, APPROVE)
    form = gateway.prepare(charge)
    again = person.open(form.url, form.fields)
    assert again.url == first.url
    assert again.forms[0][1]["transaction_id"] == first.forms[0][1]["transaction_id"]


def test_another_attempt_under_the_same_reference_is_not_ours(
    gateway: CyberSource, a_charge: MakeCharge, pay: Callable[..., Page]
) -> None:
    paid = a_charge(reference="P-SHARED")
    pay(paid, APPROVE)
    assert gateway.query(paid.uuid, "P-SHARED").outcome is Outcome.CAPTURED
    assert gateway.query("another-attempt", "P-SHARED").outcome is None


def test_a_refund_asked_again_with_the_same_key_gives_back_once(
    gateway: CyberSource, a_charge: MakeCharge, pay: Callable[..., Page]
) -> None:
    charge = a_charge()
    pay(charge, APPROVE)
    paid = gateway.query(charge.uuid, charge.reference).provider_transaction
    first = gateway.refund(paid, Money(30_000), f"R-{charge.uuid[:8]}-1")
    again = gateway.refund(paid, Money(30_000), f"R-{charge.uuid[:8]}-1")
    assert first.done and first.amount == Money(30_000)
    assert again == first
    assert gateway.refund(paid, Money(20_000), f"R-{charge.uuid[:8]}-2").done
    assert gateway.query(charge.uuid, charge.reference).outcome is Outcome.CAPTURED


def test_more_than_is_left_is_not_refunded(gateway: CyberSource, a_charge: MakeCharge, pay: Callable[..., Page]) -> None:
    charge = a_charge()
    pay(charge, APPROVE)
    paid = gateway.query(charge.uuid, charge.reference).provider_transaction
    assert gateway.refund(paid, Money(50_000), f"R-{charge.uuid[:8]}-1").done
    refused = gateway.refund(paid, Money(1), f"R-{charge.uuid[:8]}-2")
    assert not refused.done and refused.reason == "INVALID_AMOUNT"
    assert not gateway.refund("1234", Money(1), f"R-{charge.uuid[:8]}-3").done


def test_settlement_rows_tell_every_movement_of_the_day(
    gateway: CyberSource, a_charge: MakeCharge, pay: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateways.payments.cybersource.PAGE", 2)
    charges = [a_charge(rials=rials) for rials in (4, 25)]
    for charge in charges:
        pay(charge, APPROVE)
    partial, declined = a_charge(rials=10), a_charge(rials=10)
    pay(partial, PARTIAL)
    pay(declined, NO_FUNDS)
    key = f"R-{charges[0].uuid[:8]}"
    gateway.refund(gateway.query(charges[0].uuid, charges[0].reference).provider_transaction, Money(1_000), key)

    today = business_day(dt.datetime.now(dt.UTC))
    rows = {row.reference: row for row in gateway.settlement_rows(today)}
    assert [rows[charge.reference].amount for charge in (*charges, partial)] == [Money(4_000), Money(25_000), Money(5_000)]
    assert (rows[key].kind, rows[key].amount) == ("refund", Money(1_000))
    assert declined.reference not in rows
    assert not {charge.reference for charge in charges} & {
        row.reference for row in gateway.settlement_rows(today - dt.timedelta(days=1))
    }


def test_an_amount_finer_than_the_acquirer_settles_is_not_sent(bank: Bank, a_charge: MakeCharge) -> None:
    coarse = adapter(bank.keys, bank.url, smallest_step=Money(10))
    charge = a_charge()
    assert coarse.prepare(charge)
    odd = Charge(charge.uuid, charge.reference, Money(50_001), "ar", charge.payer, "http://a", "http://a", "http://a")
    with pytest.raises(ValueError):
        coarse.prepare(odd)


def test_a_bank_that_cannot_be_reached_is_unavailable(bank: Bank) -> None:
    nowhere = adapter(bank.keys, "http://127.0.0.1:9")
    for call in (lambda: nowhere.query("u", "r"), lambda: nowhere.refund("1", Money(1), "k")):
        with pytest.raises(Unavailable):
            call()


@pytest.mark.parametrize("wrong", [{"rest_secret": "d3Jvbmc="}, {"rest_key_id": "x"}, {"merchant_id": "x"}])
def test_wrong_rest_keys_are_unavailable_and_never_an_answer(bank: Bank, wrong: dict[str, str]) -> None:
    with pytest.raises(Unavailable):
        adapter(bank.keys, bank.url, **wrong).query("u", "r")


def test_a_clock_that_is_wrong_is_unavailable(bank: Bank) -> None:
    an_hour_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    with pytest.raises(Unavailable):
        adapter(bank.keys, bank.url, now=lambda: an_hour_ago).query("u", "r")


@pytest.mark.parametrize(
    ("status", "body"), [(500, "{}"), (502, "<html>"), (429, "{}"), (201, "<html>"), (201, "[]"), (400, "{}"), (302, "{}")]
)
def test_an_answer_that_is_none_is_unavailable(bank: Bank, status: int, body: str) -> None:
    with answering(status, body) as stub, pytest.raises(Unavailable):
        adapter(bank.keys, stub.url).query("u", "r")


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 502, 302])
def test_a_refund_without_a_clear_answer_is_unavailable_and_not_refused(bank: Bank, status: int) -> None:
    with answering(201, '{"totalCount": 0}', refund_status=status) as stub, pytest.raises(Unavailable):
        adapter(bank.keys, stub.url).refund("1", Money(1), "R-1")


def test_a_refund_the_bank_made_but_could_not_tell_is_found_before_asking_again(bank: Bank) -> None:
    """Its idempotency keys live for minutes; a retry may come days later."""
    made = a_row("77", ("ics_credit", "100", "1")) | {"clientReferenceInformation": {"code": "R-1"}}
    with answering(201, json.dumps({"totalCount": 1, "_embedded": {"transactionSummaries": [made]}})) as stub:
        gateway = adapter(bank.keys, stub.url)
        assert gateway.refund("1", Money(1_000), "R-1").provider_refund == "77"
        assert not stub.refunds
        assert gateway.refund("1", Money(1_000), "R-10").provider_refund == "88"
    assert [headers["v-c-idempotency-id"] for headers in stub.refunds] == ["R-10"]


def test_rows_around_a_payment_do_not_speak_for_it(bank: Bank) -> None:
    """3-D Secure leaves rows of its own under the same reference, successful ones too; a later success outweighs a decline."""
    setup = a_row("1", ("ics_pa_setup", "100", "1"))
    enrolled = a_row("2", ("ics_bill", "", ""), ("ics_auth", "", ""), ("ics_pa_enroll", "475", "0"))
    declined = a_row("3", ("ics_auth", "203", "0"), ("ics_bill", "", ""))
    taken = a_row("4", ("ics_bill", "100", "1"), ("ics_auth", "100", "1"))
    authorised_only = a_row("5", ("ics_auth", "100", "1"))
    expected = [
        ([setup, enrolled], None),
        ([setup, enrolled, authorised_only], None),
        ([setup, declined], Outcome.DECLINED),
        ([setup, declined, taken], Outcome.CAPTURED),
        ([taken | {"clientReferenceInformation": {"code": "P-10"}}], None),
    ]
    for rows, outcome in expected:
        answer = json.dumps({"totalCount": len(rows), "_embedded": {"transactionSummaries": rows}})
        with answering(201, answer) as stub:
            assert adapter(bank.keys, stub.url).query("u", "P-1").outcome is outcome


def test_no_log_line_of_the_adapter_carries_a_secret(bank: Bank, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unavailable):
        adapter(bank.keys, "http://127.0.0.1:9").query("u", "r")
    assert caplog.records
    assert not any(secret in caplog.text for secret in bank.keys.values())


def a_row(number: str, *services: tuple[str, str, str]) -> dict[str, object]:
    applications = [{"name": name, "reasonCode": reason, "rCode": code} for name, reason, code in services]
    return {
        "id": number,
        "submitTimeUtc": "2026-03-01T08:31:02Z",
        "clientReferenceInformation": {"code": "P-1"},
        "applicationInformation": {"applications": applications},
        "orderInformation": {"amountDetails": {"totalAmount": "1.000", "currency": "OMR"}},
    }


@dataclass
class Stub:
    """A bank of one answer. `refunds`: the headers of the refunds it was asked for."""

    url: str = ""
    refunds: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def answering(status: int, body: str, refund_status: int = 201) -> Iterator[Stub]:
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            if self.path.endswith("/refunds"):
                stub.refunds.append(dict(self.headers.items()))
                self.answer(refund_status, '{"id": "88"}')
            else:
                self.answer(status, body)

        def answer(self, status: int, body: str) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    stub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
