"""`make seed ROWS=`: whatever it makes, the portal could have made; refused in production."""

import subprocess
import sys
from pathlib import Path

import pytest
from peewee import Database, fn

from engine.catalogue import catalogue
from models import (
    Account,
    Application,
    AuditEntry,
    AuditLink,
    Bill,
    Counter,
    JournalEntry,
    PaymentAttempt,
    Receipt,
    Role,
    SearchTerm,
)
from operations import applications, audit_chain, desk, finding
from tests.operations.test_desk import asked
from tests.support.builders import a_person, signed_in
from tests.support.clock import clock
from tests.support.database import database, postgres_migrated, sqlite_template, sqlite_url
from tests.support.portal_rules import rules
from tests.support.processes import ROOT
from tools.seed.__main__ import fill

__all__ = ["clock", "database", "postgres_migrated", "rules", "sqlite_template", "sqlite_url"]
ROWS = 200


@pytest.fixture
def seeded(rules: Database) -> Database:
    fill(ROWS, tell=lambda _words: None)
    return rules


def test_all_services_and_states_are_there(seeded: Database) -> None:
    assert Application.select().count() == ROWS
    services = {row.service for row in Application.select(Application.service).distinct()}
    assert services == set(catalogue.services)
    states = {row.state for row in Application.select(Application.state).distinct()}
    assert {"draft", "to-pay", "in-review", "returned", "completed", "refused", "withdrawn"} == states


def test_numbers_have_no_gap_and_the_next_one_goes_on(seeded: Database) -> None:
    for row in Receipt.select(Receipt.year, fn.COUNT(1).alias("n"), fn.MAX(Receipt.sequence).alias("last")).group_by(
        Receipt.year
    ):
        assert row.n == row.last == Counter.get((Counter.series == "receipt:R") & (Counter.year == row.year)).last
    asked(signed_in(a_person()))
    assert Application.select().count() == ROWS + 1


def test_the_money_adds_up(seeded: Database) -> None:
    paid = Bill.select(fn.SUM(Bill.total)).where(Bill.state == "paid").scalar()
    assert (
        paid == Receipt.select(fn.SUM(Receipt.amount)).scalar() == PaymentAttempt.select(fn.SUM(PaymentAttempt.amount)).scalar()
    )
    assert JournalEntry.select(fn.SUM(JournalEntry.amount)).where(JournalEntry.account.startswith("clearing")).scalar() == paid


def test_the_audit_is_linked_and_whole(seeded: Database) -> None:
    assert AuditLink.select().count() == AuditEntry.select().count() > ROWS
    assert list(audit_chain.verify()) == []


def test_a_clerk_finds_and_reads_what_was_made(seeded: Database) -> None:
    account = a_person()
    Role.create(account=account, name="clerk")
    clerk = signed_in(account, "en")
    waiting = desk.queue(clerk, "municipality.administration", "waiting").lines
    assert waiting
    opened = desk.dossier(clerk, waiting[0].reference)
    assert opened.events and "@" not in str(opened.row.frozen)
    assert [line.reference for line in desk.search(clerk, "municipality.administration", waiting[0].reference).lines] == [
        waiting[0].reference
    ]
    before = SearchTerm.select().count()
    assert sum(count for _last, count in finding.index()) == 0
    assert SearchTerm.select().count() == before
    mine = Account.get_by_id(opened.row.account_id)
    assert applications.events_of(applications.of(signed_in(mine), opened.row.reference).row)


def test_it_is_refused_in_production(tmp_path: Path) -> None:
    environment = {"PORTAL_ENV": "production", "PATH": "/usr/bin"}
    done = subprocess.run([sys.executable, "-m", "tools.seed", "1"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert "refused in production" in done.stderr or "Unsafe" in done.stderr
