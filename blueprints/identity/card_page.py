"""The page "Authenticate using your smart card", for whatever a card is needed: its script talks to the reader, and posts the token.

The secret of the challenge lies in the signed cookie; a token is judged against the challenge that this browser asked for last, once.
"""

from typing import Any, cast

from flask import current_app, jsonify, make_response, request, session
from flask.wrappers import Response
from wtforms import HiddenField

from blueprints.addresses import here
from blueprints.forms import Form
from blueprints.page import page
from blueprints.security import admit_card_agent
from engine.errors import Conflict, Refusal
from engine.wording import Text
from operations.challenges import Handed

SECRET = "card"


class TokenForm(Form):
    """What the card signed, put in by the page's script."""

    token = HiddenField(id="card-token")


def hand_over(handed: Handed, **more: Any) -> Response:
    """The nonce, and what else it needs, for the page's script; the secret for the cookie."""
    session[SECRET] = handed.secret
    return jsonify(nonce=handed.nonce, **more)


def secret() -> str | None:
    """Of the challenge this browser asked for; taken out, because it serves once."""
    return cast("str | None", session.pop(SECRET, None))


def show(
    form: TokenForm,
    *,
    challenge: str,
    template: str = "identity/card.html",
    refusal: Refusal | None = None,
    failure: Text | None = None,
    anothers: bool = False,
    **shown: Any,
) -> Response:
    """`challenge`: where the script asks for a nonce. Always a whole page: only its own policy lets it talk to the reader.

    `anothers`: it was somebody else's card (403).
    """
    if request.headers.get("HX-Request") == "true":
        response = make_response("", 200)
        response.headers["HX-Redirect"] = here()
        return response
    admit_card_agent()
    form.token.data = ""
    failure = refusal.message if refusal else failure
    return page(
        template,
        403 if anothers else _status(refusal, failure),
        form=form,
        failure=failure,
        challenge=challenge,
        agent=current_app.config["CARD_AGENT"],
        **shown,
    )


def _status(refusal: Refusal | None, failure: Text | None) -> int:
    if isinstance(refusal, Conflict):
        return 409
    return 422 if failure else 200
