"""Who of the staff may deal with what: a clerk's desks, and an application held for them."""

from typing import Any

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import NotAllowed, NotFound
from models import Account, Application
from statements import locked, statement

CLERK = "clerk"


def is_clerk(actor: Actor) -> bool:
    return any(role.partition(":")[0] == CLERK for role in actor.roles)


def desks_of(actor: Actor) -> list[str]:
    """The desks this clerk works at, as the catalogue lists them. Raises NotAllowed for everybody else."""
    if not is_clerk(actor):
        raise NotAllowed
    return [desk for desk in catalogue.desks if works_at(actor, desk)]


def works_at(actor: Actor, desk: str) -> bool:
    """A clerk of everything, of the authority, or of this very section of it."""
    return any(actor.may(role) for role in (CLERK, f"{CLERK}:{desk.partition('.')[0]}", f"{CLERK}:{desk}"))


def lock(actor: Actor, reference: str) -> Application:
    """An application of the clerk's desks, held until the transaction ends.

    Raises NotAllowed for who is no clerk; NotFound for another desk's, for a draft, and for what does not exist: they look alike.
    """
    return admitted(actor, _locked.first(reference))


def admitted(actor: Actor, row: Application | None) -> Application:
    """The application, if it lies on one of the clerk's desks (NotAllowed, NotFound)."""
    if not is_clerk(actor):
        raise NotAllowed
    if row is None or row.submitted_at is None or row.service not in catalogue.services or not works_at(actor, row.desk):
        raise NotFound
    return row


@statement
def _locked(reference: Any) -> Any:
    return locked(Application.select().where(Application.reference == reference))


def name_of(account: Account, locale: str) -> str:
    """A person's name as that language writes it."""
    return str(account.arabic_name if locale == "ar" and account.arabic_name else account.name)
