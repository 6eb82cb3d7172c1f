"""The bank's REST side: Transaction Search and Refunds, as CyberSource documents `/tss/v2` and `/pts/v2`."""

import datetime as dt
import re
import uuid
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.bank import amounts
from sandbox.bank.courier import Courier
from sandbox.bank.keys import Keys
from sandbox.bank.orders import Order, Orders, Refund
from sandbox.bank.wire import Refused, check_rest

Answer = tuple[Response, int]
_CODE = re.compile(r"clientReferenceInformation\.code:([A-Za-z0-9-]+)")
_PERIOD = re.compile(r"submitTimeUtc:\[(\S+) TO (\S+)\}")
_SUCCESS = {"reasonCode": "100", "rCode": "1", "rFlag": "SOK"}
_RESULT_CODE = {"ACCEPT": "1", "REVIEW": "0", "DECLINE": "0", "ERROR": "-1"}


def rest(orders: Orders, keys: Keys, courier: Courier) -> Blueprint:
    blueprint = Blueprint("rest", __name__)

    @blueprint.before_request
    def only_the_merchant() -> Answer | None:
        try:
            check_rest(request.method, request.full_path.rstrip("?"), _lowered(), request.get_data(), keys)
        except Refused:
            return jsonify(response={"rmsg": "Authentication Failed"}), 401
        return None

    @blueprint.post("/tss/v2/searches")
    def search() -> Answer:
        asked = request.get_json(silent=True) or {}
        query = str(asked.get("query", ""))
        found = _found(query)
        if found is None:
            return jsonify(status="INVALID_REQUEST", reason="INVALID_DATA", message="This query is not supported."), 400
        offset, limit = int(asked.get("offset", 0)), int(asked.get("limit", 20))
        page = found[offset : offset + limit]
        return jsonify(
            searchId=str(uuid.uuid4()),
            query=query,
            count=len(page),
            totalCount=len(found),
            offset=offset,
            limit=limit,
            _embedded={"transactionSummaries": page},
        ), 201

    @blueprint.get("/tss/v2/transactions/<number>")
    def transaction(number: str) -> Answer:
        order = orders.by_transaction(number)
        if order is None:
            return jsonify(status="NOT_FOUND"), 404
        answer = summary(order, keys)
        answer["orderInformation"]["amountDetails"]["authorizedAmount"] = order.approved
        return jsonify(answer), 200

    @blueprint.post("/pts/v2/payments/<number>/refunds")
    def refund(number: str) -> Answer:
        asked = request.get_json(silent=True) or {}
        key = request.headers.get("v-c-idempotency-id") or asked.get("clientReferenceInformation", {}).get("code", "")
        details = asked.get("orderInformation", {}).get("amountDetails", {})
        amount = amounts.read(str(details.get("totalAmount", "")))
        order = orders.by_transaction(number)
        if order is None or order.decision != "ACCEPT":
            return jsonify(status="NOT_FOUND", reason="NOT_FOUND", message="There is no such captured payment."), 404
        if amount is None or details.get("currency") != "OMR" or not key:
            return jsonify(
                status="INVALID_REQUEST", reason="INVALID_DATA", message="Amount, currency and code are required."
            ), 400
        made = orders.refund(order, amount, key)
        if made is None:
            return jsonify(status="INVALID_REQUEST", reason="INVALID_AMOUNT", message="More than is left of the payment."), 400
        return jsonify(
            id=made.id,
            submitTimeUtc=_utc(made.at),
            status="PENDING",
            reconciliationId=made.id,
            clientReferenceInformation={"code": made.key},
            refundAmountDetails={"refundAmount": made.amount, "currency": "OMR"},
        ), 201

    def _found(query: str) -> list[dict[str, Any]] | None:
        if code := _CODE.fullmatch(query):
            charges, refunds = orders.by_reference(code[1]), orders.refunds(code[1])
            for order in charges:
                if order.card["does"] == "when_asked":
                    orders.answer_now(order)
                    courier.ring()
        elif period := _PERIOD.fullmatch(query):
            start, end = (dt.datetime.fromisoformat(moment).timestamp() for moment in period.groups())
            charges, refunds = orders.decided_between(start, end), orders.refunds_between(start, end)
        else:
            return None
        rows = [summary(order, keys) for order in charges] + [_refund_summary(refund, keys) for refund in refunds]
        return sorted(rows, key=lambda row: (row["submitTimeUtc"], row["id"]))

    return blueprint


def _lowered() -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def summary(order: Order, keys: Keys) -> dict[str, Any]:
    verdict = {"reasonCode": order.reason, "rCode": _RESULT_CODE[order.decision], "rFlag": order.flag}
    taken = _SUCCESS if order.decision == "ACCEPT" else {}
    authorised = _SUCCESS if order.decision == "REVIEW" else verdict
    services = [{"name": "ics_bill", **taken}, {"name": "ics_auth", **authorised}]
    if order.decision == "REVIEW":
        services.append({"name": "ics_decision", **verdict})
    return {
        "id": order.transaction_id,
        "submitTimeUtc": _utc(order.decided_at or 0),
        "merchantId": keys.merchant_id,
        "applicationInformation": {"applications": services, **verdict},
        "clientReferenceInformation": {"code": order.reference, "applicationName": "Secure Acceptance Web/Mobile"},
        "merchantDefinedInformation": [
            {"key": name.removeprefix("merchant_defined_data"), "value": value}
            for name, value in order.request.items()
            if name.startswith("merchant_defined_data")
        ],
        "orderInformation": {"amountDetails": {"totalAmount": order.amount, "currency": "OMR"}},
        "paymentInformation": {
            "paymentType": {"type": "credit card"},
            "card": {"prefix": order.card["masked"][:6], "suffix": order.card["masked"][-4:], "type": order.card["type"]},
        },
    }


def _refund_summary(refund: Refund, keys: Keys) -> dict[str, Any]:
    return {
        "id": refund.id,
        "submitTimeUtc": _utc(refund.at),
        "merchantId": keys.merchant_id,
        "applicationInformation": {"applications": [{"name": "ics_credit", **_SUCCESS}], **_SUCCESS},
        "clientReferenceInformation": {"code": refund.key},
        "orderInformation": {"amountDetails": {"totalAmount": refund.amount, "currency": "OMR"}},
    }


def _utc(moment: float) -> str:
    return f"{dt.datetime.fromtimestamp(moment, dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
