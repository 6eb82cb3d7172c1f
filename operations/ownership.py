"""Whose an application is: what `applications`, `documents` and `payments` ask before they hand anything over.

A person's own is everything under their account, what an office filed for them too; a guest's is the one application they filed. Who
acts for a customer has what their office filed for them in the services the delegation covers (at a counter: what they filed
themselves), and nothing else of theirs.
"""

from typing import Any

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.wording import Text, Words, _
from models import Account, Application
from operations.rendering import both


def owns(actor: Actor, row: Application) -> bool:
    """Whether this person may deal with the application as its applicant does."""
    acting = actor.acting_for
    if not actor.signed_in:
        return actor.guest is not None and row.guest_id == actor.guest
    if acting is None:
        return bool(row.account_id == actor.account)
    filed = row.office_id == acting.office if acting.office else row.office_id is None and row.filed_by_id == actor.account
    return bool(row.account_id == acting.account and filed and acting.covers(row.service))


def theirs(actor: Actor) -> Any:
    """The same as a condition on Application, for lists."""
    acting = actor.acting_for
    if not actor.signed_in:
        return Application.guest == actor.guest
    if acting is None:
        return Application.account == actor.account
    at_counter = Application.office.is_null() & (Application.filed_by == actor.account)
    filed = Application.office == acting.office if acting.office else at_counter
    covered = Application.service.in_(sorted(acting.services)) if acting.services else True
    return (Application.account == acting.account) & filed & covered


def filed(actor: Actor) -> dict[str, int | None]:
    """The columns that say who files an application: none for one's own."""
    acting = actor.acting_for
    return {"filed_by": actor.account, "office": acting.office} if acting else {"filed_by": None, "office": None}


def filer(row: Application) -> dict[str, Words] | None:
    """Who filed it for its applicant, in both languages: the office or the authority's counter, and the person. None for one's own."""
    if row.filed_by_id is None:
        return None
    who: Account = row.filed_by
    office = row.office.name if row.office_id else both(_("Counter of: %(authority)s", authority=_title(row)))
    return {"office": office, "operator": {"ar": who.arabic_name or who.name, "en": who.name}}


def _title(row: Application) -> Text:
    return catalogue.authorities[row.authority].title
