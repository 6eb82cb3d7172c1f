"""Changing fees: a proposal is written here, its effect shown, and a second administrator decides."""

from typing import Any

from flask import request, url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.administration.front import authority_choices, blueprint
from blueprints.administration.typed import day_field, read_amount, read_day
from blueprints.forms import Form, folded, required
from blueprints.page import notice, page
from engine.catalogue import catalogue
from engine.errors import NotFound, Refusal
from engine.fees import FINES, Kind, Rule
from engine.wording import _
from operations import fee_proposals
from operations.fee_proposals import Proposal

KINDS = {"draft": "neutral", "proposed": "waiting", "approved": "good", "rejected": "bad", "withdrawn": "neutral"}


class BeginForm(Form):
    authority = SelectField(_("Authority"), validate_choice=False)


class ChangeForm(Form):
    amount = StringField(_("New amount (OMR)"), filters=[folded], render_kw={"inputmode": "decimal"})
    rate = StringField(_("New rate (per thousand)"), filters=[folded], render_kw={"inputmode": "numeric"})
    effective_from = day_field(_("Counts from"), required(_("Write the day from which it counts.")))
    source = StringField(
        _("Source"),
        [required(_("Say which decree or letter sets it: it is kept with the fee for good.")), Length(max=300)],
        description=_("The decree or letter that sets it, such as: Ministerial decision 12/2027"),
    )


class RejectForm(Form):
    reason = TextAreaField(
        _("Why not?"), [required(_("Write why: the proposer reads it.")), Length(max=1000)], render_kw={"rows": 3}
    )


@blueprint.get("/fees")
@login_required
def proposals() -> Response:
    """audience: administrators. Proposals to change fees, newest first."""
    rows, onwards = fee_proposals.page(actor(), request.args.get("before", type=int))
    return page(
        "administration/proposals.html",
        rows=[_listed(row) for row in rows],
        onwards=url_for(".proposals", before=onwards) if onwards else None,
        form=_begin_form(),
    )


@blueprint.post("/fees")
@login_required
def begin_proposal() -> Response:
    """audience: administrators. Begin a proposal for one authority."""
    number = fee_proposals.begin(actor(), request.form.get("authority", ""))
    return go(url_for(".proposal", number=number))


@blueprint.get("/fees/<int:number>")
@login_required
def proposal(number: int) -> Response:
    """audience: administrators of its authority. What it changes, what that does to sample cases, and the decision."""
    return _shown(fee_proposals.of(actor(), number), RejectForm())


