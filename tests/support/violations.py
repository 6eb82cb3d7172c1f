"""The sandbox's register of violations as a process of its own, with the real adapter, one for each worker; each test begins with it as it was."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from gateways import tls
from gateways.registers.violations import ViolationsRegister
from operations.outside import outside
from tests.support.processes import free_port, running

REGISTER = "municipality.violations"
KEY_ID, SECRET = "tests", "a secret of tests, thirty-two letters"
CR = "7229237"
WORDS = {"place": {"ar": "صحار", "en": "Sohar"}, "article": {"ar": "المادة ٣١", "en": "article 31"}}
FIRST = {
    "26000001": {"amount_baisa": 20_000, "establishment": CR, "what": {"ar": "عرض بضاعة", "en": "Goods displayed"}, "late": 0},
    "26000002": {"amount_baisa": 50_500, "establishment": CR, "what": {"ar": "لوحة بلا ترخيص", "en": "A sign"}, "late": 1},
    "26000003": {
        "amount_baisa": 10_000,
        "establishment": CR,
        "what": {"ar": "مخلفات", "en": "Waste"},
        "late": 0,
        "state": "paid",
    },
    "26000004": {"amount_baisa": 5_000, "establishment": "", "what": {"ar": "شواء", "en": "Barbecue"}, "late": 0},
}


@dataclass
class Municipality:
    """What its own people do with it, from outside."""

    url: str

    def register(self, secret: str = SECRET, url: str = "") -> ViolationsRegister:
        return ViolationsRegister(url=url or self.url, key_id=KEY_ID, secret=secret)

    def control(self, **wish: Any) -> dict[str, dict[str, Any]]:
        """All violations by their numbers, after that."""
        told = httpx.post(f"{self.url}/control", json=wish, timeout=10, verify=tls.usual()).json()
        return {row["number"]: row for row in told}

    def begin_again(self) -> None:
        self.control(silent=False)
        for number, row in FIRST.items():
            whole = {"number": number, "day": "2026-09-14", "state": "due", "receipt": None, "paid_at": None, **WORDS, **row}
            self.control(add=whole)

    def of(self, number: str) -> dict[str, Any]:
        return self.control()[number]


@pytest.fixture(scope="session")
def municipality_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Municipality]:
    port, folder = free_port(), tmp_path_factory.mktemp("violations")
    command = [sys.executable, "-m", "sandbox.violations", "--port", str(port), "--data", str(folder)]
    keys = {"VIOLATIONS_KEY_ID": KEY_ID, "VIOLATIONS_SECRET": SECRET}
    with running(command, f"http://127.0.0.1:{port}/healthz", environment=keys):
        yield Municipality(f"http://127.0.0.1:{port}")


@pytest.fixture
def municipality(municipality_process: Municipality) -> Iterator[Municipality]:
    """The register as the portal reaches it."""
    municipality_process.begin_again()
    before, outside.registers = object.__getattribute__(outside, "registers"), {REGISTER: municipality_process.register()}
    yield municipality_process
    outside.registers = before
