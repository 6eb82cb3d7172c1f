"""Files leave as attachments: nothing that somebody uploaded is ever shown as a page of ours."""

import datetime as dt
import io
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from blueprints.chamber import authority as chamber
from engine.catalogue import catalogue
from models import Document
from operations import answers, applications, sessions
from operations.answers import Uploaded
from operations.now import set_business_day
from operations.outside import outside
from tests.support import trial
from tests.support.client import Client
from tests.support.portal_rules import ESTABLISHMENT, MEMBERSHIP, bring_in
from tests.support.renewals import a_submitted_renewal, an_owner, answer, step_of
from tests.support.schedule import bring_in_fees

PDF = b"%PDF-1.7\n<script>alert(1)</script>\n"


def enter(client: FlaskClient, account: int | None) -> None:
    assert account
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sessions.begin(account, browser="Firefox", address="192.0.2.1")


def test_an_uploaded_file_is_an_attachment(portal: Flask, client: Client) -> None:
    catalogue.fill((chamber, trial.authority))
    _account, actor = an_owner()
    opened = applications.start(actor, "trial.parking")
    answer(actor, opened, "car", plate="B 1234", kind="1")
    deed = Uploaded('de"ed\r\nX: 1.pdf', io.BytesIO(PDF))
    answers.answer(actor, opened, step_of(opened, "papers"), {"months": "3"}, {"deed": deed})
    enter(client, actor.account)
    shown = client.get(f"/applications/{opened.reference}/files/deed")
    assert (shown.status_code, shown.mimetype, shown.data) == (200, "application/pdf", PDF)
    assert shown.headers["Content-Disposition"].startswith("attachment; filename=") and "X" not in shown.headers
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_certificate_is_an_attachment(portal: Flask, client: Client, tmp_path: Path) -> None:
    bring_in_fees()
    bring_in(tmp_path, ESTABLISHMENT)
    bring_in(tmp_path, MEMBERSHIP)
    set_business_day(dt.date(2018, 3, 19))
    _account, actor = an_owner()
    applications.paid(applications.lock(actor, a_submitted_renewal(actor).reference))
    document = Document.get()
    Document.update(digest=outside.storage.put(PDF)).where(Document.id == document.id).execute()
    enter(client, actor.account)
    answer = client.get(f"/documents/{document.serial}")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/pdf", PDF)
    assert answer.headers["Content-Disposition"] == f"attachment; filename={document.serial}.pdf"
    assert answer.headers["Cache-Control"] == "no-store"
