"""The bank as its own process, a merchant's server that writes down what it is sent, and a payer without scripts."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeVar
from urllib.parse import urljoin

import httpx

Found = TypeVar("Found")
PATIENCE = 10.0
COMMAND = [sys.executable, "-m", "sandbox.bank"]
ROOT = Path(__file__).parents[3]


@dataclass
class Bank:
    """A running bank: its address, its keys (as `BANK_*`), its folder and everything it printed."""

    url: str
    keys: dict[str, str]
    data: Path
    log: Path


@contextmanager
def running_bank(data: Path, late_seconds: float = 1.2) -> Iterator[Bank]:
    log = data.parent / f"{data.name}.log"
    printed = subprocess.run(
        [*COMMAND, "keys", "--data", data], cwd=ROOT, env=_environment(), capture_output=True, text=True, check=True
    )
    keys = dict(line.split("=", 1) for line in printed.stdout.split())
    options = ["--port", "0", "--data", str(data), "--late-seconds", str(late_seconds)]
    with log.open("a") as sink:
        process = subprocess.Popen(
            [*COMMAND, *options], cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, stderr=sink, text=True
        )
    try:
        assert process.stdout
        first_line = process.stdout.readline()
        address = re.search(r"http://\S+", first_line)
        assert address, f"the bank did not start: {log.read_text()}"
        yield Bank(address[0].rstrip("/"), keys, data, log)
    finally:
        process.terminate()
        process.wait(PATIENCE)
        if process.stdout:
            with log.open("a") as sink:
                sink.write(process.stdout.read())
            process.stdout.close()


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("BANK_")}


@dataclass
class Post:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Shop:
    """A merchant's server. `failing` makes it answer 500 so many times."""

    url: str
    posts: list[Post] = field(default_factory=list)
    failing: int = 0

    def to(self, path: str) -> list[Post]:
        return [post for post in self.posts if post.path == path]


@contextmanager
def running_shop() -> Iterator[Shop]:
    shop = Shop("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            failing, shop.failing = shop.failing > 0, max(shop.failing - 1, 0)
            if not failing:
                shop.posts.append(Post(self.path, dict(self.headers.items()), body))
            self.send_response(500 if failing else 200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shop.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()


class Page(HTMLParser):
    """One page as a person without scripts meets it."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.status, self.url, self.html, self.headers = response.status_code, str(response.url), response.text, response.headers
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.language = self.direction = self.heading = ""
        self._in_heading = False
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language, self.direction = given["lang"], given["dir"]
        if tag == "form":
            self.forms.append((urljoin(self.url, given.get("action", "")), {}))
        if tag == "input" and given.get("type") != "radio":
            self.forms[-1][1][given["name"]] = given.get("value", "")
        self._in_heading = tag == "h1"

    def handle_data(self, data: str) -> None:
        self.heading += data if self._in_heading else ""

    def handle_endtag(self, tag: str) -> None:
        self._in_heading = self._in_heading and tag != "h1"


class Payer:
    """Walks the checkout by its forms alone."""

    CARD = {"card_type": "001", "card_expiry_month": "12", "card_expiry_year": "2030", "card_cvn": "123"}

    def __init__(self) -> None:
        self.browser = httpx.Client(
            follow_redirects=True, timeout=PATIENCE, verify=False
        )  # plain http: spares loading certificates

    def open(self, url: str, fields: dict[str, str]) -> Page:
        return Page(self.browser.post(url, data=fields))

    def look(self, url: str) -> Page:
        return Page(self.browser.get(url))

    def send(self, page: Page, **typed: str) -> Page:
        action, fields = page.forms[0]
        return Page(self.browser.post(action, data=fields | typed))

    def cancel(self, page: Page) -> Page:
        return Page(self.browser.post(page.forms[1][0]))

    def pay(self, url: str, fields: dict[str, str], number: str, **card: str) -> Page:
        """From the portal's form to the receipt page, before the return is sent."""
        payment = self.send(self.open(url, fields), bill_to_address_country="OM")
        review = self.send(payment, **(self.CARD | {"card_number": number} | card))
        return self.send(review)

    def pay_and_return(self, url: str, fields: dict[str, str], number: str, **card: str) -> Page:
        receipt = self.pay(url, fields, number, **card)
        self.send(receipt)
        return receipt


def eventually(look: Callable[[], Found]) -> Found:
    """What `look` finds as soon as it finds something; fails after a while."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.03)
    return found
