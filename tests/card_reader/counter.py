"""The agent as it runs at a counter, and a page of the portal that asks it."""

import re
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from queue import Queue
from typing import Any

import httpx
import waitress

from card_reader.__main__ import SERVER
from card_reader.agent import HEADER, create_app
from card_reader.errors import CardProblem
from card_reader.operations import Desk
from card_reader.settings import Settings
from tests.support.card import until
from tests.support.processes import free_port

PORTAL = "https://portal.example.om"
NONCE = "bm9uY2Utb2YtMzItcmFuZG9tLWJ5dGVzLWZvci10ZXN0cw=="
# One for all: making one takes longer than all it is then asked.
CLIENT = httpx.Client(trust_env=False, timeout=120)


@dataclass
class Counter:
    """`windows` are the addresses a browser was asked to open."""

    settings: Settings
    desk: Desk
    pool: ThreadPoolExecutor
    windows: Queue[str] = field(default_factory=Queue)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    def ask(
        self, path: str = "/v1/status", body: Any = None, *, method: str | None = None, headers: Any = None, **more: Any
    ) -> httpx.Response:
        """As the portal's page does; a header of None is left out."""
        sent = (
            {"Origin": PORTAL, HEADER: "1"}
            | ({"Content-Type": "application/json"} if body is not None or more else {})
            | (headers or {})
        )
        kept = {name: value for name, value in sent.items() if value is not None}
        method = method or ("POST" if body is not None or more else "GET")
        return CLIENT.request(method, self.url + path, json=body, headers=kept, **more)

    def begin(
        self, path: str = "/v1/authenticate", body: Any = None, lang: str = "en", origin: str = PORTAL
    ) -> "tuple[Future[httpx.Response], str]":
        """The answer to come, and the address of the window that opened."""
        answer = self.pool.submit(
            self.ask, path, {"lang": lang} | (body or {"challengeNonce": NONCE}), headers={"Origin": origin}
        )
        return answer, self.windows.get(timeout=10)

    def cleared(self) -> None:
        """Nobody waits for the card, and no window is open."""
        if self.desk.current:
            self.desk.current.stop(CardProblem("cancelled"))
        until(lambda: not self.desk.busy)
        while not self.windows.empty():
            self.windows.get()


@contextmanager
def counter(readers: Any, *, portals: Iterable[str] = (PORTAL,), patience: float = 120) -> Iterator[Counter]:
    chosen = Settings(frozenset(portals), port=free_port(), patience=patience)
    windows: Queue[str] = Queue()
    desk = Desk(readers, lambda address: not windows.put(address), reader=chosen.reader, patience=patience)
    server = waitress.create_server(create_app(chosen, readers, desk), port=chosen.port, **SERVER)
    threading.Thread(target=_serve, args=(server,), daemon=True).start()
    try:
        with ThreadPoolExecutor(4) as pool:  # ends when all are answered
            made = Counter(chosen, desk, pool, windows)
            try:
                yield made
            finally:
                made.cleared()
    finally:
        server.close()


def _serve(server: Any) -> None:
    with suppress(OSError):  # closed from outside while it waited
        server.run()


def read(window: str) -> str:
    return CLIENT.get(window).text


def until_read(window: str, words: str) -> str:
    """The window's page, once it holds these words."""
    return str(until(lambda: page if words in (page := read(window)) else None))


def type_pin(window: str, pin: str, *, origin: str | None = None, turn: str | None = None, **headers: str) -> httpx.Response:
    """As the window's form sends it without scripts. Waits for the form first."""
    turn = turn or re.findall(r'name="turn" value="(\d+)"', until_read(window, 'name="turn"'))[0]
    sent = {"Origin": origin or re.findall("http://[^/]+", window)[0]} | headers
    return CLIENT.post(window, data={"turn": turn, "pin": pin}, headers=sent, follow_redirects=True)


def cancel(window: str) -> httpx.Response:
    return CLIENT.post(
        window, data={"cancel": "1"}, headers={"Origin": re.findall("http://[^/]+", window)[0]}, follow_redirects=True
    )
