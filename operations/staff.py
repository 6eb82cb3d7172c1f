"""Who of the staff may deal with what: their duties, the desks they have them at, and an application held for them.

A duty is held for one desk (municipality.administration), for its authority, or for all of them.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeGuard

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import NotAllowed, NotFound
from models import Account, Application, Role
from statements import locked, statement


class Duty(StrEnum):
    """What an account's role lets it do."""

    CLERK = "clerk"  # decides what lies on their desks
    SUPERVISOR = "supervisor"  # hands out the work of their desks and answers for it
    CASHIER = "cashier"  # takes and gives back money
    ADMINISTRATOR = "administrator"  # fees, staff, registers, texts; sees no application's content
    AUDITOR = "auditor"  # reads the trail


def duties_of(actor: Actor) -> frozenset[Duty]:
    """The duties this person has anywhere."""
    names = {role.partition(":")[0] for role in actor.roles}
    return frozenset(duty for duty in Duty if duty in names)


def require(actor: Actor, duty: Duty) -> None:
    """Raises NotAllowed for who has that duty nowhere."""
    if duty not in duties_of(actor):
        raise NotAllowed


def desks_of(actor: Actor, duty: Duty = Duty.CLERK) -> list[str]:
    """The desks this person has the duty at, as the catalogue lists them. Raises NotAllowed for who has it nowhere."""
    require(actor, duty)
    return [desk for desk in catalogue.desks if works_at(actor, desk, duty)]


def works_at(actor: Actor, desk: str, duty: Duty = Duty.CLERK) -> bool:
    """For everything, for the authority, or for this very section of it."""
    return any(actor.may(role) for role in (duty, f"{duty}:{desk.partition('.')[0]}", f"{duty}:{desk}"))


def lock(actor: Actor, reference: str, duty: Duty = Duty.CLERK) -> Application:
    """An application of the desks where this person has the duty, held until the transaction ends.

    Raises NotAllowed for who has it nowhere; NotFound for another desk's, for a draft, and for what does not exist: they look alike.
    """
    return admitted(actor, _locked.first(reference), duty)


def admitted(actor: Actor, row: Application | None, duty: Duty = Duty.CLERK) -> Application:
    """The application, if it lies on one of those desks (NotAllowed, NotFound)."""
    require(actor, duty)
    if not _submitted(row) or not works_at(actor, row.desk, duty):
        raise NotFound
    return row


def reader(actor: Actor, row: Application | None, asked: Iterable[str] = (), duty: Duty = Duty.CLERK) -> Application:
    """The application, for who has the duty to read: where it lies, where it was decided before, and where a question about it is open (`asked`).

    Raises as `admitted` does.
    """
    require(actor, duty)
    if not _submitted(row) or not any(works_at(actor, desk, duty) for desk in (*desks_that_know(row), *asked)):
        raise NotFound
    return row


def desks_that_know(row: Application) -> list[str]:
    """The desk where it lies, first, and those that have decided it before."""
    before = catalogue.services[row.service].decided_at(row.stage)
    return list(dict.fromkeys((row.desk, *before)))


def clerks_of(desk: str) -> list[Account]:
    """Who is a clerk there, by name."""
    found = _clerks.all(Duty.CLERK, desk, desk.partition(".")[0])
    return sorted({person.id: person for person in found}.values(), key=lambda person: person.name)


@statement
def _clerks(duty: Any, desk: Any, authority: Any) -> Any:
    here = (Role.authority == desk) | (Role.authority == authority) | (Role.authority == "")
    return (
        Account.select().join(Role).where((Role.name == duty) & here & Account.blocked_at.is_null() & Account.closed_at.is_null())
    )


def _submitted(row: Application | None) -> TypeGuard[Application]:
    return row is not None and row.submitted_at is not None and row.service in catalogue.services


@statement
def _locked(reference: Any) -> Any:
    return locked(Application.select().where(Application.reference == reference))


def name_of(account: Account, locale: str) -> str:
    """A person's name as that language writes it."""
    return str(account.arabic_name if locale == "ar" and account.arabic_name else account.name)
