"""The signed forms: what is sent, and what is believed of what comes back."""

import base64
import datetime as dt
import hashlib
import hmac
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import Money
from gateways.payments import Charge, Outcome, Payer, Rejected, VerifiedEvent
from gateways.payments.secure_acceptance import LARGEST_BODY, Reader, masked, request_fields, signature, signed_text

ACCESS, PROFILE, SECRET = "access", "PROFILE", "a secret"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NOW = dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.UTC)
READER = Reader(ACCESS, PROFILE, SECRET, "test")

APPROVAL = {
    "transaction_id": "6512345678901234567890",
    "decision": "ACCEPT",
    "req_access_key": ACCESS,
    "req_profile_id": PROFILE,
    "req_transaction_uuid": "b3c1",
    "req_transaction_type": "sale",
    "req_reference_number": "P-1",
    "req_amount": "50.000",
    "req_currency": "OMR",
    "req_locale": "ar-xn",
    "req_bill_to_forename": "علي",
    "req_card_number": "411111xxxxxx1111",
    "req_card_type": "001",
    "message": "Request was processed successfully.",
    "reason_code": "100",
    "auth_amount": "50.000",
    "auth_time": "2026-03-01T083100Z",
    "signed_date_time": "2026-03-01T08:31:02Z",
}
CHARGE = Charge("b3c1", "P-1", Money(50_000), "ar", Payer("علي", "الجهضمي", "روي"), "http://a/r", "http://a/c", "http://a/n")


def a_reply(*unsigned: str, **changed: Any) -> dict[str, str]:
    fields = {name: value for name, value in (APPROVAL | changed).items() if value is not None}
    names = [*(name for name in fields if name not in unsigned), "signed_field_names"]
    fields["signed_field_names"] = ",".join(names)
    text = ",".join(f"{name}={fields[name]}" for name in names)
    return fields | {"signature": base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()).decode()}


def read(fields: dict[str, str], headers: dict[str, str] = FORM) -> VerifiedEvent | Rejected:
    return READER.read("browser", headers, urlencode(fields).encode())


def believed(fields: dict[str, str]) -> VerifiedEvent:
    event = read(fields)
    assert isinstance(event, VerifiedEvent), event
    return event


def test_the_request_is_signed_as_the_specification_says() -> None:
    fields = request_fields(CHARGE, ACCESS, PROFILE, SECRET, NOW)
    names = fields["signed_field_names"].split(",")
    text = ",".join(f"{name}={fields[name]}" for name in names)

    assert fields["signature"] == base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()).decode()
    assert set(names) == set(fields) - {"signature"}
    assert {"signed_field_names", "unsigned_field_names"} <= set(names)


def test_the_request_says_what_is_charged_and_where_to_return() -> None:
    fields = request_fields(CHARGE, ACCESS, PROFILE, SECRET, NOW)
    assert fields["amount"] == "50.000" and fields["currency"] == "OMR" and fields["transaction_type"] == "sale"
    assert fields["signed_date_time"] == "2026-03-01T08:30:00Z"
    assert fields["locale"] == "ar-xn"
    assert [fields[f"override_{page}"] for page in ("custom_receipt_page", "custom_cancel_page", "backoffice_post_url")] == [
        "http://a/r",
        "http://a/c",
        "http://a/n",
    ]


def test_what_is_not_known_of_the_payer_is_left_out() -> None:
    assert "bill_to_email" not in request_fields(CHARGE, ACCESS, PROFILE, SECRET, NOW)


def test_words_of_the_payer_stay_within_the_limits_of_the_wire() -> None:
    payer = Payer("a" * 300, "b,amount=0.001", "line\none", "", "OM", "+968 (99) 41-66 89")
    fields = request_fields(replace(CHARGE, payer=payer), ACCESS, PROFILE, SECRET, NOW)
    assert len(fields["bill_to_forename"]) == 60
    assert fields["bill_to_surname"] == "b, amount=0.001"
    assert fields["bill_to_address_line1"] == "line one"
    assert fields["bill_to_phone"] == "+96899416689"


@pytest.mark.parametrize("wrong", [{"uuid": ""}, {"reference": "x" * 41}, {"reference": "A OR B"}, {"amount": Money(0)}])
def test_a_charge_that_no_provider_could_take_is_not_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        replace(CHARGE, **wrong)


def test_an_approval_is_believed() -> None:
    event = believed(a_reply())
    assert (event.outcome, event.amount, event.currency) == (Outcome.CAPTURED, Money(50_000), "OMR")
    assert (event.uuid, event.reference, event.provider_transaction) == ("b3c1", "P-1", "6512345678901234567890")
    assert (event.mode, event.profile, event.channel, event.reason) == ("test", PROFILE, "browser", "100")
    assert (event.card_brand, event.card_masked) == ("visa", "411111xxxxxx1111")
    assert event.occurred_at == dt.datetime(2026, 3, 1, 8, 31, tzinfo=dt.UTC)


