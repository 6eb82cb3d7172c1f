"""Acting for a customer: beginning, stopping, and what keeps two windows and two people apart.

Every form of the house says for whom it was drawn (`page.acting_mark`); one that was drawn for somebody else than the session acts for now
is refused before anything is done.
"""

from flask import request, url_for
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.offices.routes import blueprint
from blueprints.page import acting_mark, notice
from engine.errors import Conflict
from engine.wording import _
from operations import acting

GUARDED = frozenset({"applications", "payments", "identity"})
"""Blueprints whose forms start, change, pay or prove something for an applicant."""
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
THE_BANKS = frozenset({"payments.returned", "payments.notified"})  # verified by its signature, without our cookie
ALWAYS_OPEN = frozenset({"accounts.sign_out", "accounts.stay", "accounts.sign_in"})


@blueprint.post("/office/customers/<int:delegation>/acting")
@login_required
def begin(delegation: int) -> Response:
    """audience: operators of its office. Act for this customer from now on."""
    acting.begin(actor(), delegation)
    return go(url_for("applications.dashboard"))


@blueprint.post("/office/acting/end")
@login_required
def stop() -> Response:
    """audience: signed in. Act for nobody any more; drafts stay where they are."""
    served = actor().acting_for
    acting.stop(actor())
    if served and served.desk:
        return go(url_for("counter.serve", desk=served.desk))
    return go(url_for("offices.customers") if actor().office else url_for("applications.dashboard"))


@blueprint.before_app_request
def refuse_another_window() -> None:
    """Raises Conflict for a form that was drawn for somebody else."""
    ours = request.method == "POST" and request.blueprint in GUARDED and request.endpoint not in THE_BANKS
    if ours and request.mimetype in FORMS and actor().signed_in and request.form.get("acting", "") != acting_mark():
        raise Conflict(
            _(
                "This page was drawn for somebody else than you act for now. Nothing was done: open it again and check for whom it is."
            )
        )


@blueprint.before_app_request
def keep_ones_own_apart() -> Response | None:
    """The pages of one's own account are not looked at while one acts for somebody else."""
    if not request.path.startswith("/account") or request.endpoint in ALWAYS_OPEN or not actor().acting_for:
        return None
    notice("information", _("This page is about your own account. Stop acting for the customer first."))
    return go(url_for("applications.dashboard"))
