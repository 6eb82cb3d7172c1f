"""SMS over Kannel's `sendsms` (its user's guide, "Using the HTTP interface to sms push"), which most telecoms copy."""

import logging
from typing import Self

import httpx

from engine.errors import Unavailable
from engine.wording import _
from gateways import tls
from gateways.delivery import Undeliverable

# These say that we, not the message, are unwelcome just now: a wrong password, too fast, too slow.
FOR_NOW = {401, 403, 408, 429}


class KannelTexter:
    """A telecom. `url` is the whole address (`https://…/cgi-bin/sendsms`), `sender` the name on the phone; `timeout` in seconds.

    `dlr_mask` asks for delivery reports (1 delivered, 2 not, 8 at the telecom; summed), sent to `dlr_url`.
    """

    def __init__(
        self,
        *,
        url: str,
        username: str,
        password: str,
        sender: str,
        timeout: float = 10,
        dlr_mask: int = 0,
        dlr_url: str = "",
    ) -> None:
        self.url = url
        self.always = {"username": username, "password": password, "from": sender}
        if dlr_mask:
            self.always |= {"dlr-mask": str(dlr_mask), "dlr-url": dlr_url}
        self.http = httpx.Client(timeout=timeout, verify=tls.usual())

    @classmethod
    def from_url(cls, url: str, *, sender: str) -> Self:
        """`https://host/cgi-bin/sendsms?username=…&password=…` (and `dlr-mask`, `dlr-url` if wished)."""
        whole = httpx.URL(url)
        given = whole.params
        return cls(
            url=str(whole.copy_with(query=None)),
            username=given["username"],
            password=given["password"],
            sender=sender,
            dlr_mask=int(given.get("dlr-mask", 0)),
            dlr_url=given.get("dlr-url", ""),
        )

    def send(self, *, to: str, text: str, key: str) -> None:
        parameters = {**self.always, "to": to, "text": text, "charset": "UTF-8", "coding": _coding(text), "binfo": key}
        try:
            # Kannel reads these from the query only: to a POST it listens in another way.
            answer = self.http.get(self.url, params=parameters)
        except httpx.HTTPError as trouble:
            raise _unavailable() from trouble
        if answer.is_success:
            return
        if answer.is_client_error and answer.status_code not in FOR_NOW:
            raise Undeliverable(f"{answer.status_code} {answer.text[:200]}")
        raise _unavailable()


def _coding(text: str) -> str:
    """0: the telecom's seven bits, 160 to a part; 2: UCS-2, 70 to a part, which Arabic needs."""
    return "0" if text.isascii() else "2"


def _unavailable() -> Unavailable:
    return Unavailable(_("The telecom does not answer. We keep the message and try again."))


class _WithoutQuery(logging.Filter):
    """httpx logs whole addresses; ours carry the password and somebody's code."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(arg.copy_with(query=None) if isinstance(arg, httpx.URL) else arg for arg in record.args)
        return True


logging.getLogger("httpx").addFilter(_WithoutQuery())
