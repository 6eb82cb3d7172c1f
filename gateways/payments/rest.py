"""CyberSource's REST services, with HTTP Signature authentication: signed JSON in, JSON out, and nothing decided.

Source: CyberSource developer centre, "Construct Messages Using HTTP Signature Security": the signature is the base64
HMAC-SHA256, with the base64-decoded shared secret, over the lines host, v-c-date, request-target, digest, v-c-merchant-id.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any

import httpx

from engine.errors import Unavailable
from engine.wording import _
from gateways import tls

TIMEOUT = httpx.Timeout(15, connect=5)
log = logging.getLogger(__name__)


class Rest:
    """Calls one merchant's services at one address."""

    def __init__(self, url: str, merchant_id: str, key_id: str, secret: str, now: Callable[[], dt.datetime]) -> None:
        self._host = httpx.URL(url).netloc.decode()
        self._merchant_id, self._key_id, self._now = merchant_id, key_id, now
        self._secret = base64.b64decode(secret, validate=True)
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT, verify=tls.usual())

    def get(self, path: str) -> dict[str, Any]:
        """The JSON answer of a resource that must be there."""
        status, answer = self._call("GET", path)
        if status != 200:
            raise self.unclear(path, f"status {status}")
        return answer

    def post(self, path: str, payload: dict[str, Any], key: str = "") -> tuple[int, dict[str, Any]]:
        """Status (2xx or 4xx) and JSON answer. `key` makes a repeated call harmless while the provider remembers it."""
        return self._call("POST", path, json.dumps(payload).encode(), {"v-c-idempotency-id": key} if key else {})

    def _call(self, method: str, path: str, body: bytes = b"", extra: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
        headers = self.signed_headers(method, path, body) | (extra or {})
        try:
            response = self._http.request(method, path, content=body or None, headers=headers)
            answer = response.json() if response.content else {}
        except (httpx.HTTPError, ValueError) as trouble:
            raise self.unclear(path, type(trouble).__name__) from trouble
        # 401 and 403 are our settings; 408, 429, 3xx and 5xx their trouble: none of them tells what became of the money.
        if (
            response.status_code in {401, 403, 408, 429}
            or response.status_code // 100 not in {2, 4}
            or not isinstance(answer, dict)
        ):
            raise self.unclear(path, f"status {response.status_code}")
        return response.status_code, answer

    def signed_headers(self, method: str, path: str, body: bytes) -> dict[str, str]:
        lines = {
            "host": self._host,
            "v-c-date": format_datetime(self._now().astimezone(dt.UTC), usegmt=True),
            "request-target": f"{method.lower()} {path}",
            "v-c-merchant-id": self._merchant_id,
        }
        if body:
            lines["digest"] = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
        text = "\n".join(f"{name}: {value}" for name, value in lines.items())
        signature = base64.b64encode(hmac.new(self._secret, text.encode(), hashlib.sha256).digest()).decode()
        parts = {"keyid": self._key_id, "algorithm": "HmacSHA256", "headers": " ".join(lines), "signature": signature}
        del lines["request-target"]
        return lines | {
            "signature": ", ".join(f'{name}="{value}"' for name, value in parts.items()),
            "content-type": "application/json",
            "accept": "application/json",
        }

    def unclear(self, path: str, trouble: str) -> Unavailable:
        log.warning("card gateway gives no clear answer: %s %s", path, trouble)
        return Unavailable(_("The bank is not answering at the moment. Nothing is lost: we will ask it again."))
