"""One box and a kind of number. A few questions are free; then each needs a solved CAPTCHA, unless somebody is signed in."""

from flask import Blueprint
from flask.wrappers import Response
from limits import parse
from wtforms import RadioField, StringField

from blueprints import strangers
from blueprints.accounts.forms import HumanForm, refusals_in
from blueprints.actor import actor
from blueprints.applications.views import KINDS
from blueprints.forms import folded, required
from blueprints.page import page
from engine.wording import _
from operations import tracking

blueprint = Blueprint("tracking", __name__)

LIMITS = {"tracking.track": "20/minute;60/hour"}
ASKED, FREE = "tracking", parse("5/hour")  # questions of one address without a CAPTCHA


class TrackForm(HumanForm):
    purpose = "tracking"
    kind = RadioField(_("Which number do you have?"), default=tracking.APPLICATION)
    number = StringField(
        _("The number"),
        [required(_("Write the number you want to ask about."))],
        filters=[folded],
        description=_("As it stands on your paper, in any digits"),
        render_kw={"autocomplete": "off", "dir": "ltr", "maxlength": 60, "spellcheck": "false", "autocapitalize": "none"},
    )

    def by_a_person(self) -> bool:
        """No code is mailed here, as nobody is known: without scripts one signs in, or waits."""
        if self.scripts_off:
            self.altcha.errors = [_("You have asked several times. Sign in to go on, or come back in an hour.")]
            return False
        return super().by_a_person()


@blueprint.route("/track", methods=["GET", "POST"])
def track() -> Response:
    """audience: anyone. The same answer for what is not there and for what is not theirs to know."""
    form, found = TrackForm(), None
    form.kind.choices = list(tracking.kinds().items())
    checked = strangers.must_show(ASKED, FREE)
    if form.validate_on_submit() and (not checked or form.by_a_person()):
        with refusals_in(form):
            found = tracking.track(actor(), form.kind.data, form.number.data)
            strangers.asked(ASKED, FREE)
    return page(
        "tracking/track.html",
        422 if form.errors else 200,
        form=form,
        found=found,
        kinds=KINDS,
        human=strangers.must_show(ASKED, FREE),
    )
