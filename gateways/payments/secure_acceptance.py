"""The signed forms of CyberSource Secure Acceptance Hosted Checkout, both ways.

Source: CyberSource, "Secure Acceptance Hosted Checkout Integration Guide" (request fields, reply fields, reason codes, security
script: base64 of HMAC-SHA256 over `name=value` joined by commas, in the order of signed_field_names).

Two weaknesses of that wire are closed here:
- One secret signs both directions, so our own request, sent back to us with `decision=ACCEPT` added, carries a good signature.
  Nothing is read that the signature does not cover, and what we need must be there: a reflected request has no `req_` fields.
- `name=value,name=value` can be cut in more than one way when a value itself contains `,name=`. Such a message is not accepted.
"""

import base64
import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from engine.money import CURRENCY, Money
from gateways.payments import Channel, Charge, Mode, Outcome, Rejected, VerifiedEvent

LOCALES = {"ar": "ar-xn", "en": "en-us"}
OUTCOMES = {
    "ACCEPT": Outcome.CAPTURED,
    "REVIEW": Outcome.REVIEW,
    "DECLINE": Outcome.DECLINED,
    "CANCEL": Outcome.CANCELLED,
    "ERROR": Outcome.ERROR,
}
BRANDS = {"001": "visa", "002": "mastercard", "003": "amex", "005": "diners", "007": "jcb"}

LARGEST_BODY = 64 * 1024
MOST_FIELDS = 400
REQUIRED = (
    "decision",
    "req_access_key",
    "req_profile_id",
    "req_transaction_uuid",
    "req_transaction_type",
    "req_reference_number",
    "req_amount",
    "req_currency",
    "signed_date_time",
    "signed_field_names",
)
REQUIRED_OF_AN_APPROVAL = ("transaction_id", "reason_code", "auth_amount")
KEPT = (
    "auth_amount",
    "auth_code",
    "auth_response",
    "auth_time",
    "auth_trans_ref_no",
    "decision",
    "invalid_fields",
    "message",
    "reason_code",
    "req_amount",
    "req_currency",
    "req_locale",
    "req_reference_number",
    "req_transaction_type",
    "req_transaction_uuid",
    "required_fields",
    "signed_date_time",
    "transaction_id",
)

_LONGEST = {
    "bill_to_forename": 60,
    "bill_to_surname": 60,
    "bill_to_address_line1": 60,
    "bill_to_address_city": 50,
    "bill_to_address_country": 2,
    "bill_to_phone": 15,
    "bill_to_email": 255,
    "merchant_defined_data2": 100,
}
_NAME = re.compile(r"\w+", re.ASCII)
_ANOTHER_FIELD = re.compile(r",(?=\w+=)", re.ASCII)
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,3})?", re.ASCII)
_TRANSACTION = re.compile(r"[A-Za-z0-9]{0,40}")


def request_fields(charge: Charge, access_key: str, profile_id: str, secret: str, now: dt.datetime) -> dict[str, str]:
    """The whole form that opens the hosted checkout. What we do not know of the payer is left out: the bank's page asks."""
    payer = charge.payer
    words = {
        "bill_to_forename": payer.first_name,
        "bill_to_surname": payer.last_name,
        "bill_to_address_line1": payer.address,
        "bill_to_address_city": payer.city,
        "bill_to_address_country": payer.country,
        "bill_to_phone": re.sub(r"[^\d+]", "", payer.phone),
        "bill_to_email": payer.email,
        "merchant_defined_data2": charge.description,
    }
    fields = {
        "access_key": access_key,
        "profile_id": profile_id,
        "transaction_uuid": charge.uuid,
        "signed_date_time": f"{now.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
        "locale": LOCALES[charge.locale],
        "transaction_type": "sale",
        "reference_number": charge.reference,
        "amount": charge.amount.plain(),
        "currency": CURRENCY,
        "payment_method": "card",
        "override_custom_receipt_page": charge.return_url,
        "override_custom_cancel_page": charge.cancel_url,
        "override_backoffice_post_url": charge.notify_url,
        "merchant_defined_data1": charge.uuid,
        **{name: _plain_line(text)[: _LONGEST[name]] for name, text in words.items() if text.strip()},
        "unsigned_field_names": "",
    }
    names = [*fields, "signed_field_names"]
    fields["signed_field_names"] = ",".join(names)
    return fields | {"signature": signature(fields, names, secret)}


