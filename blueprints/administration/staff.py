"""Staff: who works here, with which roles; inviting, blocking, resetting."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import EmailField, SelectField, StringField
from wtforms.validators import Length

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.administration.front import blueprint
from blueprints.forms import Form, folded, required
from blueprints.page import notice, page
from engine.actor import Actor
from engine.errors import Refusal
from engine.wording import Text, _
from operations import staffing
from operations.staffing import Colleague, Held


class RoleForm(Form):
    duty = SelectField(_("Duty"), choices=list(staffing.LABELS.items()))
    where = SelectField(_("Where"))


class InvitationForm(RoleForm):
    name = StringField(_("First and family name"), [required(_("Write the name.")), Length(max=120)])
    email = EmailField(_("E-mail"), [required(_("Write the e-mail address."))], filters=[folded], render_kw={"maxlength": 254})


@blueprint.get("/staff")
@login_required
def staff() -> Response:
    """audience: administrators. Who has a role at their places."""
    rows, onwards = staffing.page(actor(), request.args.get("after", type=int))
    return page(
        "administration/staff.html",
        rows=[_listed(row) for row in rows],
        onwards=url_for(".staff", after=onwards) if onwards else None,
    )


@blueprint.route("/staff/invitation", methods=["GET", "POST"])
@login_required
def invite() -> Response:
    """audience: administrators. An account with its first role; the link to choose a password goes by mail."""
    form = _placed(InvitationForm())
    if form.validate_on_submit():
        try:
            number = staffing.invite(
                actor(), email=form.email.data, name=form.name.data, duty=form.duty.data, where=form.where.data
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("Invited. The link in the mail counts for a day."))
            return go(url_for(".colleague", number=number))
    return page("administration/invite.html", 422 if form.errors else 200, form=form)


@blueprint.get("/staff/<int:number>")
@login_required
def colleague(number: int) -> Response:
    """audience: administrators of its authority. One of the staff: roles, and what can be done with the account."""
    return _shown(number, _placed(RoleForm()))


@blueprint.post("/staff/<int:number>/roles")
@login_required
def give_role(number: int) -> Response:
    """audience: administrators of its authority. One more role."""
    staffing.of(actor(), number)
    form = _placed(RoleForm())
    if form.validate_on_submit():
        staffing.give(actor(), number, form.duty.data, form.where.data)
        notice("success", _("Given. The person is told, and signs in anew."))
        return go(url_for(".colleague", number=number))
    return _shown(number, form)


@blueprint.post("/staff/<int:number>/roles/<int:role>/removal")
@login_required
def take_role(number: int, role: int) -> Response:
    """audience: administrators of its authority. Take a role away."""
    staffing.take(actor(), number, role)
    notice("success", _("Taken away. The person is told, and signed out."))
    return go(url_for(".staff"))


@blueprint.post("/staff/<int:number>/block")
@login_required
def block(number: int) -> Response:
    """audience: administrators of its authority. Let nobody in to the account, and end its sessions."""
    return _done(number, staffing.block, _("Blocked. Every session of the account is over."))


@blueprint.post("/staff/<int:number>/unblock")
@login_required
def unblock(number: int) -> Response:
    """audience: administrators of its authority. Let the person in again."""
    return _done(number, staffing.unblock, _("Unblocked. The person can sign in again."))


@blueprint.post("/staff/<int:number>/second-factor/reset")
@login_required
def reset_second_factor(number: int) -> Response:
    """audience: administrators of its authority. Take away the app of who lost phone and recovery codes."""
    return _done(number, staffing.reset_second_factor, _("Reset. The next sign-in sets up another app."))


@blueprint.post("/staff/<int:number>/sessions/end")
@login_required
def end_sessions(number: int) -> Response:
    """audience: administrators of its authority. Sign the person out everywhere."""
    return _done(number, staffing.end_sessions, _("Signed out everywhere."))


def _done(number: int, act: Callable[[Actor, int], None], said: Text) -> Response:
    act(actor(), number)
    notice("success", said)
    return go(url_for(".colleague", number=number))


# --- What the pages show ---------------------------------------------------------------------------------------------------------


def _placed(form: Any) -> Any:
    form.where.choices = list(staffing.places(actor()).items())
    return form


def _listed(row: Colleague) -> dict[str, Any]:
    return {
        "name": row.name,
        "email": row.email,
        "blocked": row.blocked_at,
        "own": row.own,
        "href": url_for(".colleague", number=row.id),
        "roles": [_role(row, held) for held in row.roles],
    }


def _role(row: Colleague, held: Held) -> dict[str, Any]:
    place = staffing.places(actor()).get(held.where, Text(held.where))
    removal = url_for(".take_role", number=row.id, role=held.id) if held.mine else None
    return {"label": held.label, "place": place, "removal": removal}


def _shown(number: int, form: Any) -> Response:
    row = staffing.of(actor(), number)
    return page("administration/colleague.html", 422 if form.errors else 200, form=form, colleague=row, **_listed(row))
