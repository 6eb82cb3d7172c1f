"""Small offices, their operators, and customers who have agreed."""

import datetime as dt
from dataclasses import replace
from itertools import count
from typing import Any

from engine.actor import Actor
from models import Account, Delegation, Office, Operator, Session
from operations import acting
from operations.now import now, today
from tests.support.builders import a_person, signed_in

_numbers = count(1)


def an_office(**data: Any) -> Office:
    number = next(_numbers)
    given = {"name_ar": "مكتب الواحة", "name_en": "Al Waha Office", "email": f"office{number}@bawaba.example"} | data
    return Office.create(registration=f"55{number:05}", opened_at=now(), **given)


def an_operator(office: Office, *, head: bool = False, locale: str = "en", **data: Any) -> Actor:
    """Somebody who works there, signed in."""
    account = a_person(**{"first_name": "Amal", "arabic_name": "أمل السعدية"} | data)
    Operator.create(office=office, account=account, head=head, since=now())
    return signed_in(account, locale)


def agreed(office: Office, customer: Account, by: Actor, *services: str, until: dt.date | None = None) -> Delegation:
    """The customer has consented."""
    return Delegation.create(
        customer=customer,
        office=office,
        services=list(services),
        until=until or today() + dt.timedelta(days=30),
        consent="code",
        asked_by=by.account,
        created_at=now(),
        consented_at=now(),
    )


def acting_by(operator: Actor, delegation: Delegation) -> Actor:
    """That operator at the next request after they began to act."""
    acting.begin(operator, delegation.id)
    return again(operator)


def again(actor: Actor) -> Actor:
    """Who it is at the next request, as sessions would find them."""
    row = Session.get_by_id(actor.session)
    found = acting.in_force(actor, row.delegation_id) if row.delegation_id else None
    return replace(actor, acting_for=found, acting_ended=bool(row.delegation_id) and found is None)