def signature(fields: Mapping[str, str], names: list[str], secret: str) -> str:
    """Base64 HMAC-SHA256 over the named fields in that order. ValueError where the text could be cut in another way too."""
    digest = hmac.new(secret.encode(), signed_text(fields, names).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def signed_text(fields: Mapping[str, str], names: list[str]) -> str:
    """`name=value` joined by commas: never the same text for two different lists of fields (ValueError instead)."""
    if any(_ANOTHER_FIELD.search(fields[name]) for name in names):
        raise ValueError("a value contains what looks like another field")
    return ",".join(f"{name}={fields[name]}" for name in names)


class Reader:
    """Reads replies addressed to one profile: says what is proven, or why nothing is."""

    def __init__(self, access_key: str, profile_id: str, secret: str, mode: Mode) -> None:
        self._access_key, self._profile_id, self._secret, self._mode = access_key, profile_id, secret, mode

    def read(self, channel: Channel, headers: Mapping[str, str], raw: bytes) -> VerifiedEvent | Rejected:
        try:
            return self._event(channel, self._proven(_form(headers, raw)))
        except _Unproven as unproven:
            return Rejected(str(unproven))

    def _proven(self, posted: dict[str, str]) -> dict[str, str]:
        """Only the fields that the signature covers."""
        names = posted.get("signed_field_names", "").split(",")
        _insist(all(_NAME.fullmatch(name) for name in names), "no list of signed fields")
        _insist(len(set(names)) == len(names), "a field is signed twice")
        _insist(all(name in posted for name in names), "a signed field is missing")
        try:
            expected = signature(posted, names, self._secret)
        except ValueError as ambiguous:
            raise _Unproven(str(ambiguous)) from None
        _insist(hmac.compare_digest(expected.encode(), posted.get("signature", "").encode()), "the signature does not match")
        return {name: posted[name] for name in names}

    def _event(self, channel: Channel, fields: dict[str, str]) -> VerifiedEvent:
        _insist(all(fields.get(name) for name in REQUIRED), "what decides is not covered by the signature")
        _insist(fields["req_access_key"] == self._access_key, "another access key")
        _insist(fields["req_profile_id"] == self._profile_id, "another profile")
        _insist(fields["decision"] in OUTCOMES, "an unknown decision")
        _insist(fields["req_transaction_type"] == "sale", "not a sale")
        outcome = OUTCOMES[fields["decision"]]
        if outcome is Outcome.CAPTURED:
            _insist(all(fields.get(name) for name in REQUIRED_OF_AN_APPROVAL), "an approval without its amount or number")
        uuid, transaction = fields["req_transaction_uuid"], fields.get("transaction_id", "")
        _insist(_TRANSACTION.fullmatch(transaction) is not None, "a malformed transaction number")

        return VerifiedEvent(
            key=f"{uuid}/{fields['decision']}/{transaction}",
            channel=channel,
            uuid=uuid,
            reference=fields["req_reference_number"],
            mode=self._mode,
            profile=self._profile_id,
            outcome=outcome,
            provider_transaction=transaction,
            amount=_amount(fields["auth_amount"]) if fields.get("auth_amount") else None,
            currency=fields["req_currency"],
            reason=fields.get("reason_code", ""),
            card_brand=BRANDS.get(fields.get("req_card_type", ""), ""),
            card_masked=masked(fields.get("req_card_number", "")),
            occurred_at=_moment(fields.get("auth_time") or fields["signed_date_time"]),
            fields={name: fields[name] for name in KEPT if name in fields},
        )


def masked(number: str) -> str:
    """First six and last four at most, whatever the provider shows."""
    if not number:
        return ""
    first = number[:6] if len(number) > 10 else ""
    return first + "x" * max(len(number) - 10, 6) + number[-4:]


class _Unproven(Exception):
    pass


def _form(headers: Mapping[str, str], raw: bytes) -> dict[str, str]:
    content_type = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    kind, _, charset = content_type.lower().replace(" ", "").replace('"', "").partition(";")
    _insist(kind == "application/x-www-form-urlencoded", "not a form")
    _insist(charset in {"", "charset=utf-8"}, "another character set")
    _insist(len(raw) <= LARGEST_BODY, "too large")
    try:
        text = raw.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise _Unproven("not a readable form") from None
    fields = dict(pairs)
    _insist(len(fields) == len(pairs), "a field comes twice")
    return fields


def _amount(text: str) -> Money:
    _insist(_AMOUNT.fullmatch(text) is not None, "a malformed amount")
    return Money.parse(text)


def _moment(text: str) -> dt.datetime:
    """`2017-12-05T135924Z` (auth_time) or `2017-12-05T13:59:24Z` (signed_date_time)."""
    try:
        return dt.datetime.strptime(text.replace(":", ""), "%Y-%m-%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    except ValueError:
        raise _Unproven("a malformed time") from None


def _insist(holds: bool, otherwise: str) -> None:
    if not holds:
        raise _Unproven(otherwise)


def _plain_line(text: str) -> str:
    """The payer's words on one line, such that they cannot be taken for another field."""
    return _ANOTHER_FIELD.sub(", ", " ".join(text.split()))
