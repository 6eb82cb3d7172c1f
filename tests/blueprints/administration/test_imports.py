"""Sending an extract and reading what it did, as an administrator's browser walks it."""

import io

import pytest
from flask import Flask

from blueprints.administration import imports
from models import RegisterImport
from operations import outbox
from tests.operations.test_register_imports import companies, extract
from tests.support.administrators import browser_of
from tests.support.client import Client

pytestmark = pytest.mark.usefixtures("demo")


def send(browser: Client, content: bytes, name: str = "companies.csv") -> str:
    done = browser.visit("/administration/registers").submit("/administration/registers", file=(io.BytesIO(content), name))
    return done.path


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_file_is_sent_read_and_reported(portal: Flask, language: str) -> None:
    browser = browser_of(portal, "administrator", "chamber", language)
    page = send(browser, extract(*companies(1, 2), {"number": "3", "grade": "=cmd"}))
    assert browser.visit(page).html.xpath("//*[@id='report']/@hx-get") == [f"{page}/progress"]
    outbox.drain()
    assert not browser.visit(page).html.xpath("//*[@id='report']/@hx-get")
    assert "=cmd" in browser.visit(f"{page}/progress").text
    file = browser.get(f"{page}/rejected.csv")
    assert file.headers["Content-Disposition"].startswith("attachment") and "no-store" in file.headers["Cache-Control"]
    header, row = file.data.decode("utf-8-sig").splitlines()
    assert header == "line,reason" and row.startswith("4,") and "=cmd" in row


def test_a_cell_is_never_a_formula() -> None:
    assert "".join(imports._as_csv([(2, {"ar": "=1+1", "en": "=1+1"})], "en")).endswith("2,'=1+1\r\n")


def test_a_file_of_no_register_is_refused_in_the_form(portal: Flask) -> None:
    browser = browser_of(portal, "administrator", language="en")
    page = browser.visit("/administration/registers")
    for file in ((io.BytesIO(b"a,b\r\n"), "x.csv"), (io.BytesIO(b""), "")):
        assert page.submit("/administration/registers", file=file).errors.keys() == {"file"}


def test_only_administrators_may_send_much(portal: Flask) -> None:
    portal.config["MAX_CONTENT_LENGTH"] = 2000
    big = extract(*companies(*range(100)))
    browser = browser_of(portal, "administrator", language="en")
    assert send(browser, big).startswith("/administration/registers/")
    other = browser_of(portal, "clerk")
    assert other.post("/administration/registers", data={"file": (io.BytesIO(big), "x.csv")}).status_code == 413


@pytest.mark.parametrize(
    ("duty", "where", "status"),
    [
        (None, "", 403),
        ("clerk", "", 403),
        ("supervisor", "", 403),
        ("cashier", "", 403),
        ("auditor", "", 403),
        ("administrator", "municipality", 404),
    ],
)
def test_others_are_refused(portal: Flask, duty: str | None, where: str, status: int) -> None:
    portal.config["WTF_CSRF_ENABLED"] = False
    page = send(browser_of(portal, "administrator"), extract(*companies(1)))
    other = browser_of(portal, duty, where)
    for address in (page, f"{page}/progress", f"{page}/rejected.csv"):
        assert other.get(address).status_code == status
    assert other.post("/administration/registers", data={"file": (io.BytesIO(extract()), "x.csv")}).status_code == status
    assert other.get("/administration/registers").status_code == (403 if status == 403 else 200)
    assert RegisterImport.select().where(RegisterImport.by.is_null(False)).count() == 1