@blueprint.route("/fees/<int:number>/changes/<int:rule>", methods=["GET", "POST"])
@login_required
def change_fee(number: int, rule: int) -> Response:
    """audience: administrators of its authority. What comes after one version of one fee."""
    found = fee_proposals.of(actor(), number)
    followed = next((item for item in fee_proposals.changeable(actor(), found.authority) if item.id == rule), None)
    if followed is None or not found.editable:
        raise NotFound
    form = ChangeForm(data=_typed(found, followed))
    if form.validate_on_submit():
        day = read_day(form.effective_from.data)
        assert day is not None
        try:
            fee_proposals.change(
                actor(),
                number,
                rule,
                amount=read_amount(form.amount.data),
                rate=int(form.rate.data) if (form.rate.data or "").isdecimal() else None,
                effective_from=day,
                source=form.source.data,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return go(url_for(".proposal", number=number))
    return page(
        "administration/change_fee.html",
        422 if form.errors else 200,
        form=form,
        proposal=found,
        fee=_fee(followed),
        by_rate=_by_rate(followed),
    )


@blueprint.post("/fees/<int:number>/lines/<int:line>/removal")
@login_required
def drop_change(number: int, line: int) -> Response:
    """audience: administrators of its authority. Take a change out of one's draft."""
    fee_proposals.drop(actor(), number, line)
    return go(url_for(".proposal", number=number))


@blueprint.post("/fees/<int:number>/proposal")
@login_required
def propose(number: int) -> Response:
    """audience: administrators of its authority. Hand one's draft to a second administrator."""
    fee_proposals.propose(actor(), number)
    notice("success", _("Handed over. It counts once another administrator approves it."))
    return go(url_for(".proposal", number=number))


@blueprint.post("/fees/<int:number>/withdrawal")
@login_required
def withdraw_proposal(number: int) -> Response:
    """audience: administrators of its authority. Give up one's own proposal."""
    fee_proposals.withdraw(actor(), number)
    return go(url_for(".proposals"))


@blueprint.post("/fees/<int:number>/approval")
@login_required
def approve_proposal(number: int) -> Response:
    """audience: administrators of its authority. Approve what somebody else proposed."""
    fee_proposals.approve(actor(), number)
    notice("success", _("Approved. Each change counts from its day; bills that are open stay as they are."))
    return go(url_for(".proposal", number=number))


@blueprint.post("/fees/<int:number>/rejection")
@login_required
def reject_proposal(number: int) -> Response:
    """audience: administrators of its authority. Reject what somebody else proposed, with the reason."""
    found, form = fee_proposals.of(actor(), number), RejectForm()
    if form.validate_on_submit():
        fee_proposals.reject(actor(), number, form.reason.data)
        notice("success", _("Rejected. The proposer reads why."))
        return go(url_for(".proposal", number=number))
    return _shown(found, form)


# --- What the pages show ---------------------------------------------------------------------------------------------------------


def _begin_form() -> BeginForm:
    form = BeginForm(formdata=None)
    form.authority.choices = authority_choices()
    return form


def _listed(row: Proposal) -> dict[str, Any]:
    return {
        "href": url_for(".proposal", number=row.id),
        "number": row.id,
        "authority": catalogue.authorities[row.authority].title,
        "by": row.by,
        "at": row.created_at,
        "status": fee_proposals.LABELS[row.state],
        "kind": KINDS[row.state],
    }


def _shown(found: Proposal, form: RejectForm) -> Response:
    effects = fee_proposals.effects(found)
    changeable = fee_proposals.changeable(actor(), found.authority) if found.editable else []
    written = {line.change.rule.id for line in found.lines}
    return page(
        "administration/proposal.html",
        422 if form.errors else 200,
        **_listed(found),
        proposal=found,
        form=form,
        lines=[
            {
                "fee": _fee(line.change.rule),
                "before": _price(line.change.rule),
                "after": _price(line.change.version()),
                "day": line.change.effective_from,
                "source": line.change.source,
                "edit": url_for(".change_fee", number=found.id, rule=line.change.rule.id),
                "drop": url_for(".drop_change", number=found.id, line=line.id),
            }
            for line in found.lines
        ],
        effects=effects,
        unchanged=sum(1 for effect in effects if effect.before == effect.after),
        others=[
            {"fee": _fee(rule), "price": _price(rule), "href": url_for(".change_fee", number=found.id, rule=rule.id)}
            for rule in changeable
            if rule.id not in written
        ],
    )


def _fee(rule: Rule) -> dict[str, Any]:
    names = catalogue.authorities[rule.code.partition(".")[0]].variants
    return {
        "label": rule.label,
        "variant": names.get(rule.variant, rule.variant),
        "code": rule.code,
        "above": 0 if rule.kind in FINES else rule.threshold,  # of a fine it is the grace, which its price says
        "price": _price(rule),
        "source": rule.source,
        "since": rule.effective_from,
        "confirmed": rule.confirmed,
    }


def _price(rule: Rule) -> Any:
    if rule.priced and _by_rate(rule):
        return _("%(rate)s per thousand", rate=rule.rate)
    return _("not set") if rule.price is None else rule.price


def _by_rate(rule: Rule) -> bool:
    return rule.kind in (Kind.SHARE, Kind.MULTIPLE)


def _typed(found: Proposal, rule: Rule) -> dict[str, str]:
    """What was written before into this line."""
    line = next((line.change for line in found.lines if line.change.rule.id == rule.id), None)
    if line is None:
        return {}
    amount = line.amount.plain() if line.amount is not None else ""
    return {
        "amount": amount,
        "rate": str(line.rate or ""),
        "effective_from": line.effective_from.isoformat(),
        "source": line.source,
    }
