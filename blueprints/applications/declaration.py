"""The declaration of an application: drawn, read, and signed with the ID card in this computer's reader."""

from flask import jsonify, make_response, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor, address
from blueprints.addresses import go
from blueprints.applications.routes import before_check, blueprint
from blueprints.errors import STATUS
from blueprints.identity import card_page
from blueprints.language import locale
from blueprints.page import notice, page
from engine.errors import Conflict, Refusal, Unavailable
from engine.wording import _
from operations import applications, declarations, rendering


@blueprint.post("/applications/<reference>/declaration/drawing")
@login_required
def draw_declaration(reference: str) -> Response:
    """audience: its applicant, proven. Have the declaration of what the check page showed drawn, to sign it."""
    if elsewhere := before_check(applications.of(actor(), reference)):
        return elsewhere
    declarations.begin(actor(), reference, request.form.get("seal", ""))
    return go(url_for(".declaration", reference=reference))


@blueprint.route("/applications/<reference>/declaration", methods=["GET", "POST"])
@login_required
def declaration(reference: str) -> ResponseReturnValue:
    """audience: its applicant, proven. Read the declaration and sign it; waits while the queue draws it."""
    opened = applications.of(actor(), reference)
    if elsewhere := before_check(opened):
        return elsewhere
    form, refusal = card_page.TokenForm(), None
    if form.validate_on_submit():
        try:
            declarations.sign(actor(), reference, card_page.secret(), form.token.data or "", address=address())
        except Unavailable:
            raise
        except Refusal as refused:
            refusal = refused
    row = declarations.current(actor(), reference)
    if row is None or declarations.signed(row):
        if isinstance(refusal, Conflict):
            notice("warning", refusal.message)
        elif row:
            notice("success", _("Your declaration is signed. Submit the application below."))
        return go(url_for(".check", reference=reference))
    if row.drawn is None:
        return _waiting(reference)
    return card_page.show(
        form,
        template="applications/declaration.html",
        challenge=url_for(".prepare_declaration", reference=reference),
        refusal=refusal,
        anothers=_anothers(refusal),
        opened=opened,
        row=row,
    )


def _waiting(reference: str) -> Response:
    if request.headers.get("X-Quiet") == "1":
        return make_response("", 204)  # not yet: the page stays as it is, and asks again
    return page("applications/declaration_waiting.html", again=url_for(".declaration", reference=reference))


@blueprint.get("/applications/<reference>/declaration/paper")
@login_required
def declaration_paper(reference: str) -> Response:
    """audience: its applicant, proven. The declaration as it will be signed, to be read first."""
    if elsewhere := before_check(applications.of(actor(), reference)):
        return elsewhere
    serial, file = declarations.paper(actor(), reference)
    return send_file(file, mimetype="application/pdf", as_attachment=True, download_name=f"{serial}.pdf", max_age=0)


@blueprint.post("/applications/<reference>/declaration/preparation")
@login_required
def prepare_declaration(reference: str) -> ResponseReturnValue:
    """audience: its applicant, proven. For the page's script: the card's certificate in, the hash that it is to sign out."""
    opened = applications.of(actor(), reference)
    if before_check(opened):
        return jsonify(message=_said(Conflict(declarations.CHANGED))), 409
    try:
        asked = declarations.prepare(actor(), reference, request.get_data(as_text=True), address=address())
    except Refusal as refusal:
        return jsonify(message=_said(refusal)), _status(refusal)
    return card_page.hand_over(asked.handed, hashFunction=asked.hash_function, what=rendering.translate(asked.what, locale()))


def _said(refusal: Refusal) -> str:
    return rendering.translate(refusal.message, locale())


def _status(refusal: Refusal) -> int:
    return 403 if _anothers(refusal) else next(status for kind, status in STATUS.items() if isinstance(refusal, kind))


def _anothers(refusal: Refusal | None) -> bool:
    return refusal is not None and refusal.message == declarations.ANOTHERS
