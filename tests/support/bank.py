"""A bank that decides what a test wants, when it wants, and says so in signed posts. The real adapter reads them, and asks it over HTTP.

`word = bank.decides(uuid)` takes the money and returns the post; `tell(word, "merchant")` delivers it, as often and as late as one likes.
"""

import base64
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest
from peewee import Database

import blueprints.chamber
from engine.catalogue import catalogue
from engine.money import Money
from gateways.payments import AutoPost, Channel, Mode
from gateways.payments.cybersource import CyberSource
from gateways.payments.secure_acceptance import signature
from models import Outbox
from operations import outbox, payments
from operations.now import now
from operations.outside import outside
from tests.support.clock import Clock
from tests.support.schedule import bring_in_fees

SECRET, ACCESS_KEY, PROFILE = "a secret of tests", "0123456789abcdef0123456789abcdef", "AF4D1B2C-0000-4000-8000-5A6B7C8D9E0F"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
REASONS = {"ACCEPT": "100", "REVIEW": "480", "DECLINE": "204", "ERROR": "150", "CANCEL": ""}
SUCCESS = {"reasonCode": "100", "rCode": "1"}
PARTIAL = "110"
_CODE = re.compile(r"clientReferenceInformation\.code:(\S+)")


@dataclass
class Sale:
    """What the bank knows of one checkout. `decision` is empty while it is open."""

    request: dict[str, str]
    decision: str = ""
    reason: str = ""
    transaction: str = ""
    taken: Money = Money(0)