def test_a_partial_approval_tells_what_was_really_taken() -> None:
    event = believed(a_reply(reason_code="110", auth_amount="25.000"))
    assert (event.outcome, event.reason, event.amount) == (Outcome.CAPTURED, "110", Money(25_000))


@pytest.mark.parametrize(
    ("decision", "outcome"),
    [("REVIEW", Outcome.REVIEW), ("DECLINE", Outcome.DECLINED), ("ERROR", Outcome.ERROR), ("CANCEL", Outcome.CANCELLED)],
)
def test_other_decisions_need_no_amount(decision: str, outcome: Outcome) -> None:
    event = believed(a_reply(decision=decision, auth_amount=None, transaction_id=None, reason_code=None))
    assert (event.outcome, event.amount) == (outcome, None)


def test_the_same_verdict_by_the_same_channel_has_the_same_key() -> None:
    first, second = believed(a_reply()), believed(a_reply(signed_date_time="2026-03-01T09:00:00Z"))
    assert first.key == second.key
    assert believed(a_reply(decision="DECLINE")).key != first.key


def test_only_allow_listed_fields_are_kept() -> None:
    kept = believed(a_reply(request_token="t", payment_token="p")).fields
    assert not {"signature", "request_token", "payment_token", "req_card_number", "req_bill_to_forename"} & set(kept)
    assert kept["auth_amount"] == "50.000"


@pytest.mark.parametrize("name", [*APPROVAL, "signed_field_names", "signature"])
def test_a_field_that_was_changed_is_rejected(name: str) -> None:
    fields = a_reply()
    assert isinstance(read(fields | {name: fields[name] + "1"}), Rejected)


@pytest.mark.parametrize("name", [*APPROVAL, "signed_field_names", "signature"])
def test_a_field_that_was_taken_out_is_rejected(name: str) -> None:
    fields = a_reply()
    del fields[name]
    assert isinstance(read(fields), Rejected)


@pytest.mark.parametrize(
    "name",
    [
        "decision",
        "req_access_key",
        "req_profile_id",
        "req_transaction_uuid",
        "req_transaction_type",
        "req_reference_number",
        "req_amount",
        "req_currency",
        "transaction_id",
        "reason_code",
        "auth_amount",
        "signed_date_time",
    ],
)
def test_what_decides_must_be_covered_by_the_signature(name: str) -> None:
    assert isinstance(read(a_reply(name)), Rejected)


def test_the_list_of_signed_fields_must_itself_be_signed() -> None:
    names = [*APPROVAL]
    fields = APPROVAL | {"signed_field_names": ",".join(names)}
    assert isinstance(read(fields | {"signature": signature(fields, names, SECRET)}), Rejected)


def test_an_unsigned_extra_changes_nothing() -> None:
    assert believed(a_reply() | {"auth_code": "000000"}).fields.get("auth_code") is None


@pytest.mark.parametrize("mangle", [lambda s: "", lambda s: s[:-4], lambda s: s.swapcase(), lambda s: f" {s}", lambda s: s + "ع"])
def test_a_wrong_or_truncated_signature_is_rejected(mangle: Any) -> None:
    fields = a_reply()
    assert isinstance(read(fields | {"signature": mangle(fields["signature"])}), Rejected)


def test_signed_fields_in_another_order_are_rejected() -> None:
    fields = a_reply()
    reordered = ",".join(reversed(fields["signed_field_names"].split(",")))
    assert isinstance(read(fields | {"signed_field_names": reordered}), Rejected)


def test_another_secret_is_rejected() -> None:
    names = a_reply()["signed_field_names"].split(",")
    assert isinstance(read(a_reply() | {"signature": signature(a_reply(), names, "another")}), Rejected)


def test_a_reflected_request_is_not_a_payment() -> None:
    ours = request_fields(CHARGE, ACCESS, PROFILE, SECRET, NOW)
    dressed_up = {name: value for name, value in APPROVAL.items() if name not in ours}
    assert isinstance(read(ours | dressed_up), Rejected)


def test_words_typed_at_the_bank_cannot_pose_as_fields() -> None:
    """A payer may type a whole approval as a first name: cut elsewhere, the signed text of the decline would read ACCEPT."""
    typed = "x,decision=ACCEPT,auth_amount=50.000,signed_field_names=transaction_id,decision,auth_amount"
    assert isinstance(read(a_reply(decision="DECLINE", auth_amount=None, req_bill_to_forename=typed)), Rejected)
    assert believed(a_reply(req_bill_to_forename="flat = 3, floor=2")).outcome is Outcome.CAPTURED


