"""What the payment pages show."""

from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from wtforms import SelectMultipleField

from blueprints.forms import Form
from engine.money import Money
from engine.wording import _
from operations.payments import Standing

if TYPE_CHECKING:
    from models import Bill, PaymentAttempt

NUMBER = Markup('<bdi dir="ltr">{}</bdi>')


class Chosen(Form):
    """Which of the waiting bills to pay; all of them, until somebody chooses."""

    application = SelectMultipleField(_("Applications to pay"), validate_choice=False)

    def offer(self, bills: "list[Bill]") -> None:
        self.application.choices = [(bill.application.reference, _choice(bill)) for bill in bills]
        if not self.is_submitted():
            self.application.data = [bill.application.reference for bill in bills]


def _choice(bill: "Bill") -> dict[str, Any]:
    application = bill.application
    return {"title": application.frozen["title"], "hint": NUMBER.format(application.reference), "aside": bill.total}


def total(bills: "list[Bill]") -> Money:
    return sum((bill.total for bill in bills), Money(0))


def standing(seen: Standing) -> dict[str, Any]:
    """Where a payment stands, and a line for each bill where several are paid at once."""
    return {"standing": seen, "lines": [_line(part) for part in seen.parts] if seen.apart else []}


def _line(part: "PaymentAttempt") -> dict[str, Any]:
    application = part.bill.application
    end = f" · {part.receipt.number}" if part.receipt else ""
    note = _("%(reference)s · given back", reference=application.reference) if part.stray else f"{application.reference}{end}"
    return {"title": application.frozen["title"], "amount": part.amount, "note": note}
