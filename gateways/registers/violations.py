"""A municipality's register of violations, by the contract that docs/violations.md publishes. Every request is signed, every answer is read strictly.

A GET that fails on its way is tried once more: the connection may only have gone stale. Marking as paid is repeated by whoever asks for it.
"""

import datetime as dt
import hashlib
import hmac
import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from engine.errors import Unavailable
from engine.money import Money
from engine.wording import _
from gateways import tls
from gateways.registers import Entry

log = logging.getLogger(__name__)

SECONDS = 8.0
STATES = ("due", "paid", "cancelled")
ASKED_BY = {"establishment": "establishment", "violation": "number"}
"""Whatever people type by, and the parameter it is asked by."""


class ViolationsRegister:
    """`key_id` and `secret` are given by the municipality. `now` tells the moment that signatures carry."""

    def __init__(
        self, *, url: str, key_id: str, secret: str, now: Any = lambda: dt.datetime.now(dt.UTC), seconds: float = SECONDS
    ) -> None:
        self._key_id, self._secret, self._now = key_id, secret.encode(), now
        transport = httpx.HTTPTransport(verify=tls.usual(), retries=1)
        self._client = httpx.Client(base_url=url.rstrip("/"), timeout=seconds, transport=transport)

    def find(self, by: Mapping[str, str]) -> list[Entry]:
        """See OutsideRegister.find."""
        asked = [(ASKED_BY[name], value) for name, value in by.items()]
        return self._listed(asked) if asked else []

    def numbered(self, numbers: Iterable[str]) -> list[Entry]:
        """See OutsideRegister.numbered."""
        asked = [("number", number) for number in numbers]
        return self._listed(asked) if asked else []

    def settle(self, number: str, *, amount: Money, receipt: str, at: dt.datetime) -> bool:
        """See OutsideRegister.settle."""
        body = {"receipt": receipt, "amount_baisa": amount.baisa, "paid_at": at.astimezone(dt.UTC).isoformat(timespec="seconds")}
        response = self._send("PUT", f"/v1/violations/{quote(number, safe='')}/payment", body=json.dumps(body).encode())
        if response.status_code == httpx.codes.CONFLICT:
            return False
        if response.status_code not in (httpx.codes.OK, httpx.codes.CREATED):
            raise _unavailable(f"marking a violation paid: status {response.status_code}")
        return True

    def answers(self) -> bool:
        """See OutsideRegister.answers."""
        try:
            return self._client.get("/healthz").status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def _listed(self, asked: list[tuple[str, str]]) -> list[Entry]:
        response = self._send("GET", f"/v1/violations?{urlencode(asked)}")
        if response.status_code != httpx.codes.OK:
            raise _unavailable(f"listing violations: status {response.status_code}")
        try:
            return [_entry(told) for told in _list(response.json()["violations"])]
        except (KeyError, TypeError, ValueError, AttributeError) as trouble:
            raise _unavailable(f"an answer that we do not understand: {trouble!r}") from trouble

    def _send(self, method: str, target: str, body: bytes = b"") -> httpx.Response:
        """`target` is signed exactly as it is sent."""
        date = self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
        said = "\n".join((method, target, date, hashlib.sha256(body).hexdigest()))
        headers = {
            "X-Key-Id": self._key_id,
            "X-Date": date,
            "X-Signature": hmac.new(self._secret, said.encode(), hashlib.sha256).hexdigest(),
            **({"Content-Type": "application/json"} if body else {}),
        }
        try:
            return self._client.request(method, target, content=body or None, headers=headers)
        except httpx.HTTPError as trouble:
            raise _unavailable(f"{method}: {trouble!r}") from trouble


def _entry(told: Mapping[str, Any]) -> Entry:
    """Only what the contract names, each of its kind: what else a register may say (a name, a plate) never enters the portal."""
    amount, state = told["amount_baisa"], told["state"]
    if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0 or state not in STATES:
        raise ValueError(f"amount {amount!r}, state {state!r}")
    data = {
        "what": _words(told["what"]),
        "article": _words(told["article"]),
        "day": dt.date.fromisoformat(told["day"]).isoformat(),
        "place": _words(told["place"]),
        "amount": amount,
        "state": "overdue" if state == "due" and told["late"] is True else state,
        "establishment": str(told["establishment"] or ""),
    }
    return Entry(str(told["number"]), data)


def _list(told: Any) -> list[Any]:
    if not isinstance(told, list):
        raise TypeError(type(told).__name__)
    return told


def _words(told: Mapping[str, Any]) -> dict[str, str]:
    return {"ar": str(told["ar"]), "en": str(told["en"])}


def _unavailable(why: str) -> Unavailable:
    log.warning("the violations register: %s", why)
    return Unavailable(
        _(
            "The municipality's register of violations does not answer at the moment. Nothing was charged, and what you typed is kept. "
            "Try again in a few minutes."
        )
    )
