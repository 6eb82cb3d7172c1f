"""The front page of administration, and what its pages share. The audience of each route is the first line of its docstring."""

from flask import Blueprint, url_for
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor
from blueprints.page import page
from engine.catalogue import catalogue
from engine.wording import Text, _
from operations import administering

blueprint = Blueprint("administration", __name__, url_prefix="/administration")

ROOMS: tuple[tuple[str, str, Text, Text, bool], ...] = (
    (
        "administration.proposals",
        "pay",
        _("Fees"),
        _("Propose a change, see what it does, have a second administrator approve it."),
        False,
    ),
    (
        "administration.announcements",
        "info",
        _("Closings and notices"),
        _("Close a service for some days, or tell everybody something."),
        False,
    ),
    ("administration.staff", "people", _("Staff and roles"), _("Invite, give and take roles, block an account."), False),
    ("hours.holidays", "clock", _("Holidays"), _("The days and hours by which answers are owed."), False),
    ("administration.imports", "upload", _("Registers"), _("Bring in an extract and read what it changed."), False),
    ("administration.messages", "mail", _("Words of messages"), _("Change what mails and SMS say, in both languages."), True),
)
"""The pages of administration: where, its sign, what, in more words, and whether only for administrators of the whole portal."""


@blueprint.get("")
@login_required
def front() -> Response:
    """audience: administrators. What there is to administer."""
    authorities = administering.authorities_of(actor())
    everything = administering.administers_all(actor())
    rooms = [
        {"title": title, "text": text, "icon": icon, "href": url_for(endpoint)}
        for endpoint, icon, title, text, whole in ROOMS
        if everything or not whole
    ]
    return page("administration/front.html", rooms=rooms, scope=None if everything else titles(authorities))


def titles(authorities: list[str]) -> list[Text]:
    return [catalogue.authorities[code].title for code in authorities]


def authority_choices() -> list[tuple[str, Text]]:
    """The administrator's authorities, for a form."""
    return [(code, catalogue.authorities[code].title) for code in administering.authorities_of(actor())]
