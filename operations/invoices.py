"""What somebody has paid: one line a receipt, newest first; what each year came to; a statement of a year.

One's own is all that was paid for one's applications. Who acts for a customer sees what their office filed for that customer, no more.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from peewee import fn

from engine import digits
from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import NotFound
from engine.money import Money
from engine.wording import Words, _
from models import Account, Application, Bill, OwnPaper, PaymentAttempt, Receipt, Refund, RefundState
from operations import own_papers, ownership
from operations.now import now
from operations.rendering import both

PAGE = 25
MOST = 2000  # lines of a file or a statement
TEMPLATE = "year_statement.html"


@dataclass(frozen=True, slots=True)
class Line:
    """A receipt: for which service and application, how much, and what of it came back."""

    key: int
    number: str
    at: dt.datetime
    reference: str
    title: Words
    amount: Money
    given_back: Money


@dataclass(frozen=True, slots=True)
class Year:
    year: int
    count: int
    total: Money


@dataclass(frozen=True, slots=True)
class Asked:
    """What narrows the list: words or a number, codes of services those words mean, a year."""

    text: str = ""
    services: tuple[str, ...] = ()
    year: int | None = None


def listed(actor: Actor, asked: Asked = Asked(), before: int | None = None, limit: int = PAGE) -> list[Line]:
    """One page, newest first; `before`: the key of the last line of the page before."""
    rows = _found(actor, asked, Receipt, Bill, Application)
    if before is not None:
        rows = rows.where(Receipt.id < before)
    receipts = list(rows.order_by(Receipt.id.desc()).limit(limit))
    back = _given_back(receipts)
    return [_line(receipt, back.get(receipt.id, Money(0))) for receipt in receipts]


def years(actor: Actor) -> list[Year]:
    """Every year in which something was paid, newest first."""
    total, count = fn.SUM(Receipt.amount).alias("total"), fn.COUNT(Receipt.id).alias("count")
    rows = _found(actor, Asked(), Receipt.year, total, count).group_by(Receipt.year).order_by(Receipt.year.desc())
    return [Year(year, number, _money(paid)) for year, paid, number in rows.tuples()]


def _found(actor: Actor, asked: Asked, *columns: Any) -> Any:
    rows = Receipt.select(*columns).join(Bill).join(Application).where(ownership.theirs(actor))
    if asked.year is not None:
        rows = rows.where(Receipt.year == asked.year)
    if asked.text:
        number = digits.fold(asked.text).strip().upper()
        named = Receipt.number.contains(number) | Application.reference.contains(number)
        rows = rows.where(named | Application.service.in_(asked.services) if asked.services else named)
    return rows


def _given_back(receipts: Iterable[Receipt]) -> dict[int, Money]:
    keys = [receipt.id for receipt in receipts]
    if not keys:
        return {}
    rows = Refund.select(PaymentAttempt.receipt, fn.SUM(Refund.amount)).join(PaymentAttempt)
    done = PaymentAttempt.receipt.in_(keys) & (Refund.state == RefundState.DONE)
    return {receipt: _money(back) for receipt, back in rows.where(done).group_by(PaymentAttempt.receipt).tuples()}


def _money(value: Any) -> Money:
    return value if isinstance(value, Money) else Money(int(value))


def _line(receipt: Receipt, back: Money) -> Line:
    row: Application = receipt.bill.application
    title = (row.frozen or {}).get("title") or both(catalogue.services[row.service].title)
    return Line(receipt.id, receipt.number, receipt.at, row.reference, title, receipt.amount, back)


# --- A statement of a year -------------------------------------------------------------------------------------------------------


def ask_statement(actor: Actor, year: int) -> OwnPaper:
    """Have the statement of a year drawn, as everything stands now. Raises NotFound where nothing was paid that year."""
    lines = listed(actor, Asked(year=year), limit=MOST)
    if not lines:
        raise NotFound
    return own_papers.ask(actor, _name(year), TEMPLATE, _content(actor, year, lines))


def statement_of(actor: Actor, year: int) -> OwnPaper | None:
    return own_papers.of(actor, _name(year))


def _name(year: int) -> str:
    return f"paid-{year}"


def _content(actor: Actor, year: int, lines: list[Line]) -> dict[str, Any]:
    account = Account.get_by_id(actor.applicant)
    back = sum((line.given_back for line in lines), Money(0))
    acting = actor.acting_for
    return {
        "title": both(_("Statement of payments %(year)s", year=year)),
        "authority": both(_("Bawaba, the portal of public services")),
        "serial": "",
        "payer": {"ar": account.arabic_name or account.name, "en": account.name},
        "only_filed_by": both(acting.office_name or acting.desk) if acting else None,
        "drawn_at": both(now()),
        "count": both(len(lines)),
        "lines": [_printed(line) for line in reversed(lines)],
        "total": both(sum((line.amount for line in lines), Money(0))),
        "given_back": both(back) if back else None,
    }


def _printed(line: Line) -> dict[str, Any]:
    return {
        "day": both(line.at.date()),
        "number": line.number,
        "reference": line.reference,
        "title": line.title,
        "amount": both(line.amount),
        "given_back": both(line.given_back) if line.given_back else None,
    }
