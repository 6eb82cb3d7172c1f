"""Mail and SMS: written as rows with the business transaction, rendered and sent by the worker.

A message is a template under templates/messages/, `<name>.mail.txt` (first line the subject) and `<name>.sms.txt`, in the reader's language;
an administrator may have put other words in its place (operations/message_texts.py).
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from engine import numbering
from engine.wording import _
from gateways.delivery import Undeliverable
from models import (
    Account,
    AgreementRequest,
    Application,
    Delegation,
    Guest,
    Identifier,
    IdentifierType,
    Message,
    Office,
    OneTimeCode,
)
from operations import identifiers, message_texts, outbox, secrets
from operations.now import now, today
from operations.outside import outside
from operations.rendering import render, translate
from statements import statement

GIVE_UP_AFTER = dt.timedelta(days=3)
CHANNELS = {IdentifierType.EMAIL: "mail", IdentifierType.PHONE: "sms"}


def tell(application: Application, template: str, *, cause: str, **context: Any) -> None:
    """Tell an application's applicant by mail and by SMS, once per cause, in their language; and by mail the office that filed it."""
    account: Account = application.account
    guest = application.guest if application.guest_id else None
    for channel, destination in _ways(account, guest):
        send(
            channel,
            destination,
            template,
            key=f"{application.reference}:{cause}:{channel}",
            locale=(guest or account).locale,
            account=account,
            application=application,
            reference=application.reference,
            **context,
        )
    if application.office_id is not None:
        _tell_office(application, template, cause, context)


def _ways(account: Account, guest: Guest | None) -> Iterator[tuple[str, str]]:
    """By which channels, and where to: what an account has proven, or what a guest gave."""
    if guest is not None:
        yield from ((channel, value) for channel, value in (("mail", guest.email), ("sms", guest.phone)) if value)
        return
    yield from ((CHANNELS[known.type], known.value) for known in _verified.run(account) if known.type in CHANNELS)


def _tell_office(application: Application, template: str, cause: str, context: dict[str, Any]) -> None:
    """A copy to the office's address, as long as it may act for the customer in that service."""
    office: Office = application.office
    given = (Delegation.office == office) & (Delegation.customer == application.account_id) & Delegation.revoked_at.is_null()
    standing = Delegation.get_or_none(given & Delegation.consented_at.is_null(False) & (Delegation.until >= today()))
    if standing is None or office.blocked_at or (standing.services and application.service not in standing.services):
        return
    account: Account = application.account
    send(
        "mail",
        office.email,
        template,
        key=f"{application.reference}:{cause}:office",
        locale="ar",
        application=application,
        reference=application.reference,
        filed_for={"ar": account.arabic_name or account.name, "en": account.name},
        **context,
    )


def tell_person(account: Account, template: str, *, key: str, **context: Any) -> None:
    """Tell an account's owner by mail and by SMS, in their language, once per key and channel."""
    for identifier in _verified.run(account):
        if channel := CHANNELS.get(identifier.type):
            send(channel, identifier.value, template, key=f"{key}:{channel}", locale=account.locale, account=account, **context)


def tell_owner(account: Account, template: str, *, key: str, **context: Any) -> None:
    """Mail an account's owner about the account itself, in their language, once per key. Nothing where there is no address yet."""
    email = identifiers.value_of(account, IdentifierType.EMAIL)
    if not email:
        return
    send("mail", email, template, key=key, locale=account.locale, account=account, name=account.called(account.locale), **context)


@statement
def _verified(account: Any) -> Any:
    return Identifier.select().where((Identifier.account == account) & Identifier.verified_at.is_null(False))


def send(
    channel: str,
    destination: str,
    template: str,
    *,
    key: str,
    locale: str,
    account: Account | int | None = None,
    application: Application | None = None,
    **context: Any,
) -> None:
    """Promise one message; the same key again is the same message. Part of the caller's transaction."""
    if _promise.run(key, account, application, channel, destination, locale, template, context, now()):
        outbox.put("message", f"message:{key}", key=key)


