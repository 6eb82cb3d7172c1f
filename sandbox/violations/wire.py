"""Whether a request is signed as the contract asks (docs/violations.md, "Signing")."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping

CLOCKS_DIFFER = dt.timedelta(minutes=5)


def signed(method: str, target: str, body: bytes, headers: Mapping[str, str], keys: Mapping[str, str]) -> bool:
    """By a key we have given out, over exactly this request, within the last five minutes."""
    secret = keys.get(headers.get("X-Key-Id", ""))
    date = headers.get("X-Date", "")
    if secret is None or not _recent(date):
        return False
    said = "\n".join((method, target, date, hashlib.sha256(body).hexdigest()))
    right = hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(right, headers.get("X-Signature", ""))


def _recent(date: str) -> bool:
    try:
        moment = dt.datetime.strptime(date, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
    except ValueError:
        return False
    return abs(dt.datetime.now(dt.UTC) - moment) <= CLOCKS_DIFFER
