"""Bringing in a register's extract: send the file, watch it being read, and read what it changed."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import request, session, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_login import login_required
from wtforms import FileField

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.administration.front import blueprint
from blueprints.forms import Form
from blueprints.language import locale
from blueprints.page import notice, page, part
from engine import sheet
from engine.catalogue import catalogue
from engine.errors import Refusal
from engine.wording import Text, Words, _
from operations import register_imports, sessions, staff
from operations.register_imports import ImportState, Report
from operations.staff import Duty

LARGEST = 1024 * 1024 * 1024  # bytes of an extract: several million rows
STATES: dict[ImportState, tuple[Text, str]] = {
    ImportState.RUNNING: (_("Being read"), "progress"),
    ImportState.DONE: (_("Done"), "good"),
    ImportState.FAILED: (_("Failed"), "bad"),
}


class ImportForm(Form):
    file = FileField(
        _("Extract"),
        description=_("CSV in UTF-8; the headings in its first line tell which register it is."),
        render_kw={"accept": ".csv"},
    )


@blueprint.url_value_preprocessor
def let_administrators_send_more(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the request: a million rows are more than anybody else may send."""
    if endpoint == "administration.begin_import" and request.method == "POST":
        sender = sessions.actor_of(session.get("_user_id", ""), "ar", quiet=True)  # actor() would read the form for its language
        if sender is not None and Duty.ADMINISTRATOR in staff.duties_of(sender):
            request.max_content_length = LARGEST


@blueprint.get("/registers")
@login_required
def imports() -> Response:
    """audience: administrators. What was brought in, newest first, and a form to send more."""
    return _listed(ImportForm(formdata=None))


@blueprint.post("/registers")
@login_required
def begin_import() -> Response:
    """audience: administrators. Send an extract; the queue reads it."""
    form, sent = ImportForm(), request.files.get("file")
    staff.require(actor(), Duty.ADMINISTRATOR)
    if form.validate_on_submit():
        try:
            if sent is None or not sent.filename:
                raise Refusal(_("Choose the file first."), field="file")
            number = register_imports.begin(actor(), sent.filename, sent.stream)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("The file is here and is being read."))
            return go(url_for(".import_report", number=number))
    return _listed(form)


@blueprint.get("/registers/<int:number>")
@login_required
def import_report(number: int) -> Response:
    """audience: administrators of its authority. What it changed and what was rejected; follows the work while it runs."""
    report = register_imports.of(actor(), number)
    return page("administration/import.html", **_shown(report))


@blueprint.get("/registers/<int:number>/progress")
@login_required
def import_progress(number: int) -> Response:
    """audience: administrators of its authority. The report alone, for the region that refreshes while it runs."""
    return part("administration/_import.html", **_shown(register_imports.of(actor(), number)))


@blueprint.get("/registers/<int:number>/rejected.csv")
@login_required
def rejected_rows(number: int) -> ResponseReturnValue:
    """audience: administrators of its authority. Every rejected row's line number and reason, as a file."""
    rows, language = register_imports.rejected(actor(), number), locale()
    headers = {
        "Content-Disposition": f"attachment; filename=rejected-{number}.csv",
        "Cache-Control": "no-store",
        "Content-Type": "text/csv; charset=utf-8",
    }
    return Response(_as_csv(rows, language), headers=headers)


def _as_csv(rows: Iterable[tuple[int, Words]], language: str) -> Iterator[str]:
    """Line by line, as it is asked for; with a mark so that spreadsheets read the Arabic."""
    yield sheet.MARK + sheet.lines([("line", "reason")])
    for line, reason in rows:
        yield sheet.lines([(str(line), reason[language])])  # type: ignore[literal-required]


def _listed(form: ImportForm) -> Response:
    rows, onwards = register_imports.page(actor(), request.args.get("before", type=int))
    return page(
        "administration/imports.html",
        422 if form.errors else 200,
        form=form,
        rows=[_line(row) for row in rows],
        onwards=url_for(".imports", before=onwards) if onwards else None,
    )


def _line(row: Report) -> dict[str, Any]:
    status, kind = STATES[row.state]
    return {
        "href": url_for(".import_report", number=row.id),
        "register": catalogue.registers[row.register].title,
        "status": status,
        "kind": kind,
        "report": row,
    }


def _shown(report: Report) -> dict[str, Any]:
    register = catalogue.registers[report.register]
    return {
        **_line(report),
        "counts": [
            {"term": _("Added"), "value": report.added},
            {"term": _("Changed"), "value": report.changed},
            {"term": _("Unchanged"), "value": report.unchanged},
            {"term": _("Kept as the portal left them"), "value": report.kept},
            {"term": _("Rejected"), "value": report.rejections},
        ],
        "columns": [(register.column(name).label, count) for name, count in sorted(report.columns.items())],
        "rejected_rows": [(line, reason) for line, reason in report.rejected],
        "progress_url": url_for(".import_progress", number=report.id),
        "rejected_url": url_for(".rejected_rows", number=report.id),
        "running": report.state is ImportState.RUNNING,
    }
