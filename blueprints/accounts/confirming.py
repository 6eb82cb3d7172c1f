"""Confirm that it is you: the page before what a stolen session must not do."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required, logout_user
from wtforms import PasswordField, StringField
from wtforms.validators import Optional

from blueprints.accounts.forms import PASSWORD_NOW, refusals_in
from blueprints.accounts.routes import blueprint
from blueprints.actor import actor, address
from blueprints.addresses import back_to, go, here
from blueprints.forms import Form, folded, required
from blueprints.page import page
from engine.wording import _
from operations import confirming, entrance

Given = ParamSpec("Given")


class ConfirmForm(Form):
    password = PasswordField(_("Password"), [required(_("Write your password."))], render_kw=PASSWORD_NOW)
    code = StringField(
        _("Code of the authenticator app"),
        [Optional()],
        filters=[folded],
        description=_("The six digits it shows now, or one of your recovery codes"),
        render_kw={"autocomplete": "one-time-code", "maxlength": 20, "inputmode": "text"},
    )


def confirmed(view: Callable[Given, ResponseReturnValue]) -> Callable[Given, ResponseReturnValue]:
    """The route is for whoever showed within ten minutes that it is they; others are asked, and come back."""

    @wraps(view)
    @login_required
    def asked_first(*args: Given.args, **kwargs: Given.kwargs) -> ResponseReturnValue:
        if confirming.fresh(actor()):
            return view(*args, **kwargs)
        return go(url_for("accounts.confirm", next=here()))

    return asked_first


@blueprint.route("/confirmation", methods=["GET", "POST"])
@login_required
def confirm() -> ResponseReturnValue:
    """audience: signed in"""
    form, wanted = ConfirmForm(), back_to(request.args.get("next"), url_for(".mine"))
    if not confirming.by_code(actor()):
        del form.code

    if form.validate_on_submit():
        with refusals_in(form):
            confirming.confirm(actor(), form.password.data, form.code.data or "" if form.code else "", address=address())
            return redirect(wanted, 303)

    return page("accounts/confirm.html", 422 if form.errors else 200, form=form, wanted=wanted)


@blueprint.post("/confirmation/anew")
@login_required
def sign_in_anew() -> ResponseReturnValue:
    """audience: signed in. For whoever has no password: sign in again, with card or Mobile ID, and come back."""
    wanted = back_to(request.args.get("next"), url_for(".mine"))
    entrance.leave(actor(), address=address())
    logout_user()
    return go(url_for("identity.card_sign_in", next=wanted))
