"""Whom an administrator administers: one authority, or everything. What applications say is not theirs to see."""

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import NotAllowed, NotFound
from operations import staff
from operations.staff import Duty


def authorities_of(actor: Actor) -> list[str]:
    """The authorities of this administrator, as the catalogue lists them. Raises NotAllowed for who administers nothing."""
    staff.require(actor, Duty.ADMINISTRATOR)
    return [code for code in catalogue.authorities if _over(actor, code)]


def require(actor: Actor, authority: str) -> None:
    """Raises NotAllowed for who administers nothing, NotFound for another authority and one that does not exist."""
    if authority not in authorities_of(actor):
        raise NotFound


def administers_all(actor: Actor) -> bool:
    return actor.may(Duty.ADMINISTRATOR)


def require_all(actor: Actor) -> None:
    """What is the whole portal's. Raises NotAllowed for everybody but its administrators."""
    if not administers_all(actor):
        raise NotAllowed


def _over(actor: Actor, authority: str) -> bool:
    return staff.works_at(actor, authority, Duty.ADMINISTRATOR)
