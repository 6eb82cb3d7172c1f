"""A browser as small as it can be: one connection, its cookies, redirects followed, forms read. Cheap, so that what is measured is the server."""

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlencode, urlsplit

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"[^>]* value="([^"]*)"')
TIMEOUT = 30


class Unexpected(Exception):
    """An answer that the flow has no use for: `status` and where."""

    def __init__(self, status: int, where: str) -> None:
        super().__init__(f"{status} from {where}")
        self.status = status


@dataclass
class Page:
    status: int
    path: str
    text: str

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page's own forms (those in <main>)."""
        main = self.text[max(self.text.find("<main"), 0) :]
        return {name: unescape(value) for name, value in HIDDEN.findall(main)}


class Browser:
    """Speaks to one port from one loopback address. Counts its requests."""

    def __init__(self, port: int, *, cookie: str = "", address: str = "127.0.0.1") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT, source_address=(address, 0))
        self._cookies = {"session": cookie} if cookie else {}
        self.requests = 0

    def get(self, path: str) -> Page:
        return self._follow("GET", path, None)

    def post(self, path: str, fields: Mapping[str, str]) -> Page:
        return self._follow("POST", path, urlencode(fields))

    def fetch(self, path: str) -> bytes:
        """A file, as it is."""
        status, _location, body = self._ask("GET", path, None)
        if status != 200:
            raise Unexpected(status, f"GET {path}")
        return body

    def _follow(self, method: str, path: str, sent: str | None) -> Page:
        for _hop in range(6):
            status, location, body = self._ask(method, path, sent)
            if status not in (302, 303):
                break
            method, path, sent = "GET", _path(location), None
        if status >= 400:
            raise Unexpected(status, f"{method} {path}")
        return Page(status, path, body.decode())

    def _ask(self, method: str, path: str, sent: str | None) -> tuple[int, str, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())} if self._cookies else {}
        if sent is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._connection.request(method, path, sent, headers)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()  # the next request opens another
            raise
        self.requests += 1
        for header in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, rest = header.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return answer.status, answer.headers.get("Location", ""), body

    def close(self) -> None:
        self._connection.close()


def _path(location: str) -> str:
    parts = urlsplit(location)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
