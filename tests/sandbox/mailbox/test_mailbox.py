"""The trial mailbox, as its own process, with the portal's own adapters sending to it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from engine.errors import Unavailable
from gateways.mail import Undeliverable
from gateways.mail.smtp import SmtpMailer
from gateways.sms.kannel import KannelTexter
from tests.support.processes import free_port, running


@contextmanager
def a_mailbox(data: Path) -> Iterator[SimpleNamespace]:
    port = free_port(2)
    url = f"http://localhost:{port}"
    command = [
        sys.executable,
        "-m",
        "sandbox.mailbox",
        "--http-port",
        str(port),
        "--smtp-port",
        str(port + 1),
        "--data",
        str(data),
    ]
    with running(command, f"{url}/healthz"):
        yield SimpleNamespace(
            url=url,
            mailer=SmtpMailer.from_url(f"smtp://localhost:{port + 1}", sender="بوابة <no-reply@portal.example>"),
            texter=KannelTexter.from_url(f"{url}/cgi-bin/sendsms?username=a&password=b", sender="Bawaba"),
            messages=lambda **query: httpx.get(f"{url}/messages.json", params=query).json(),
            fail=lambda what: httpx.post(f"{url}/control", json={"fail": what}),
        )


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    with a_mailbox(tmp_path_factory.mktemp("mailbox")) as mailbox:
        yield mailbox


def write_to(mailbox: SimpleNamespace, to: str, **changes: str) -> None:
    letter = {
        "subject": "رمز التحقق",
        "text": "مرحبا،\nافتح http://127.0.0.1:8000/codes/abc?x=1.",
        "html": "<p>مرحبا <script>document.title = 'x'</script></p>",
        "message_id": f"<{to}>",
    }
    mailbox.mailer.send(to=to, **{**letter, **changes})


def test_a_mail_is_kept_with_its_text_and_links(mailbox: SimpleNamespace):
    write_to(mailbox, "salim@example.om")
    (mail,) = mailbox.messages(to="salim@example.om")
    assert mail["kind"] == "mail"
    assert mail["subject"] == "رمز التحقق"
    assert mail["from"] == "بوابة <no-reply@portal.example>"
    assert mail["text"] == "مرحبا،\nافتح http://127.0.0.1:8000/codes/abc?x=1."
    assert mail["links"] == ["http://127.0.0.1:8000/codes/abc?x=1"]
    assert mail["key"] == "<salim@example.om>"


def test_an_arabic_sms_is_kept(mailbox: SimpleNamespace):
    mailbox.texter.send(to="+96890000001", text="رمزك ٤٨٢٩١٣", key="k1")
    (sms,) = mailbox.messages(to="90000001")
    assert (sms["kind"], sms["to"], sms["text"], sms["key"]) == ("sms", "+96890000001", "رمزك ٤٨٢٩١٣", "k1")


def test_arabic_without_ucs2_is_mangled_as_on_a_real_phone(mailbox: SimpleNamespace):
    query = {"username": "a", "password": "b", "to": "+96890000009", "text": "رمز 1", "coding": "0"}
    assert httpx.get(f"{mailbox.url}/cgi-bin/sendsms", params=query).status_code == 202
    assert mailbox.messages(to="90000009")[0]["text"] == "??? 1"


def test_the_newest_comes_first(mailbox: SimpleNamespace):
    for text in ("first", "second"):
        mailbox.texter.send(to="+96890000002", text=text, key=text)
    assert [sms["text"] for sms in mailbox.messages(to="+96890000002")] == ["second", "first"]


@pytest.mark.parametrize(("query", "status"), [({}, 403), ({"username": "a", "password": "b", "to": "salim", "text": "x"}, 400)])
def test_the_telecom_refuses_what_a_telecom_refuses(mailbox: SimpleNamespace, query: dict, status: int):
    assert httpx.get(f"{mailbox.url}/cgi-bin/sendsms", params=query).status_code == status


def test_nobody_gets_no_mail(mailbox: SimpleNamespace):
    with pytest.raises(Undeliverable):
        write_to(mailbox, "nobody@example.om")


def test_each_half_can_be_put_out_of_order(mailbox: SimpleNamespace):
    try:
        mailbox.fail("sms")
        with pytest.raises(Unavailable):
            mailbox.texter.send(to="+96890000003", text="x", key="k")
        write_to(mailbox, "still@example.om")

        mailbox.fail("mail")
        with pytest.raises(Unavailable):
            write_to(mailbox, "late@example.om")
        mailbox.texter.send(to="+96890000003", text="x", key="k")
    finally:
        mailbox.fail(None)
    write_to(mailbox, "late@example.om")
    assert len(mailbox.messages(to="late@example.om")) == 1
    assert mailbox.fail("everything").status_code == 400


def test_messages_outlive_the_process_and_the_oldest_are_forgotten(tmp_path: Path):
    from sandbox.mailbox.store import KEPT, Message, Store

    store = Store(tmp_path)
    for number in range(KEPT + 3):
        store.add(Message(kind="sms", recipient="+96890000001", sender="x", text=str(number), key=""))
    with a_mailbox(tmp_path) as mailbox:
        texts = [message["text"] for message in mailbox.messages()]
    assert len(texts) == KEPT
    assert (texts[0], texts[-1]) == (str(KEPT + 2), "3")


def test_the_page_is_arabic_first_shows_links_and_follows_new_messages(
    mailbox: SimpleNamespace, new_context: Callable[..., BrowserContext]
):
    write_to(mailbox, "page@example.om")
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{mailbox.url}/?to=page@example.om")

    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.locator("article")).to_have_count(1)
    expect(page.locator(".text a")).to_have_attribute("href", "http://127.0.0.1:8000/codes/abc?x=1")

    write_to(mailbox, "page@example.om", subject="التالية", message_id="<2>")
    expect(page.locator("article")).to_have_count(2)
    expect(page.locator("h2").first).to_contain_text("التالية")

    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    expect(page.locator("article")).to_have_count(2)
    assert complaints == []


def test_a_mails_own_html_is_shown_without_its_scripts(mailbox: SimpleNamespace, new_context: Callable[..., BrowserContext]):
    write_to(mailbox, "html@example.om")
    page = new_context().new_page()
    page.goto(f"{mailbox.url}/?to=html@example.om&lang=en")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Show the mail as designed").click()
    expect(opened.value.locator("p")).to_contain_text("مرحبا")
    assert opened.value.title() != "x"


def test_without_scripts_the_page_reloads_itself(mailbox: SimpleNamespace):
    page = httpx.get(mailbox.url)
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
