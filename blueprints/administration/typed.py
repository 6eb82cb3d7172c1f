"""What administrators type: days and amounts, as a form's fields hold them."""

import datetime as dt

from wtforms import Field, StringField
from wtforms.validators import ValidationError

from blueprints.forms import Form, folded
from engine.money import Money
from engine.wording import Text, _


def read_day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None


def read_amount(text: str | None) -> Money | None:
    try:
        return Money.parse(text or "")
    except ValueError:
        return None


def _a_day(_form: Form, field: Field) -> None:
    if field.data and read_day(field.data) is None:
        raise ValidationError(_("Write the day as year-month-day, such as 2027-01-31."))


def day_field(label: Text, *validators: object, description: Text | str = "") -> StringField:
    """A day, drawn with kind="date"; read with `read_day`."""
    return StringField(label, [*validators, _a_day], filters=[folded], description=description)
