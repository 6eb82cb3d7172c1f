"""A running bank, a merchant's server, and the merchant's own signed form, written here from the specification."""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from tests.sandbox.bank.running import Bank, Payer, Shop, running_bank, running_shop

MakeForm = Callable[..., dict[str, str]]


def signed(fields: dict[str, str], secret: str, leave_out: tuple[str, ...] = ()) -> dict[str, str]:
    names = [*(name for name in fields if name not in leave_out), "signed_field_names"]
    fields = fields | {"signed_field_names": ",".join(names)}
    text = ",".join(f"{name}={fields[name]}" for name in names)
    return fields | {"signature": base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()}


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    with running_bank(tmp_path_factory.mktemp("bank") / "data") as running:
        yield running


@pytest.fixture
def shop() -> Iterator[Shop]:
    with running_shop() as running:
        yield running


@pytest.fixture
def person() -> Payer:
    return Payer()


@pytest.fixture
def form(bank: Bank, shop: Shop) -> MakeForm:
    """The merchant's form; `without` fields are left out, `unsigned` ones sent but not signed, others changed before signing."""

    def make(
        without: str = "", unsigned: tuple[str, ...] = (), keys: dict[str, str] = bank.keys, **changed: str
    ) -> dict[str, str]:
        uuid = str(uuid4())
        fields = {
            "access_key": keys["BANK_ACCESS_KEY"],
            "profile_id": keys["BANK_PROFILE_ID"],
            "transaction_uuid": uuid,
            "signed_date_time": f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
            "locale": "ar-xn",
            "transaction_type": "sale",
            "reference_number": f"P-{uuid[:13]}",
            "amount": "50.000",
            "currency": "OMR",
            "override_custom_receipt_page": f"{shop.url}/return",
            "override_custom_cancel_page": f"{shop.url}/cancel",
            "override_backoffice_post_url": f"{shop.url}/notify",
            "bill_to_forename": "Ali",
            "bill_to_surname": "Al Jahdhami",
            "bill_to_address_line1": "Muscat",
            "bill_to_address_city": "Ruwi",
            "bill_to_address_country": "OM",
            "bill_to_phone": "99416689",
            "bill_to_email": "ali@example.om",
            "unsigned_field_names": "",
        } | changed
        fields.pop(without, None)
        return signed(fields, keys["BANK_SECRET"], unsigned)

    return make
