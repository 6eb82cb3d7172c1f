"""What is asked is read first; a code to their phone then carries the answer. What is over looks like what never was."""

from typing import Any

from flask import Blueprint, url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import RadioField, StringField, TextAreaField

from blueprints.actor import actor, address
from blueprints.addresses import go
from blueprints.forms import Form, folded, required
from blueprints.page import notice, page
from engine.catalogue import catalogue
from engine.clock import business_day
from engine.errors import Refusal, TooMany
from engine.wording import _
from operations import agreements, codes
from operations.agreements import Answer, Asked

blueprint = Blueprint("agreements", __name__)


class AnswerForm(Form):
    code = StringField(_("The code we sent"), [required(_("Type the six digits we sent to your phone."))], filters=[folded])
    answer = RadioField(
        _("Do you agree?"),
        [required(_("Choose whether you agree."))],
        choices=[(Answer.AGREED.value, _("I agree")), (Answer.DECLINED.value, _("I do not agree"))],
    )
    reason = TextAreaField(
        _("If you do not agree: why?"),
        description=_("In a few words. The applicant reads it."),
        render_kw={"rows": 3, "maxlength": 500},
    )


@blueprint.route("/agreements/<int:number>/<token>", methods=["GET", "POST"])
def answer(number: int, token: str) -> Response:
    """audience: whoever has the link. What is asked; with the code from their phone they agree or decline."""
    asked, form = agreements.of(actor(), number, token), AnswerForm()
    if asked.answer is None and form.validate_on_submit():
        try:
            agreements.answer(
                actor(),
                number,
                token,
                Answer(form.answer.data),
                code=form.code.data,
                reason=(form.reason.data or "")[:500],
                address=address(),
            )
        except Refusal as refusal:
            if not refusal.field:
                raise
            form.refuse(refusal)
        else:
            return go(url_for(".answer", number=number, token=token))
    return page("agreements/answer.html", 422 if form.errors else 200, form=form, **_shown(asked, token))


@blueprint.post("/agreements/<int:number>/<token>/code")
def send_code(number: int, token: str) -> Response:
    """audience: whoever has the link. Send a code to the phone on record, or another."""
    try:
        agreements.send_code(actor(), number, token, address=address())
    except TooMany as refusal:
        if agreements.challenge_of(agreements.of(actor(), number, token)) is None:
            raise
        notice("info", refusal.message)  # one is on its way: the second click of a double click
    return go(url_for(".answer", number=number, token=token))


@blueprint.post("/applications/<reference>/agreements/<int:number>/link")
@login_required
def send_again(reference: str, number: int) -> Response:
    """audience: its applicant. Send the link to the other party once more."""
    agreements.send_again(actor(), reference, number, address=address())
    notice("success", _("The link is on its way again."))
    return go(url_for("applications.overview", reference=reference))


def _shown(asked: Asked, token: str) -> dict[str, Any]:
    """What they need to decide: what, who asks, as what they are asked. Neither their phone nor anybody's number is shown whole."""
    request, frozen = asked.request, asked.application.frozen
    challenge = None if asked.answer else agreements.challenge_of(asked)
    return {
        "answered": asked.answer,
        "title": frozen["title"],
        "authority": catalogue.authorities[asked.application.authority].title,
        "applicant": frozen["applicant"],
        "role": request.role,
        "rows": [{"term": row["label"], "value": row["value"]} for row in request.said],
        "until": business_day(request.expires_at),
        "phone": agreements.masked(request.phone),
        "challenge": challenge,
        "wait": codes.wait(challenge) if challenge else 0,
        "code_url": url_for(".send_code", number=request.id, token=token),
    }
