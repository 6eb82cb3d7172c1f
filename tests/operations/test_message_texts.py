"""The words of messages: what an administrator wrote is sent, in its language and by its channel; the built-in words are one step away."""

from itertools import product
from typing import Any

import pytest

from engine.errors import NotAllowed, NotFound, Refusal
from engine.wording import LOCALES, Words
from models import AuditEntry, Message, MessageText
from operations import message_texts, messages, outbox
from operations.message_texts import PLACEHOLDERS, TEMPLATES
from operations.outside import outside
from operations.rendering import render
from tests.support.administrators import an_administrator
from tests.support.builders import a_person

pytestmark = pytest.mark.usefixtures("rules")
ALL = [(name, channel, locale) for name, one in TEMPLATES.items() for channel, locale in product(one.channels, LOCALES)]
SMS = "application_received"
OWN = Words(ar="وصل الطلب {reference}", en="We have {reference}: {title} {application_link}")


def raw(locale: str) -> dict[str, Any]:
    """A context as operations write it, with the samples in it."""
    outside.portal_url = "https://example.om"
    return {name: sample for name, (_words, sample) in PLACEHOLDERS.items()} | {
        "name": PLACEHOLDERS["name"][1][locale],
        "reason": PLACEHOLDERS["reason"][1][locale],
        "baisa": 25_000,
        "has_document": True,
        "portal_url": outside.portal_url,
    }


@pytest.mark.parametrize(("name", "channel", "locale"), ALL)
def test_the_built_in_words_can_be_written_with_the_placeholders_they_have(name: str, channel: str, locale: str) -> None:
    text = message_texts.built_in(name, channel, locale)
    shown = message_texts.preview(name, channel, locale, text)
    sent = render(f"messages/{name}.{channel}.txt", locale, **raw(locale))
    said = "\n".join(filter(None, (shown.subject, shown.text)))
    assert [line for line in said.splitlines() if line] == [line for line in sent.splitlines() if line]
    assert (shown.length is not None) == (channel == "sms")


def test_own_words_are_sent_in_their_language_and_the_others_stay() -> None:
    message_texts.write(an_administrator(), SMS, "sms", Words(ar=message_texts.built_in(SMS, "sms", "ar"), en=OWN["en"]))
    assert MessageText.select().count() == 1
    for locale in LOCALES:
        messages.send(
            "sms", "+96892000001", SMS, key=locale, locale=locale, reference="R-1", title={"ar": "تجديد", "en": "Renewal"}
        )
    outbox.drain()
    texts = {message["key"]: message["text"] for message in outside.texter.sent}  # type: ignore[attr-defined]
    assert texts["en"] == "We have R-1: Renewal http://127.0.0.1:8000/applications/R-1"
    assert "R-1" in texts["ar"] and "معاملتك" in texts["ar"]


def test_a_mail_has_the_first_line_as_its_subject() -> None:
    words = Words(ar="رفض\n\n{reason}", en="Refused: {title}\n\n{reason}\n\n{appeal}\n\n{application_link}")
    message_texts.write(an_administrator(), "application_refused", "mail", words)
    context = {"reference": "R-1", "title": {"ar": "ت", "en": "Renewal"}, "reason": "Says {code} & <b>no</b>"}
    messages.send("mail", "a@bawaba.example", "application_refused", key="x", locale="en", **context)
    outbox.drain()
    (mail,) = outside.mailer.sent  # type: ignore[attr-defined]
    assert mail["subject"] == "Refused: Renewal"
    assert mail["text"] == "Says {code} & <b>no</b>\n\nhttp://127.0.0.1:8000/applications/R-1"
    assert "&lt;b&gt;no" in mail["html"]


def test_versions_are_added_and_the_built_in_words_come_back() -> None:
    actor = an_administrator()
    assert message_texts.write(actor, SMS, "sms", OWN) == 2
    assert message_texts.write(actor, SMS, "sms", OWN) == 0
    words, history = message_texts.of(actor, SMS, "sms")
    assert words == OWN and [(version.locale, version.by) for version in history] == [
        ("en", "Salim Al-Harthy"),
        ("ar", "Salim Al-Harthy"),
    ]
    assert message_texts.all_of(actor)[SMS, "sms", "ar"] and not message_texts.all_of(actor)[SMS, "mail", "ar"]
    message_texts.revert(actor, SMS, "sms")
    assert message_texts.of(actor, SMS, "sms")[0]["en"] == message_texts.built_in(SMS, "sms", "en")
    assert not any(message_texts.all_of(actor).values())
    assert [row.text is None for row in MessageText.select().order_by(MessageText.id)] == [False, False, True, True]
    assert AuditEntry.select().where(AuditEntry.action.startswith("message-text.")).count() == 4


@pytest.mark.parametrize(
    ("name", "channel", "text"),
    [
        (SMS, "sms", " "),
        (SMS, "sms", "x" * 601),
        (SMS, "sms", "{code}"),
        (SMS, "sms", "{{ reference }}"),
        (SMS, "mail", "Only a subject"),
        ("register_phone", "sms", "Welcome!"),
        ("staff_invited", "mail", "Hello\n\n{name}"),
    ],
)
def test_words_that_would_not_serve_are_refused_beside_their_field(name: str, channel: str, text: str) -> None:
    words = Words(ar=message_texts.built_in(name, channel, "ar"), en=text)
    with pytest.raises(Refusal) as refused:
        message_texts.write(an_administrator(), name, channel, words)
    assert refused.value.field == "text_en"
    assert not MessageText.select().exists()


def test_messages_are_the_whole_portals() -> None:
    for actor in (an_administrator("chamber"), an_administrator("municipality")):
        for act in (
            lambda actor=actor: message_texts.all_of(actor),
            lambda actor=actor: message_texts.of(actor, SMS, "sms"),
            lambda actor=actor: message_texts.write(actor, SMS, "sms", OWN),
            lambda actor=actor: message_texts.revert(actor, SMS, "sms"),
        ):
            with pytest.raises(NotAllowed):
                act()
    for name, channel in (("nothing", "sms"), ("register_phone", "mail")):
        with pytest.raises(NotFound):
            message_texts.of(an_administrator(), name, channel)


def test_a_message_without_a_place_in_the_table_is_sent_as_built_in() -> None:
    person = a_person()
    messages.send("mail", "a@bawaba.example", "already_registered", key="x", locale="en", account=person, name="Salim")
    outbox.drain()
    assert outside.mailer.sent and Message.get().sent_at  # type: ignore[attr-defined]
