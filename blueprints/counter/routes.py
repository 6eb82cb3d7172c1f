"""The till's pages. Which person may take money for which application, operations/tills decides."""

import datetime as dt

from flask import Blueprint, make_response, request, url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import RadioField, StringField

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.forms import Form, folded
from blueprints.language import locale
from blueprints.page import notice, page
from engine import sheet
from engine.errors import NotFound, Refusal
from engine.wording import _
from operations import rendering, tills
from operations.settlement import TAKEN

blueprint = Blueprint("counter", __name__)


class FindForm(Form):
    reference = StringField(_("Application number"), filters=[folded], render_kw={"dir": "ltr", "autocomplete": "off"})


class TakeForm(Form):
    kind = RadioField(_("How is it paid?"), choices=list(TAKEN.items()), validate_choice=False)
    slip = StringField(
        _("Number on the terminal's slip"),
        filters=[folded],
        description=_("Only for a card; it is printed on the slip."),
        render_kw={"dir": "ltr", "autocomplete": "off", "maxlength": tills.LONGEST_SLIP},
    )


@blueprint.route("/counter", methods=["GET", "POST"])
@login_required
def till() -> Response:
    """audience: cashiers. Find what is to be paid; what was taken today."""
    form, taken = FindForm(), tills.takings(actor(), tills.this_day())
    if form.validate_on_submit():
        try:
            return go(url_for(".take", reference=tills.due(actor(), form.reference.data or "").application.reference))
        except Refusal as refusal:
            form.refuse(Refusal(refusal.message, field="reference"))
        except NotFound:
            form.refuse(Refusal(_("There is no application with this number here."), field="reference"))
    return page("counter/till.html", 422 if form.errors else 200, form=form, taken=taken)


@blueprint.route("/counter/<reference>", methods=["GET", "POST"])
@login_required
def take(reference: str) -> Response:
    """audience: cashiers of its authority. What it costs; take it in cash or by card. Not for one's own application."""
    form, due = TakeForm(), tills.due(actor(), reference)
    if form.validate_on_submit():
        try:
            receipt = tills.take(actor(), due.application.reference, form.kind.data or "", slip=form.slip.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("Taken. Receipt %(number)s is with the applicant.", number=receipt.number))
            return go(url_for(".till"))
    lines = [{"title": line.label, "amount": line.amount, "note": line.note} for line in due.lines]
    return page("counter/take.html", 422 if form.errors else 200, form=form, due=due, lines=lines)


@blueprint.get("/counter/takings")
@login_required
def takings() -> Response:
    """audience: cashiers. What one took on a day, to print and to hand over with the money."""
    return page("counter/takings.html", taken=tills.takings(actor(), _day()), labels=TAKEN, latest=tills.this_day())


@blueprint.get("/counter/takings.csv")
@login_required
def takings_file() -> Response:
    """audience: cashiers. The same for a spreadsheet."""
    taken = tills.takings(actor(), _day())
    headings = (_("Receipt"), _("Application"), _("Paid with"), _("Amount"), _("Number on the terminal's slip"))
    rows = [[str(rendering.shown(heading, locale())) for heading in headings]]
    for row in taken.taken:
        kind = str(rendering.shown(TAKEN[row.provider], locale()))
        rows.append([row.receipt.number, row.bill.application.reference, kind, row.amount.plain(), row.transaction])
    response = make_response(sheet.write(rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="takings-{taken.day}.csv"'
    return response


def _day() -> dt.date:
    """The day asked for; today where none was, or none can be read."""
    try:
        return dt.date.fromisoformat(folded(request.args.get("day")) or "")
    except ValueError:
        return tills.this_day()
