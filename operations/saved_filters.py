"""The lists that a clerk keeps under a name: each is an address of the desk."""

from typing import Any

from engine.actor import Actor
from engine.errors import NotFound, Refusal
from engine.wording import _
from models import SavedFilter, database
from operations import staff
from operations.now import now
from operations.staff import Duty
from statements import statement

MOST = 20
LONGEST = 60


def of(actor: Actor) -> list[SavedFilter]:
    return _saved.all(actor.account)


@statement
def _saved(account: Any) -> Any:
    return SavedFilter.select().where(SavedFilter.account == account).order_by(SavedFilter.name).limit(MOST)


@database.atomic()
def save(actor: Actor, name: str, query: str) -> None:
    """Keep a list; the same name again takes the place of the first. Raises NotAllowed for who is no clerk, Refusal without a name."""
    staff.require(actor, Duty.CLERK)
    name = name.strip()[:LONGEST]
    if not name:
        raise Refusal(_("Give the list a name."), field="name")
    kept = of(actor)
    if len(kept) >= MOST and name not in {one.name for one in kept}:
        raise Refusal(_("You keep %(most)s lists already: remove one first.", most=MOST), field="name")
    saved = SavedFilter.insert(account=actor.account, name=name, query=query, created_at=now())
    saved.on_conflict(
        conflict_target=[SavedFilter.account, SavedFilter.name], update={SavedFilter.query: query, SavedFilter.created_at: now()}
    ).execute()


@database.atomic()
def remove(actor: Actor, number: int) -> None:
    """Raises NotFound for anybody else's."""
    staff.require(actor, Duty.CLERK)
    if not SavedFilter.delete().where((SavedFilter.id == number) & (SavedFilter.account == actor.account)).execute():
        raise NotFound
