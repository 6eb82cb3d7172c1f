"""The auditor's pages and commands, as a browser without scripts and a terminal meet them."""

import csv
import io
import re

import pytest
from flask import Flask

import models
from engine.actor import Actor
from models import Account, AuditEntry, Role
from operations import audit, audit_chain, audit_trail, sessions
from operations.audit_trail import WORDS
from operations.casework import Outcome
from operations.staff import Duty
from tests.support.builders import a_person, signed_in
from tests.support.client import Client
from tests.support.processes import ROOT

REFERENCE = "MUNICIPALITY-2026-0000042-2"
PAGES = ("/audit", "/audit/1", "/audit/export.csv")


pytestmark = pytest.mark.usefixtures("demo")


def browser_of(portal: Flask, duty: str | None = "auditor", where: str = "", account: Account | None = None) -> Client:
    account = account or a_person()
    if duty:
        Role.create(account=account, name=duty, authority=where)
    client = portal.test_client()
    client.set_cookie("language", "en")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sessions.begin(account, browser="Firefox", address="192.0.2.1")
    return client  # type: ignore[return-value]


@pytest.fixture
def auditor(portal: Flask) -> Client:
    return browser_of(portal)


@pytest.fixture
def clerk() -> Actor:
    """Who did what is looked for."""
    actor = signed_in(a_person(first_name="Maryam", family_name="Al Shidi", email="maryam@bawaba.example"))
    audit.record(actor, "application.viewed", REFERENCE)
    audit.record(actor, "application.noted", "MUNICIPALITY-2026-0000043-0")
    audit.record(None, "payment.captured", REFERENCE, attempt="a")
    return actor


def rows(page: object) -> list[str]:
    return [" ".join(row.text_content().split()) for row in page.html.xpath("//main//tbody/tr")]  # type: ignore[attr-defined]


def test_the_newest_comes_first_and_looking_is_recorded(auditor: Client, clerk: Actor) -> None:
    shown = rows(auditor.visit("/audit"))
    assert ["A payment arrived" in shown[0], "Wrote a note" in shown[1], "Read an application" in shown[2]] == [True] * 3
    assert "The portal itself" in shown[0] and "Maryam Al Shidi" in shown[1]
    assert AuditEntry.select().order_by(AuditEntry.id.desc()).get().action == "audit.viewed"
    assert "Looked through the audit" in rows(auditor.visit("/audit"))[0]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("?person=Maryam@bawaba.example", ["Wrote a note", "Read an application"]),
        ("?person=nobody@bawaba.example", []),
        ("?action=payment.captured", ["A payment arrived"]),
        (f"?subject={REFERENCE.lower()}", ["A payment arrived", "Read an application"]),
        ("?subject=MUNICIPALITY-٢٠٢٦-٠٠٠٠٠٤٢-٢&action=application.viewed", ["Read an application"]),
        ("?since=2999-01-01", []),
        ("?until=2020-01-01", []),
        ("?since=٢٠٢٠-٠١-٠١&until=2999-01-01&person=maryam@bawaba.example", ["Wrote a note", "Read an application"]),
        ("?since=0001-01-01&until=9999-12-31&action=payment.captured", ["A payment arrived"]),
    ],
)
def test_it_finds_what_is_asked_for_and_no_more(address: str, found: list[str], auditor: Client, clerk: Actor) -> None:
    shown = rows(auditor.visit(f"/audit{address}"))
    assert len(shown) == len(found)
    assert [words for words, row in zip(found, shown, strict=True) if words not in row] == []


def test_a_day_that_is_none_is_said_and_left_out(auditor: Client, clerk: Actor) -> None:
    shown = auditor.visit("/audit?since=tomorrow&action=payment.captured")
    assert "year-month-day" in shown.text and len(rows(shown)) == 1


def test_a_page_goes_on_where_the_last_one_ended(auditor: Client, clerk: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_trail, "PAGE", 2)
    AuditEntry.insert_many(
        [{"action": "file.viewed", "subject": f"s{n}", "at": models.Account.get().created_at, "details": {}} for n in range(5)]
    ).execute()
    page, read = auditor.visit("/audit?action=file.viewed"), []
    while True:
        read += [re.search(r"s\d", row)[0] for row in rows(page)]  # type: ignore[index]
        onwards = page.html.xpath("//nav[@class='pager']/a/@href")
        if not onwards:
            break
        page = auditor.visit(onwards[0])
    assert read == ["s4", "s3", "s2", "s1", "s0"]


def test_an_entry_says_how_it_stands_in_the_chain(auditor: Client, clerk: Actor) -> None:
    entry = AuditEntry.get(AuditEntry.action == "application.noted")
    assert "Waits for its link" in auditor.visit(f"/audit/{entry.id}").text
    audit_chain.seal()
    shown = auditor.visit(f"/audit/{entry.id}")
    assert "Linked, and it fits" in shown.text and "maryam@bawaba.example" in shown.text
    tamper("application.noted")
    assert "does not fit" in auditor.visit(f"/audit/{entry.id}").text
    assert auditor.get("/audit/999999").status_code == 404


def tamper(action: str) -> None:
    models.database.execute_sql("DROP TRIGGER audit_entry_no_update")
    models.database.execute_sql(f"UPDATE audit_entry SET subject = 'x' WHERE action = '{action}'")


