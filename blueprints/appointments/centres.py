"""The centres of a desk, as its supervisors keep them."""

import datetime as dt
from typing import Any

from flask import request, url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import BooleanField, StringField
from wtforms.validators import Regexp

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.appointments.routes import blueprint
from blueprints.forms import Form, folded, required
from blueprints.hours.forms import NOT_A_TIME, readable
from blueprints.page import notice, page
from engine.catalogue import catalogue
from engine.errors import NotFound, Refusal
from engine.wording import Text, _
from engine.working_time import Hours
from operations import centres
from operations.centres import Said
from operations.staff import Duty

LONGEST = 120


def _words(label: Text, direction: str) -> StringField:
    return StringField(label, validators=[required(_("Fill this in."))], render_kw={"dir": direction, "maxlength": LONGEST})


def _time(label: Text) -> StringField:
    checks = [required(NOT_A_TIME), readable(dt.time.fromisoformat, NOT_A_TIME)]
    return StringField(label, filters=[folded], validators=checks, render_kw={"type": "time", "dir": "ltr"})


def _whole(label: Text, least: int, most: int, hint: Text | None = None) -> StringField:
    def within(text: str) -> None:
        if not least <= int(text) <= most:
            raise ValueError

    said = _("Type a whole number from %(least)s to %(most)s.", least=least, most=most)
    return StringField(
        label,
        description=hint or "",
        filters=[folded],
        validators=[required(said), readable(within, said)],
        render_kw={"inputmode": "numeric", "dir": "ltr", "maxlength": 4},
    )


def _degrees(label: Text) -> StringField:
    said = _("Type degrees with a point, such as 24.325.")
    return StringField(
        label,
        filters=[folded],
        validators=[required(said), readable(float, said)],
        render_kw={"inputmode": "decimal", "dir": "ltr"},
    )


class CentreForm(Form):
    name_ar = _words(_("Name in Arabic"), "rtl")
    name_en = _words(_("Name in English"), "ltr")
    address_ar = _words(_("Address in Arabic"), "rtl")
    address_en = _words(_("Address in English"), "ltr")
    latitude = _degrees(_("Latitude"))
    longitude = _degrees(_("Longitude"))
    opens = _time(_("Opens"))
    closes = _time(_("Closes"))
    minutes = _whole(_("Minutes for one person"), 5, 240)
    counters = _whole(
        _("Counters"), 1, 99, _("So many people may come at the same time. Who has a time keeps it, also when there are fewer.")
    )
    days = _whole(_("Days ahead"), 1, 365, _("How far ahead a time may be chosen."))
    open = BooleanField(_("Open: times may be chosen"))

    def said(self) -> Said:
        """What was typed, once it is valid."""
        return Said(
            name={"ar": self.name_ar.data.strip(), "en": self.name_en.data.strip()},
            address={"ar": self.address_ar.data.strip(), "en": self.address_en.data.strip()},
            latitude=float(self.latitude.data),
            longitude=float(self.longitude.data),
            hours=Hours(dt.time.fromisoformat(self.opens.data), dt.time.fromisoformat(self.closes.data)),
            minutes=int(self.minutes.data),
            counters=int(self.counters.data),
            days=int(self.days.data),
            open=bool(self.open.data),
        )


class NewCentreForm(CentreForm):
    code = StringField(
        _("Code"),
        description=_("For addresses: small Latin letters, figures and hyphens. It stays as it is."),
        validators=[
            required(_("Fill this in.")),
            Regexp(rf"^{centres.CODE}$", message=_("Small Latin letters, figures and hyphens: three at least.")),
        ],
        render_kw={"dir": "ltr", "maxlength": 40, "autocapitalize": "none"},
    )


@blueprint.get("/supervision/centres")
@login_required
def listed() -> Response:
    """audience: supervisors. The centres of one's desks."""
    desks = centres.desks_of(actor())
    shown = [
        {
            "desk": desk,
            "title": catalogue.desks[desk],
            "centres": [_line(row) for row in centres.of_desk(desk)],
            "add": url_for(".add", desk=desk),
        }
        for desk in desks
    ]
    return page("appointments/centres.html", desks=shown)


def _line(row: Any) -> dict[str, Any]:
    return {"centre": row, "hours": centres.opening_of(row).hours, "href": url_for(".change", code=row.code)}


@blueprint.route("/supervision/centres/new", methods=["GET", "POST"])
@login_required
def add() -> Response:
    """audience: supervisors. Another centre of a desk of theirs."""
    desk = request.values.get("desk", "")
    if desk not in centres.desks_of(actor()):
        raise NotFound
    form = NewCentreForm(data={"minutes": "15", "counters": "1", "days": "30", "opens": "07:30", "closes": "14:00"})
    if form.validate_on_submit():
        try:
            centres.add(actor(), desk, form.code.data, form.said())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("The centre is added."))
            return go(url_for(".listed"))
    return page("appointments/centre.html", 422 if form.errors else 200, form=form, heading=_("Add a centre"), new=True)


@blueprint.route("/supervision/centres/<code>", methods=["GET", "POST"])
@login_required
def change(code: str) -> Response:
    """audience: supervisors of its desk. Where it is, when it is open, how many may come."""
    row = centres.theirs(actor(), code, Duty.SUPERVISOR)
    form = CentreForm(data=_typed(row))
    if form.validate_on_submit():
        try:
            centres.change(actor(), code, form.said())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("Saved. What was booked stays booked."))
            return go(url_for(".listed"))
    return page("appointments/centre.html", 422 if form.errors else 200, form=form, heading=row.name, new=False)


def _typed(row: Any) -> dict[str, Any]:
    hours = centres.opening_of(row).hours
    plain = {name: str(getattr(row, name)) for name in ("minutes", "counters", "days")} | {
        name: str(degrees) for name, degrees in row.point.items()
    }
    words = {f"{name}_{language}": getattr(row, name)[language] for name in ("name", "address") for language in ("ar", "en")}
    return {**plain, **words, "opens": f"{hours.opens:%H:%M}", "closes": f"{hours.closes:%H:%M}", "open": row.open}
