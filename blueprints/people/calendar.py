"""My calendar: everything due in one list, month by month, what is registered in one's name, and the same as a file for a phone."""

import datetime as dt
from itertools import groupby
from typing import Any

from flask import make_response
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor
from blueprints.language import locale
from blueprints.page import page
from blueprints.people.routes import blueprint
from engine.catalogue import catalogue
from operations import calendar_file, dues, holdings
from operations.dues import Due
from operations.rendering import month

VIOLATIONS = "municipality.pay-fines"


@blueprint.get("/calendar")
@login_required
def calendar() -> Response:
    """audience: signed in, for themselves. What is late, what waits, and what comes, with what to do; and what is held in one's name."""
    found = dues.of(actor())
    return page(
        "people/calendar.html",
        late=[due for due in found if due.late],
        waiting=[due for due in found if due.day is None],
        months=[(month(first), list(group)) for first, group in groupby(_coming(found), _first)],
        held=holdings.of(actor()),
        proven=actor().civil_number is not None,
        violations=catalogue.services.get(VIOLATIONS),
    )


def _coming(found: list[Due]) -> list[Any]:
    return [due for due in found if due.day is not None and not due.late]


def _first(due: Any) -> dt.date:
    return due.day.replace(day=1)  # type: ignore[no-any-return]


@blueprint.get("/calendar.ics")
@login_required
def calendar_file_() -> Response:
    """audience: signed in, for themselves. The same as a calendar file (RFC 5545), in the reader's language."""
    response = make_response(calendar_file.of(dues.of(actor()), locale()))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="bawaba.ics"'
    return response
