"""CyberSource: hosted checkout for paying, Transaction Search for asking, Refunds for giving back.

What the reply forms say is in `secure_acceptance`, how REST calls are signed in `rest`; here is what their answers mean.
Source: CyberSource REST API reference, Transaction Search (`/tss/v2`) and Payments (`/pts/v2`).
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from engine.clock import MUSCAT
from engine.money import CURRENCY, Money
from gateways.payments import (
    AutoPost,
    Capabilities,
    Channel,
    Charge,
    Mode,
    Observation,
    Outcome,
    RefundOutcome,
    Rejected,
    SettlementRow,
    VerifiedEvent,
)
from gateways.payments.rest import Rest
from gateways.payments.secure_acceptance import BRANDS, Reader, request_fields

PAGE = 100
ONE_BAISA = Money(1)
WHOLE, PARTIAL = "100", "110"
APPROVED = {WHOLE, PARTIAL}
IN_REVIEW = {"480"}
TAKEN, AUTHORISED, GIVEN_BACK = "ics_bill", "ics_auth", "ics_credit"
# Of several rows about one charge the strongest speaks: a payment that was declined first and then taken was taken.
STRONGEST_FIRST = (Outcome.CAPTURED, Outcome.REVIEW, Outcome.DECLINED, Outcome.ERROR)


class CyberSource:
    """One profile of one merchant.

    `endpoint` is the hosted checkout's address (…/pay), `rest_url` the REST host. `secret` signs the forms; `rest_secret`
    (base64, as the Business Center shows it) the REST calls. `now` gives aware UTC. `smallest_step`: acquirers that settle
    only two decimals need Money(10).
    """

    name = "cybersource"

    def __init__(
        self,
        *,
        endpoint: str,
        access_key: str,
        profile_id: str,
        secret: str,
        merchant_id: str,
        rest_key_id: str,
        rest_secret: str,
        rest_url: str,
        mode: Mode,
        now: Callable[[], dt.datetime],
        smallest_step: Money = ONE_BAISA,
    ) -> None:
        self.mode, self.profile = mode, profile_id
        self.capabilities = Capabilities(query=True, refund=True, cancel=False, smallest_step=smallest_step)
        self._endpoint, self._access_key, self._secret, self._now = endpoint, access_key, secret, now
        self._reader = Reader(access_key, profile_id, secret, mode)
        self._rest = Rest(rest_url, merchant_id, rest_key_id, rest_secret, now)

    def prepare(self, charge: Charge) -> AutoPost:
        """No network. The bank refuses a second payment with the same transaction_uuid. ValueError: see `smallest_step`."""
        if charge.amount.baisa % self.capabilities.smallest_step.baisa:
            raise ValueError("this acquirer cannot take so fine an amount")
        return AutoPost(self._endpoint, request_fields(charge, self._access_key, self.profile, self._secret, self._now()))

    def parse_inbound(self, channel: Channel, headers: Mapping[str, str], raw: bytes) -> VerifiedEvent | Rejected:
        return self._reader.read(channel, headers, raw)

    def query(self, uuid: str, reference: str) -> Observation:
        """A checkout that was cancelled or never finished leaves no transaction there: outcome None."""
        rows = [row for row in self._search(f"clientReferenceInformation.code:{reference}") if _belongs(row, uuid, reference)]
        for outcome in STRONGEST_FIRST:
            for row in rows:
                if _outcome(row) is outcome:
                    return self._observation(outcome, row)
        return Observation(None)

    def cancel(self, uuid: str) -> bool:
        """Secure Acceptance has no call that closes an open checkout."""
        return False

    def refund(self, provider_transaction: str, amount: Money, key: str) -> RefundOutcome:
        """CyberSource remembers an idempotency key for minutes only, so we first ask whether this refund is there already."""
        for row in self._search(f"clientReferenceInformation.code:{key}"):
            if _at(row, "clientReferenceInformation", "code") == key and _approved(row, GIVEN_BACK):
                return RefundOutcome(True, row["id"], _money(_at(row, "orderInformation", "amountDetails", "totalAmount")))
        payload = {
            "clientReferenceInformation": {"code": key},
            "orderInformation": {"amountDetails": {"totalAmount": amount.plain(), "currency": CURRENCY}},
        }
        status, answer = self._rest.post(f"/pts/v2/payments/{provider_transaction}/refunds", payload, key)
        refused = _at(answer, "errorInformation", "reason") or (answer.get("reason") if status >= 400 else None)
        if refused or status != 201 or not answer.get("id"):
            return RefundOutcome(False, reason=str(refused or answer.get("status") or status))
        return RefundOutcome(True, answer["id"], _money(_at(answer, "refundAmountDetails", "refundAmount")))

    def settlement_rows(self, day: dt.date) -> Iterator[SettlementRow]:
        start = dt.datetime.combine(day, dt.time(), MUSCAT).astimezone(dt.UTC)
        end = start + dt.timedelta(days=1)
        for row in self._search(f"submitTimeUtc:[{start:%Y-%m-%dT%H:%M:%SZ} TO {end:%Y-%m-%dT%H:%M:%SZ}}}"):
            kind = _movement(row)
            if kind is None:
                continue
            amount, currency = self._amount_of(row)
            reference = _at(row, "clientReferenceInformation", "code") or ""
            yield SettlementRow(kind, row["id"], reference, amount or Money(), currency, _moment(row))

    def _search(self, query: str) -> Iterator[dict[str, Any]]:
        """Every transaction summary that answers, page by page."""
        offset, total = 0, 1
        while offset < total:
            payload = {
                "save": False,
                "timezone": "GMT",
                "query": query,
                "offset": offset,
                "limit": PAGE,
                "sort": "submitTimeUtc:asc",
            }
            status, answer = self._rest.post("/tss/v2/searches", payload)
            if status not in {200, 201, 404}:
                raise self._rest.unclear("/tss/v2/searches", f"status {status}")
            rows = _at(answer, "_embedded", "transactionSummaries") or []
            yield from rows
            total = int(answer.get("totalCount") or 0) if rows else 0
            offset += PAGE

    def _observation(self, outcome: Outcome, row: dict[str, Any]) -> Observation:
        amount, currency = self._amount_of(row) if outcome in {Outcome.CAPTURED, Outcome.REVIEW} else (None, "")
        card = _at(row, "paymentInformation", "card") or {}
        return Observation(
            outcome,
            provider_transaction=row["id"],
            amount=amount,
            currency=currency,
            reason=_reason(row, AUTHORISED) or _reason(row, TAKEN),
            card_brand=BRANDS.get(card.get("type") or "", ""),
            card_masked=f"{card.get('prefix') or ''}xxxxxx{card['suffix']}" if card.get("suffix") else "",
            occurred_at=_moment(row),
        )

    def _amount_of(self, row: dict[str, Any]) -> tuple[Money | None, str]:
        """What was really taken. The summary tells what was asked for; of a partial approval only the transaction tells more."""
        told = self._rest.get(f"/tss/v2/transactions/{row['id']}") if _reason(row, AUTHORISED) == PARTIAL else row
        amounts = _at(told, "orderInformation", "amountDetails") or {}
        return _money(amounts.get("authorizedAmount") or amounts.get("totalAmount")), amounts.get("currency") or ""


def _belongs(row: dict[str, Any], uuid: str, reference: str) -> bool:
    """The search matches words, so the reference is compared whole; a row that names another attempt is not ours."""
    defined = {part.get("key"): part.get("value") for part in row.get("merchantDefinedInformation") or []}
    return bool(_at(row, "clientReferenceInformation", "code") == reference and defined.get("1", uuid) == uuid)


def _outcome(row: dict[str, Any]) -> Outcome | None:
    """What one row says of the charge; None for the steps around it (3-D Secure, tokens, refunds)."""
    if _approved(row, TAKEN):
        return Outcome.CAPTURED
    decided = _reason(row, AUTHORISED)
    if not decided:
        return None
    if decided in IN_REVIEW or _at(row, "applicationInformation", "reasonCode") in IN_REVIEW:
        return Outcome.REVIEW
    if decided in APPROVED:
        return None
    return Outcome.DECLINED if _service(row, AUTHORISED).get("rCode") == "0" else Outcome.ERROR


def _movement(row: dict[str, Any]) -> Literal["charge", "refund"] | None:
    if _approved(row, TAKEN):
        return "charge"
    return "refund" if _approved(row, GIVEN_BACK) else None


def _approved(row: dict[str, Any], service: str) -> bool:
    return _reason(row, service) in APPROVED and _service(row, service).get("rCode") == "1"


def _reason(row: dict[str, Any], service: str) -> str:
    return _service(row, service).get("reasonCode") or ""


def _service(row: dict[str, Any], name: str) -> dict[str, Any]:
    services = _at(row, "applicationInformation", "applications") or []
    return next((service for service in services if service.get("name") == name), {})


def _at(answer: dict[str, Any], *path: str) -> Any:
    found: Any = answer
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _money(text: str | None) -> Money | None:
    return Money.parse(text) if text else None


def _moment(row: dict[str, Any]) -> dt.datetime:
    return dt.datetime.fromisoformat(row["submitTimeUtc"])
