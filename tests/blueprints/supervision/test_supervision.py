"""The supervisors' room, as a browser without scripts walks it."""

import csv
import datetime as dt
import io

import pytest
from flask import Flask

from engine.clock import in_muscat
from models import Account, Application, AuditEntry, Message, Outcome, Role
from operations import casework, sessions
from operations.now import now
from tests.operations.test_desk import DESK, asked, statements_of
from tests.support.builders import a_person, signed_in
from tests.support.client import Client

PAGES = ("/supervision", "/supervision/applications", "/supervision/figures")


pytestmark = pytest.mark.usefixtures("demo")


def browser_of(portal: Flask, *roles: tuple[str, str], language: str = "en", account: Account | None = None) -> Client:
    account = account or a_person()
    for duty, where in roles:
        Role.create(account=account, name=duty, authority=where)
    client = portal.test_client()
    client.set_cookie("language", language)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sessions.begin(account, browser="Firefox", address="192.0.2.1")
    return client  # type: ignore[return-value]


@pytest.fixture
def supervisor(portal: Flask) -> Client:
    return browser_of(portal, ("supervisor", DESK))


def maryam() -> Account:
    return Account.get(Account.first_name == "Maryam")  # type: ignore[no-any-return]


def late(reference: str) -> None:
    Application.update(due_at=now() - dt.timedelta(days=1)).where(Application.reference == reference).execute()


def test_what_is_late_is_seen_and_handed_on(supervisor: Client) -> None:
    overdue, waiting = asked().reference, asked().reference
    late(overdue)
    room = supervisor.visit("/supervision")
    assert "1 Overdue" in room.text and "2 Taken by nobody" in room.text and "Maryam Al Shidi" in room.text
    urgent = supervisor.visit("/supervision/applications")
    assert urgent.text.index(overdue) < urgent.text.index(waiting) and urgent.text.count("Overdue") == 1
    nothing = urgent.submit("assign")
    assert "Nothing was handed on" in nothing.text
    of_maryam = urgent.submit("assign", reference=[overdue, waiting], clerk=str(maryam().id))
    assert "2 applications handed on." in of_maryam.text and "What Maryam Al Shidi has taken" in of_maryam.text
    assert overdue in of_maryam.text and waiting in of_maryam.text
    ticks = of_maryam.html.xpath("//input[@type='checkbox']")
    assert [tick.get("form") for tick in ticks] == ["assign", "assign"]


def test_what_could_not_be_handed_on_is_listed_with_why(supervisor: Client) -> None:
    decided, waiting = asked().reference, asked().reference
    lists = supervisor.visit("/supervision/applications")
    casework.decide(signed_in(maryam()), decided, Outcome.REFUSE, reason="No.")
    told = lists.submit("assign", reference=[decided, waiting], clerk=str(maryam().id))
    assert "Handed on: 1. Not handed on: 1." in told.text and "somebody has decided it meanwhile" in told.text


def test_a_refusal_is_read_and_overturned(supervisor: Client) -> None:
    reference = asked(paper=b"x").reference
    casework.decide(signed_in(maryam()), reference, Outcome.REFUSE, reason="No.")
    read = supervisor.visit(f"/supervision/{reference}")
    assert "A tree" in read.text and "Add the note" not in read.text and f"/desk/{reference}" not in read.response.text
    assert AuditEntry.select().where(AuditEntry.action == "application.viewed", AuditEntry.subject == reference).count() == 1
    file = read.html.xpath("//a[contains(@href, '/files/')]/@href")[0]
    assert supervisor.get(file).data == b"%PDF-1.7\nx"
    form = supervisor.visit(f"/supervision/{reference}/overturning")
    assert list(form.submit("overturn").errors) == ["clerk"]
    hamad = Account.get(Account.first_name == "Hamad")
    assert list(form.submit("overturn", clerk=str(hamad.id), reason=" ").errors) == ["reason"]
    assert list(form.submit("overturn", clerk=str(maryam().id), reason="The tree is ours.").errors) == ["clerk"]
    done = form.submit("overturn", clerk=str(hamad.id), reason="The tree is ours.")
    assert "It is in review again." in done.text and "Hamad Al Farsi" in done.text
    assert Message.select().where(Message.template == "application_overturned").exists()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_page_is_drawn_in_both_languages(portal: Flask, language: str) -> None:
    client = browser_of(portal, ("supervisor", ""), language=language)
    for _number in range(2):
        late(asked().reference)
    decided = asked().reference
    casework.decide(signed_in(maryam()), decided, Outcome.REFUSE, reason="No.")
    for page in (*PAGES, f"/supervision/{decided}", f"/supervision/{decided}/overturning"):
        client.visit(f"{page}?desk={DESK}")
    figures = client.visit(f"/supervision/figures?desk={DESK}")
    assert len(figures.html.xpath("//*[local-name()='svg'][@role='img']")) == 3
    assert {"ar": "١٠٠٪", "en": "100%"}[language] in figures.text
    x = figures.html.xpath("//*[local-name()='rect'][@class='chart__bar']/@x")
    assert x[0] == "0.00%"  # as long as the chart is wide, whichever way one reads
    tables = figures.html.xpath("//main//table")
    assert len(tables) == 4


