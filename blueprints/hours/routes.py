"""The page of holidays and Ramadan. Its routes are for administrators; what they change moves what is due."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, request, url_for
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.hours.commands import commands
from blueprints.hours.forms import CLOSED, OPEN, DaysForm
from blueprints.page import notice, page
from engine.clock import business_day
from engine.errors import Refusal
from engine.wording import _
from engine.working_time import IN_RAMADAN, OFFICIAL
from operations import office_hours
from operations.now import now

if TYPE_CHECKING:
    from models import SpecialDays

blueprint = Blueprint("hours", __name__, url_prefix="/administration/holidays", cli_group="holidays")
blueprint.cli.help = "العطلات وساعات الدوام · Holidays and working hours."
commands(blueprint)


@blueprint.route("", methods=["GET", "POST"])
@login_required
def holidays() -> Response:
    """audience: administrators. The special days of a year, and a form to add some."""
    year = _year()
    form = DaysForm()
    if form.validate_on_submit():
        try:
            office_hours.add(actor(), form.said())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("Added. What is due is being counted again."))
            return go(url_for(".holidays", year=form.said().first.year))
    listed = [_line(row) for row in office_hours.listed(actor(), year)]
    return page("hours/holidays.html", 422 if form.errors else 200, form=form, lines=listed, **_frame(year))


@blueprint.route("/<int:number>", methods=["GET", "POST"])
@login_required
def change(number: int) -> Response:
    """audience: administrators. Correct days: the moon was seen a day later."""
    row = office_hours.one(actor(), number)
    form = DaysForm(data=_typed(row))
    if form.validate_on_submit():
        try:
            office_hours.change(actor(), number, form.said())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("Changed. What is due is being counted again."))
            return go(url_for(".holidays", year=form.said().first.year))
    return page("hours/change.html", 422 if form.errors else 200, form=form, line=_line(row), year=row.first.year)


@blueprint.post("/<int:number>/removal")
@login_required
def remove(number: int) -> Response:
    """audience: administrators. The days are worked after all."""
    year = office_hours.one(actor(), number).first.year
    office_hours.remove(actor(), number)
    notice("success", _("Removed. What is due is being counted again."))
    return go(url_for(".holidays", year=year))


def _year() -> int:
    asked = request.args.get("year", type=int)
    return asked if asked is not None and asked in office_hours.YEARS else business_day(now()).year


def _frame(year: int) -> dict[str, Any]:
    around = [other for other in range(year - 1, year + 3) if other in office_hours.YEARS]
    return {
        "year": year,
        "years": [{"title": other, "href": url_for(".holidays", year=other), "current": other == year} for other in around],
        "official": OFFICIAL,
        "ramadan": IN_RAMADAN,
    }


def _line(row: "SpecialDays") -> dict[str, Any]:
    return {
        "name": row.name,
        "first": row.first,
        "last": row.last if row.last != row.first else None,
        "hours": office_hours.hours_of(row),
        "filled": row.origin is not None and row.changed_by_id is None,
        "href": url_for(".change", number=row.id),
        "remove": url_for(".remove", number=row.id),
    }


def _typed(row: "SpecialDays") -> dict[str, Any]:
    hours = office_hours.hours_of(row)
    return {
        "name_ar": row.name["ar"],
        "name_en": row.name["en"],
        "first": row.first.isoformat(),
        "last": row.last.isoformat(),
        "kind": OPEN if hours else CLOSED,
        "opens": hours.opens.strftime("%H:%M") if hours else "",
        "closes": hours.closes.strftime("%H:%M") if hours else "",
    }
