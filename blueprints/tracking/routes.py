"""One box and a kind of number. A few questions are free; then each needs a solved CAPTCHA, unless somebody is signed in."""

from flask import Blueprint, current_app
from flask.wrappers import Response
from limits import parse
from wtforms import RadioField, StringField

from blueprints.accounts.forms import HumanForm, refusals_in
from blueprints.actor import actor, address
from blueprints.applications.views import KINDS
from blueprints.forms import folded, required
from blueprints.page import page
from engine.wording import _
from operations import tracking

blueprint = Blueprint("tracking", __name__)

LIMITS = {"tracking.track": "20/minute;60/hour"}
FREE = parse("5/hour")  # questions of one address without a CAPTCHA


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
    checked = actor().signed_in or _free_left()
    if form.validate_on_submit() and (checked or form.by_a_person()):
        with refusals_in(form):
            found = tracking.track(actor(), form.kind.data, form.number.data)
            _count()
    return page(
        "tracking/track.html",
        422 if form.errors else 200,
        form=form,
        found=found,
        kinds=KINDS,
        human=not actor().signed_in and not _free_left(),
    )


def _free_left() -> bool:
    return bool(_limits().test(FREE, "tracking", address()))


def _count() -> None:
    _limits().hit(FREE, "tracking", address())


def _limits():  # type: ignore[no-untyped-def]
    """The counters that `app.py` keeps for all limits, so that several processes count together."""
    (limiter,) = current_app.extensions["limiter"]
    return limiter.limiter
