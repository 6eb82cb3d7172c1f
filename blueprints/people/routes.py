"""My family and my workers: who they are by the registers, what of theirs ends when, and beginning its renewal."""

from flask import Blueprint, request, url_for
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.applications.routes import onwards
from blueprints.forms import Form
from blueprints.page import notice, page
from engine.errors import Refusal
from engine.wording import _
from operations import people
from operations.now import today

blueprint = Blueprint("people", __name__)
SOON = 60  # days before its end, from which a document is marked


@blueprint.get("/people")
@login_required
def mine() -> Response:
    """audience: signed in, for themselves. Oneself, one's family and workers, each with their documents; searched, page by page."""
    return _drawn(Form())


@blueprint.post("/people/renewals")
@login_required
def renew() -> Response:
    """audience: signed in, for themselves. Begin the renewal of what was chosen: one, and one goes on with it; several, and they wait."""
    form = Form()
    if form.validate_on_submit():
        try:
            begun = people.renew(actor(), request.form.getlist("chosen"))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            if len(begun) == 1:
                return go(onwards(begun[0]))
            notice("success", _("%(count)s renewals wait for you below. Finish each; pay all of them at once.", count=len(begun)))
            return go(url_for("applications.dashboard"))
    return _drawn(form)


def _drawn(form: Form) -> Response:
    asked = request.values.get("q", "").strip()[:100]
    found = people.of(actor(), asked, request.args.get("after", ""))
    onwards_url = url_for(".mine", q=asked or None, after=found.after) if found.after else None
    return page(
        "people/people.html",
        422 if form.errors else 200,
        form=form,
        asked=asked,
        found=found,
        proven=actor().civil_number is not None,
        onwards=onwards_url,
        day=today(),
        soon=SOON,
    )
