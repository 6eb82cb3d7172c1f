"""The manual's road: choose the way to prove it, confirm with card or phone, log out of the identity provider, return to the step."""

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, make_response, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_login import login_required, login_user
from wtforms import StringField

from blueprints.actor import SignedIn, actor, address
from blueprints.addresses import go
from blueprints.forms import Form, folded, required
from blueprints.identity import card_page
from blueprints.page import page, part
from engine.errors import Refusal, Unavailable
from engine.wording import _
from operations import identity, identity_providers
from operations.identity import StepUpState

if TYPE_CHECKING:
    from models import IdentityChallenge, StepUp

blueprint = Blueprint("identity", __name__, url_prefix="/identity")


class PhoneForm(Form):
    phone = StringField(
        _("Mobile number with Mobile ID"),
        description=_("Eight digits. Your phone will show a request; you confirm it with your Mobile ID PIN."),
        filters=[folded],
        validators=[required(_("Type the mobile number that has Mobile ID."))],
        render_kw={"autocomplete": "tel-national", "inputmode": "tel", "dir": "ltr"},
    )


@blueprint.get("/<proof>")
@login_required
def choose(proof: str) -> Response:
    """audience: the session that was asked. Which way to prove it."""
    row = identity.of(actor(), proof)
    if row.state == StepUpState.WAITING:
        return go(url_for(".waiting", proof=proof))
    if row.state in (StepUpState.PROVEN, StepUpState.OPEN, StepUpState.ENDED):
        return go(url_for(".single_log_out", proof=proof))
    return _choice(row, PhoneForm(data={"phone": identity.phone_of(actor())}))


@blueprint.post("/<proof>/mobile-id")
@login_required
def ring(proof: str) -> Response:
    """audience: the session that was asked. Send the request to the phone."""
    row = identity.of(actor(), proof)
    form = PhoneForm()
    if form.validate_on_submit():
        try:
            identity.ring(actor(), proof, form.phone.data, address())
        except Refusal as refusal:
            if refusal.field is None:
                raise
            form.refuse(refusal)
        else:
            return go(url_for(".waiting", proof=proof))
    return _choice(row, form)


@blueprint.get("/<proof>/waiting")
@login_required
def waiting(proof: str) -> Response:
    """audience: the session that was asked. Waits for the phone; asked again by itself every two seconds."""
    row = identity.poll(actor(), proof, address())
    if row.state != StepUpState.WAITING:
        return left_alone(_decided(row))
    return waiting_page(
        row, code=identity.code(row), refresh=url_for(".waiting", proof=proof), cancel=url_for(".cancel", proof=proof)
    )


def waiting_page(row: "StepUp | IdentityChallenge", **shown: str) -> Response:
    """The page that waits for a phone, or only its region that refreshes itself."""
    development = current_app.config["DEVELOPMENT"]
    phone_url = f"{current_app.config['PHONE_URL']}/phone/{row.phone}" if development else None
    if request.headers.get("HX-Request") == "true" and request.headers.get("X-Quiet") == "1":
        return part("identity/_waiting.html", row=row, **shown)
    return page("identity/waiting.html", row=row, phone_url=phone_url, **shown)


def left_alone(answer: ResponseReturnValue) -> Response:
    """On to the next page, also from inside a region that refreshes itself."""
    response = make_response(answer)
    if request.headers.get("X-Quiet") != "1":
        return response
    within = make_response("", 200)
    within.headers["HX-Redirect"] = response.headers["Location"]
    return within


def _decided(row: "StepUp") -> Response:
    undecided = row.state in (StepUpState.FAILED, StepUpState.CHOOSING)
    return go(url_for(".choose" if undecided else ".single_log_out", proof=row.id))


@blueprint.post("/<proof>/cancellation")
@login_required
def cancel(proof: str) -> Response:
    """audience: the session that was asked. Stop waiting and choose again."""
    identity.cancel(actor(), proof)
    return go(url_for(".choose", proof=proof))


@blueprint.route("/<proof>/card", methods=["GET", "POST"])
@login_required
def prove_by_card(proof: str) -> ResponseReturnValue:
    """audience: the session that was asked. Prove it with the ID card in this computer's reader."""
    row, form, refusal = identity.of(actor(), proof), card_page.TokenForm(), None
    if row.state in (StepUpState.PROVEN, StepUpState.OPEN, StepUpState.ENDED):
        return _decided(row)
    if form.validate_on_submit():
        try:
            row = identity.prove_by_card(actor(), proof, card_page.secret(), form.token.data or "", address())
        except Unavailable:
            raise
        except Refusal as refused:
            refusal = refused
        else:
            if row.state == StepUpState.PROVEN:
                return _decided(row)
    failure = identity.failure(row) if request.method == "POST" else None
    return card_page.show(
        form,
        challenge=url_for(".challenge", proof=proof),
        refusal=refusal,
        failure=failure,
        anothers=failure == identity.OTHER_CARD,
        row=row,
        purpose="prove",
    )


@blueprint.post("/<proof>/card/challenge")
@login_required
def challenge(proof: str) -> Response:
    """audience: the session that was asked. What the card is to sign."""
    return card_page.hand_over(identity.challenge(actor(), proof))


@blueprint.route("/<proof>/single-log-out", methods=["GET", "POST"])
@login_required
def single_log_out(proof: str) -> Response:
    """audience: the session that was asked. End the identity provider's session and return to the originating service."""
    row = identity.of(actor(), proof)
    if row.state == StepUpState.ENDED:
        return go(_application(row))
    if row.state == StepUpState.OPEN:
        return come_back(proof)
    if row.state != StepUpState.PROVEN:
        return go(url_for(".choose", proof=proof))
    form = Form()
    if form.validate_on_submit():
        if elsewhere := identity_providers.leave_step_up(actor(), proof):
            return go(elsewhere)
        return come_back(proof)
    return page("identity/single_log_out.html", row=row, form=form, failed=identity_providers.failed(row.provider_session))


def come_back(proof: str) -> Response:
    """To the application, open now, with the session's new token."""
    row, token = identity.leave(actor(), proof)
    if token:
        login_user(SignedIn(token, actor()))
    return go(_application(row))


def _application(row: "StepUp") -> str:
    return url_for("applications.take_step", reference=row.application.reference, name=row.step)


def _choice(row: "StepUp", form: PhoneForm) -> Response:
    return page(
        "identity/choose.html",
        422 if form.errors else 200,
        row=row,
        form=form,
        failure=identity.failure(row),
        card_alone=identity.card_alone(row),
        provider=identity_providers.offered(),
    )
