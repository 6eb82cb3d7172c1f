"""What somebody sent after their session had run out: kept for a day, and given back once they are signed in again."""

import datetime as dt
from typing import Any

from engine.actor import Actor
from models import KeptForm, Session
from operations import secrets
from operations.now import now
from statements import statement

LASTS = dt.timedelta(days=1)
LARGEST = 50_000  # characters in all


def keep(token: str, path: str, fields: dict[str, str]) -> bool:
    """Whether it is kept: only for whom the token once stood, and only what a person may have typed."""
    session = Session.get_or_none(Session.token_hash == secrets.token_hash(token))
    if session is None or sum(map(len, fields.values())) > LARGEST:
        return False
    values = {"fields": fields, "at": now()}
    KeptForm.insert(account=session.account, path=path, **values).on_conflict(
        conflict_target=[KeptForm.account, KeptForm.path], update=values
    ).execute()
    return True


def back(actor: Actor, path: str) -> dict[str, str]:
    """What this person sent to that page; empty when nothing is kept."""
    row = _kept.first(actor.account, path)
    return dict(row.fields) if row and row.at > now() - LASTS else {}


@statement
def _kept(account: Any, path: Any) -> Any:
    return KeptForm.select().where((KeptForm.account == account) & (KeptForm.path == path))


def forget(actor: Actor, path: str) -> None:
    """It was sent again, and saved."""
    KeptForm.delete().where((KeptForm.account == actor.account) & (KeptForm.path == path)).execute()


def forget_old() -> None:
    KeptForm.delete().where(KeptForm.at < now() - LASTS).execute()
