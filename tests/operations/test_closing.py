"""Closing an account and taking one's data along."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from peewee import Database

from engine.errors import NotFound, Refusal
from engine.lifecycle import State
from gateways.storage.folder import FolderStorage
from models import (
    Account,
    Application,
    AuditEntry,
    Bill,
    DataCopy,
    Identifier,
    KeptForm,
    Message,
    Outbox,
    PaymentAttempt,
    PublicEntry,
    SecurityEvent,
    Session,
    Support,
    Upload,
)
from operations import closing, confirming, entrance, housekeeping, outbox, own_data, registering, sessions
from operations.now import now
from operations.outside import outside
from tests.support.authenticator import a_clerk
from tests.support.builders import PASSWORD, a_person, a_registration, signed_in
from tests.support.clock import Clock
from tests.support.postbox import delivered, last_code

pytestmark = pytest.mark.usefixtures("database")
ADDRESS = "192.0.2.1"
WHO = "salim@bawaba.example"


@pytest.fixture(autouse=True)
def stored(database: Database, tmp_path: Path) -> FolderStorage:
    outside.storage = FolderStorage(tmp_path / "stored")
    return outside.storage


@pytest.fixture
def salim() -> Account:
    return a_person(email=WHO, phone="+96899416689", civil_number="7324674", locale="en")


def confirmed(account: Account):
    actor = signed_in(account, "en")
    confirming.confirm(actor, PASSWORD, "", address=ADDRESS)
    return actor


def an_application(account: Account, state: State, **data) -> Application:
    moment = now()
    number = Application.select().count() + 1
    return Application.create(
        reference=f"TRIAL-{number}",
        account=account,
        service="trial.parking",
        authority="trial",
        state=state,
        answers={"plate": "1234 A"},
        created_at=moment,
        updated_at=moment,
        **data,
    )


def asked(account: Account):
    return closing.ask(confirmed(account), address=ADDRESS)


# --- Closing ---------------------------------------------------------------------------------------------------------------------


def test_closing_signs_out_and_tells_and_erases_after_seven_days(salim: Account, clock: Clock) -> None:
    elsewhere = signed_in(salim)
    draft, submitted = an_application(salim, State.DRAFT), an_application(salim, State.COMPLETED, submitted_at=now(), frozen={})
    asked(salim)
    assert sessions.of(elsewhere) == []
    assert delivered()[-1]["subject"] == "Your account is about to be closed"
    clock.forward(days=6, hours=23)
    closing.erase_due()
    assert Account.get_by_id(salim.id).first_name == "Salim"
    clock.forward(hours=2)
    closing.erase_due()
    left = Account.get_by_id(salim.id)
    assert (left.name, left.arabic_name, left.identity_number) == (f"#{salim.id}", "", "") and left.closed_at
    for table in (Identifier, Session):
        assert not table.select().where(table.account == salim).exists()
    assert not any("Salim" in str(row.context) or row.destination == WHO for row in Message.select())
    assert (Application.get_by_id(draft.id).answers, Application.get_by_id(submitted.id).answers) == ({}, {"plate": "1234 A"})
    assert SecurityEvent.select().where(SecurityEvent.account == salim).exists()
    assert "account.erased" in {entry.action for entry in AuditEntry.select()}


def test_nobody_signs_in_to_a_closed_account_and_its_address_is_free_again(clock: Clock) -> None:
    first = registering.register(a_registration(), locale="en", address=ADDRESS)
    phone = registering.verify_email(first, last_code(), locale="en", address=ADDRESS)
    account = registering.verify_phone(phone, last_code("sms"), address=ADDRESS)
    asked(account)
    clock.forward(days=8)
    closing.erase_due()
    with pytest.raises(Refusal):
        entrance.recognise("iamsa@bawaba.example", PASSWORD, address=ADDRESS)
    again = registering.register(a_registration(), locale="en", address=ADDRESS)
    phone = registering.verify_email(again, last_code(), locale="en", address=ADDRESS)
    assert registering.verify_phone(phone, last_code("sms"), address=ADDRESS).id != account.id


def test_what_they_supported_counts_on_without_them_and_what_they_typed_goes(salim: Account, clock: Clock) -> None:
    report = an_application(a_person(), State.IN_REVIEW)
    said = {"reference": report.reference, "service": "trial.parking", "kind": "light", "state": State.IN_REVIEW, "open": True}
    entry = PublicEntry.create(application=report, submitted_at=now(), updated_at=now(), supporters=1, **said)
    Support.create(entry=entry, supporter="a digest", account=salim, at=now())
    KeptForm.create(account=salim, path="/profile", fields={"name": "Salim"}, at=now())
    asked(salim)
    clock.forward(days=8)
    closing.erase_due()
    assert [(row.entry_id, row.account_id) for row in Support.select()] == [(entry.id, None)]
    assert not KeptForm.select().exists()


def test_signing_in_within_the_seven_days_keeps_the_account(salim: Account, clock: Clock) -> None:
    asked(salim)
    clock.forward(days=6)
    entrance.enter(entrance.recognise(WHO, PASSWORD, address=ADDRESS), browser="", address=ADDRESS)
    clock.forward(days=9)
    closing.erase_due()
    assert Account.get_by_id(salim.id).first_name == "Salim"
    assert SecurityEvent.select().where(SecurityEvent.kind == "closing-cancelled").exists()


@pytest.mark.parametrize("state", [State.TO_PAY, State.IN_REVIEW, State.RETURNED])
def test_it_is_refused_while_an_application_is_open(salim: Account, state: State) -> None:
    application = an_application(salim, state)
    assert [reference for _text, reference in closing.obstacles(salim.id)] == [application.reference]
    with pytest.raises(Refusal):
        asked(salim)
    assert Account.get_by_id(salim.id).closing_at is None


@pytest.mark.parametrize("state", ["created", "submitted", "review", "unknown"])
def test_it_is_refused_while_money_is_on_its_way(salim: Account, state: str) -> None:
    application = an_application(salim, State.WITHDRAWN)
    bill = Bill.create(
        application=application, authority="trial", state="cancelled", total=1000, quote={}, created_at=now(), good_until=now()
    )
    PaymentAttempt.create(
        bill=bill, provider="x", mode="test", amount=1000, state=state, created_at=now(), updated_at=now(), expires_at=now()
    )
    with pytest.raises(Refusal, match="payment"):
        asked(salim)


def test_other_peoples_applications_are_no_obstacle_and_staff_stay(salim: Account) -> None:
    an_application(a_person(), State.IN_REVIEW)
    assert closing.obstacles(salim.id) == []
    with pytest.raises(Refusal, match="You work here"):
        closing.ask(confirmed(a_clerk()), address=ADDRESS)


def test_it_is_refused_without_a_confirmation(salim: Account) -> None:
    with pytest.raises(Refusal, match="Confirm first"):
        closing.ask(signed_in(salim), address=ADDRESS)


def test_what_becomes_due_within_the_seven_days_holds_the_account(salim: Account, clock: Clock) -> None:
    asked(salim)
    an_application(salim, State.IN_REVIEW)
    clock.forward(days=8)
    closing.erase_due()
    assert Account.get_by_id(salim.id).first_name == "Salim"


def test_files_of_drafts_go_unless_somebody_elses_are_the_same(salim: Account, clock: Clock, stored: FolderStorage) -> None:
    mine, shared = stored.put(b"mine"), stored.put(b"shared")
    draft, theirs = an_application(salim, State.DRAFT), an_application(a_person(), State.DRAFT)
    for application, digest in ((draft, mine), (draft, shared), (theirs, shared)):
        Upload.create(
            application=application, field="deed", name="x", media_type="text/plain", size=4, digest=digest, created_at=now()
        )
    asked(salim)
    clock.forward(days=8)
    closing.erase_due()
    assert (stored.exists(mine), stored.exists(shared)) == (False, True)


# --- A copy of one's data --------------------------------------------------------------------------------------------------------


def opened(file) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(file.read()))


def test_a_copy_is_made_by_the_queue_told_and_fetched_by_its_owner(salim: Account, stored: FolderStorage) -> None:
    application = an_application(salim, State.DRAFT)
    digest = stored.put(b"a deed")
    Upload.create(
        application=application,
        field="deed",
        name="../../deed.txt",
        media_type="text/plain",
        size=6,
        digest=digest,
        created_at=now(),
    )
    other = a_person(first_name="Zahra", email="zahra@bawaba.example")
    an_application(other, State.DRAFT)
    actor = confirmed(salim)
    copy = own_data.ask(actor, address=ADDRESS)
    with pytest.raises(NotFound):
        own_data.fetch(actor, copy.id, address=ADDRESS)
    outbox.drain()
    assert delivered()[-1]["subject"] == "The copy of your data is ready"
    with own_data.fetch(actor, copy.id, address=ADDRESS) as file:
        archive = opened(file)
    held = json.loads(archive.read("data.json"))
    assert held["account"]["first_name"] == "Salim"
    assert [row["reference"] for row in held["applications"]] == [application.reference]
    assert {row["value"] for row in held["identifiers"]} == {WHO, "+96899416689", "7324674"}
    page = archive.read("read-me.html").decode()
    assert WHO in page and "Salim" in page
    (file_name,) = (name for name in archive.namelist() if name.startswith("files/"))
    assert archive.read(file_name) == b"a deed" and file_name.count("/") == 1
    for secret in (Account.get_by_id(salim.id).password_hash, Session.get().token_hash, "zahra", "Zahra"):
        assert not any(secret in archive.read(name).decode() for name in ("data.json", "read-me.html"))


def test_nobody_elses_copy_is_there_and_an_unconfirmed_session_gets_none(salim: Account) -> None:
    copy = own_data.ask(confirmed(salim), address=ADDRESS)
    outbox.drain()
    with pytest.raises(NotFound):
        own_data.fetch(confirmed(a_person()), copy.id, address=ADDRESS)
    with pytest.raises(Refusal, match="Confirm first"):
        own_data.fetch(signed_in(salim), copy.id, address=ADDRESS)


def test_a_copy_is_deleted_after_seven_days(salim: Account, clock: Clock, stored: FolderStorage) -> None:
    copy = own_data.ask(confirmed(salim), address=ADDRESS)
    outbox.drain()
    digest = DataCopy.get_by_id(copy.id).digest
    clock.forward(days=7, minutes=1)
    assert own_data.of(signed_in(salim)) is None
    with pytest.raises(outbox.Postpone):
        housekeeping.sweep({})
    assert not stored.exists(digest) and not DataCopy.select().exists()


def test_a_newer_copy_replaces_the_older(salim: Account, stored: FolderStorage) -> None:
    actor = confirmed(salim)
    first = own_data.ask(actor, address=ADDRESS)
    outbox.drain()
    digest = DataCopy.get_by_id(first.id).digest
    second = own_data.ask(actor, address=ADDRESS)
    assert not stored.exists(digest)
    outbox.drain()
    with pytest.raises(NotFound):
        own_data.fetch(actor, first.id, address=ADDRESS)
    assert own_data.of(actor).id == second.id
    assert not Outbox.select().where(Outbox.done_at.is_null()).exists()
