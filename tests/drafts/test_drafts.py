"""The drafts of services: what runs already, and what waits for which word."""

import ast
import importlib
import importlib.util
import io
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from peewee import Database

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Refusal
from engine.fees import Unset
from engine.lifecycle import State
from engine.money import Money
from engine.service import Authority, Service
from engine.wording import _
from gateways.storage.folder import FolderStorage
from models import Bill, Document, Message, Outcome
from operations import answers, applications, casework, fees, submission
from operations.answers import Uploaded
from operations.applications import Opened
from operations.outside import outside
from tests.support.builders import a_person, signed_in
from tests.support.database import database, postgres_migrated, sqlite_template, sqlite_url
from tests.support.processes import ROOT

__all__ = ["database", "postgres_migrated", "sqlite_template", "sqlite_url"]

DRAFTS = ROOT / "docs" / "drafts"
FILES = sorted(DRAFTS.glob("*.py"))
README = (DRAFTS / "README.md").read_text()
RUN = {"register_lease.py"}
SCHEDULE = """code,variant,label_en,label_ar,kind,amount,rate,threshold,of,from,source,confirmed
municipality.lease,,Lease registration,تسجيل عقد إيجار,share,,30,,,2018-01-01,3 % of the yearly rent (uncertain),no
"""
PARTIES = {
    "landlord": {"name": "سالم الحارثي", "number": "١٥٢٦٥٧٥", "phone": "99416689"},
    "tenant": {"name": "Falaj Trading", "number": "1229237", "phone": "+968 2423 4567"},
}
PDF = b"%PDF-1.7\n"


