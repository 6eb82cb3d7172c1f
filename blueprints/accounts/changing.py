"""Changing one's e-mail, mobile and password."""

from flask import session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from blueprints.accounts import code_page
from blueprints.accounts.confirming import confirmed
from blueprints.accounts.forms import CodeForm, KindForm, NewPasswordForm, OldPasswordForm, email_field, phone_field, refusals_in
from blueprints.accounts.routes import blueprint
from blueprints.actor import actor, address
from blueprints.addresses import go
from blueprints.forms import Form
from blueprints.page import notice, page
from engine.wording import Text, _
from operations import accounts, changing, codes
from operations.codes import Purpose


class NewEmailForm(Form):
    email = email_field(_("New e-mail"))


class NewPhoneForm(Form):
    phone = phone_field(_("New mobile number"))


@blueprint.route("/kind", methods=["GET", "POST"])
@login_required
def change_kind() -> ResponseReturnValue:
    """audience: signed in"""
    account = accounts.mine(actor()).account
    form = KindForm(data={"kind": account.kind, "registration": account.registration})
    if form.validate_on_submit():
        with refusals_in(form):
            accounts.change_kind(actor(), form.kind.data, form.registration.data or "", address=address())
            notice("success", _("The kind of your account is changed."))
            return go(url_for(".mine"))
    return page("accounts/change_kind.html", 422 if form.errors else 200, form=form)


class ChangePasswordForm(OldPasswordForm, NewPasswordForm):
    """The present password, then the new one twice."""


@blueprint.route("/email", methods=["GET", "POST"])
@confirmed
def change_email() -> ResponseReturnValue:
    """audience: signed in, confirmed"""
    return _change(NewEmailForm(), "email", Purpose.CHANGE_EMAIL, _("Change your e-mail"))


@blueprint.route("/phone", methods=["GET", "POST"])
@confirmed
def change_phone() -> ResponseReturnValue:
    """audience: signed in, confirmed"""
    return _change(NewPhoneForm(), "phone", Purpose.CHANGE_PHONE, _("Change your mobile number"))


def _change(form: Form, name: str, purpose: Purpose, title: Text) -> ResponseReturnValue:
    present = getattr(accounts.mine(actor()), name)
    if form.validate_on_submit():
        with refusals_in(form):
            return code_page.go_to(changing.begin(actor(), purpose, form[name].data, address=address()), purpose)

    return page(
        "accounts/change.html",
        422 if form.errors else 200,
        form=form,
        field=form[name],
        title=title,
        present=present,
    )


@blueprint.route("/email/code", methods=["GET", "POST"])
@login_required
def verify_new_email() -> ResponseReturnValue:
    """audience: signed in"""
    return _verify(Purpose.CHANGE_EMAIL, _("Confirm your new e-mail"), ".change_email", _("Your e-mail is changed."))


@blueprint.route("/phone/code", methods=["GET", "POST"])
@login_required
def verify_new_phone() -> ResponseReturnValue:
    """audience: signed in"""
    return _verify(
        Purpose.CHANGE_PHONE, _("Confirm your new mobile number"), ".change_phone", _("Your mobile number is changed.")
    )


def _verify(purpose: Purpose, title: Text, start: str, done: Text) -> ResponseReturnValue:
    challenge = codes.find(session.get("challenge"), purpose)
    if challenge is None or challenge.account_id != actor().account or challenge.used_at:
        return code_page.begin_again(start)
    form = CodeForm()

    if form.validate_on_submit():
        with refusals_in(form):
            changing.finish(actor(), challenge.id, purpose, form.code.data, address=address())
            session.pop("challenge", None)
            notice("success", done)
            return go(url_for(".mine"))

    return code_page.show(form, challenge, title, start=url_for(start))


@blueprint.route("/password", methods=["GET", "POST"])
@login_required
def change_password() -> ResponseReturnValue:
    """audience: signed in"""
    form = ChangePasswordForm()

    if form.validate_on_submit():
        with refusals_in(form):
            changing.password(actor(), form.old.data, form.password.data, address=address())
            notice("success", _("Your password is changed, and you were signed out everywhere else."))
            return go(url_for(".mine"))

    return page("accounts/change_password.html", 422 if form.errors else 200, form=form)
