"""`make seed ROWS=`: whatever it makes, the portal could have made; refused in production."""

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from peewee import Database, fn

from engine.catalogue import catalogue
from engine.lifecycle import State
from engine.service import Decision
from models import (
    TABLES,
    Account,
    Application,
    AuditEntry,
    AuditLink,
    Bill,
    Counter,
    DailyFigure,
    DecisionMade,
    Journal,
    JournalEntry,
    PaymentAttempt,
    Receipt,
    Role,
    SearchTerm,
    ServiceClock,
    TimeTaken,
)
from operations import applications, audit_chain, desk, dossiers, figures, finding, office_hours, service_clock
from operations.now import now, today
from tests.operations.test_desk import asked
from tests.support.builders import a_person, signed_in
from tests.support.clock import clock
from tests.support.database import database, postgres_database, postgres_migrated, sqlite_template, sqlite_url
from tests.support.portal_rules import rules
from tests.support.processes import ROOT
from tools.seed.__main__ import fill

__all__ = ["clock", "database", "postgres_database", "postgres_migrated", "rules", "sqlite_template", "sqlite_url"]
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


def test_every_journal_balances(seeded: Database) -> None:
    unbalanced = (
        JournalEntry.select(JournalEntry.journal_id).group_by(JournalEntry.journal_id).having(fn.SUM(JournalEntry.amount) != 0)
    )
    assert Journal.select().count() == Receipt.select().count() > 0
    assert not list(unbalanced)


def test_every_key_names_a_row(seeded: Database) -> None:
    for table in TABLES:
        for key in table._meta.refs:
            known = key.rel_model.select(key.rel_field)
            assert not table.select().where(key.is_null(False) & key.not_in(known)).exists(), key


def test_clocks_stand_as_the_states_say(seeded: Database) -> None:
    clocks = list(ServiceClock.select(ServiceClock, Application).join(Application))
    assert len(clocks) == Application.select().where(clerks() & Application.submitted_at.is_null(False)).count()
    calendar = office_hours.calendar(dt.date(2000, 1, 1))
    for kept in clocks:
        row, state = kept.application, State(kept.application.state)
        if state is State.IN_REVIEW:
            assert (kept.since, kept.left) == (row.submitted_at, None)
            assert row.due_at == (None if kept.days is None else service_clock.due(kept, calendar))
            assert (row.escalated_at is not None) == (row.due_at is not None and row.due_at < now())
        else:
            assert (kept.since, row.due_at) == (None, None)
        assert (kept.left is not None) == (state is State.RETURNED and kept.days is not None)


def test_every_ended_turn_counts_in_the_figures(seeded: Database) -> None:
    ended = (DecisionMade.outcome != "return") & clerks()
    decided = DecisionMade.select().join(Application).where(ended).count()
    assert decided == TimeTaken.select().count() == DailyFigure.select(fn.SUM(DailyFigure.decided)).scalar() > 0
    days = sum(sum(figures.decided_per_day(desk, dt.date(2000, 1, 1), today()).values()) for desk in catalogue.desks)
    assert days == decided
    some = TimeTaken.select().where(TimeTaken.late)
    assert 0 < some.count() < decided
    for taken in some:
        promised = catalogue.services[taken.service].within.count
        assert taken.minutes > (promised - 1) * 5 * 60, "late is more than that many short days"


def clerks() -> Any:
    return Application.service.in_([code for code, service in catalogue.services.items() if service.decision is Decision.CLERK])


def test_the_audit_is_linked_and_whole_and_goes_on(seeded: Database) -> None:
    assert AuditLink.select().count() == AuditEntry.select().count() > ROWS
    assert list(audit_chain.verify()) == []
    asked(signed_in(a_person()))
    fill(20, tell=lambda _words: None)
    assert AuditLink.select().count() == AuditEntry.select().count()
    assert list(audit_chain.verify()) == []


def test_a_clerk_finds_and_reads_what_was_made(seeded: Database) -> None:
    account = a_person()
    Role.create(account=account, name="clerk")
    clerk = signed_in(account, "en")
    where, waiting = next((code, found) for code in catalogue.desks if (found := desk.queue(clerk, code, "waiting").lines))
    opened = dossiers.of(clerk, waiting[0].reference)
    assert opened.events and "@" not in str(opened.row.frozen)
    assert [line.reference for line in desk.search(clerk, where, waiting[0].reference).lines] == [waiting[0].reference]
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