@pytest.mark.parametrize("name", ["req_access_key", "req_profile_id", "req_transaction_type"])
def test_a_reply_to_somebody_else_or_to_another_kind_of_request_is_rejected(name: str) -> None:
    assert isinstance(read(a_reply(**{name: "another"})), Rejected)


@pytest.mark.parametrize("amount", ["", "50.0000", "-50.000", "5e1", "٥٠٫٠٠٠", "50,000", " 50.000", "NaN"])
def test_an_amount_that_is_not_one_is_rejected(amount: str) -> None:
    assert isinstance(read(a_reply(auth_amount=amount)), Rejected)


def test_a_malformed_moment_or_transaction_is_rejected() -> None:
    assert isinstance(read(a_reply(auth_time="yesterday")), Rejected)
    assert isinstance(read(a_reply(transaction_id="6512<script>")), Rejected)
    assert isinstance(read(a_reply(decision="MAYBE")), Rejected)


def test_a_field_that_comes_twice_is_rejected() -> None:
    body = urlencode(a_reply()).encode()
    assert isinstance(READER.read("merchant", FORM, body), VerifiedEvent)
    assert isinstance(READER.read("merchant", FORM, b"message=x&" + body), Rejected)


def test_a_name_signed_twice_is_rejected() -> None:
    fields = a_reply()
    names = [*fields["signed_field_names"].split(","), "decision"]
    fields["signed_field_names"] = ",".join(names)
    assert isinstance(read(fields | {"signature": signature(fields, names, SECRET)}), Rejected)


@pytest.mark.parametrize(
    ("kind", "accepted"),
    [
        ("application/x-www-form-urlencoded; charset=UTF-8", True),
        ('application/x-www-form-urlencoded;charset="utf-8"', True),
        ("application/x-www-form-urlencoded; charset=windows-1256", False),
        ("multipart/form-data; boundary=x", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_only_forms_in_utf8_are_read(kind: str, accepted: bool) -> None:
    assert isinstance(read(a_reply(), {"content-type": kind}), VerifiedEvent) is accepted


@pytest.mark.parametrize("more", [b"&\xd8=1", b"&a=%FF", b"&nothing", b"".join(b"&f%d=1" % number for number in range(500))])
def test_a_body_that_is_not_wholly_readable_is_rejected_though_well_signed(more: bytes) -> None:
    body = urlencode(a_reply()).encode()
    assert isinstance(READER.read("merchant", FORM, body + b"&a=1"), VerifiedEvent)
    assert isinstance(READER.read("merchant", FORM, body + more), Rejected)
    assert isinstance(READER.read("merchant", FORM, b""), Rejected)


def test_an_oversize_body_is_rejected_though_well_signed() -> None:
    assert isinstance(read(a_reply(message="m" * LARGEST_BODY)), Rejected)


def test_a_rejection_repeats_nothing_of_what_was_sent() -> None:
    rejected = read(a_reply(req_profile_id="4111111111111111"))
    assert isinstance(rejected, Rejected) and "4111" not in rejected.why


def test_a_number_that_comes_unmasked_is_masked() -> None:
    assert masked("4111111111111111") == "411111xxxxxx1111"
    assert masked("xxxxxxxxxxxx1111").endswith("xx1111")
    assert masked("1111") == "xxxxxx1111"
    assert masked("") == ""


NAMES = st.lists(st.text("ab_", min_size=1, max_size=3), min_size=1, max_size=4, unique=True)
VALUES = st.text("ab_,=é ", max_size=8)


@st.composite
def some_fields(draw: st.DrawFn) -> dict[str, str]:
    return {name: draw(VALUES) for name in draw(NAMES)}


@given(some_fields(), some_fields())
def test_no_value_can_pose_as_another_field(one: dict[str, str], other: dict[str, str]) -> None:
    """Two different lists of fields never have the same signed text: whatever could be cut in two ways is refused."""
    texts = []
    for fields in (one, other):
        try:
            texts.append(signed_text(fields, list(fields)))
        except ValueError:
            return
    assert (texts[0] == texts[1]) == (list(one.items()) == list(other.items()))


@given(some_fields())
def test_a_signed_text_is_cut_back_into_the_very_fields(fields: dict[str, str]) -> None:
    try:
        text = signed_text(fields, list(fields))
    except ValueError:
        return
    cut = [part.split("=", 1) for part in re.split(r",(?=\w+=)", text, flags=re.ASCII)]
    assert [tuple(pair) for pair in cut] == list(fields.items())
