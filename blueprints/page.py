"""One address, one template: `page()` draws it whole for a browser, or only its content for an htmx request."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app, flash, get_flashed_messages, make_response, request, session, url_for
from flask.wrappers import Response
from flask_wtf.csrf import generate_csrf

from blueprints.actor import actor
from blueprints.addresses import here
from blueprints.language import locale
from engine.wording import LOCALES, Text, _
from operations import announcements, rendering, sessions, staff
from operations.staff import Duty

ROOMS: tuple[tuple[Duty, Text, str], ...] = (
    (Duty.CLERK, _("Desk"), "desk.queue"),
    (Duty.CLERK, _("Counter"), "counter.serve"),
    (Duty.CASHIER, _("Till"), "counter.till"),
    (Duty.CASHIER, _("Payouts"), "payouts.listed"),
    (Duty.SUPERVISOR, _("Supervision"), "supervision.room"),
    (Duty.AUDITOR, _("Audit"), "audit.listed"),
    (Duty.ADMINISTRATOR, _("Portal administration"), "administration.front"),
)
"""Where each duty is done, for the navigation."""


DISMISSED = "dismissed"  # in the cookie: the announcements somebody has put away


def page(template: str, status: int = 200, /, **context: Any) -> Response:
    """Render `templates/<template>` in the person's language."""
    layout = "layouts/fragment.html" if _partial() else "layouts/page.html"
    body = rendering.render(template, locale(), layout=layout, **_frame(), **context)
    response = make_response(body, status)
    response.headers["Vary"] = "HX-Request, HX-Request-Type, Cookie"
    return response


def part(template: str, status: int = 200, /, **context: Any) -> Response:
    """Render a region refreshed alone (`_name.html`)."""
    return make_response(rendering.render(template, locale(), **_frame(), **context), status)


def notice(kind: str, text: Text) -> None:
    """Say something on the next page: `kind` is success, information or warning."""
    flash(json.dumps([text.message, text.plural, text.values]), kind)


def _said(text: str) -> Text:
    return Text(*json.loads(text))


def _partial() -> bool:
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") == "partial"


def _frame() -> dict[str, Any]:
    """What every page shows around its content."""
    person = actor()
    notices = [(kind, _said(text)) for kind, text in cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))]
    address = here() if request.method == "GET" else request.path
    other = next(language for language in LOCALES if language != locale())
    return {
        "actor": person,
        "notices": notices,
        "development": current_app.config["DEVELOPMENT"],
        "other_locale_url": url_for("language.switch", to=other, next=address),
        "here": address,
        "announcements": [said for said in announcements.of_the_portal() if said.id not in session.get(DISMISSED, ())],
        "portal": _portal(person.signed_in),
    }


def _portal(signed_in: bool) -> dict[str, Any]:
    return {
        **_addresses(signed_in, staff.duties_of(actor()), bool(actor().office), actor().acting_for is not None),
        "session_seconds": sessions.idle_seconds(actor().assurance),
        "development_mailbox_url": current_app.config["MAILBOX_URL"] if current_app.config["DEVELOPMENT"] else None,
    }


@cache
def _addresses(signed_in: bool, duties: frozenset[Duty], office: bool, acting: bool) -> dict[str, Any]:
    """The same on every page. Who acts for somebody else finds nothing of their own in the menu."""
    return {
        "home_url": url_for("applications.dashboard") if signed_in else url_for("pages.home"),
        "sign_in_url": url_for("accounts.sign_in"),
        "sign_out_url": url_for("accounts.sign_out"),
        "account_links": [
            *((title, url_for(endpoint)) for duty, title, endpoint in ROOMS if duty in duties),
            *([(_("My office"), url_for("offices.customers"))] if office else []),
            (_("Dashboard"), url_for("applications.dashboard")),
            *(
                []
                if acting
                else [(_("My calendar"), url_for("people.calendar")), (_("My family and workers"), url_for("people.mine"))]
            ),
            *([] if acting else [(_("My account"), url_for("accounts.mine"))]),
        ],
        "stop_acting_url": url_for("offices.stop"),
        "footer": [
            (_("Privacy"), url_for("pages.about", name="privacy")),
            (_("Terms of use"), url_for("pages.about", name="terms")),
            (_("Accessibility"), url_for("pages.about", name="accessibility")),
            (_("Contact"), url_for("pages.about", name="contact")),
            (_("Check a document"), url_for("documents.verify")),
            (_("Follow an application"), url_for("tracking.track")),
        ],
        "session_stay_url": url_for("accounts.stay"),
    }


def acting_mark() -> str:
    """For whom a form is drawn: nothing for oneself."""
    acting = actor().acting_for
    return str(acting.delegation) if acting else ""


@cache
def asset(path: str) -> str:
    """The address of a file under static/, changed whenever its content is, so that browsers may keep it for a year."""
    content = (Path(current_app.static_folder or "") / path).read_bytes()
    return url_for("static", filename=path, v=hashlib.sha256(content).hexdigest()[:12])


def init_app(app: Flask) -> None:
    for language in LOCALES:
        rendering.environment(language).globals.update(
            url_for=url_for, csrf_token=generate_csrf, asset=asset, acting_mark=acting_mark
        )

    @app.after_request
    def keep_assets(response: Response) -> Response:
        if request.endpoint == "static" and "v" in request.args:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
