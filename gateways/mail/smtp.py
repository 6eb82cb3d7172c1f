"""Mail over SMTP (RFC 5321, 5322): STARTTLS (587), TLS from the first byte (465), or plain to a server on the same machine."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

from engine.errors import Unavailable
from engine.wording import _
from gateways import tls as trusted
from gateways.delivery import Undeliverable

Security = Literal["starttls", "tls", "none"]
SCHEMES: dict[str, tuple[Security, int]] = {"smtp": ("starttls", 587), "smtps": ("tls", 465)}
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


class SmtpMailer:
    """A mail server. `sender` is what readers see: `بوابة <no-reply@portal.example>`; `timeout` in seconds, for each answer."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        sender: str,
        security: Security = "starttls",
        username: str = "",
        password: str = "",
        timeout: float = 10,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.host, self.port, self.sender, self.security = host, port, sender, security
        self.username, self.password, self.timeout = username, password, timeout
        self.tls = tls or trusted.of_this_machine()

    @classmethod
    def from_url(cls, url: str, *, sender: str) -> Self:
        """`smtp://user:password@host:587` (STARTTLS, but on this machine plain) or `smtps://…`. The password is URL-escaped."""
        parts = urlsplit(url)
        security, usual_port = SCHEMES[parts.scheme]
        host = parts.hostname or "localhost"
        return cls(
            host=host,
            port=parts.port or usual_port,
            sender=sender,
            security="none" if parts.scheme == "smtp" and host in THIS_MACHINE else security,
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )

    def send(self, *, to: str, subject: str, text: str, html: str | None, message_id: str) -> None:
        message = self._compose(to, subject, text, html, message_id)
        try:
            with self._connection() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code, answer = next(iter(refused.recipients.values()))
            raise _failure(code, answer) from refused
        except smtplib.SMTPDataError as refused:
            raise _failure(refused.smtp_code, refused.smtp_error) from refused
        except OSError as trouble:  # smtplib's own errors are OSErrors too: no connection, no TLS, log-in or sender refused
            raise _unavailable() from trouble

    def _compose(self, to: str, subject: str, text: str, html: str | None, message_id: str) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        try:
            message["From"] = self.sender
            message["To"] = to
            message["Subject"] = subject
            message["Message-ID"] = message_id
        except (ValueError, MessageError) as broken:
            # a line break in an address or a subject would add headers of somebody's choice
            raise Undeliverable(f"not a header: {broken}") from broken
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
        message.set_content(text, cte="base64")  # Arabic through any server, whether or not it takes eight bits
        if html is not None:
            message.add_alternative(html, subtype="html", cte="base64")
        return message

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        # Our own name is the sender's domain: asking the resolver for this machine's can take seconds.
        ours = parseaddr(self.sender)[1].rpartition("@")[2]
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, ours, timeout=self.timeout, context=self.tls)
        else:
            server = smtplib.SMTP(self.host, self.port, ours, timeout=self.timeout)
        try:
            if self.security == "starttls":
                server.starttls(context=self.tls)
            if self.username:
                server.login(self.username, self.password)
            yield server
            with suppress(OSError):  # the mail is taken by now; a clumsy good-bye must not make us send it twice
                server.quit()
        finally:
            server.close()


def _failure(code: int, answer: bytes | str) -> Exception:
    """RFC 5321 4.2.1: 5yz is for good, 4yz for now."""
    reason = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return Undeliverable(f"{code} {reason}") if code >= 500 else _unavailable()


def _unavailable() -> Unavailable:
    return Unavailable(_("The mail server does not answer. We keep the message and try again."))
