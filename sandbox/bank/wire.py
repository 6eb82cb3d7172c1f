"""Both signatures of CyberSource's public wire, written from its documentation: the checkout's forms and the REST headers.

Sources: "Secure Acceptance Hosted Checkout Integration Guide" (request and reply fields, security script);
developer centre, "Construct Messages Using HTTP Signature Security".
"""

import base64
import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from sandbox.bank import amounts
from sandbox.bank.keys import Keys
from sandbox.bank.orders import Order

REQUIRED = (
    "access_key",
    "profile_id",
    "transaction_uuid",
    "signed_field_names",
    "unsigned_field_names",
    "signed_date_time",
    "locale",
    "transaction_type",
    "reference_number",
    "amount",
    "currency",
    "override_custom_receipt_page",
    "override_custom_cancel_page",
)
ADDRESSES = ("override_custom_receipt_page", "override_custom_cancel_page", "override_backoffice_post_url")
REQUEST_LIVES = dt.timedelta(minutes=15)
CLOCKS_DIFFER = dt.timedelta(minutes=5)
MESSAGES = {
    "ACCEPT": "Request was processed successfully.",
    "REVIEW": "The order is marked for review by Decision Manager.",
    "DECLINE": "The request was declined by the issuing bank.",
    "ERROR": "A general system failure occurred.",
    "CANCEL": "The consumer cancelled the transaction.",
}


class Refused(Exception):
    """The message is not accepted; the text is a key of the bank's words."""


def checked_request(pairs: list[tuple[str, str]], keys: Keys) -> dict[str, str]:
    """The fields that open a checkout, if this merchant signed every one of them less than fifteen minutes ago."""
    fields = dict(pairs)
    names = fields.get("signed_field_names", "").split(",")
    _insist(len(fields) == len(pairs) and len(set(names)) == len(names), "not_once")
    _insist(all(name in fields for name in names), "missing")
    expected = signature(fields, names, keys.secret)
    _insist(hmac.compare_digest(expected.encode(), fields.get("signature", "").encode()), "unsigned")
    _insist(set(fields) - {"signature"} == set(names) and set(REQUIRED) <= set(names), "missing")
    _insist(fields["access_key"] == keys.access_key and fields["profile_id"] == keys.profile_id, "stranger")
    _insist(_fresh(fields["signed_date_time"]), "stale")
    _insist(fields["transaction_type"] == "sale" and fields["currency"] == "OMR", "not_sold_here")
    _insist(amounts.read(fields["amount"]) is not None, "not_sold_here")
    _insist(all(urlsplit(fields[name]).scheme in {"http", "https"} for name in ADDRESSES if fields.get(name)), "missing")
    return fields


def reply(order: Order, keys: Keys) -> dict[str, str]:
    """What the bank tells of a decided order, to the browser and to the merchant's server alike."""
    asked, now = order.request, dt.datetime.now(dt.UTC)
    fields = {
        "decision": order.decision,
        "message": MESSAGES[order.decision],
        **{
            f"req_{name}": asked[name]
            for name in asked
            if not name.startswith(("signed_", "unsigned_", "signature", "override_"))
        },
        **{f"req_{name}": value for name, value in order.billing.items()},
    }
    if order.transaction_id:
        fields |= {
            "transaction_id": order.transaction_id,
            "reason_code": order.reason,
            "request_token": secrets.token_urlsafe(32),
            "req_card_number": order.card["masked"],
            "req_card_type": order.card["type"],
            "req_card_expiry_date": order.card["expiry"],
            "card_type_name": order.card["name"],
        }
    if order.approved:
        fields |= {
            "auth_amount": order.approved,
            "auth_code": "831000",
            "auth_response": "00",
            "auth_time": f"{dt.datetime.fromtimestamp(order.decided_at or 0, dt.UTC):%Y-%m-%dT%H%M%SZ}",
            "auth_trans_ref_no": order.transaction_id or "",
        }
    fields["signed_date_time"] = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    names = [*fields, "signed_field_names"]
    fields["signed_field_names"] = ",".join(names)
    return fields | {"signature": signature(fields, names, keys.secret)}


def signature(fields: Mapping[str, str], names: Iterable[str], secret: str) -> str:
    text = ",".join(f"{name}={fields[name]}" for name in names)
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


def check_rest(method: str, path: str, headers: Mapping[str, str], body: bytes, keys: Keys) -> None:
    """Raises Refused unless the merchant signed exactly this call, minutes ago at most."""
    parts = dict(re.findall(r'(\w+)="([^"]*)"', headers.get("signature", "")))
    names = parts.get("headers", "").split()
    needed = {"host", "v-c-date", "request-target", "v-c-merchant-id"} | ({"digest"} if body else set())
    _insist(needed <= set(names) and parts.get("algorithm") == "HmacSHA256", "unsigned")
    _insist(parts.get("keyid") == keys.rest_key_id and headers.get("v-c-merchant-id") == keys.merchant_id, "stranger")

    target = f"{method.lower()} {path}"
    text = "\n".join(f"{name}: {target if name == 'request-target' else headers.get(name, '')}" for name in names)
    expected = base64.b64encode(hmac.new(base64.b64decode(keys.rest_secret), text.encode(), hashlib.sha256).digest())
    _insist(hmac.compare_digest(expected, parts.get("signature", "").encode()), "unsigned")
    digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    _insist(not body or hmac.compare_digest(digest.encode(), headers.get("digest", "").encode()), "unsigned")
    try:
        sent = parsedate_to_datetime(headers.get("v-c-date", ""))
    except ValueError:
        raise Refused("stale") from None
    _insist(abs(dt.datetime.now(dt.UTC) - sent) <= CLOCKS_DIFFER, "stale")


def _fresh(text: str) -> bool:
    try:
        signed = dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
    except ValueError:
        return False
    return -CLOCKS_DIFFER <= dt.datetime.now(dt.UTC) - signed <= REQUEST_LIVES


def _insist(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Refused(otherwise)
