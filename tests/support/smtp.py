"""A mail server inside the test: keeps what it gets, and can be told to refuse."""

import ssl
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.support.processes import free_port


class SmtpServer:
    """`with SmtpServer() as server: … server.mails[0]["Subject"]`

    `answers` replaces replies to MAIL, RCPT, DATA, QUIT: `server.answers["RCPT"] = "550 nobody"`; an empty one hangs up at QUIT.
    With `tls` it speaks STARTTLS and insists; with `password` it insists on that log-in for the user `bawaba`.
    """

    host = "127.0.0.1"

    def __init__(self, *, tls: ssl.SSLContext | None = None, password: str = "") -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: dict[str, str] = {}
        self.port = free_port()
        self._password = password
        options = {"require_starttls": tls is not None, "tls_context": tls, "auth_require_tls": tls is not None}
        if password:
            options |= {"authenticator": self._authenticate, "auth_required": True}
        self._controller = Controller(self, self.host, self.port, **options)

    def __enter__(self) -> "SmtpServer":
        self._controller.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._controller.stop()

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        answer = self.answers.get("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))
            self.recipients += envelope.rcpt_tos
        return answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.get("QUIT", "221 Bye")
        if not answer:
            server.transport.abort()
        return answer

    def _authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        return AuthResult(success=getattr(data, "password", b"") == self._password.encode(), handled=False)