# --- Every draft -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_draft_is_short_and_knows_only_the_engine(file: Path):
    text = file.read_text()
    assert len(text.splitlines()) <= 70
    imported = {node.module or "" for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)}
    assert {module.partition(".")[0] for module in imported} <= {"collections", "engine"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_draft_runs_or_waits_for_the_words_the_readme_names(file: Path):
    row = next(line for line in README.splitlines() if line.startswith(f"| `{file.name}` |"))
    waits_for = set(re.findall(r"`(\w+)`", row.partition("waits for")[2]))
    assert missing_words(file) == waits_for
    assert (file.name in RUN) == (not waits_for)
    for word in waits_for:
        assert re.search(rf"(?m)^\| `{word}` \| `engine\.\w+` \| \w", README), f"README does not say what {word} means"


def missing_words(file: Path) -> set[str]:
    """The names it imports from the engine which the engine does not have."""
    return {
        alias.name
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("engine")
        for alias in node.names
        if not hasattr(importlib.import_module(node.module or ""), alias.name)
    }


def test_the_readme_lists_every_draft():
    assert set(re.findall(r"(?m)^\| `(\w+\.py)` \|", README)) == {file.name for file in FILES}
    assert len(FILES) == 5


# --- Those that run --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def municipality(database: Database, tmp_path: Path) -> Iterator[None]:
    """An authority with the drafts that run, and the first schedule's share of a lease."""
    services = tuple(service_of(load(DRAFTS / name)) for name in sorted(RUN))
    catalogue.fill([Authority(code="municipality", title=_("Municipality"), summary=_("Municipality"), services=services)])
    (tmp_path / "fees.csv").write_text(SCHEDULE, encoding="utf-8")
    fees.import_schedule(tmp_path / "fees.csv")
    outside.storage = FolderStorage(tmp_path / "documents")
    outside.demo_fees = True
    yield
    catalogue.fill([])


def load(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def service_of(module: ModuleType) -> Service:
    service = module.service
    assert isinstance(service, Service)
    return service


def take(actor: Actor, opened: Opened, step: str, files: tuple[str, ...] = (), **typed: str) -> None:
    chosen = opened.service.step(step)
    assert chosen
    answers.answer(actor, opened, chosen, typed, {name: Uploaded(f"{name}.pdf", io.BytesIO(PDF)) for name in files})


def an_answered_lease(
    actor: Actor, *, rent: str = "٣٬٦٠٠", starts: str = "2026-01-01", until: str = "2026-12-31", **tenant: str
) -> Opened:
    opened = applications.start(actor, "municipality.register-lease")
    for party, said in PARTIES.items():
        given = said | (tenant if party == "tenant" else {})
        take(actor, opened, party, (f"{party}_id",), **{f"{party}_{name}": value for name, value in given.items()})
    take(actor, opened, "property", ("deed",), address="120045", plot="77/3", use="shop")
    take(actor, opened, "terms", starts=starts, until=until, rent=rent, deposit="")
    return opened


def a_clerk() -> Actor:
    account = signed_in(a_person())
    return Actor(account=account.account, session=account.session, roles=frozenset({"clerk", "clerk:municipality"}))


@pytest.mark.parametrize(("rent", "fee"), [("٣٬٦٠٠", "108.000"), ("3600.500", "108.015"), ("0.017", "0.001"), ("120", "3.600")])
def test_a_lease_is_quoted_as_a_share_of_its_rent(municipality: None, rent: str, fee: str):
    offer = submission.offer(an_answered_lease(signed_in(a_person()), rent=rent))
    (line,) = offer.quote.lines
    assert (line.label["en"], line.amount.plain()) == ("Lease registration", fee)
    assert offer.refusals == []


def test_a_lease_is_charged_only_once_a_clerk_has_approved_it(municipality: None):
    actor = signed_in(a_person())
    opened = an_answered_lease(actor)
    submitted = submission.submit(actor, opened.reference, submission.offer(opened).seal)
    assert submitted.state is State.IN_REVIEW
    assert not Bill.select().exists()

    casework.decide(a_clerk(), opened.reference, Outcome.APPROVE)
    assert applications.of(actor, opened.reference).state is State.TO_PAY
    assert Bill.get().total == Money(108_000)
    assert not Document.select().exists()

    applications.paid(applications.lock(actor, opened.reference))
    assert applications.of(actor, opened.reference).state is State.COMPLETED
    content = Document.get().content
    assert content["named"]["en"] == "سالم الحارثي and Falaj Trading"
    said = {row["label"]["en"]: row["value"]["en"] for row in content["rows"]}
    assert said["Yearly rent"] == "OMR\u00a03,600.000"
    assert said["Use"] == "A shop"
    assert said["From"] == "1 January 2026"
    templates = [message.template for message in Message.select().where(Message.channel == "mail")]
    assert sorted(templates) == ["application_completed", "application_received", "application_to_pay"]


def test_a_lease_the_clerk_refuses_costs_nothing(municipality: None):
    actor = signed_in(a_person())
    opened = an_answered_lease(actor)
    submission.submit(actor, opened.reference, submission.offer(opened).seal)
    casework.decide(a_clerk(), opened.reference, Outcome.REFUSE, reason="The deed is of another plot.")
    assert applications.of(actor, opened.reference).state is State.REFUSED
    assert not Bill.select().exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"until": "2026-01-01"}, "A lease ends after it begins"),
        ({"until": "2025-12-31"}, "A lease ends after it begins"),
        ({"number": "1526575"}, "Landlord and tenant are the same"),
    ],
)
def test_a_lease_that_cannot_be_is_not_submitted(municipality: None, changed: dict[str, str], says: str):
    actor = signed_in(a_person())
    opened = an_answered_lease(actor, **changed)
    with pytest.raises(Refusal, match=says):
        submission.submit(actor, opened.reference, submission.offer(opened).seal)
    assert applications.of(actor, opened.reference).state is State.DRAFT


def test_a_lease_without_its_deed_is_not_complete(municipality: None):
    actor = signed_in(a_person())
    opened = applications.start(actor, "municipality.register-lease")
    with pytest.raises(Refusal, match="Attach a file: Title deed"):
        take(actor, opened, "property", address="120045", plot="77/3", use="shop")


def test_where_uncertain_fees_may_not_be_charged_a_lease_has_no_price(municipality: None):
    opened = an_answered_lease(signed_in(a_person()))
    outside.demo_fees = False
    try:
        assert isinstance(submission.offer(opened).unset, Unset)
    finally:
        outside.demo_fees = True
