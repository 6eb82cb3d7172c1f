"""The amount a person sees, the one on paper, the one at the bank and the one in the books are the same, to the baisa."""

import subprocess
from pathlib import Path

import pytest
from flask import Flask

from engine.ledger import clearing
from engine.money import Money
from models import Bill, Document, JournalEntry, Receipt
from operations import documents, ledger, outbox, sessions
from operations.outside import outside
from tests.support.bank import Bank, tell
from tests.support.books import assert_books_stand
from tests.support.builders import a_person, a_submitted_renewal
from tests.support.client import Client, portal, standing_portal
from tests.support.schedule import bring_in_fees

__all__ = ["portal", "standing_portal"]


@pytest.mark.parametrize(("months", "total"), [(18, Money(37_500)), (24, Money(50_000))])
def test_screen_paper_bank_and_books_say_the_same(portal: Flask, bank: Bank, tmp_path: Path, months: int, total: Money) -> None:
    bring_in_fees()
    outside.bank = bank.gateway()
    account = a_person(civil_number="55501234")
    token = sessions.begin(account, browser="Firefox", address="192.0.2.1")
    actor = sessions.actor_of(token, "en")
    assert actor
    renewal = a_submitted_renewal(actor=actor, months=months)
    client = portal.test_client()
    assert isinstance(client, Client)
    client.set_cookie("language", "en")
    with client.session_transaction() as session:
        session["_user_id"] = token
    before = client.visit(f"/applications/{renewal.reference}").text
    uuid = bank.opens(renewal.goes_to_pay())
    tell(bank.decides(uuid))
    outbox.drain()
    after = client.visit(f"/applications/{renewal.reference}").text

    receipt, paper = Receipt.get(), Document.get(Document.kind == "receipt")
    _document, file = documents.file_of(actor, receipt.number)
    assert file
    (tmp_path / "receipt.pdf").write_bytes(file.read())
    printed = subprocess.run(["pdftotext", "-layout", tmp_path / "receipt.pdf", "-"], capture_output=True, text=True).stdout

    assert Bill.get().total == receipt.amount == ledger.balance(clearing("cybersource", "test")) == bank.holds == total
    assert total.format("en") in before.replace(" ", "\u00a0") and receipt.number in after
    assert paper.content["total"]["en"] == total.format("en") and paper.content["total"]["ar"] == total.format("ar")
    assert total.format("en").split("\u00a0")[1] in printed and receipt.number in printed
    lines = [Money.parse(amount["en"]) for _label, amount in paper.content["lines"]]
    assert sum(lines, Money(0)) == total
    earned = JournalEntry.select().where(JournalEntry.account.startswith("income:"))
    assert sorted(-entry.amount for entry in earned) == sorted(line for line in lines if line)
    assert_books_stand()
