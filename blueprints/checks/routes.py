"""One page for every register that anybody may ask. A number goes in, a day comes out; it is posted, so that it stays out of addresses."""

from flask import Blueprint, request
from flask.wrappers import Response
from wtforms import HiddenField, RadioField, StringField

from blueprints import strangers
from blueprints.forms import Form, folded, required
from blueprints.page import page
from engine.registers import Register
from engine.wording import _
from operations import public_checks

blueprint = Blueprint("checks", __name__)

OWN, PARENT = "number", "parent"
LONGEST = 40


def form_of(register: Register) -> Form:
    """By which number, where there are two, and the number."""
    number = StringField(
        _("Number"),
        filters=[folded],
        validators=[required(_("Type the number."))],
        render_kw={"autocomplete": "off", "dir": "ltr", "inputmode": "numeric", "maxlength": LONGEST, "spellcheck": "false"},
    )
    parts = {"number": number, "altcha": HiddenField(id="captcha")}
    if register.check and register.check.parent:
        ways = [(OWN, register.number), (PARENT, register.check.parent)]
        parts = {"by": RadioField(_("By which number?"), choices=ways, default=OWN), **parts}
    return type("CheckForm", (Form,), parts)()  # type: ignore[no-any-return]


@blueprint.route("/check/<code>", methods=["GET", "POST"])
def ask(code: str) -> Response:
    """audience: anyone. Until when the record with a number stands; nothing else of it."""
    register = public_checks.register_of(code)
    form, found = form_of(register), None
    if form.validate_on_submit():
        problem = strangers.wrong(code, form.altcha.data or "")
        if problem:
            form.altcha.errors = [problem]
        else:
            strangers.asked(code)
            found = public_checks.ask(register, form.number.data[:LONGEST], of=request.form.get("by") == PARENT)
    return page(
        "checks/ask.html",
        422 if form.errors else 200,
        form=form,
        register=register,
        found=found,
        must_show=strangers.must_show(code),
        purpose=strangers.PURPOSE,
        no_scripts=strangers.NO_SCRIPTS,
    )
