"""Changing what messages say, as an administrator's browser walks it."""

import pytest
from flask import Flask

from models import MessageText
from tests.support.administrators import browser_of

PAGE = "/administration/messages/application_received/sms"


pytestmark = pytest.mark.usefixtures("demo")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_words_are_looked_at_then_kept_then_taken_back(portal: Flask, language: str) -> None:
    browser = browser_of(portal, "administrator", language=language)
    assert browser.visit("/administration/messages").html.xpath(f"//a[@href='{PAGE}']")
    typed = {"text_ar": "وصل <b>{reference}</b>", "text_en": "We have {reference}"}
    seen = browser.visit(PAGE).submit("words", preview="1", **typed)
    assert "We have CHAMBER-2026-0000042-2" in seen.text and "وصل <b>CHAMBER" in seen.text and not MessageText.select().exists()
    assert "UCS-2" in seen.text and "GSM-7" in seen.text
    kept = seen.submit("words", save="1")
    assert MessageText.select().count() == 2 and kept.values["text_en"].strip() == "We have {reference}"
    kept.submit(f"{PAGE}/reversion")
    assert "CHAMBER-2026" in browser.visit(PAGE).text and MessageText.select().count() == 4


def test_what_cannot_be_sent_is_said_beside_it(portal: Flask) -> None:
    browser = browser_of(portal, "administrator", language="en")
    wrong = browser.visit(PAGE).submit("words", save="1", text_en="{{ 7 * 7 }} {reference.__class__}")
    assert wrong.status == 422 and wrong.errors.keys() == {"text_en"} and "49" not in wrong.errors["text_en"]
    assert wrong.values["text_en"].strip() == "{{ 7 * 7 }} {reference.__class__}"
    assert "no {code}" in browser.visit(PAGE).submit("words", save="1", text_en="{code}").errors["text_en"]


@pytest.mark.parametrize(
    ("duty", "where"),
    [(None, ""), ("clerk", ""), ("supervisor", ""), ("cashier", ""), ("auditor", ""), ("administrator", "chamber")],
)
def test_only_administrators_of_the_portal_come_here(portal: Flask, duty: str | None, where: str) -> None:
    portal.config["WTF_CSRF_ENABLED"] = False
    other = browser_of(portal, duty, where)
    for address in ("/administration/messages", PAGE):
        other.visit(address, status=403)
    assert other.post(PAGE, data={"save": "1", "text_ar": "x", "text_en": "x"}).status_code == 403
    assert other.post(f"{PAGE}/reversion").status_code == 403
    assert not MessageText.select().exists()


def test_a_message_that_does_not_exist_is_not_found(portal: Flask) -> None:
    browser = browser_of(portal, "administrator")
    for address in ("/administration/messages/nothing/sms", "/administration/messages/register_phone/mail"):
        browser.visit(address, status=404)
