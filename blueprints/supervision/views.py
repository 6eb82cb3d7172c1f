"""What the supervisors' pages show, gathered in one place per page, so that templates only draw."""

import datetime as dt
from typing import Any

from babel.dates import format_date
from flask import url_for
from wtforms import SelectField, TextAreaField
from wtforms.validators import Length

import blueprints.desk.lists as desk_lists
import blueprints.desk.views as desk_views
from blueprints import charts
from blueprints.forms import Form, required
from blueprints.language import locale
from engine.catalogue import catalogue
from engine.clock import business_day
from engine.lifecycle import State
from engine.wording import Text, _
from operations import centres, figures, satisfaction, supervision, waivers
from operations.desk import CAP, VIEWS, Cursor, Listed
from operations.dossiers import Dossier
from operations.figures import Statistic
from operations.now import now
from operations.rendering import localise
from operations.satisfaction import Rated
from operations.supervision import FURTHER, Handed, Load, Workload

LONGEST = 2000
DAYS = 30  # of the chart by day
MONTHS = 6  # of the statistics


def room(desks: list[str], desk: str, load: Workload) -> dict[str, Any]:
    return {
        **frame(desks, desk, "supervision.room"),
        "standing": [
            _standing(_("Overdue"), load.overdue, desk, "urgent", "bad" if load.overdue else "good"),
            _standing(_("Due within a working day"), load.soon, desk, "urgent", "waiting" if load.soon else "good"),
            _standing(_("Taken by nobody"), load.waiting, desk, "waiting", "neutral"),
        ],
        "oldest": load.oldest,
        "clerks": [_clerk(desk, clerk) for clerk in load.clerks],
    }


def frame(desks: list[str], desk: str, here: str) -> dict[str, Any]:
    """What all pages of a desk share: its name, the way to the other desks and to the room's other pages."""
    pages = (
        (_("Workload"), "supervision.room"),
        (_("Applications"), "supervision.applications"),
        (_("Waivers"), "supervision.listed_waivers"),
        (_("Figures"), "supervision.figures_of"),
    )
    return {
        "title": catalogue.desks[desk],
        "authority": catalogue.authorities[desk.partition(".")[0]].title,
        "desk": desk,
        "desks": [
            {"title": catalogue.desks[other], "href": url_for(here, desk=other), "current": other == desk} for other in desks
        ],
        "pages": [
            *({"title": title, "href": url_for(page, desk=desk), "current": page == here} for title, page in pages),
            *([{"title": _("Centres"), "href": url_for("appointments.listed")}] if desk in centres.expecting() else []),
        ],
    }


def _standing(title: Text, count: int, desk: str, show: str, kind: str) -> dict[str, Any]:
    href = url_for("supervision.applications", desk=desk, show=show)
    return {"title": title, "count": capped(count), "href": href, "kind": kind}


def capped(count: int, most: int = CAP) -> str:
    return f"{most:,}+" if count > most else str(count)


def _clerk(desk: str, load: Load) -> dict[str, Any]:
    return {
        "name": load.name,
        "href": url_for("supervision.applications", desk=desk, clerk=load.account),
        "open": capped(load.open),
        "overdue": capped(load.overdue) if load.overdue else None,
        "oldest": load.oldest.date() if load.oldest else None,
    }


# --- Lists -----------------------------------------------------------------------------------------------------------------------


def applications(
    desks: list[str], desk: str, view: str, clerk: int | None, lines: list[Listed], onwards: Cursor | None, form: Form
) -> dict[str, Any]:
    return {
        **frame(desks, desk, "supervision.applications"),
        "tabs": [
            {
                "title": VIEWS[name].title,
                "href": url_for("supervision.applications", desk=desk, show=name),
                "current": clerk is None and name == view,
            }
            for name in supervision.LISTS
        ],
        "of": dict(form.clerk.choices).get(str(clerk)) if clerk else None,
        "lines": [
            line | {"href": url_for("supervision.application", reference=line["reference"])} for line in desk_lists.lines(lines)
        ],
        "may_assign": clerk is not None or view in ("urgent", "waiting", "in-review"),
        "onwards": _onwards(desk, view, clerk, onwards),
        "form": form,
    }


def _onwards(desk: str, view: str, clerk: int | None, after: Cursor | None) -> str | None:
    if after is None:
        return None
    page = {"clerk": clerk} if clerk else {"show": view}
    return url_for("supervision.applications", desk=desk, after=f"{after[0].isoformat()},{after[1]}", **page)


