"""Asking for a fine to be waived, from the page where it is to be paid."""

from flask import url_for
from flask.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import Length

from blueprints.actor import actor, applicant_required
from blueprints.addresses import go
from blueprints.applications.routes import blueprint
from blueprints.applications.views import quoted
from blueprints.forms import Form, required
from blueprints.page import notice, page
from engine.errors import Refusal
from engine.fees import Quote
from engine.wording import _
from operations import applications, waivers


class WaiverForm(Form):
    reason = TextAreaField(
        _("Why should it be waived?"),
        description=_("Such as an illness, a journey, or a mistake that was not yours. A supervisor of the authority reads it."),
        validators=[required(_("Say why: a supervisor reads it.")), Length(max=waivers.LONGEST)],
        render_kw={"rows": 5, "maxlength": waivers.LONGEST},
    )


@blueprint.route("/applications/<reference>/waiver", methods=["GET", "POST"])
@applicant_required
def ask_waiver(reference: str) -> Response:
    """audience: its applicant. Ask for the fines of its open bill to be waived, once."""
    opened, form = applications.of(actor(), reference), WaiverForm()
    found = waivers.askable(opened, applications.bill_of(opened))
    if form.validate_on_submit():
        try:
            waivers.ask(actor(), reference, form.reason.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("A supervisor reads it and we tell you what becomes of it. You may also pay meanwhile."))
            return go(url_for(".overview", reference=reference))
    fines = quoted(Quote(tuple(found.fines.values()), found.quote.day))
    return page("applications/waiver.html", 422 if form.errors else 200, opened=opened, form=form, **fines)
