"""What one has paid: a list that can be searched, the years, a file for spreadsheets, a statement of a year as a PDF."""

from typing import Any

from flask import make_response, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from blueprints import charts
from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.forms import Form, folded
from blueprints.language import locale
from blueprints.page import page
from blueprints.pages.search import matching
from blueprints.payments.routes import blueprint
from engine import clock, sheet
from engine.catalogue import catalogue
from engine.wording import _
from operations import invoices, own_papers, rendering
from operations.invoices import Asked

YEARS = range(2000, 2100)
LONGEST = 100  # letters of a search


@blueprint.get("/invoices")
@login_required
def paid() -> ResponseReturnValue:
    """audience: signed in. The receipts of all one has paid, newest first, and what each year came to."""
    asked, before = _asked(), request.args.get("before", type=int)
    lines, years = invoices.listed(actor(), asked, before, invoices.PAGE + 1), invoices.years(actor())
    onwards = lines[invoices.PAGE - 1].key if len(lines) > invoices.PAGE else None
    return page(
        "payments/invoices.html",
        lines=lines[: invoices.PAGE],
        onwards=url_for(".paid", **_address(), before=onwards) if onwards else None,
        asked=asked,
        years=years,
        chart=_chart(years),
        file_url=url_for(".paid_file", **_address()),
    )


@blueprint.get("/invoices.csv")
@login_required
def paid_file() -> ResponseReturnValue:
    """audience: signed in. The same for a spreadsheet, as it was searched."""
    rows = [[_said(heading) for heading in HEADINGS]]
    for line in invoices.listed(actor(), _asked(), limit=invoices.MOST):
        moment = clock.in_muscat(line.at).strftime("%Y-%m-%d %H:%M")
        back = line.given_back.plain() if line.given_back else ""
        rows.append([line.number, moment, _said(line.title), line.reference, line.amount.plain(), back])
    response = make_response(sheet.write(rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="payments.csv"'
    return response


@blueprint.route("/invoices/<int:year>/statement", methods=["GET", "POST"])
@login_required
def year_statement(year: int) -> ResponseReturnValue:
    """audience: signed in. Ask for the statement of a year, wait until it is drawn, fetch it."""
    form = Form()
    if form.validate_on_submit():
        invoices.ask_statement(actor(), year)
        return go(url_for(".year_statement", year=year))
    total = next((each for each in invoices.years(actor()) if each.year == year), None)
    return page("payments/year_statement.html", form=form, year=year, paper=invoices.statement_of(actor(), year), total=total)


@blueprint.get("/invoices/statements/<paper_id>")
@login_required
def fetch_statement(paper_id: str) -> ResponseReturnValue:
    """audience: its owner. The drawn statement, for a day."""
    paper, file = own_papers.fetch(actor(), paper_id)
    return send_file(file, mimetype="application/pdf", as_attachment=True, download_name=f"{paper.name}.pdf", max_age=0)


HEADINGS = (_("Receipt"), _("Paid on"), _("Service"), _("Application"), _("Amount"), _("Given back"))


def _asked() -> Asked:
    """What cannot be read narrows nothing."""
    text = request.args.get("q", "").strip()[:LONGEST]
    year = folded(request.args.get("year")) or ""
    known = int(year) if year.isascii() and year.isdigit() and len(year) == 4 and int(year) in YEARS else None
    services = tuple(service.code for service in matching(text, catalogue.services.values())) if text else ()
    return Asked(text, services, known)


def _address() -> dict[str, Any]:
    asked = _asked()
    return {name: value for name, value in (("q", asked.text), ("year", asked.year)) if value}


def _chart(years: list[invoices.Year]) -> charts.Chart:
    items = [(each.year, each.total.baisa, _said(each.total)) for each in years]
    return charts.rows(_("Paid by year"), items, rtl=locale() == "ar")


def _said(value: object) -> str:
    return str(rendering.shown(value, locale()))
