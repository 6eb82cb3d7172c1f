"""The words of mails and SMS: built in as templates, and for each channel and language replaced by an administrator's own.

What an administrator writes is plain text with the placeholders of that message. Versions are only added; an empty one is the built-in
text again. The first line of a mail is its subject.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from engine import message_text
from engine.actor import Actor
from engine.errors import NotFound, Refusal
from engine.money import Money
from engine.wording import LOCALES, Text, Words, _
from models import Account, Message, MessageText, database
from operations import administering, audit, staff
from operations.now import now
from operations.outside import outside
from operations.rendering import render, shown
from statements import statement

LONGEST = {"mail": 4000, "sms": 600}  # characters
HISTORY = 20

PLACEHOLDERS: dict[str, tuple[Text, Any]] = {
    "name": (_("How the person is greeted"), {"ar": "سالم", "en": "Salim"}),
    "applicant": (_("Who asks"), {"ar": "سالم البلوشي", "en": "Salim Al Balushi"}),
    "reference": (_("The application's number"), "CHAMBER-2026-0000042-2"),
    "title": (_("The service"), {"ar": "تجديد العضوية", "en": "Membership renewal"}),
    "amount": (_("The amount"), Money.rials(25)),
    "receipt": (_("The receipt's number"), "R-2026-000042"),
    "paid": (_("What was paid"), {"ar": "٢٦٠٠٤٤١٧ · لوحة بلا ترخيص", "en": "26004417 · A sign without a licence"}),
    "reason": (_("What the authority wrote"), {"ar": "المخطط غير واضح.", "en": "The plan cannot be read."}),
    "reply": (_("The authority's answer"), {"ar": "أُصلح المصباح.", "en": "The lamp was mended."}),
    "appeal": (_("What one may do who was refused"), {"ar": "يمكن التظلم.", "en": "You may appeal."}),
    "code": (_("The six digits"), "123456"),
    "link": (_("The link of this message"), "https://example.om/account/codes/abc"),
    "application_link": (_("The address of the application"), "https://example.om/applications/CHAMBER-2026-0000042-2"),
    "entry_link": (_("The address of what one supported"), "https://example.om/complaints/CHAMBER-2026-0000042-2"),
    "recovery_link": (_("The address where one sets a new password"), "https://example.om/account/recovery"),
    "sign_in_link": (_("The address where one signs in"), "https://example.om/account/sign-in"),
    "data_link": (_("The address of one's data"), "https://example.om/account/data"),
    "at": (_("When"), {"ar": "٢ ديسمبر ٢٠٢٦", "en": "2 December 2026"}),
    "until": (_("Until when"), {"ar": "٩ ديسمبر ٢٠٢٦", "en": "9 December 2026"}),
    "browser": (_("The browser"), "Firefox · Linux"),
    "address": (_("The network address"), "192.0.2.1"),
    "new": (_("The new address or number, half hidden"), "a•••@example.om"),
    "what": (_("What ends"), {"ar": "عضوية الغرفة", "en": "Chamber membership"}),
    "number": (_("The record's number"), "91868"),
    "about": (_("Whose record it is"), {"ar": "المشاريع الواعدة", "en": "promising projects"}),
    "count": (_("How many there are"), "12"),
    "list": (
        _("All of them, a line each"),
        {
            "ar": "بطاقة مقيم 70000008 · محمد خان · ١٠ ديسمبر ٢٠٢٦",
            "en": "Resident card 70000008 · Mohammed Khan · 10 December 2026",
        },
    ),
    "stop_link": (_("The address where reminders are stopped"), "https://example.om/reminders/chamber.memberships/stop/1-abc"),
    "where": (_("The address of the centre"), {"ar": "الهمبار، صحار", "en": "Al Humbar, Sohar"}),
    "serial": (_("The serial number of the appointment"), "A-014"),
    "appointment_link": (
        _("The address of the appointment"),
        "https://example.om/applications/CHAMBER-2026-0000042-2/appointment",
    ),
    "role": (_("The role"), {"ar": "موظف", "en": "Clerk"}),
    "place": (_("Where it counts"), {"ar": "البلدية", "en": "Municipality"}),
}
"""What can be put into a message: in words, and as a preview shows it."""
PAGES = {
    "appointment_link": "/applications/{reference}/appointment",
    "application_link": "/applications/{reference}",
    "entry_link": "/complaints/{reference}",
    "recovery_link": "/account/recovery",
    "sign_in_link": "/account/sign-in",
    "data_link": "/account/data",
}


@dataclass(frozen=True, slots=True)
class Template:
    """A message: in words, by which channels it goes, what can be put into it, and what must be."""

    title: Text
    has: tuple[str, ...]
    channels: tuple[str, ...] = ("mail",)
    needs: tuple[str, ...] = ()


_APPLICATION, _BOTH = ("title", "reference", "application_link"), ("mail", "sms")
_APPOINTMENT = ("title", "reference", "at", "place", "appointment_link")
TEMPLATES: dict[str, Template] = {
    "application_received": Template(_("An application arrived"), _APPLICATION, _BOTH),
    "application_returned": Template(_("An application is to be corrected"), (*_APPLICATION, "reason"), _BOTH),
    "application_refused": Template(_("An application was refused"), (*_APPLICATION, "reason", "appeal"), _BOTH),
    "application_to_pay": Template(_("An application is approved and to be paid"), (*_APPLICATION, "amount"), _BOTH),
    "application_completed": Template(_("An application is completed"), (*_APPLICATION, "reply"), _BOTH),
    "supported_answered": Template(_("What somebody supported was answered"), ("name", "title", "reference", "entry_link")),
    "application_agreed": Template(_("The other party agreed to an application"), _APPLICATION, _BOTH),
    "application_declined": Template(_("The other party declined an application"), (*_APPLICATION, "reason"), _BOTH),
    "application_unanswered": Template(_("The other party did not answer in time"), _APPLICATION, _BOTH),
    "agreement_asked": Template(
        _("Somebody is asked to agree to an application"), ("name", "applicant", "title", "until", "link"), _BOTH, ("link",)
    ),
    "agree": Template(
        _("Code: agreeing to an application of somebody else"), ("applicant", "title", "code"), ("sms",), ("code",)
    ),
    "paid_elsewhere": Template(_("What was paid here was paid elsewhere before"), (*_APPLICATION, "amount", "paid"), _BOTH),
    "waiver_granted": Template(_("A fine was waived"), (*_APPLICATION, "amount", "reason"), _BOTH),
    "waiver_declined": Template(_("A fine was not waived"), (*_APPLICATION, "reason"), _BOTH),
    "payment_received": Template(_("A payment arrived"), (*_APPLICATION, "amount", "receipt"), _BOTH),
    "appointment_booked": Template(_("An appointment was made or moved"), (*_APPOINTMENT, "where", "serial"), _BOTH),
    "appointment_cancelled": Template(_("An appointment was cancelled"), (*_APPOINTMENT, "serial"), _BOTH),
    "appointment_offered": Template(_("An earlier time is held for somebody who waits"), (*_APPOINTMENT, "until"), _BOTH),
    "appointment_tomorrow": Template(_("An appointment is tomorrow"), (*_APPOINTMENT, "where", "serial"), _BOTH),
    "register_email": Template(_("Code: opening an account, by mail"), ("name", "code", "link"), needs=("code",)),
    "register_phone": Template(_("Code: opening an account, by SMS"), ("code",), ("sms",), ("code",)),
    "recover": Template(_("Code: a new password"), ("name", "code", "link"), _BOTH, ("code",)),
    "human": Template(_("Code: signing in without scripts"), ("name", "code", "recovery_link"), needs=("code",)),
    "change_email": Template(_("Code: another e-mail address"), ("name", "code"), needs=("code",)),
    "change_phone": Template(_("Code: another mobile number"), ("code",), ("sms",), ("code",)),
    "new_browser": Template(_("Signed in from a new browser"), ("name", "at", "browser", "address", "recovery_link")),
    "password_changed": Template(_("The password was changed"), ("name", "recovery_link")),
    "email_changed": Template(_("The e-mail address was changed"), ("name", "new", "recovery_link")),
    "phone_changed": Template(_("The mobile number was changed"), ("name", "new", "recovery_link"), _BOTH),
    "card_linked": Template(_("An ID card was linked"), ("name", "recovery_link")),
    "second_factor_set": Template(_("The second step was set up"), ("name", "recovery_link")),
    "second_factor_reset": Template(_("The second step was reset"), ("name",)),
    "account_closing": Template(_("An account is about to be closed"), ("name", "at", "sign_in_link", "recovery_link")),
    "data_copy_ready": Template(_("The copy of one's data is ready"), ("name", "until", "data_link", "recovery_link")),
    "record_ending": Template(
        _("Something is about to end"), ("name", "what", "number", "about", "until", "link", "stop_link"), _BOTH, ("link",)
    ),
    "records_ending": Template(
        _("Documents of one's workers are about to end"), ("name", "count", "list", "link", "stop_link"), _BOTH, ("link",)
    ),
    "staff_invited": Template(_("An invitation to the staff"), ("name", "link"), needs=("link",)),
    "role_given": Template(_("A role was given"), ("name", "role", "place")),
    "role_taken": Template(_("A role was taken away"), ("name", "role", "place")),
    "account_blocked": Template(_("An account was blocked"), ("name",)),
    "account_unblocked": Template(_("An account was unblocked"), ("name", "sign_in_link")),
}
"""The messages whose words can be changed."""


@dataclass(frozen=True, slots=True)
class Version:
    """What somebody wrote, in which language; without a text they went back to the built-in one."""

    locale: str
    text: str | None
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """How a message reads: mail with its subject, SMS with its length."""

    subject: str
    text: str
    length: message_text.Length | None


# --- Sending ---------------------------------------------------------------------------------------------------------------------


def body(message: Message, context: dict[str, Any]) -> str:
    """The message's text for this reader: an administrator's words where there are some, else the built-in ones."""
    own = _newest.first(message.template, message.channel, message.locale) if message.template in TEMPLATES else None
    if own is None or own.text is None:
        return render(f"messages/{message.template}.{message.channel}.txt", message.locale, **context).strip()
    return _tidy(message_text.fill(own.text, _values(TEMPLATES[message.template], context, message.locale)))


@statement
def _newest(template: Any, channel: Any, locale: Any) -> Any:
    this = (MessageText.template == template) & (MessageText.channel == channel) & (MessageText.locale == locale)
    return MessageText.select().where(this).order_by(MessageText.id.desc()).limit(1)


def _values(template: Template, context: dict[str, Any], locale: str) -> dict[str, str]:
    return {name: str(shown(_value(name, context), locale)) for name in template.has}


def _value(name: str, context: dict[str, Any]) -> Any:
    if name in PAGES:
        return outside.portal_url + PAGES[name].replace("{reference}", str(context.get("reference", "")))
    if name == "amount":
        return Money(context["baisa"])
    return context.get(name) or ""


# --- Writing ---------------------------------------------------------------------------------------------------------------------


def all_of(actor: Actor) -> dict[tuple[str, str, str], bool]:
    """Which messages have words of their own: by template, channel and language. Raises NotAllowed."""
    administering.require_all(actor)
    rows = MessageText.select().order_by(MessageText.id)
    newest = {(row.template, row.channel, row.locale): row.text is not None for row in rows}
    return {
        (name, channel, locale): newest.get((name, channel, locale), False)
        for name, template in TEMPLATES.items()
        for channel in template.channels
        for locale in LOCALES
    }


def of(actor: Actor, name: str, channel: str) -> tuple[Words, list[Version]]:
    """The words as they are sent now, ready to be changed, and what was written before, newest first. Raises NotAllowed, NotFound."""
    _check(actor, name, channel)
    words = {locale: _now(name, channel, locale) for locale in LOCALES}
    rows = (
        MessageText.select(MessageText, Account)
        .join(Account)
        .where((MessageText.template == name) & (MessageText.channel == channel))
        .order_by(MessageText.id.desc())
        .limit(HISTORY)
    )
    history = [Version(row.locale, row.text, staff.name_of(row.by, actor.locale), row.at) for row in rows]
    return Words(ar=words["ar"], en=words["en"]), history


def preview(name: str, channel: str, locale: str, text: str) -> Shown:
    """How the text reads to a made-up person. Raises Refusal for field `text_ar` or `text_en`."""
    cleaned = _cleaned(name, channel, locale, text)
    samples = {key: str(shown(PLACEHOLDERS[key][1], locale)) for key in TEMPLATES[name].has}
    filled = message_text.fill(cleaned, samples)
    if channel == "sms":
        return Shown("", filled, message_text.length(filled))
    subject, _newline, rest = filled.partition("\n")
    return Shown(subject, rest.strip(), None)


@database.atomic()
def write(actor: Actor, name: str, channel: str, words: Words) -> int:
    """Keep what was changed; returns in how many languages. What reads as the built-in text does is the built-in text again."""
    _check(actor, name, channel)
    changed = 0
    for locale in LOCALES:
        text = _cleaned(name, channel, locale, words[locale])  # type: ignore[literal-required]
        if text != _now(name, channel, locale):
            _keep(actor, name, channel, locale, None if text == built_in(name, channel, locale) else text)
            changed += 1
    return changed


@database.atomic()
def revert(actor: Actor, name: str, channel: str) -> None:
    """The built-in words again, in both languages."""
    _check(actor, name, channel)
    for locale in LOCALES:
        if _now(name, channel, locale) != built_in(name, channel, locale):
            _keep(actor, name, channel, locale, None)


def built_in(name: str, channel: str, locale: str) -> str:
    """The template's words with its placeholders where it puts values."""
    names = {key: f"{{{key}}}" for key in PLACEHOLDERS}
    text = render(
        f"messages/{name}.{channel}.txt",
        locale,
        **names,
        portal_url="\0",
        baisa=0,
        money=lambda _baisa: "{amount}",
        has_document=True,
    )
    for key, path in PAGES.items():
        text = text.replace(f"\0{path}", f"{{{key}}}")
    return _tidy(text)