def test_pages_take_few_statements(supervisor: Client) -> None:
    reference = asked().reference
    for page, most in ((PAGES[0], 8), (PAGES[1], 8), (PAGES[2], 8), (f"/supervision/{reference}", 14)):
        supervisor.visit(page)
        few = statements_of(lambda page=page: supervisor.visit(page))
        for _number in range(3):
            asked()
        assert statements_of(lambda page=page: supervisor.visit(page)) == few <= most, page


def test_the_export_is_a_file_for_spreadsheets_in_the_persons_language(portal: Flask) -> None:
    account = a_person(first_name="=1+1", family_name="Evil", arabic_name="@حساب")
    reference = asked(signed_in(account)).reference
    day = now().date()
    for language, head, name in (("en", "Number", "'=1+1 Evil"), ("ar", "الرقم", "'@حساب")):
        client = browser_of(portal, ("supervisor", DESK), language=language)
        period = f"first={day - dt.timedelta(days=1)}&last={day + dt.timedelta(days=1)}"
        answer = client.get(f"/supervision/export?desk={DESK}&{period}")
        assert answer.is_streamed and answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.data.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert rows[0][0] == head and rows[1][0] == reference and rows[1][3] == name and len(rows) == 2
    exported = AuditEntry.select().where(AuditEntry.action == "applications.exported")
    assert [entry.subject for entry in exported] == [DESK, DESK]


@pytest.mark.parametrize("period", ["first=soon&last=2026-01-01", "first=2026-01-02&last=2026-01-01", ""])
def test_a_period_that_is_none_is_refused(supervisor: Client, period: str) -> None:
    assert supervisor.get(f"/supervision/export?{period}").status_code == 422
    assert not AuditEntry.select().where(AuditEntry.action == "applications.exported").exists()


ADDRESSES = (*PAGES, "/supervision/export?first=2026-01-01&last=2026-01-02")


@pytest.mark.parametrize("duty", ["", "clerk", "cashier", "administrator", "auditor"])
def test_nobody_but_supervisors_may(portal: Flask, duty: str) -> None:
    portal.config["WTF_CSRF_ENABLED"] = False
    reference = asked(paper=b"x").reference
    client = browser_of(portal, *([(duty, "")] if duty else []))
    its = (
        f"/supervision/{reference}",
        f"/supervision/{reference}/overturning",
        f"/supervision/{reference}/versions/1/files/paper",
    )
    for address in (*ADDRESSES, *its):
        assert client.get(address).status_code == 403, address
    for address in ("/supervision/assignments", f"/supervision/{reference}/overturning"):
        assert client.post(address, data={"reference": reference, "clerk": maryam().id}).status_code == 403, address


@pytest.mark.parametrize("where", ["chamber", "municipality.building"])
def test_another_desks_matters_look_as_if_they_did_not_exist(portal: Flask, where: str) -> None:
    portal.config["WTF_CSRF_ENABLED"] = False
    reference = asked(paper=b"x").reference
    client = browser_of(portal, ("supervisor", where))
    for address in ADDRESSES:
        assert client.get(f"{address}{'&' if '?' in address else '?'}desk={DESK}").status_code == 404, address
    for name in (reference, "MUNICIPALITY-2026-9999999-1"):
        for address in (name, f"{name}/overturning", f"{name}/versions/1/files/paper"):
            assert client.get(f"/supervision/{address}").status_code == 404, address
        given = {"desk": DESK, "reference": name, "clerk": maryam().id}
        assert client.post("/supervision/assignments", data=given).status_code == 404
        assert client.post("/supervision/assignments", data={"desk": DESK}).status_code == 404
    assert Application.get().clerk_id is None
    assert not AuditEntry.select().where(AuditEntry.action.in_(["application.viewed", "applications.exported"])).exists()


def test_what_was_handed_out_by_nobody_is_seen_by_its_applicant_with_a_day(portal: Flask) -> None:
    account = a_person()
    reference = asked(signed_in(account)).reference
    applicant = browser_of(portal, account=account)
    due = Application.get().due_at
    shown = applicant.visit(f"/applications/{reference}").text
    assert f"It answers by {in_muscat(due):%-d %B %Y} at the latest" in shown
    Application.update(escalated_at=now()).execute()
    assert "It should have answered by" in applicant.visit(f"/applications/{reference}").text


def test_figures_are_made_again_by_a_command(portal: Flask) -> None:
    casework.decide(signed_in(maryam()), asked().reference, Outcome.REFUSE, reason="No.")
    assert portal.test_cli_runner().invoke(args=["figures", "rebuild"]).output == "1 rows\n"
