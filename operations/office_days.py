"""The day of an office: what it filed and what it paid, customer by customer. For its operators, each their own; its head sees everybody's.

An office keeps the sums of its own money for good, but whose they were only while it may act for that customer in that service.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from engine import clock
from engine.actor import Actor
from engine.money import Money
from engine.wording import Words
from models import Account, Application, AttemptState, Bill, Delegation, Office, Operator, PaymentAttempt, Receipt
from operations import offices, staff
from operations.now import now, today


@dataclass
class Line:
    """An application that was filed that day, paid that day, or both. `by`: the operators who did."""

    reference: str
    service: Words
    filed_at: dt.datetime | None = None
    receipt: str = ""
    amount: Money | None = None
    by: list[str] = field(default_factory=list)


@dataclass
class Customer:
    """`name`: none where the office may no longer act for them."""

    name: str | None
    lines: list[Line]

    @property
    def total(self) -> Money:
        return sum((line.amount for line in self.lines if line.amount), Money(0))


@dataclass(frozen=True)
class Day:
    office: Office
    head: bool
    day: dt.date
    customers: list[Customer]

    @property
    def filed(self) -> int:
        return sum(line.filed_at is not None for customer in self.customers for line in customer.lines)

    @property
    def paid(self) -> int:
        return sum(line.amount is not None for customer in self.customers for line in customer.lines)

    @property
    def total(self) -> Money:
        return sum((customer.total for customer in self.customers), Money(0))


def this_day() -> dt.date:
    """The day on the clock in Muscat, by which money is counted."""
    return clock.business_day(now())


def of(actor: Actor, day: dt.date) -> Day:
    """That day in Muscat. Raises NotAllowed for who works for no office."""
    works = offices.of(actor)
    begins = clock.midnight(day)
    within = (begins, begins + dt.timedelta(days=1) - dt.timedelta(microseconds=1))
    filed, paid = _filed(actor, works, within), _paid(actor, works, within)
    lines: dict[int, Line] = {}
    rows: dict[int, Application] = {}
    for row in filed:
        rows[row.id] = row
        _line(lines, row, row.filed_by, actor).filed_at = row.submitted_at
    for attempt in paid:
        row = attempt.bill.application
        rows.setdefault(row.id, row)
        line = _line(lines, row, attempt.payer, actor)
        line.receipt, line.amount = attempt.receipt.number, attempt.amount
    return Day(works.office, works.head, day, _by_customer(actor, works.office, rows, lines))


def _filed(actor: Actor, works: offices.Works, within: tuple[dt.datetime, dt.datetime]) -> list[Application]:
    filer = Account.alias()
    here = (Application.office == works.office) & Application.submitted_at.between(*within)
    rows = Application.select(Application, Account, filer).join(Account, on=Application.account == Account.id, attr="account")
    rows = rows.switch(Application).join(filer, on=Application.filed_by == filer.id, attr="filed_by")
    mine = here if works.head else here & (Application.filed_by == actor.account)
    return list(rows.where(mine).order_by(Application.submitted_at, Application.id))


def _paid(actor: Actor, works: offices.Works, within: tuple[dt.datetime, dt.datetime]) -> list[PaymentAttempt]:
    """What its people paid for what it filed: a customer's own payment is not the office's money."""
    payer = Account.alias()
    people: Any = Operator.select(Operator.account).where(Operator.office == works.office) if works.head else [actor.account]
    rows = PaymentAttempt.select(PaymentAttempt, Bill, Application, Account, payer, Receipt).join(Bill).join(Application)
    rows = rows.join(Account, on=Application.account == Account.id, attr="account")
    rows = rows.switch(PaymentAttempt).join(payer, on=PaymentAttempt.payer == payer.id, attr="payer")
    rows = rows.switch(PaymentAttempt).join(Receipt)
    captured = (PaymentAttempt.state == AttemptState.CAPTURED) & PaymentAttempt.updated_at.between(*within)
    theirs = PaymentAttempt.payer.in_(people) & (Application.office == works.office)
    return list(rows.where(captured & theirs).order_by(PaymentAttempt.id))


def _line(lines: dict[int, Line], row: Application, who: Account, actor: Actor) -> Line:
    line = lines.setdefault(row.id, Line(row.reference, row.frozen["title"]))
    name = staff.name_of(who, actor.locale)
    if name not in line.by:
        line.by.append(name)
    return line


def _by_customer(actor: Actor, office: Office, rows: dict[int, Application], lines: dict[int, Line]) -> list[Customer]:
    standing = _standing(office, {row.account_id for row in rows.values()})
    found: dict[tuple[int, bool], Customer] = {}
    for key, row in rows.items():
        services = standing.get(row.account_id)
        theirs = services is not None and (not services or row.service in services)
        name = staff.name_of(row.account, actor.locale) if theirs else None
        found.setdefault((row.account_id, theirs), Customer(name, [])).lines.append(lines[key])
    return sorted(found.values(), key=lambda customer: (customer.name is None, customer.name or ""))


def _standing(office: Office, customers: set[int]) -> dict[int, list[str]]:
    """The services by customer, of those for whom it may act today."""
    given = (Delegation.office == office) & Delegation.customer.in_(customers) & Delegation.consented_at.is_null(False)
    usable = Delegation.revoked_at.is_null() & (Delegation.until >= today()) & Account.blocked_at.is_null()
    rows = Delegation.select(Delegation).join(Account, on=Delegation.customer == Account.id)
    kept: dict[int, list[str]] = defaultdict(list)
    for row in rows.where(given & usable):
        kept[row.customer_id] = row.services
    return kept