def _keep(actor: Actor, name: str, channel: str, locale: str, text: str | None) -> None:
    MessageText.create(template=name, channel=channel, locale=locale, text=text, by=actor.account, at=now())
    action = "message-text.written" if text is not None else "message-text.reverted"
    audit.record(actor, action, f"message-text:{name}.{channel}.{locale}")


def _now(name: str, channel: str, locale: str) -> str:
    own = _newest.first(name, channel, locale)
    return str(own.text) if own is not None and own.text is not None else built_in(name, channel, locale)


def _cleaned(name: str, channel: str, locale: str, text: str) -> str:
    """The text as it is kept. Raises Refusal for its language's field."""
    cleaned, template, field = _tidy(text), TEMPLATES[name], f"text_{locale}"
    if not cleaned or len(cleaned) > LONGEST[channel]:
        raise Refusal(_("Write up to %(most)s characters.", most=LONGEST[channel]), field=field)
    if channel == "mail" and not cleaned.partition("\n")[2].strip():
        raise Refusal(_("The first line is the subject; the mail itself comes below it."), field=field)
    try:
        message_text.check(cleaned, template.has, template.needs)
    except Refusal as refusal:
        raise Refusal(refusal.message, field=field) from None
    return cleaned


def _tidy(text: str) -> str:
    """Lines end alike wherever they were typed, and no more than one stays empty."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    kept = [line for number, line in enumerate(lines) if line or lines[number - 1]]
    return "\n".join(kept)


def _check(actor: Actor, name: str, channel: str) -> None:
    administering.require_all(actor)
    if name not in TEMPLATES or channel not in TEMPLATES[name].channels:
        raise NotFound