@dataclass
class Bank:
    """`down`: answers 503. `slow`: gives refunds back but answers too late. `refuses`: gives nothing back."""

    url: str = ""
    sales: dict[str, Sale] = field(default_factory=dict)
    refunds: dict[str, Money] = field(default_factory=dict)
    down: bool = False
    slow: bool = False
    refuses: bool = False
    asked: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: count(7_000_000_000_000_000_000_001))

    def gateway(self, mode: Mode = "test", profile: str = PROFILE) -> CyberSource:
        return CyberSource(
            endpoint=f"{self.url}/pay",
            access_key=ACCESS_KEY,
            profile_id=profile,
            secret=SECRET,
            merchant_id="tests",
            rest_key_id="key",
            rest_secret=base64.b64encode(b"rest").decode(),
            rest_url=self.url,
            mode=mode,
            now=now,
        )

    @property
    def holds(self) -> Money:
        """What it owes us: everything it took, less what it gave back."""
        taken = sum((sale.taken for sale in self.sales.values()), Money(0))
        return taken - sum(self.refunds.values(), Money(0))

    def opens(self, form: Any) -> str:
        """The browser arrives with our form. The same transaction_uuid again is the same checkout."""
        assert isinstance(form, AutoPost)
        uuid = form.fields["transaction_uuid"]
        self.sales.setdefault(uuid, Sale(form.fields))
        return uuid

    def decides(self, uuid: str, decision: str = "ACCEPT", *, takes: Money | None = None, **odd: str) -> bytes:
        """Its verdict, and the post that tells it. `takes` less than was asked is a partial approval; `odd` fields replace the true ones."""
        sale = self.sales[uuid]
        sale.decision, sale.reason = decision, REASONS[decision] if takes is None else PARTIAL
        sale.transaction = "" if decision == "CANCEL" else sale.transaction or str(next(self._numbers))
        approved = takes or Money.parse(sale.request["amount"])
        sale.taken = approved if decision == "ACCEPT" else Money(0)
        return self.word(uuid, approved.plain() if decision in ("ACCEPT", "REVIEW") else "", **odd)

    def word(self, uuid: str, approved: str, **odd: str) -> bytes:
        sale = self.sales[uuid]
        names = ("access_key", "profile_id", "transaction_uuid", "transaction_type", "reference_number", "amount", "currency")
        fields = {f"req_{name}": sale.request[name] for name in names}
        fields |= {
            "decision": sale.decision,
            "reason_code": sale.reason,
            "transaction_id": sale.transaction,
            "auth_amount": approved,
            "req_card_type": "001",
            "req_card_number": "411111xxxxxx1111",
            "signed_date_time": f"{now():%Y-%m-%dT%H:%M:%SZ}",
        }
        return signed(fields | odd)

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Its REST side: searches, one transaction, refunds."""
        self.asked += 1
        if self.down:
            return 503, {}
        if path == "/tss/v2/searches":
            match = _CODE.fullmatch(body["query"])
            rows = list(self._found(match[1])) if match else []
            return 201, {"totalCount": len(rows), "_embedded": {"transactionSummaries": rows}}
        number = path.split("/")[4]
        sale = next(sale for sale in self.sales.values() if sale.transaction == number)
        if method == "GET":
            told = _summary(sale)
            told["orderInformation"]["amountDetails"]["authorizedAmount"] = sale.taken.plain()
            return 200, told
        return self._give_back(sale, body)

    def _found(self, code: str) -> Iterator[dict[str, Any]]:
        for sale in self.sales.values():
            if sale.request["reference_number"] == code and sale.transaction:
                yield _summary(sale)
        if code in self.refunds:
            yield _refunded(code, self.refunds[code])

    def _give_back(self, sale: Sale, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        key, amount = body["clientReferenceInformation"]["code"], body["orderInformation"]["amountDetails"]["totalAmount"]
        if self.refuses:
            return 400, {"status": "INVALID_REQUEST", "reason": "INVALID_DATA"}
        self.refunds.setdefault(key, Money.parse(amount))
        if self.slow:
            return 504, {}
        return 201, {"id": f"R{key}", "status": "PENDING", "refundAmountDetails": {"refundAmount": amount}}


def _summary(sale: Sale) -> dict[str, Any]:
    verdict = {"reasonCode": sale.reason, "rCode": {"ACCEPT": "1", "ERROR": "-1"}.get(sale.decision, "0")}
    services = [
        {"name": "ics_bill", **(SUCCESS if sale.decision == "ACCEPT" else {})},
        {"name": "ics_auth", **(SUCCESS if sale.decision == "REVIEW" else verdict)},
    ]
    return {
        "id": sale.transaction,
        "submitTimeUtc": "2026-01-01T00:00:00Z",
        "applicationInformation": {"applications": services, **verdict},
        "clientReferenceInformation": {"code": sale.request["reference_number"]},
        "merchantDefinedInformation": [{"key": "1", "value": sale.request["transaction_uuid"]}],
        "orderInformation": {"amountDetails": {"totalAmount": sale.request["amount"], "currency": "OMR"}},
        "paymentInformation": {"card": {"prefix": "411111", "suffix": "1111", "type": "001"}},
    }


def _refunded(key: str, amount: Money) -> dict[str, Any]:
    return {
        "id": f"R{key}",
        "applicationInformation": {"applications": [{"name": "ics_credit", **SUCCESS}]},
        "clientReferenceInformation": {"code": key},
        "orderInformation": {"amountDetails": {"totalAmount": amount.plain(), "currency": "OMR"}},
    }


def signed(fields: dict[str, str]) -> bytes:
    names = [*fields, "signed_field_names"]
    whole = fields | {"signed_field_names": ",".join(names)}
    return urlencode(whole | {"signature": signature(whole, names, SECRET)}).encode()


def tell(word: bytes, channel: Channel = "browser") -> str | None:
    return payments.receive("cybersource", channel, FORM, word)


def work() -> None:
    """The worker does what is due of payments and refunds; drawing papers and sending messages is not looked at here."""
    Outbox.update(done_at=now()).where(Outbox.kind.in_(["document", "message"]) & Outbox.done_at.is_null()).execute()
    outbox.drain()


@pytest.fixture(scope="session")
def bank_server() -> Iterator[tuple[str, list[Bank]]]:
    """One server per worker; it answers for the bank of the test that runs."""
    serving: list[Bank] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, answer = serving[-1].answer(self.command, self.path, json.loads(body or b"{}"))
            content = json.dumps(answer).encode()
            head = f"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
            self.wfile.write(head.encode() + content)

        do_GET = do_POST

        def log_message(self, *_said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", serving
    server.shutdown()
    server.server_close()


@pytest.fixture
def bank(bank_server: tuple[str, list[Bank]]) -> Iterator[Bank]:
    """The portal's bank."""
    url, serving = bank_server
    bank = Bank(url)
    serving.append(bank)
    outside.bank = bank.gateway()
    yield bank
    serving.remove(bank)


@pytest.fixture
def till(database: Database, bank: Bank, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Bank:
    """All that paying needs: the chamber, its fees, the bank, a clock that can be moved; the worker works when it is told to."""
    monkeypatch.setattr(outbox, "doorbell", lambda: None)
    catalogue.fill([blueprints.chamber.authority])
    bring_in_fees()
    return bank
