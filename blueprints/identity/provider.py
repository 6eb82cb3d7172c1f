"""To an external identity provider and back: step-up, signing in, single log-out. Not found while no provider is set.

Its messages come across sites, without our cookie; `arrive` and `left` are the next step, in the person's own session. The cookie keeps
which visit this browser set out on: an answer that another browser brings home is not taken.
"""

from flask import Blueprint, make_response, request, session, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_login import login_required

from blueprints import entrance
from blueprints.actor import actor, address
from blueprints.addresses import go
from blueprints.forms import Form
from blueprints.identity.routes import come_back
from blueprints.page import notice, page
from engine.assurance import Assurance
from engine.wording import _
from gateways.identity_providers import Arrived, Reason
from operations import identity, identity_providers

LIMITS = {"provider.step_up": "20/minute", "provider.sign_in": "20/minute", "provider.answer": "60/minute"}
VERIFIED_OTHERWISE = ("provider.answer", "provider.log_out")

blueprint = Blueprint("provider", __name__, url_prefix="/identity/provider")


@blueprint.get("/metadata")
def metadata() -> Response:
    """audience: anyone. Who this portal is to the provider, for its operator to load."""
    response = make_response(identity_providers.metadata())
    response.content_type = "application/samlmetadata+xml"
    return response


@blueprint.post("/step-up/<proof>")
@login_required
def step_up(proof: str) -> Response:
    """audience: the session that was asked. Prove it at the provider."""
    return _set_out(*identity_providers.begin_step_up(actor(), proof))


@blueprint.post("/sign-in")
def sign_in() -> Response:
    """audience: anyone. Sign in at the provider."""
    return _set_out(*identity_providers.begin_sign_in())


def _set_out(visit: str, there: str) -> Response:
    session["provider_visit"] = visit
    return go(there)


@blueprint.post("/acs")
def answer() -> Response:
    """audience: the provider, through the person's browser (signature verified). Cross-site, without our cookie."""
    ticket = identity_providers.receive(Arrived(request.form), address())
    return _refuse(ticket) if isinstance(ticket, Reason) else go(url_for(".arrive", ticket=ticket))


def _refuse(reason: Reason) -> Response:
    """Said on the next page, where our cookie is there again: here the person would look signed out."""
    return go(url_for(".refused", why=reason.value))


@blueprint.get("/refused/<why>")
def refused(why: str) -> Response:
    """audience: anyone. Why the provider's message was not believed."""
    raise identity_providers.refusal(why)


@blueprint.get("/arrival/<ticket>")
def arrive(ticket: str) -> ResponseReturnValue:
    """audience: the browser that set out. Take the answer home, once."""
    visit = session.pop("provider_visit", "")
    found = identity_providers.arrive(actor(), ticket, visit, address())
    if isinstance(found, identity.StepUp):
        return go(url_for("identity.choose", proof=found.id))
    account = identity_providers.account_of(found, address())
    entered = entrance.enter(account, None, assurance=Assurance(found.assurance), method=identity.PROVIDER)
    if actor().signed_in:
        identity_providers.stays(found, actor())
    return entered


# --- Logging out there -----------------------------------------------------------------------------------------------------------


@blueprint.route("/logout", methods=["GET", "POST"])
def log_out() -> Response:
    """audience: the provider, through the person's browser (signature verified). The answer to our log-out, or a log-out of its own."""
    arrived = Arrived(request.form, request.query_string.decode("ascii", "replace"))
    heard = identity_providers.hear_log_out(arrived, address())
    if isinstance(heard, Reason):
        return _refuse(heard)
    if isinstance(heard, str):
        return go(heard)
    return go(url_for(".left", proof=heard.step_up_id) if heard.step_up_id else url_for(".sign_out"))


@blueprint.get("/left/<proof>")
@login_required
def left(proof: str) -> Response:
    """audience: the session that was asked. Logged out there: the application opens; otherwise the page that lets try again."""
    row = identity.of(actor(), proof)
    if row.provider_session:
        return go(url_for("identity.single_log_out", proof=proof))
    return come_back(proof)


@blueprint.route("/sign-out", methods=["GET", "POST"])
def sign_out() -> Response:
    """audience: anyone. Signed out here: now there, as often as it takes."""
    visit = session.get("provider_visit", "")
    if request.method == "GET" and identity_providers.failed(visit):
        return page("identity/log_out_failed.html", form=Form())
    if there := identity_providers.leave(visit):
        return go(there)
    session.pop("provider_visit", None)
    notice("success", _("You are signed out."))
    return go(url_for("pages.home"))
