"""Keys of programs that may file for people by Open311: made and taken away by a command; only their digests are kept."""

import datetime as dt
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from peewee import IntegrityError

from engine.errors import Conflict, NotFound
from engine.wording import _
from models import ApiKey, database
from operations import audit, secrets
from operations.now import now
from statements import statement


@dataclass(frozen=True, slots=True)
class Known:
    """A key as an administrator sees it."""

    name: str
    created_at: dt.datetime
    revoked_at: dt.datetime | None


def add(name: str) -> str:
    """A new key for who is called so. It is shown this once. Raises Conflict while that name has one."""
    key = token_urlsafe(32)
    try:
        with database.atomic():
            ApiKey.create(name=name, digest=secrets.token_hash(key), created_at=now())
            audit.record(None, "api-key.added", f"api-key:{name}")
    except IntegrityError:
        raise Conflict(_("“%(name)s” has a key already: revoke it first.", name=name)) from None
    return key


@database.atomic()
def revoke(name: str) -> None:
    """From now on it opens nothing. Raises NotFound."""
    if not ApiKey.update(revoked_at=now()).where((ApiKey.name == name) & ApiKey.revoked_at.is_null()).execute():
        raise NotFound
    audit.record(None, "api-key.revoked", f"api-key:{name}")


def holder(key: str) -> str | None:
    """Who that key was made for; None when it is unknown or revoked."""
    row = _standing.first(secrets.token_hash(key)) if key else None
    return str(row.name) if row else None


@statement
def _standing(digest: Any) -> Any:
    return ApiKey.select().where((ApiKey.digest == digest) & ApiKey.revoked_at.is_null())


def all_of_them() -> list[Known]:
    return [Known(row.name, row.created_at, row.revoked_at) for row in ApiKey.select().order_by(ApiKey.id)]
