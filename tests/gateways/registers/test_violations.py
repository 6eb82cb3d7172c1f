"""The adapter of the municipality's register, against the real sandbox process: what it asks, what it reads, and what it does not believe."""

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from engine.errors import Unavailable
from engine.money import Money
from gateways.registers.violations import ViolationsRegister
from tests.support.processes import free_port
from tests.support.violations import CR, Municipality, municipality, municipality_process

__all__ = ["municipality", "municipality_process"]

AT = dt.datetime(2026, 11, 22, 8, 0, tzinfo=dt.UTC)
TOLD: dict[str, Any] = {
    "number": "7",
    "day": "2026-09-14",
    "place": {"ar": "صحار", "en": "Sohar"},
    "article": {"ar": "المادة ١", "en": "article 1"},
    "what": {"ar": "لوحة", "en": "A sign"},
    "amount_baisa": 1000,
    "establishment": None,
    "late": False,
    "state": "due",
}


def test_a_company_is_shown_with_what_the_register_says_of_it(municipality: Municipality) -> None:
    found = municipality.register().find({"establishment": CR})
    assert [(entry.number, entry.data["amount"], entry.data["state"]) for entry in found] == [
        ("26000001", 20_000, "due"),
        ("26000002", 50_500, "overdue"),
        ("26000003", 10_000, "paid"),
    ]
    assert found[0].data["what"] == {"ar": "عرض بضاعة", "en": "Goods displayed"}
    assert (found[0].data["day"], found[0].data["establishment"]) == ("2026-09-14", CR)


@pytest.mark.parametrize(
    ("by", "numbers"),
    [
        ({"violation": "26000004"}, ["26000004"]),
        ({"establishment": CR, "violation": "26000002"}, ["26000002"]),
        ({"establishment": CR, "violation": "26000004"}, []),
        ({"violation": "404"}, []),
        ({}, []),
    ],
)
def test_what_is_typed_narrows(municipality: Municipality, by: dict[str, str], numbers: list[str]) -> None:
    assert [entry.number for entry in municipality.register().find(by)] == numbers


def test_several_numbers_are_asked_at_once(municipality: Municipality) -> None:
    found = municipality.register().numbered(["26000004", "26000001", "404"])
    assert [entry.number for entry in found] == ["26000001", "26000004"]
    assert municipality.register().numbered([]) == []


def test_paying_is_said_once_however_often_it_is_said(municipality: Municipality) -> None:
    register = municipality.register()
    for _again in range(2):
        assert register.settle("26000001", amount=Money(20_000), receipt="R-2026-000001", at=AT)
    row = municipality.of("26000001")
    assert (row["state"], row["receipt"], row["paid_at"]) == ("paid", "R-2026-000001", "2026-11-22T08:00:00+00:00")


@pytest.mark.parametrize("state", ["paid", "cancelled"])
def test_what_is_not_due_any_more_is_not_taken(municipality: Municipality, state: str) -> None:
    municipality.control(number="26000001", state=state)
    assert not municipality.register().settle("26000001", amount=Money(20_000), receipt="R-2026-000001", at=AT)


@pytest.mark.parametrize(("number", "baisa"), [("404", 20_000), ("26000001", 19_999)])
def test_a_number_or_an_amount_the_register_does_not_know_is_nobodys_refund(
    municipality: Municipality, number: str, baisa: int
) -> None:
    with pytest.raises(Unavailable):
        municipality.register().settle(number, amount=Money(baisa), receipt="R-2026-000001", at=AT)
    assert municipality.of("26000001")["state"] == "due"


def test_a_register_that_is_silent_away_or_does_not_know_us_is_unavailable(municipality: Municipality) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    for register in (municipality.register("another secret"), municipality.register(url=nowhere)):
        with pytest.raises(Unavailable):
            register.find({"establishment": CR})
    assert municipality.register().answers() and not municipality.register(url=nowhere).answers()
    municipality.control(silent=True)
    with pytest.raises(Unavailable, match="Nothing was charged"):
        municipality.register().find({"establishment": CR})


def test_a_request_counts_for_five_minutes_and_only_as_it_was_signed(municipality: Municipality) -> None:
    old = ViolationsRegister(
        url=municipality.url,
        key_id="tests",
        secret="a secret of tests, thirty-two letters",
        now=lambda: dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )
    with pytest.raises(Unavailable):
        old.find({"establishment": CR})
    assert httpx.get(f"{municipality.url}/v1/violations?number=26000001", timeout=5).status_code == 401


# --- Answers that are not as agreed ----------------------------------------------------------------------------------------------


@pytest.fixture
def odd() -> Iterator[tuple[ViolationsRegister, list[Any]]]:
    """A register that says what a test puts into the list."""
    says: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = says[-1] if isinstance(says[-1], bytes) else json.dumps(says[-1]).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_said: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield ViolationsRegister(url=f"http://127.0.0.1:{server.server_port}", key_id="k", secret="s"), says
    server.shutdown()
    server.server_close()


def test_more_than_the_contract_names_never_comes_in(odd: tuple[ViolationsRegister, list[Any]]) -> None:
    register, says = odd
    says.append({"violations": [TOLD | {"name": "Salim", "plate": "1 B"}]})
    (entry,) = register.find({"violation": "7"})
    assert entry.data.keys() == {"what", "article", "day", "place", "amount", "state", "establishment"}
    assert entry.data["establishment"] == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_baisa": 12.5},
        {"amount_baisa": True},
        {"amount_baisa": 0},
        {"amount_baisa": "1000"},
        {"state": "unknown"},
        {"day": "14/9/2026"},
        {"what": "A sign"},
        {"what": {"en": "A sign"}},
    ],
)
def test_an_answer_that_is_not_as_agreed_is_not_believed(
    odd: tuple[ViolationsRegister, list[Any]], wrong: dict[str, Any]
) -> None:
    register, says = odd
    says.append({"violations": [TOLD | wrong]})
    with pytest.raises(Unavailable):
        register.find({"violation": "7"})


@pytest.mark.parametrize("wrong", [b"<html>", b"[]", b"{}", b'{"violations": {}}', b'{"violations": [1]}'])
def test_nor_one_of_another_shape(odd: tuple[ViolationsRegister, list[Any]], wrong: bytes) -> None:
    register, says = odd
    says.append(wrong)
    with pytest.raises(Unavailable):
        register.find({"violation": "7"})
