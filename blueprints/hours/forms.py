"""The form of special days."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field as WtField
from wtforms import RadioField, StringField
from wtforms.validators import StopValidation

from blueprints.forms import Form, folded, required
from engine.wording import Text, _
from engine.working_time import Hours
from operations.office_hours import LONGEST_NAME, Days

CLOSED, OPEN = "closed", "open"


def readable(read: Callable[[str], Any], message: Text) -> Callable[[FlaskForm, WtField], None]:
    def check(_form: FlaskForm, field: WtField) -> None:
        try:
            read(field.data)
        except ValueError:
            raise StopValidation(message) from None

    return check


NOT_A_DAY = _("Type a date as year-month-day, such as 2026-03-19.")
NOT_A_TIME = _("Type a time as hours and minutes, such as 09:00.")


def _day(label: Text) -> StringField:
    checks = [required(_("Give the day.")), readable(dt.date.fromisoformat, NOT_A_DAY)]
    return StringField(label, filters=[folded], validators=checks)


def _if_open(form: FlaskForm, field: WtField) -> None:
    """Whoever is closed has no hours, whatever was typed."""
    if form.kind.data != OPEN:
        raise StopValidation
    if not field.data:
        raise StopValidation(_("Give both hours, or choose “Closed”."))


def _time(label: Text) -> StringField:
    return StringField(
        label,
        filters=[folded],
        validators=[_if_open, readable(dt.time.fromisoformat, NOT_A_TIME)],
        render_kw={"type": "time", "dir": "ltr"},
    )


class DaysForm(Form):
    name_ar = StringField(
        _("Name in Arabic"), validators=[required(_("Give the name."))], render_kw={"dir": "rtl", "maxlength": LONGEST_NAME}
    )
    name_en = StringField(
        _("Name in English"), validators=[required(_("Give the name."))], render_kw={"dir": "ltr", "maxlength": LONGEST_NAME}
    )
    first = _day(_("First day"))
    last = _day(_("Last day"))
    kind = RadioField(
        _("On these days the authorities are"),
        choices=[(CLOSED, _("Closed")), (OPEN, _("Open at other hours"))],
        default=CLOSED,
    )
    opens = _time(_("Opens"))
    closes = _time(_("Closes"))

    def said(self) -> Days:
        """What was typed, once it is valid."""
        hours = None
        if self.kind.data == OPEN:
            hours = Hours(dt.time.fromisoformat(self.opens.data), dt.time.fromisoformat(self.closes.data))
        return Days(
            dt.date.fromisoformat(self.first.data),
            dt.date.fromisoformat(self.last.data),
            hours,
            {"ar": self.name_ar.data.strip(), "en": self.name_en.data.strip()},
        )