@statement
def _promise(
    key: Any,
    account: Any,
    application: Any,
    channel: Any,
    destination: Any,
    locale: Any,
    template: Any,
    context: Any,
    created_at: Any,
) -> Any:
    return (
        Message.insert(
            key=key,
            account=account,
            application=application,
            channel=channel,
            destination=destination,
            locale=locale,
            template=template,
            context=context,
            created_at=created_at,
        )
        .on_conflict_ignore()
        .as_rowcount()
    )


@outbox.handles("message")
def deliver(payload: dict[str, Any]) -> None:
    message = Message.get_or_none(Message.key == payload["key"])
    if message is None or message.sent_at or message.failed_at:
        return
    context = _with_secret(message)
    if context is None:
        _close(message, failed_at=now(), error="superseded")
        return
    try:
        _transmit(message, context)
    except Undeliverable as reason:
        _close(message, failed_at=now(), error=str(reason)[:500])
        return
    except Exception:
        if now() - message.created_at > GIVE_UP_AFTER:
            _close(message, failed_at=now(), error="no provider took it for three days")
            return
        raise
    _close(message, sent_at=now(), error="")


def _transmit(message: Message, context: dict[str, Any]) -> None:
    body = _for_guest(message, message_texts.body(message, context))
    if message.channel == "sms":
        outside.texter.send(to=message.destination, text=body, key=message.key)
        return
    subject, _newline, text = body.partition("\n")
    if filed_for := context.get("filed_for"):
        copied = _("A copy for your office: filed for %(name)s.", name=filed_for)
        text = f"{translate(copied, message.locale)}\n\n{text.strip()}"
    html = render(
        "messages/layout.html",
        message.locale,
        subject=subject,
        paragraphs=text.strip().split("\n\n"),
        portal_url=outside.portal_url,
    )
    outside.mailer.send(to=message.destination, subject=subject, text=text.strip(), html=html, message_id=_message_id(message))


def _for_guest(message: Message, body: str) -> str:
    """Who filed without an account gets to the application by the link that holds their key."""
    application = message.application
    if application is None or application.guest_id is None:
        return body
    page = f"{outside.portal_url}/applications/{application.reference}"
    key = numbering.grouped(secrets.guest_key(application.guest.uuid))
    return body.replace(page, f"{outside.portal_url}/follow/{application.reference}/{key}")


def _with_secret(message: Message) -> dict[str, Any] | None:
    """The context, with the code of its challenge or the link of its request where it has one; None when that counts no more."""
    context = {"portal_url": outside.portal_url, **message.context}
    if (asked := context.get("request")) is not None:
        open_still = AgreementRequest.get_or_none((AgreementRequest.id == asked) & AgreementRequest.closed_at.is_null())
        return context | {"link": agreement_link(asked)} if open_still else None
    challenge_id = context.get("challenge")
    if challenge_id is None:
        return context
    challenge = OneTimeCode.get_or_none(OneTimeCode.id == challenge_id)
    if challenge is None or challenge.used_at or challenge.counter != context["counter"] or challenge.expires_at < now():
        return None
    return {
        **context,
        "code": secrets.one_time_code(challenge.id, challenge.counter),
        "link": f"{outside.portal_url}/account/codes/{challenge.id}/{secrets.link_token(challenge.id, challenge.counter)}",
    }


def agreement_link(request: int) -> str:
    return f"{outside.portal_url}/agreements/{request}/{secrets.agreement_token(request)}"


def _message_id(message: Message) -> str:
    return f"<{secrets.derived('message-id', message.key).hex()[:32]}@{outside.portal_url.split('//')[-1].split(':')[0]}>"


def _close(message: Message, **values: Any) -> None:
    Message.update(**values).where(Message.id == message.id).execute()