def test_the_export_is_what_is_asked_for_and_no_formula_runs(auditor: Client, clerk: Actor) -> None:
    audit.record(clerk, "application.noted", "=1+1", more="ورقة")
    answer = auditor.get("/audit/export.csv?action=application.noted")
    assert answer.headers["Content-Disposition"] == "attachment; filename=audit.csv"
    table = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert table[0] == ["Number", "When", "Who", "Action", "About", "Details"]
    assert [row[4] for row in table[1:]] == ["'=1+1", "MUNICIPALITY-2026-0000043-0"]
    assert table[1][5] == '{"more": "ورقة"}'
    assert AuditEntry.get(AuditEntry.action == "audit.exported").details == {"asked": {"action": "application.noted"}}


def test_a_long_export_is_read_in_parts(auditor: Client, clerk: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_trail, "AT_ONCE", 1)
    assert auditor.get("/audit/export.csv?person=maryam@bawaba.example").get_data(as_text=True).count("\n") == 3


@pytest.mark.parametrize("duty", [None, *(duty for duty in Duty if duty is not Duty.AUDITOR)])
def test_nobody_else_reads_it(portal: Flask, clerk: Actor, duty: str | None) -> None:
    client = browser_of(portal, duty)
    before = AuditEntry.select().count()
    assert [client.get(page).status_code for page in PAGES] == [403] * 3
    assert AuditEntry.select().count() == before


def test_an_auditor_reads_no_application(auditor: Client) -> None:
    assert auditor.get("/desk").status_code == 403
    assert "/audit" in auditor.visit("/").text or auditor.visit("/account").html.xpath("//a[@href='/audit']")


COMPOSED = {
    "agreement.{said}": {"agreement.agreed", "agreement.declined"},
    "register.{'told' if taken else 'refused'}": {"register.told", "register.refused"},
    "reminders.{'on' if on else 'off'}": {"reminders.on", "reminders.off"},
    "application.{outcome}": {f"application.{outcome}" for outcome in Outcome},
    "staff.{kind}": {f"staff.{kind}" for kind in ("role-given", "role-taken", "account-blocked", "account-unblocked")},
    "waiver.{outcome}": {"waiver.granted", "waiver.declined"},
    "appointment.{made.state}": {"appointment.served", "appointment.missed"},
    "visit.{what}": {f"visit.{what}" for what in ("planned", "moved", "cancelled")},
}
PASSED_ON = {
    "office_hours": {f"holidays.{what}" for what in ("added", "changed", "removed", "filled")},
    "message_texts": {"message-text.written", "message-text.reverted"},
}
"""Where an action is not written beside `audit.record`: which it may be."""

NAMED = r'audit\.record\(\s*[\w.]+(?: if [\w.]+ else None)?,\s*f?"([^"]+)"'


def test_every_action_has_words() -> None:
    text = "".join(file.read_text() for file in (ROOT / "operations").rglob("*.py"))
    recorded = set(re.findall(NAMED, text))
    assert len(recorded) > 20
    assert recorded - COMPOSED.keys() - WORDS.keys() == set()
    assert {action for actions in COMPOSED.values() for action in actions} - WORDS.keys() == set()
    calls, named = len(re.findall(r"audit\.record\(", text)), len(re.findall(NAMED, text))
    assert calls == named + len(PASSED_ON), "an action is named by something else than a text: say here which"
    assert {action for actions in PASSED_ON.values() for action in actions} - WORDS.keys() == set()
    assert WORDS.keys() == (recorded - COMPOSED.keys()).union(*COMPOSED.values(), *PASSED_ON.values()), "words for nothing"


def test_the_commands_tell_a_whole_chain_from_a_broken_one(portal: Flask, clerk: Actor) -> None:
    run = portal.test_cli_runner().invoke
    audit_chain.seal()
    head = run(args=["audit", "head"]).output.strip()
    number, _colon, digest = head.partition(":")
    assert int(number) >= 3 and len(digest) == 64
    whole = run(args=["audit", "verify", "--from", head])
    assert (whole.exit_code, head in whole.output) == (0, True)
    assert "السلسلة سليمة" in whole.output and "the chain is whole" in whole.output
    tamper("application.noted")
    broken = run(args=["audit", "verify"])
    entry = AuditEntry.get(AuditEntry.action == "application.noted").id
    assert broken.exit_code == 1
    assert f"قيد · entry {entry}: عُدّل" in broken.output and "was changed" in broken.output
    cut = run(args=["audit", "verify", "--from", f"{int(number) + 1}:{digest}"])
    assert "cut off" in cut.output
    assert run(args=["audit", "verify", "--from", "7"]).exit_code == 2


def test_retention_says_its_periods_and_a_dry_run_lets_nothing_go(portal: Flask) -> None:
    run = portal.test_cli_runner().invoke
    assert "municipality.general-request" in run(args=["retention", "show"]).output
    dry = run(args=["retention", "run", "--dry-run"])
    assert (dry.exit_code, "nothing is due" in dry.output, "لا شيء" in dry.output) == (0, True, True)
    assert run(args=["retention", "run"]).output.endswith("✓ 0\n")
    assert run(args=["applications", "index"]).exit_code == 0


def test_people_are_told_how_long_what_is_kept(client: Client) -> None:
    told = client.visit("/about/privacy").text
    assert "10 years" in told and "90 days" in told and "180 days" in told
