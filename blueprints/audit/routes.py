"""What an auditor reads: the list, one entry, the export. The address keeps what is looked for, so that it can be passed on."""

from collections.abc import Iterable, Iterator

from flask import Blueprint, Response, request, stream_with_context
from flask_login import login_required

from blueprints.actor import actor
from blueprints.audit import views
from blueprints.language import locale
from blueprints.page import page
from engine import sheet
from operations import audit_trail
from operations.rendering import translate

blueprint = Blueprint("audit", __name__, url_prefix="/audit", cli_group="audit")


@blueprint.get("")
@login_required
def listed() -> Response:
    """audience: auditors. Who did what, newest first, by person, action, subject and day."""
    asked, wrong = views.asked(request.args)
    lines, onwards = audit_trail.listed(actor(), asked, views.cursor(request.args.get("after")))
    return page("audit/list.html", **views.listed(asked, wrong, lines, onwards, request.args))


@blueprint.get("/<int:key>")
@login_required
def entry(key: int) -> Response:
    """audience: auditors. One entry and its place in the chain."""
    return page("audit/entry.html", **views.entry(audit_trail.entry(actor(), key)))


@blueprint.get("/export.csv")
@login_required
def export() -> Response:
    """audience: auditors. All that is looked for, as CSV, streamed."""
    asked, _wrong = views.asked(request.args)
    language = locale()
    rows = views.export_rows(audit_trail.export(actor(), asked), lambda text: translate(text, language))
    response = Response(stream_with_context(_csv(rows)), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = "attachment; filename=audit.csv"
    response.headers["Cache-Control"] = "no-store"
    return response


def _csv(rows: Iterable[list[str]]) -> Iterator[str]:
    """The file, row by row, as it is sent."""
    yield sheet.MARK
    for row in rows:
        yield sheet.lines([row])