def assign_form(clerks: list[tuple[int, str]]) -> Form:
    """Whom to hand applications to."""
    choices = [("", _("Choose a clerk")), *((str(account), name) for account, name in clerks)]
    chosen = SelectField(_("Hand to"), choices=choices, validators=[required(_("Choose a clerk."))])
    return type("AssignForm", (Form,), {"clerk": chosen})()  # type: ignore[no-any-return]


def handed(results: list[Handed]) -> dict[str, Any]:
    failed = [result for result in results if result.problem is not None]
    return {"done": len(results) - len(failed), "failed": failed}


# --- One application -------------------------------------------------------------------------------------------------------------


def application(dossier: Dossier) -> dict[str, Any]:
    shown, state = desk_views.application(dossier), State(dossier.row.state)
    fined = None if dossier.own else waivers.standing(dossier.row, dossier.bill)
    return {
        **shown,
        "sections": [{**section, "rows": [_row(dossier, row) for row in section["rows"]]} for section in shown["sections"]],
        "may_assign": state is State.IN_REVIEW and not dossier.own,
        "may_overturn": state is State.REFUSED and not dossier.own,
        "waive_url": url_for("supervision.waive", reference=dossier.row.reference) if fined else None,
        "waiver_asked": fined.asked if fined else None,
        "no_overturning": supervision.cannot_overturn(state) if state is State.COMPLETED else None,
    }


def _row(dossier: Dossier, row: dict[str, Any]) -> dict[str, Any]:
    """The answer, its files under the address for supervisors."""
    where = {"reference": dossier.row.reference, "number": dossier.row.version, "field": row["field"]}
    files = [{**file, "href": url_for("supervision.file", **where, which=which)} for which, file in enumerate(row["files"])]
    return {**row, "files": files}


def overturn_form(clerks: list[tuple[int, str]]) -> Form:
    reason = TextAreaField(
        _("The reason"),
        description=_("The applicant and the clerks read it."),
        validators=[Length(max=LONGEST)],
        render_kw={"rows": 4, "maxlength": LONGEST},
    )
    choices = [("", _("Choose a clerk")), *((str(account), name) for account, name in clerks)]
    chosen = SelectField(
        _("Who examines it"),
        description=_("Another clerk than the one who refused it."),
        choices=choices,
        validators=[required(_("Choose a clerk."))],
    )
    return type("OverturnForm", (Form,), {"reason": reason, "clerk": chosen})()  # type: ignore[no-any-return]


# --- Figures ---------------------------------------------------------------------------------------------------------------------


def figures_of(desks: list[str], desk: str, ages: list[tuple[int, int | None, int]], services: dict[str, int]) -> dict[str, Any]:
    rtl, last = locale() == "ar", business_day(now())
    per_day = figures.decided_per_day(desk, last - dt.timedelta(days=DAYS - 1), last)
    return {
        **frame(desks, desk, "supervision.figures_of"),
        "age": charts.rows(_("In review, by age"), [(_age(*age[:2]), age[2], capped(age[2], FURTHER)) for age in ages], rtl=rtl),
        "service": charts.rows(
            _("In review, by service"),
            [(catalogue.services[code].title, many, capped(many, FURTHER)) for code, many in services.items()],
            rtl=rtl,
        ),
        "decided": charts.columns(_("Decided per day, the last 30 days"), list(per_day.items()), rtl=rtl),
        "statistics": [_statistic(made) for made in figures.monthly(desk, _months_ago(last, MONTHS - 1))],
        "satisfied": [_satisfied(rated) for rated in satisfaction.since(desk, _months_ago(last, MONTHS - 1))],
        "period": {"first": last.replace(day=1).isoformat(), "last": last.isoformat()},
    }


def _satisfied(rated: Rated) -> list[Any]:
    service = catalogue.services.get(rated.service)
    return [service.title if service else rated.service, rated.many, f"{rated.mean // 10}.{rated.mean % 10}"]


def _months_ago(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, 1)


def _age(first: int, last: int | None) -> Text:
    if last is None:
        return _("more than %(first)s days", first=first)
    return _("%(first)s to %(last)s days", first=first, last=last) if first else _("less than a day")


def _statistic(made: Statistic) -> dict[str, Any]:
    service = catalogue.services.get(made.service)
    return {
        "month": localise(format_date(made.month, "LLLL y", locale=locale()), locale()),
        "service": service.title if service else made.service,
        "decided": made.decided,
        "in_time": _("%(share)s%%", share=100 * made.in_time // made.decided),
        "median": made.median,
        "ninetieth": made.ninetieth,
    }
