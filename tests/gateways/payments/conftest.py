"""A bank that really runs, a merchant's server beside it, and the real adapter between them."""

import datetime as dt
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from engine.money import Money
from gateways.payments import Charge, Locale, Payer
from gateways.payments.cybersource import CyberSource
from tests.sandbox.bank.running import Bank, Shop, running_bank, running_shop
from tests.sandbox.bank.running import Payer as Person

ALI = Payer("علي", "الجهضمي", "روي، مطرح", "مسقط", "OM", "+968 9941 6689", "ali@chamber.example.om")


def adapter(keys: dict[str, str], url: str = "http://127.0.0.1:1", **changed: object) -> CyberSource:
    settings: dict[str, object] = {
        "endpoint": f"{url}/pay",
        "access_key": keys["BANK_ACCESS_KEY"],
        "profile_id": keys["BANK_PROFILE_ID"],
        "secret": keys["BANK_SECRET"],
        "merchant_id": keys["BANK_MERCHANT_ID"],
        "rest_key_id": keys["BANK_REST_KEY_ID"],
        "rest_secret": keys["BANK_REST_SECRET"],
        "rest_url": url,
        "mode": "test",
        "now": lambda: dt.datetime.now(dt.UTC),
    }
    return CyberSource(**(settings | changed))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    with running_bank(tmp_path_factory.mktemp("bank") / "data") as running:
        yield running


@pytest.fixture
def shop() -> Iterator[Shop]:
    with running_shop() as running:
        yield running


@pytest.fixture
def gateway(bank: Bank) -> CyberSource:
    return adapter(bank.keys, bank.url)


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def a_charge(shop: Shop) -> Callable[..., Charge]:
    def make(rials: int = 50, locale: Locale = "ar", payer: Payer = ALI, **changed: str) -> Charge:
        uuid = changed.get("uuid") or str(uuid4())
        return Charge(
            uuid=uuid,
            reference=changed.get("reference") or f"P-{uuid[:13]}",
            amount=Money.rials(rials),
            locale=locale,
            payer=payer,
            return_url=f"{shop.url}/return",
            cancel_url=f"{shop.url}/cancel",
            notify_url=f"{shop.url}/notify",
            description="تجديد عضوية",
        )

    return make
