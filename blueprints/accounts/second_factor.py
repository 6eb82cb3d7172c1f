"""The second factor of staff: shown at every sign-in, set up at the first, replaced from one's own account."""

import segno
from flask import session, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from blueprints import entrance
from blueprints.accounts import code_page
from blueprints.accounts.confirming import confirmed
from blueprints.accounts.forms import refusals_in
from blueprints.accounts.routes import blueprint
from blueprints.actor import actor, address
from blueprints.addresses import go
from blueprints.forms import Form, folded, required
from blueprints.page import notice, page
from engine.errors import NotFound
from engine.wording import _
from operations import accounts, second_factor
from operations.second_factor import Held, Proposal

QR_SCALE, QR_BORDER = 5, 4


class ShowForm(Form):
    code = StringField(
        _("Code of the authenticator app"),
        [required(_("Write the code that the app shows."))],
        filters=[folded],
        description=_("The six digits it shows now, or one of your recovery codes"),
        render_kw={"autocomplete": "one-time-code", "maxlength": 20, "inputmode": "text"},
    )


class SetUpForm(Form):
    code = StringField(
        _("The six digits that the app shows now"),
        [required(_("Write the code that the app shows."))],
        filters=[folded],
        render_kw={"autocomplete": "one-time-code", "maxlength": 8},
    )


# --- Signing in ------------------------------------------------------------------------------------------------------------------


@blueprint.route("/second-factor", methods=["GET", "POST"])
def show_second_factor() -> ResponseReturnValue:
    """audience: whoever has shown the first factor"""
    who = second_factor.held(session.get(entrance.HELD))
    if who is None:
        return code_page.begin_again("accounts.sign_in")
    if not who.enrolled:
        return go(url_for(".set_up_second_factor"))
    form = ShowForm()

    if form.validate_on_submit():
        with refusals_in(form):
            return _on(second_factor.shown(session[entrance.HELD], form.code.data, address=address()))

    return page("accounts/second_factor.html", 422 if form.errors else 200, form=form)


def _on(who: Held) -> ResponseReturnValue:
    wanted, left = session.get("next"), second_factor.state(who.account).codes_left
    _come_in(who)
    if left < second_factor.FEW:
        notice("warning", _("Few recovery codes are left. Make new ones on the page of your account. Left: %(left)s", left=left))
    return go(entrance.after(wanted))


def _come_in(who: Held) -> None:
    entrance.come_in(who.account, assurance=who.assurance, method=who.method, second_factor_shown=True)


# --- Setting it up ---------------------------------------------------------------------------------------------------------------


@blueprint.route("/second-factor/new", methods=["GET", "POST"])
def set_up_second_factor() -> ResponseReturnValue:
    """audience: staff who have shown the first factor and have no second yet"""
    secret, form = session.get(entrance.HELD), SetUpForm()
    who = second_factor.held(secret)
    if who is None or who.enrolled:
        return code_page.begin_again("accounts.sign_in")

    if form.validate_on_submit():
        with refusals_in(form):
            wanted = session.get("next")
            who, codes = second_factor.set_up_held(secret, form.code.data, address=address())
            _come_in(who)
            return page("accounts/recovery_codes.html", codes=codes, onwards=entrance.after(wanted))

    return _setting_up(form, second_factor.proposal(who.account), first=True)


@blueprint.route("/second-factor/renewal", methods=["GET", "POST"])
@confirmed
def renew_second_factor() -> ResponseReturnValue:
    """audience: staff, confirmed. Another app or phone in place of the one just shown."""
    mine, form = accounts.mine(actor()), SetUpForm()
    if mine.second_factor is None:
        raise NotFound

    if form.validate_on_submit():
        with refusals_in(form):
            codes = second_factor.renew(actor(), form.code.data, address=address())
            return page("accounts/recovery_codes.html", codes=codes, onwards=url_for(".mine"))

    return _setting_up(form, second_factor.proposal(mine.account), first=False)


def _setting_up(form: SetUpForm, proposal: Proposal, *, first: bool) -> ResponseReturnValue:
    picture = segno.make_qr(proposal.address, error="m").svg_data_uri(scale=QR_SCALE, border=QR_BORDER, light="#fff")
    return page(
        "accounts/second_factor_new.html", 422 if form.errors else 200, form=form, picture=picture, key=proposal.key, first=first
    )


@blueprint.route("/second-factor/codes", methods=["GET", "POST"])
@confirmed
def renew_recovery_codes() -> ResponseReturnValue:
    """audience: staff, confirmed. Ten new recovery codes."""
    if accounts.mine(actor()).second_factor is None:
        raise NotFound
    form = Form()
    if form.validate_on_submit():
        codes = second_factor.new_codes(actor(), address=address())
        return page("accounts/recovery_codes.html", codes=codes, onwards=url_for(".mine"))
    return page("accounts/recovery_codes_new.html", form=form)
