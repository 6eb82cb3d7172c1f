"""Lists of an office: bring one, look at what it would cost, confirm it once, pay it at once, see what became of each row."""

from typing import Any

from flask import Blueprint, make_response, request, url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import FileField, SelectField

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.forms import Form
from blueprints.language import locale
from blueprints.page import page, part
from engine import sheet
from engine.catalogue import catalogue
from engine.errors import NotFound, Refusal
from engine.wording import Text, _
from operations import batches, offices, rendering
from operations.batches import BatchState

blueprint = Blueprint("batches", __name__)
LIMITS = {"batches.overview": "60/minute"}

STATES: dict[str, tuple[Text, str]] = {
    BatchState.CHECKING: (_("Being checked"), "progress"),
    BatchState.CHECKED: (_("Waits for you"), "waiting"),
    BatchState.FILING: (_("Being filed"), "progress"),
    BatchState.FILED: (_("Filed"), "good"),
}


class BringForm(Form):
    service = SelectField(_("Service"), validate_choice=False)
    file = FileField(_("List (CSV)"), description=_("At most 500 rows. The first line names the columns, in Arabic or English."))


@blueprint.route("/office/batches", methods=["GET", "POST"])
@login_required
def overview() -> Response:
    """audience: operators. The office's lists; bring another one."""
    known, form = batches.all_of(actor()), BringForm()
    form.service.choices = [(service.code, rendering.translate(service.title, locale())) for service in batches.services()]
    if form.validate_on_submit():
        file = request.files.get("file")
        try:
            raw = file.stream.read(sheet.MOST_BYTES + 1) if file else b""
            brought = batches.bring(actor(), form.service.data, file.filename or "" if file else "", raw)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return go(url_for(".look", uuid=brought.uuid))
    works, lines = offices.of(actor()), [_listed(batch) for batch in known]
    return page("offices/batches.html", 422 if form.errors else 200, form=form, works=works, lines=lines)


def _listed(batch: Any) -> dict[str, Any]:
    status, kind = STATES[batch.state]
    return {
        "title": catalogue.services[batch.service].title,
        "name": batch.name,
        "at": batch.created_at,
        "href": url_for(".look", uuid=batch.uuid),
        "status": status,
        "kind": kind,
    }


@blueprint.get("/office/batches/example/<code>.csv")
@login_required
def example(code: str) -> Response:
    """audience: operators. The headings of a list for that service, to fill in."""
    batches.all_of(actor())
    service = catalogue.services.get(code)
    if service is None or not service.batch:
        raise NotFound
    columns = batches.columns(service)
    return _file([[names[0] if locale() == "ar" else names[1] for names in columns.values()]], f"{code}.csv")


@blueprint.get("/office/batches/<uuid>")
@login_required
def look(uuid: str) -> Response:
    """audience: operators of its office. What each row would cost or why not; later what became of it."""
    seen = batches.of(actor(), uuid)
    shown = {"seen": seen, "rows": _rows(seen), "form": Form(), "proven": batches.proven(actor(), seen.service)}
    status, kind = STATES[seen.batch.state]
    shown |= {"status": status, "kind": kind, "columns": [service_field.label for service_field in _fields(seen)]}
    if request.headers.get("X-Quiet") == "1":
        return part("offices/_batch.html", **shown)
    return page("offices/batch.html", **shown)


@blueprint.post("/office/batches/<uuid>/confirmation")
@login_required
def confirm(uuid: str) -> Response:
    """audience: operators of its office, proven. File every row that can be; a second press changes nothing."""
    batches.confirm(actor(), uuid)
    return go(url_for(".look", uuid=uuid))


@blueprint.post("/office/batches/<uuid>/payment")
@login_required
def pay(uuid: str) -> Response:
    """audience: operators of its office. One payment for all of it that waits for money."""
    return go(url_for("payments.checkout", uuid=batches.pay(actor(), uuid)))


@blueprint.get("/office/batches/<uuid>/results.csv")
@login_required
def results(uuid: str) -> Response:
    """audience: operators of its office. What became of each row, for a spreadsheet."""
    seen = batches.of(actor(), uuid)
    headings = [batches.CUSTOMER_LABEL, *(field.label for field in _fields(seen)), *RESULT]
    rows = [[row["customer"], *row["cells"], row["amount"], row["reference"], row["end"], row["receipt"]] for row in _rows(seen)]
    return _file([[_plain(cell) for cell in row] for row in [headings, *rows]], f"{uuid}.csv")


RESULT = (_("Amount"), _("Application"), _("State"), _("Receipt"))


def _fields(seen: batches.Seen) -> list[Any]:
    return [seen.service.field(name) for name in seen.service.batch]


def _rows(seen: batches.Seen) -> list[dict[str, Any]]:
    return [
        {
            "number": line.number,
            "customer": line.typed[batches.CUSTOMER],
            "cells": [line.typed[field.name] for field in _fields(seen)],
            "amount": line.amount,
            "reference": line.reference,
            "receipt": line.receipt,
            "problem": line.problem,
            "end": line.problem or line.status or (_("No longer your customer") if line.reference else ""),
        }
        for line in seen.lines
    ]


def _plain(cell: Any) -> str:
    """A cell for a spreadsheet: amounts as numbers."""
    return "" if cell is None else cell.plain() if hasattr(cell, "plain") else str(rendering.shown(cell, locale()))


def _file(rows: list[list[str]], name: str) -> Response:
    response = make_response(sheet.write(rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
