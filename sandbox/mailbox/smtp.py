"""The mail server: takes every mail but those to nobody."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.mailbox.store import Message, Store


class Inbox:
    """What aiosmtpd asks when a mail comes in (RFC 5321)."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if address.lower().startswith("nobody@"):
            return "550 5.1.1 There is nobody of that name here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.store.fail == "mail":
            return "451 4.3.0 Out of order, try again later"
        mail = message_from_bytes(cast(bytes, envelope.content), policy=default)
        for recipient in envelope.rcpt_tos:
            self.store.add(
                Message(
                    kind="mail",
                    recipient=recipient,
                    sender=mail.get("From", envelope.mail_from or ""),
                    subject=mail.get("Subject", ""),
                    text=_part(mail, "plain"),
                    html=_part(mail, "html"),
                    key=mail.get("Message-ID", ""),
                )
            )
        return "250 OK"


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return part.get_content().replace("\r\n", "\n").strip() if part else ""
