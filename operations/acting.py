"""Acting for a customer: begun and ended by who acts, and judged anew at every request, so that revoking it counts at once."""

from typing import Any

from peewee import JOIN

from engine.actor import ActingFor, Actor
from engine.assurance import Assurance
from engine.errors import NotFound
from engine.wording import Text, _
from models import Account, Delegation, Evidence, Identifier, IdentifierType, Office, Operator, Session, database
from operations import audit, staff
from operations.now import now, today
from statements import statement

PROVES = {
    Evidence.NONE: Assurance.NONE,
    Evidence.CARD: Assurance.HIGH,
    Evidence.CIVIL_CARD: Assurance.SUBSTANTIAL,
    Evidence.RESIDENT_CARD: Assurance.SUBSTANTIAL,
    Evidence.PASSPORT: Assurance.SUBSTANTIAL,
}
"""How sure it makes who stands at a counter. An office proves nothing of its customer: there the operator proves themselves."""
WORDS: dict[str, Text] = {
    Evidence.CARD: _("By the ID card and its PIN"),
    Evidence.CIVIL_CARD: _("Civil card, original seen"),
    Evidence.RESIDENT_CARD: _("Resident card, original seen"),
    Evidence.PASSPORT: _("Passport, original seen"),
}
BEARS_CIVIL_NUMBER = (Evidence.CIVIL_CARD, Evidence.RESIDENT_CARD)


def begin(actor: Actor, delegation: int) -> ActingFor:
    """From the next request on this session acts for that customer. Raises NotFound for a delegation that is not in force for them."""
    acting = in_force(actor, delegation)
    if acting is None:
        raise NotFound
    with database.atomic():
        Session.update(delegation=delegation).where(Session.id == actor.session).execute()
        audit.record(actor, "acting.begun", subject(delegation), customer=acting.account)
    return acting


def stop(actor: Actor) -> None:
    """From the next request on this session is the person's own again; at a counter the customer's leave ends with it."""
    with database.atomic():
        if actor.acting_for and actor.acting_for.desk:
            over(actor)
        if Session.update(delegation=None).where((Session.id == actor.session) & Session.delegation.is_null(False)).execute():
            audit.record(actor, "acting.ended", subject(actor.acting_for.delegation) if actor.acting_for else "")


def over(actor: Actor) -> None:
    """Whom this session served at a counter has left it. Part of the caller's transaction."""
    served = (Delegation.session == actor.session) & (Delegation.desk != "") & Delegation.revoked_at.is_null()
    Delegation.update(revoked_at=now(), revoked_by=actor.account).where(served & (Delegation.asked_by == actor.account)).execute()


def subject(delegation: int) -> str:
    """How the audit names it."""
    return f"delegation:{delegation}"


def in_force(actor: Actor, delegation: int) -> ActingFor | None:
    """For whom this person may act by that delegation now.

    It is consented to, neither revoked nor past its last day, its customer's account is open, and they still work for that office, which is
    not blocked; at a counter, they are the clerk it was given to, in that very session, within half an hour, and still work at that desk.
    """
    row = _in_force.first(delegation, actor.account, actor.session, today(), now())
    if row is None or (row["desk"] and not staff.works_at(actor, row["desk"])):
        return None
    arabic = actor.locale == "ar"
    sighted = row["asked_for"] if row["evidence"] in BEARS_CIVIL_NUMBER else None
    names = (row["first_name"], row["middle_name"], row["family_name"])
    return ActingFor(
        delegation=row["id"],
        account=row["customer"],
        name=row["arabic_name"] if arabic and row["arabic_name"] else " ".join(filter(None, names)),
        civil_number=row["civil_number"] or sighted,
        office=row["office"],
        office_name=(row["name_ar"] if arabic else row["name_en"]) or "",
        desk=row["desk"],
        services=frozenset(row["services"]),
        evidence=row["evidence"],
        assurance=PROVES[row["evidence"]],
    )


@statement
def _in_force(delegation: Any, account: Any, session: Any, day: Any, moment: Any) -> Any:
    proven = (
        (Identifier.account == Account.id)
        & (Identifier.type == IdentifierType.CIVIL_NUMBER)
        & Identifier.verified_at.is_null(False)
    )
    works_there = (Operator.office == Delegation.office) & (Operator.account == account) & Operator.ended_at.is_null()
    at_office = Operator.id.is_null(False) & Office.blocked_at.is_null()
    theirs = (Delegation.asked_by == account) & (Delegation.session == session)
    at_counter = Delegation.office.is_null() & theirs & (Delegation.ends_at > moment)
    return (
        Delegation.select(
            Delegation.id,
            Delegation.customer,
            Delegation.office,
            Delegation.desk,
            Delegation.services,
            Delegation.evidence,
            Delegation.asked_for,
            Account.first_name,
            Account.middle_name,
            Account.family_name,
            Account.arabic_name,
            Identifier.value.alias("civil_number"),
            Office.name_ar,
            Office.name_en,
        )
        .join(Account, on=Delegation.customer == Account.id)
        .join(Identifier, JOIN.LEFT_OUTER, on=proven)
        .switch(Delegation)
        .join(Office, JOIN.LEFT_OUTER, on=Delegation.office == Office.id)
        .switch(Delegation)
        .join(Operator, JOIN.LEFT_OUTER, on=works_there)
        .where(
            (Delegation.id == delegation)
            & Delegation.consented_at.is_null(False)
            & Delegation.revoked_at.is_null()
            & (Delegation.until >= day)
            & (Delegation.customer != account)
            & Account.blocked_at.is_null()
            & (at_office | at_counter)
        )
        .dicts()
    )
