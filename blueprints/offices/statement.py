"""The daily statement of an office, to read, to print and for a spreadsheet."""

import datetime as dt

from flask import make_response, request
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor
from blueprints.forms import folded
from blueprints.language import locale
from blueprints.offices.routes import blueprint
from blueprints.page import page
from engine import clock, sheet
from engine.wording import _
from operations import office_days, rendering

NO_LONGER = _("No longer your customer")


@blueprint.get("/office/statement")
@login_required
def statement() -> Response:
    """audience: operators. What the office filed and paid on a day, by customer; its head sees what everybody there did."""
    return page(
        "offices/statement.html", told=office_days.of(actor(), _day()), latest=office_days.this_day(), no_longer=NO_LONGER
    )


@blueprint.get("/office/statement.csv")
@login_required
def statement_file() -> Response:
    """audience: operators. The same for a spreadsheet."""
    told = office_days.of(actor(), _day())
    rows = [[_said(heading) for heading in HEADINGS]]
    for customer in told.customers:
        for line in customer.lines:
            filed = clock.in_muscat(line.filed_at).strftime("%Y-%m-%d %H:%M") if line.filed_at else ""
            amount = line.amount.plain() if line.amount else ""
            name = customer.name or _said(NO_LONGER)
            rows.append([name, line.reference, _said(line.service), filed, amount, line.receipt, " · ".join(line.by)])
    response = make_response(sheet.write(rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="statement-{told.day}.csv"'
    return response


HEADINGS = (_("Customer"), _("Application"), _("Service"), _("Filed"), _("Paid"), _("Receipt"), _("Operator"))


def _said(value: object) -> str:
    return str(rendering.shown(value, locale()))


def _day() -> dt.date:
    """The day asked for; today where none was, or none can be read."""
    try:
        return dt.date.fromisoformat(folded(request.args.get("day")) or "")
    except ValueError:
        return office_days.this_day()
