"""What operators type."""

import datetime as dt
from typing import Any, cast

from wtforms import DateField, EmailField, RadioField, SelectMultipleField, StringField

from blueprints.forms import Form, folded, required
from engine.catalogue import catalogue
from engine.wording import _
from operations.identifiers import IdentifierType


class Day(DateField):
    """What is no day is no answer; what to do is said by the field's own words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None


class AskForm(Form):
    """Whom to ask, for which services, until when."""

    kind = RadioField(
        _("How do you know the customer?"),
        choices=[
            (IdentifierType.PHONE.value, _("By mobile number")),
            (IdentifierType.EMAIL.value, _("By e-mail")),
            (IdentifierType.CIVIL_NUMBER.value, _("By civil number")),
        ],
        default=IdentifierType.PHONE.value,
    )
    who = StringField(
        _("The number or address"),
        [required(_("Write the customer's mobile number, e-mail or civil number."))],
        filters=[folded],
        description=_("The customer gets a message there, with a code for you and a page to agree on."),
        render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "maxlength": 254},
    )
    services = SelectMultipleField(
        _("Services"),
        description=_("What you may file for this customer. None chosen: all services."),
        validate_choice=False,
    )
    until = Day(_("Until"), [required(_("Choose the last day."))], description=_("At most a year from today"))

    def __init__(self, day: dt.date, **values: Any) -> None:
        super().__init__(**values)
        self.services.choices = [(code, service.title) for code, service in catalogue.services.items()]
        self.until.render_kw = {"min": day.isoformat(), "max": (day + dt.timedelta(days=365)).isoformat()}

    @property
    def day(self) -> dt.date:
        """The last day, once the form is valid."""
        return cast(dt.date, self.until.data)


class CodeForm(Form):
    code = StringField(_("The code"), [required(_("Write the code that the customer tells you."))], filters=[folded])


class OperatorForm(Form):
    email = EmailField(
        _("E-mail of the account"),
        [required(_("Write the e-mail address."))],
        filters=[folded],
        description=_("Whoever works for you has an account of their own here."),
        render_kw={"maxlength": 254, "autocomplete": "off"},
    )
