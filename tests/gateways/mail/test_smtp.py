"""Mail over SMTP, to a real server."""

import datetime as dt
import socket
import ssl
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from engine.errors import Unavailable
from gateways.mail import Undeliverable
from gateways.mail.smtp import SmtpMailer
from tests.support.processes import free_port
from tests.support.smtp import SmtpServer

MAIL = {
    "to": "salim@example.om",
    "subject": "رمز التحقق الخاص بك في بوابة الخدمات، وهو صالح لعشر دقائق من وصوله إليك",
    "text": "مرحبا سالم،\nرمزك: 482913\n",
    "html": "<p>رمزك: <b>482913</b></p>",
    "message_id": "<482913.1@portal.example>",
}


def mailer(server: SmtpServer, **options) -> SmtpMailer:
    return SmtpMailer(
        host=server.host, port=server.port, sender="بوابة <no-reply@portal.example>", **{"security": "none", **options}
    )


def test_arabic_arrives_as_it_was_written(smtp_server: SmtpServer):
    mailer(smtp_server).send(**MAIL)
    (mail,) = smtp_server.mails
    assert mail["Subject"] == MAIL["subject"]
    assert mail["From"] == "بوابة <no-reply@portal.example>"
    assert mail.get_body(("plain",)).get_content().splitlines() == MAIL["text"].splitlines()
    assert mail.get_body(("html",)).get_content().strip() == MAIL["html"]
    assert smtp_server.recipients == ["salim@example.om"]


def test_the_headers_say_which_mail_it_is_and_that_a_machine_wrote_it(smtp_server: SmtpServer):
    mailer(smtp_server).send(**MAIL)
    (mail,) = smtp_server.mails
    assert mail["Message-ID"] == MAIL["message_id"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert abs(parsedate_to_datetime(mail["Date"]) - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)


def test_a_mail_may_be_text_alone(smtp_server: SmtpServer):
    mailer(smtp_server).send(**{**MAIL, "html": None})
    assert not smtp_server.mails[0].is_multipart()


@pytest.mark.parametrize("field", ["to", "subject", "message_id"])
def test_a_line_break_cannot_add_a_header(smtp_server: SmtpServer, field: str):
    with pytest.raises(Undeliverable):
        mailer(smtp_server).send(**{**MAIL, field: f"{MAIL[field]}\r\nBcc: everybody@example.om"})
    assert smtp_server.mails == []


@pytest.mark.parametrize(
    ("command", "answer", "failure"),
    [
        ("RCPT", "550 no such person", Undeliverable),
        ("RCPT", "450 mailbox busy", Unavailable),
        ("DATA", "554 we do not like it", Undeliverable),
        ("DATA", "451 disk full", Unavailable),
        ("MAIL", "550 we do not know you", Unavailable),  # us, not the mail: another server may know us
        ("MAIL", "421 closing", Unavailable),
    ],
)
def test_the_servers_answer_decides_whether_to_try_again(
    smtp_server: SmtpServer, command: str, answer: str, failure: type[Exception]
):
    smtp_server.answers[command] = answer
    with pytest.raises(failure):
        mailer(smtp_server).send(**MAIL)


def test_a_clumsy_goodbye_does_not_unsend_the_mail(smtp_server: SmtpServer):
    smtp_server.answers["QUIT"] = ""
    mailer(smtp_server).send(**MAIL)
    assert len(smtp_server.mails) == 1


def test_a_server_that_is_not_there_may_be_there_later():
    with pytest.raises(Unavailable):
        SmtpMailer(host="127.0.0.1", port=free_port(), sender="a@b.example", security="none").send(**MAIL)


def test_a_server_that_never_answers_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unavailable):
        SmtpMailer(host="127.0.0.1", port=silent.getsockname()[1], sender="a@b.example", security="none", timeout=0.2).send(
            **MAIL
        )


def test_starttls_is_spoken_and_the_log_in_goes_through_it(certificate: Path):
    with SmtpServer(tls=server_tls(certificate), password="pass word") as server:
        mailer(server, security="starttls", tls=client_tls(certificate), username="bawaba", password="pass word").send(**MAIL)
        assert len(server.mails) == 1
        with pytest.raises(Unavailable):
            mailer(server, security="starttls", tls=client_tls(certificate), username="bawaba", password="wrong").send(**MAIL)
        assert len(server.mails) == 1


def test_a_server_that_offers_no_tls_gets_no_mail(smtp_server: SmtpServer):
    with pytest.raises(Unavailable):
        mailer(smtp_server, security="starttls").send(**MAIL)
    assert smtp_server.mails == []


def test_a_certificate_nobody_vouches_for_gets_no_mail(certificate: Path):
    with SmtpServer(tls=server_tls(certificate)) as server:
        with pytest.raises(Unavailable):
            mailer(server, security="starttls").send(**MAIL)
        assert server.mails == []


@pytest.mark.parametrize(
    ("url", "host", "port", "security"),
    [
        ("smtp://localhost:8004", "localhost", 8004, "none"),
        ("smtp://mail.example", "mail.example", 587, "starttls"),
        ("smtps://mail.example", "mail.example", 465, "tls"),
    ],
)
def test_mail_leaves_this_machine_only_in_secret(url: str, host: str, port: int, security: str):
    made = SmtpMailer.from_url(url, sender="a@b.example")
    assert (made.host, made.port, made.security) == (host, port, security)


def test_odd_characters_in_the_password_are_unescaped():
    made = SmtpMailer.from_url("smtps://a%40b:p%2Fq@mail.example", sender="a@b.example")
    assert (made.username, made.password) == ("a@b", "p/q")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate of 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def client_tls(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))
