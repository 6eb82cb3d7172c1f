"""What the pages of a list show, an office's and a person's own alike: the form, the lists there are, the rows, the files."""

from typing import Any

from flask import make_response, request
from flask.wrappers import Response
from wtforms import FileField, SelectField

from blueprints.actor import actor
from blueprints.forms import Form
from blueprints.language import locale
from engine import sheet
from engine.catalogue import catalogue
from engine.errors import NotFound, Refusal
from engine.wording import Text, _
from operations import batches, rendering
from operations.batches import Batch, BatchState

STATES: dict[str, tuple[Text, str]] = {
    BatchState.CHECKING: (_("Being checked"), "progress"),
    BatchState.CHECKED: (_("Waits for you"), "waiting"),
    BatchState.FILING: (_("Being filed"), "progress"),
    BatchState.FILED: (_("Filed"), "good"),
}


class BringForm(Form):
    service = SelectField(_("Service"), validate_choice=False)
    file = FileField(_("List (CSV)"), description=_("At most 500 rows. The first line names the columns, in Arabic or English."))


def bring_form() -> BringForm:
    form = BringForm()
    form.service.choices = [(service.code, rendering.translate(service.title, locale())) for service in batches.services()]
    return form


def brought(form: BringForm, *, own: bool) -> Batch | None:
    """The list that was sent, kept; None where it cannot be read, and the form says why."""
    file = request.files.get("file")
    try:
        raw = file.stream.read(sheet.MOST_BYTES + 1) if file else b""
        return batches.bring(actor(), form.service.data, file.filename or "" if file else "", raw, own=own)
    except Refusal as refusal:
        form.refuse(refusal)
        return None


def listed(batch: Batch, href: str) -> dict[str, Any]:
    status, kind = STATES[batch.state]
    title = catalogue.services[batch.service].title
    return {"title": title, "name": batch.name, "at": batch.created_at, "href": href, "status": status, "kind": kind}


def shown(seen: batches.Seen, room: str) -> dict[str, Any]:
    """One list; `room` is the blueprint whose pages lead on from it."""
    status, kind = STATES[seen.batch.state]
    return {
        "seen": seen,
        "room": room,
        "customers": seen.batch.office_id is not None,
        "rows": _rows(seen),
        "form": Form(),
        "proven": batches.proven(actor(), seen.service),
        "status": status,
        "kind": kind,
        "columns": [field.label for field in _fields(seen)],
    }


def example(code: str, *, own: bool) -> Response:
    """The headings of a list for that service, to fill in."""
    service = catalogue.services.get(code)
    if service is None or not service.batch:
        raise NotFound
    columns = batches.columns(service, own=own)
    return _file([[names[0] if locale() == "ar" else names[1] for names in columns.values()]], f"{code}.csv")


RESULT = (_("Amount"), _("Application"), _("State"), _("Receipt"))


def results(seen: batches.Seen) -> Response:
    """What became of each row, for a spreadsheet."""
    customer = [batches.CUSTOMER_LABEL] if seen.batch.office_id is not None else []
    headings = [*customer, *(field.label for field in _fields(seen)), *RESULT]
    rows = [
        [*([row["customer"]] if customer else []), *row["cells"], row["amount"], row["reference"], row["end"], row["receipt"]]
        for row in _rows(seen)
    ]
    return _file([[_plain(cell) for cell in row] for row in [headings, *rows]], f"{seen.batch.uuid}.csv")


def _fields(seen: batches.Seen) -> list[Any]:
    return [seen.service.field(name) for name in seen.service.batch]


def _rows(seen: batches.Seen) -> list[dict[str, Any]]:
    return [
        {
            "number": line.number,
            "customer": line.typed.get(batches.CUSTOMER, ""),
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
