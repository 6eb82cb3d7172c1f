"""Fines that somebody asks to have waived: the list of a desk, and deciding about one bill, asked or unasked."""

from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import HiddenField, SelectMultipleField, SubmitField, TextAreaField
from wtforms.validators import Length

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.applications.views import quoted
from blueprints.forms import Form, required
from blueprints.language import locale
from blueprints.page import notice, page
from blueprints.supervision import views
from blueprints.supervision.routes import blueprint
from engine.clock import business_day
from engine.errors import NotFound, Refusal
from engine.fees import Quote
from engine.money import Money
from engine.wording import _
from operations import dossiers, staff, supervision, waivers
from operations.staff import Duty
from operations.waivers import Standing

if TYPE_CHECKING:
    from models import Waiver


class WaiverForm(Form):
    bill = HiddenField()
    lines = SelectMultipleField(_("Which fines are waived?"), coerce=int)
    reason = TextAreaField(
        _("The reason"),
        description=_("The applicant reads it, and it is kept with the decision."),
        validators=[required(_("Say why: the applicant reads it.")), Length(max=waivers.LONGEST)],
        render_kw={"rows": 4, "maxlength": waivers.LONGEST},
    )
    grant = SubmitField()
    decline = SubmitField()


@blueprint.get("/waivers")
@login_required
def listed_waivers() -> Response:
    """audience: supervisors. What the desk's applicants ask to have waived, the oldest first."""
    desks = supervision.desks_of(actor())
    chosen = request.args.get("desk") or next(iter(desks), "")
    if chosen not in desks:
        raise NotFound
    rows = waivers.waiting(actor(), chosen, request.args.get("after", type=int) or 0)
    onwards = rows[waivers.PAGE - 1].id if len(rows) > waivers.PAGE else None
    return page(
        "supervision/waivers.html",
        **views.frame(desks, chosen, "supervision.listed_waivers"),
        lines=[_line(row) for row in rows[: waivers.PAGE]],
        onwards=url_for(".listed_waivers", desk=chosen, after=onwards) if onwards else None,
    )


def _line(row: "Waiver") -> dict[str, Any]:
    application = row.application
    fines = [line.amount for line in Quote.thaw(row.bill.quote).lines if line.fine]
    return {
        "reference": application.reference,
        "href": url_for(".waive", reference=application.reference),
        "title": application.frozen["title"],
        "applicant": staff.name_of(application.account, locale()),
        "asked": business_day(row.asked_at),
        "fines": sum(fines, Money(0)),
        "reason": row.reason,
    }


@blueprint.route("/<reference>/waiver", methods=["GET", "POST"])
@login_required
def waive(reference: str) -> Response:
    """audience: supervisors of its desk. Waive fines of its open bill, or decline to, with the reason."""
    dossier = dossiers.of(actor(), reference, Duty.SUPERVISOR)
    found = waivers.standing(dossier.row, dossier.bill)
    if dossier.own or found is None:
        raise NotFound
    form = WaiverForm(bill=found.bill.id, lines=list(found.fines))
    form.lines.choices = [
        (place, {"title": line.label, "hint": line.note, "aside": line.amount}) for place, line in found.fines.items()
    ]
    if form.validate_on_submit():
        try:
            _decide(reference, form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return go(url_for(".application", reference=reference))
    return page("supervision/waiver.html", 422 if form.errors else 200, form=form, **_shown(found), **views.application(dossier))


def _decide(reference: str, form: WaiverForm) -> None:
    bill = int(form.bill.data or 0)
    if form.decline.data:
        waivers.decline(actor(), reference, bill, form.reason.data)
        notice("success", _("Declined. The bill stays as it is, and the applicant is told."))
    else:
        waivers.grant(actor(), reference, bill, form.lines.data or (), form.reason.data)
        notice("success", _("Waived. The applicant is told what is left to pay."))


def _shown(found: Standing) -> dict[str, Any]:
    return {
        "request": found.asked and {"reason": found.asked.reason, "asked": business_day(found.asked.asked_at)},
        "stays": quoted(Quote(tuple(line for line in found.quote.lines if not line.fine), found.quote.day)),
    }
