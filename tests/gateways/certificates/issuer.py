"""An issuer that really answers over HTTP, counts who asks, and can be told to misbehave."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask, Response, request
from werkzeug.serving import make_server

from sandbox.authority import web
from sandbox.authority.authority import Authority, person_name

Answer = Callable[[bytes], Response]


class Issuer:
    """`asked` lists the paths asked for; `instead` maps a path to an answer given instead of the honest one."""

    def __init__(self, authority: Authority) -> None:
        self.authority, self.asked, self.instead = authority, list[str](), dict[str, Answer]()
        self.key = ec.generate_private_key(ec.SECP256R1())

    def certificate(self, civil_number: str = "1526575", subject: x509.Name | None = None, **changes: Any) -> bytes:
        subject = subject or person_name(civil_number, "Ali Said Al Jahdhami")
        return der(self.authority.issue(subject, self.key.public_key(), **changes))

    @property
    def roots(self) -> list[Path]:
        return [self.authority.folder / "root.pem"]

    @property
    def intermediates(self) -> list[Path]:
        return [self.authority.folder / "issuing.pem"]


@contextmanager
def running_issuer(folder: Path) -> Iterator[Issuer]:
    app = Flask(__name__)
    server = make_server("localhost", 0, app, threaded=True)
    issuer = Issuer(Authority(folder, f"http://localhost:{server.server_port}"))
    app.register_blueprint(web.served(issuer.authority))

    @app.before_request
    def counted() -> Response | None:
        issuer.asked.append(request.path)
        instead = issuer.instead.get(request.path)
        return instead(request.get_data()) if instead else None

    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def serial(certificate_der: bytes) -> int:
    return x509.load_der_x509_certificate(certificate_der).serial_number


def down(_: bytes) -> Response:
    return Response("no", 503)


def subject_with(*values: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in values])


def only(paths: Iterable[str], ending: str) -> list[str]:
    return [path for path in paths if path.endswith(ending)]
