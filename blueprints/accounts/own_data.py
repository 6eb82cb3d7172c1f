"""One's data: a copy to take along, and closing the account."""

from flask import send_file, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required, logout_user

from blueprints.accounts.confirming import confirmed
from blueprints.accounts.forms import refusals_in
from blueprints.accounts.routes import blueprint
from blueprints.actor import actor, address
from blueprints.addresses import go
from blueprints.forms import Form
from blueprints.page import notice, page
from engine.wording import _
from operations import closing, confirming, own_data


@blueprint.get("/data")
@login_required
def data() -> ResponseReturnValue:
    """audience: signed in"""
    return page("accounts/data.html", copy=own_data.of(actor()))


@blueprint.route("/data/copy", methods=["GET", "POST"])
@confirmed
def ask_for_copy() -> ResponseReturnValue:
    """audience: signed in, confirmed"""
    form = Form()
    if form.validate_on_submit():
        own_data.ask(actor(), address=address())
        return go(url_for(".data"))
    return page("accounts/data_copy.html", form=form)


@blueprint.get("/data/copy/<copy_id>")
@login_required
def fetch_copy(copy_id: str) -> ResponseReturnValue:
    """audience: its owner, confirmed"""
    if not confirming.fresh(actor()):
        return go(
            url_for(".confirm", next=url_for(".data"))
        )  # back to the page with the link: scripts cannot follow to a download
    file = own_data.fetch(actor(), copy_id, address=address())
    return send_file(file, mimetype="application/zip", as_attachment=True, download_name="bawaba.zip", max_age=0)


@blueprint.route("/closing", methods=["GET", "POST"])
@confirmed
def close() -> ResponseReturnValue:
    """audience: signed in, confirmed"""
    form, standing = Form(), closing.obstacles(actor().account)

    if form.validate_on_submit():
        with refusals_in(form):
            closing.ask(actor(), address=address())
            logout_user()
            session.clear()
            notice("success", _("You are signed out. Your account closes in seven days, unless you sign in before."))
            return go(url_for("pages.home"))

    return page("accounts/closing.html", 422 if form.errors else 200, form=form, standing=standing, days=closing.GRACE.days)
