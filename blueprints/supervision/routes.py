"""The supervisors' room. The audience of each route is the first line of its docstring."""

import datetime as dt

from flask import Blueprint, request, send_file, stream_with_context, url_for
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.desk.lists import cursor
from blueprints.desk.routes import SANDBOX
from blueprints.page import notice, page
from blueprints.supervision import views
from blueprints.supervision.commands import commands
from engine import digits
from engine.errors import NotFound, Refusal
from engine.wording import _
from operations import dossiers, exporting, service_clock, supervision
from operations.staff import Duty

blueprint = Blueprint("supervision", __name__, url_prefix="/supervision", cli_group="figures")
blueprint.cli.help = "إحصاءات الإنجاز · Figures of decisions."
commands(blueprint)


def _desk(desks: list[str]) -> str:
    return request.values.get("desk") or next(iter(desks), "")


@blueprint.get("")
@login_required
def room() -> Response:
    """audience: supervisors. What waits, what is late, and who has how much."""
    desks = supervision.desks_of(actor())
    load = supervision.workload(actor(), _desk(desks), service_clock.soon())
    return page("supervision/room.html", **views.room(desks, _desk(desks), load))


@blueprint.get("/applications")
@login_required
def applications() -> Response:
    """audience: supervisors. The desk's lists, or what one clerk has of it; from here applications are handed on."""
    desks = supervision.desks_of(actor())
    chosen, view, clerk = _desk(desks), request.args.get("show", "urgent"), request.args.get("clerk", type=int)
    lines, onwards = supervision.listed(actor(), chosen, view, clerk, cursor(request.args.get("after")))
    form = views.assign_form(supervision.clerks_of(actor(), chosen))
    return page("supervision/applications.html", **views.applications(desks, chosen, view, clerk, lines, onwards, form))


@blueprint.post("/assignments")
@login_required
def assign() -> Response:
    """audience: supervisors. Hand the chosen applications to a clerk; says of each that could not be handed on why."""
    desks = supervision.desks_of(actor())
    chosen, references = _desk(desks), request.form.getlist("reference")
    clerk = request.form.get("clerk", type=int)
    if not references or clerk is None:
        supervision.clerks_of(actor(), chosen)
        notice("warning", _("Choose at least one application and a clerk. Nothing was handed on."))
        return go(url_for(".applications", desk=chosen))
    results = views.handed(supervision.reassign(actor(), references, clerk))
    if results["failed"]:
        return page("supervision/handed.html", **views.frame(desks, chosen, "supervision.applications"), **results)
    notice("success", _("%(num)s application handed on.", "%(num)s applications handed on.", num=results["done"]))
    return go(url_for(".applications", desk=chosen, clerk=clerk))


@blueprint.get("/figures")
@login_required
def figures_of() -> Response:
    """audience: supervisors. The queue by age and by service, decisions by day, and how long they take."""
    desks = supervision.desks_of(actor())
    chosen = _desk(desks)
    ages, services = supervision.by_age(actor(), chosen), supervision.by_service(actor(), chosen)
    return page("supervision/figures.html", **views.figures_of(desks, chosen, ages, services))


@blueprint.get("/export")
@login_required
def export() -> Response:
    """audience: supervisors. The desk's applications of a period, as CSV."""
    desks = supervision.desks_of(actor())
    chosen, first, last = _desk(desks), _day("first"), _day("last")
    pieces = exporting.export(actor(), chosen, first, last)
    response = Response(stream_with_context(pieces), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename={chosen}-{first}-{last}.csv"
    response.headers["Cache-Control"] = "no-store"
    return response


def _day(name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(digits.fold(request.args.get(name, "")).strip())
    except ValueError:
        raise Refusal(_("Type a date as year-month-day, such as 2026-03-19."), field=name) from None


# --- One application -------------------------------------------------------------------------------------------------------------


@blueprint.get("/<reference>")
@login_required
def application(reference: str) -> Response:
    """audience: supervisors of its desk. All of it to read; who looks is recorded."""
    dossier = dossiers.of(actor(), reference, Duty.SUPERVISOR)
    form = views.assign_form(supervision.clerks_of(actor(), dossier.row.desk))
    return page("supervision/application.html", form=form, **views.application(dossier))


@blueprint.get("/<reference>/versions/<int:number>/files/<field>", defaults={"which": 0})
@blueprint.get("/<reference>/versions/<int:number>/files/<field>/<int:which>")
@login_required
def file(reference: str, number: int, field: str, which: int) -> Response:
    """audience: supervisors of its desk. A file as it was submitted: to be kept, never shown inside our own pages."""
    name, media_type, stream = dossiers.file_of(actor(), reference, number, field, which, Duty.SUPERVISOR)
    response = send_file(stream, mimetype=media_type, as_attachment=True, download_name=name, max_age=0)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


@blueprint.route("/<reference>/overturning", methods=["GET", "POST"])
@login_required
def overturn(reference: str) -> Response:
    """audience: supervisors of its desk. Take a refusal back, so that another clerk examines it."""
    dossier = dossiers.of(actor(), reference, Duty.SUPERVISOR)
    if dossier.own:
        raise NotFound
    form = views.overturn_form(supervision.clerks_of(actor(), dossier.row.desk))
    if form.validate_on_submit():
        try:
            supervision.overturn(actor(), reference, form.reason.data or "", int(form.clerk.data))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("It is in review again. The applicant is told."))
            return go(url_for(".application", reference=reference))
    return page("supervision/overturn.html", 422 if form.errors else 200, form=form, **views.application(dossier))
