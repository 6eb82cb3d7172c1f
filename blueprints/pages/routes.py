"""The landing page with its search, the page of each service, and the pages about the portal."""

from typing import Any

from flask import Blueprint, current_app, request, session, url_for
from flask.wrappers import Response

from blueprints.actor import actor
from blueprints.addresses import back_to, go
from blueprints.page import DISMISSED, page
from blueprints.pages.search import matching
from engine import numbering
from engine.catalogue import catalogue
from engine.errors import NotFound, Refusal
from engine.fees import FINES, Rule
from engine.money import Money
from engine.retention import Retention
from engine.service import Service
from engine.wording import Text, _
from operations import announcements, applications, fees, public_checks, registering, retention
from operations.now import today

blueprint = Blueprint("pages", __name__)

MOST_DISMISSED = 20  # kept in the cookie
ABOUT: dict[str, Text] = {
    "privacy": _("Privacy"),
    "terms": _("Terms of use"),
    "accessibility": _("Accessibility"),
    "contact": _("Contact"),
}
PERIODS: dict[str, Text] = {
    "draft": _("A draft nobody touches; we remind you two weeks before"),
    "papers": _("Files you attached and what our messages said, after the application ends"),
    "completed": _("What a completed application says, after it ends"),
    "refused": _("What a refused one says"),
    "withdrawn": _("What a withdrawn one says"),
}


@blueprint.get("/")
def home() -> Response:
    """audience: anyone. What can be done here; search forgives Arabic spelling."""
    asked = request.args.get("q", "").strip()[:100]
    if actor().signed_in and (reference := _reference(asked)):
        return go(url_for("applications.overview", reference=reference))
    found = matching(asked, catalogue.services.values()) if asked else None
    return page(
        "pages/home.html",
        authorities=list(catalogue.authorities.values()),
        asked=asked,
        found=found,
        closures=announcements.closures(),
        checks=public_checks.offered(),
    )


@blueprint.get("/authorities/<code>")
def authority(code: str) -> Response:
    """audience: anyone. One authority's services, sorted and searched by the words people use."""
    shown = catalogue.authorities.get(code)
    if shown is None:
        raise NotFound
    asked = request.args.get("q", "").strip()[:100]
    return page(
        "pages/authority.html",
        authority=shown,
        asked=asked,
        found=matching(asked, shown.services) if asked else None,
        closures=announcements.closures(),
        kinds=registering.KINDS,
    )


@blueprint.get("/services/<code>")
def service(code: str) -> Response:
    """audience: anyone. What a service needs, costs and takes, before signing in."""
    found = catalogue.services.get(code)
    if found is None:
        raise NotFound
    return page(
        "pages/service.html",
        service=found,
        authority=catalogue.authorities[found.authority],
        **_fees(found),
        closure=announcements.closure_of(found),
        said=announcements.of_service(found),
        draft=applications.draft_of(actor(), code),
        anybody=applications.open_to_guests(code),
    )


@blueprint.post("/announcements/<int:number>/dismissal")
def dismiss(number: int) -> Response:
    """audience: anyone. Put an announcement away in this browser."""
    session[DISMISSED] = [*session.get(DISMISSED, []), number][-MOST_DISMISSED:]
    return go(back_to(request.form.get("next")))


@blueprint.get("/about/<any(privacy, terms, accessibility, contact):name>")
def about(name: str) -> Response:
    """audience: anyone. Who we are and what we do with data."""
    return page(
        "pages/about.html", name=name, title=ABOUT[name], kept=_kept() if name == "privacy" else None, terms=registering.TERMS
    )


@blueprint.get("/help/card-reader")
def card_reader() -> Response:
    """audience: anyone. How to get an ID card, its reader, the program and the browser to work together."""
    return page("pages/card_reader.html", origin=current_app.config["SETTINGS"].portal_url)


def _reference(asked: str) -> str | None:
    """The application number somebody searched for, however it was typed."""
    try:
        return numbering.parse_reference(asked)
    except Refusal:
        return None


def _kept() -> list[tuple[list[Text], list[dict[str, Text]]]]:
    """What is kept how long: services with the same periods together."""
    alike: dict[Retention, list[Text]] = {}
    for service in catalogue.services.values():
        alike.setdefault(retention.retention_of(service.code), []).append(service.title)
    return [
        (titles, [{"term": words, "value": _period(getattr(kept, name))} for name, words in PERIODS.items()])
        for kept, titles in alike.items()
    ]


def _period(days: int) -> Text:
    if days % 365 == 0:
        return _("%(num)s year", "%(num)s years", num=days // 365)
    return _("%(num)s day", "%(num)s days", num=days)


def _fees(service: Service) -> dict[str, Any]:
    """The tariff as a table of what is set, the variants that the authority has not set yet, and whether nothing is ever charged."""
    names = catalogue.authorities[service.authority].variants
    rules = fees.tariff(service, today())
    return {
        "fee_rows": [(rule.label, names.get(rule.variant) or _whom(rule), rule.price) for rule in rules if rule.priced],
        "unset": list(dict.fromkeys(names.get(rule.variant, _("Everyone")) for rule in rules if not rule.priced)),
        "free": all(rule.amount == Money(0) for rule in rules),
    }


def _whom(rule: Rule) -> Text:
    return _("Who is late") if rule.kind in FINES else _("Everyone")
