"""A login by card: from the request at the agent to the token, through the true PC/SC with a virtual card, the typing of the PIN aside.

Needs the packages of card_reader/requirements.txt, pcscd and vsmartcard-vpcd.
"""

import threading
import time
from collections.abc import Iterator
from statistics import median

import httpx
import waitress

from bench.figures import Figure
from card_reader.__main__ import SERVER
from card_reader.agent import HEADER, create_app
from card_reader.operations import Desk
from card_reader.reader import Readers
from card_reader.settings import Settings
from tests.support.card import PIN, card, until, virtual_reader_here
from tests.support.processes import free_port

PORTAL = "https://portal.example.om"
LOGIN = {"challengeNonce": "A" * 43 + "=", "lang": "en"}


def card_logins(times: int) -> Iterator[Figure]:
    """Median milliseconds of so many logins each. Once in a process: the library of PC/SC reads its service's address once."""
    with virtual_reader_here() as reader:
        readers = Readers()
        link = reader.insert(card("P-256"))
        until(lambda: any(each.state == "card" for each in readers.status().readers))
        agent = _Agent(readers)
        try:
            for kind in ("P-256", "RSA-2048"):
                link.card = card(kind)
                agent.login()
                yield Figure(
                    f"card_login_{kind.lower().replace('-', '')}", 1000 * median(agent.login() for _each in range(times)), "ms"
                )
        finally:
            agent.server.close()
            readers.close()


class _Agent:
    """With somebody at the window who has typed the PIN as soon as it is asked for."""

    def __init__(self, readers: Readers) -> None:
        settings = Settings(frozenset({PORTAL}), port=free_port())
        self.desk = Desk(readers, self._type)
        self.server = waitress.create_server(create_app(settings, readers, self.desk), port=settings.port, **SERVER)
        self.url = f"http://127.0.0.1:{settings.port}/v1/authenticate"
        self.client = httpx.Client(trust_env=False)
        threading.Thread(target=self._serve, daemon=True).start()

    def login(self) -> float:
        """Seconds."""
        start = time.perf_counter()
        answer = self.client.post(self.url, json=LOGIN, headers={"Origin": PORTAL, HEADER: "1"})
        taken = time.perf_counter() - start
        answer.raise_for_status()
        return taken

    def _type(self, address: str) -> bool:
        operation = self.desk.at(address.rsplit("/", 1)[1])
        assert operation and operation.wait_for(lambda view: view.state == "pin", 5)
        operation.answer(operation.view.turn, PIN)
        return True

    def _serve(self) -> None:
        try:
            self.server.run()
        except OSError:
            pass  # closed while it waited
