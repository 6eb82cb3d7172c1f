"""A real identity provider, SimpleSAMLphp of Debian, as its own process, and the browser of somebody who logs in there.

It signs answers and assertions, insists on our signatures, and does single log-out both ways. Its key is the test's, so that a test can
also sign what an honest provider never would.
"""

import datetime as dt
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import lxml.html
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from engine.assurance import Assurance
from gateways.identity_providers.saml import Attributes, SamlProvider
from tests.support.processes import free_port, running

PROGRAM = Path("/usr/share/simplesamlphp")
CARD = "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI"
PHONE = "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
CONTEXTS = {CARD: Assurance.HIGH, PHONE: Assurance.SUBSTANTIAL}
CIVIL_NUMBER, NAME = "urn:om:civil-number", "urn:om:name"

CONFIG = """<?php
$config = [
    'baseurlpath' => '%(url)s/', 'tempdir' => '%(folder)s/temp', 'loggingdir' => '%(folder)s', 'datadir' => '%(folder)s',
    'certdir' => '%(folder)s', 'metadatadir' => '%(folder)s', 'secretsalt' => 'salt of tests', 'auth.adminpassword' => 'of tests',
    'technicalcontact_email' => 'tests@bawaba.example', 'timezone' => 'UTC', 'language.default' => 'en',
    'logging.handler' => 'file', 'logging.level' => 7, 'showerrors' => true, 'errorreporting' => false,
    'enable.saml20-idp' => true, 'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
    'session.cookie.secure' => false, 'session.cookie.samesite' => null, 'session.phpsession.savepath' => '%(folder)s/temp',
    'language.cookie.secure' => false, 'language.cookie.samesite' => null,
    'store.type' => 'phpsession', 'metadata.sources' => [['type' => 'flatfile'], ['type' => 'xml', 'file' => '%(folder)s/portal.xml']],
];
"""
PEOPLE = """<?php
$config = ['people' => ['exampleauth:UserPass',
    'ali:pin' => ['civil' => ['1526575'], 'name' => ['علي سعيد الجهضمي'], 'context' => ['%(card)s']],
    'shamsa:pin' => ['civil' => ['7324674'], 'name' => ['شمسة حمد الهاشمي'], 'context' => ['%(phone)s']],
    'weak:pin' => ['civil' => ['1526575'], 'name' => ['علي'], 'context' => ['%(password)s']],
    'nameless:pin' => ['civil' => ['1526575', '7324674'], 'name' => ['x'], 'context' => ['%(card)s']],
]];
"""
HOSTED = """<?php
$metadata['%(url)s/idp'] = [
    'host' => '__DEFAULT__', 'privatekey' => 'key.pem', 'certificate' => 'certificate.pem', 'auth' => 'people',
    'saml20.sign.response' => true, 'saml20.sign.assertion' => true, 'sign.logout' => true,
    'redirect.sign' => true, 'redirect.validate' => true, 'validate.authnrequest' => true, 'validate.logout' => true,
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'authproc' => [90 => ['class' => 'core:PHP', 'code' => '
        $state["saml:AuthnContextClassRef"] = $attributes["context"][0];
        $attributes = ["urn:om:civil-number" => $attributes["civil"], "urn:om:name" => $attributes["name"]];']],
];
"""


@dataclass
class Pair:
    """A key and its certificate, as files."""

    key: Path
    certificate: Path

    @classmethod
    def made(cls, folder: Path) -> "Pair":
        key = rsa.generate_private_key(65537, 2048)
        name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "of tests")]), dt.datetime.now(dt.UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        builder = (
            builder.serial_number(7).not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        )
        pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
        folder.mkdir(parents=True, exist_ok=True)
        pair = cls(folder / "key.pem", folder / "certificate.pem")
        pair.key.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, plain))
        pair.certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(pem))
        return pair


@dataclass
class RunningProvider:
    url: str
    folder: Path
    pair: Pair

    @property
    def entity_id(self) -> str:
        return f"{self.url}/idp"

    @property
    def metadata(self) -> Path:
        return self.folder / "idp.xml"

    def log(self) -> str:
        return (self.folder / "simplesamlphp.log").read_text(errors="replace")

    def knows(self, portal_metadata: str) -> None:
        """Its operator has loaded the portal's metadata."""
        (self.folder / "portal.xml").write_text(portal_metadata)


@contextmanager
def running_provider(folder: Path) -> Iterator[RunningProvider]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "temp").mkdir()
    port = free_port()
    url = f"http://localhost:{port}"
    pair = Pair.made(folder)
    words = {"url": url, "folder": folder, "card": CARD, "phone": PHONE, "password": PASSWORD}
    for name, text in (("config.php", CONFIG), ("authsources.php", PEOPLE), ("saml20-idp-hosted.php", HOSTED)):
        (folder / name).write_text(text % words)
    (folder / "portal.xml").write_text('<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"/>')
    command = [
        "php",
        "-d",
        "error_reporting=0",
        "-d",
        "variables_order=EGPCS",
        "-S",
        f"localhost:{port}",
        "-t",
        str(PROGRAM / "www"),
    ]
    provider = RunningProvider(url, folder, pair)
    with running(command, f"{url}/saml2/idp/metadata.php?output=xhtml", environment={"SIMPLESAMLPHP_CONFIG_DIR": str(folder)}):
        provider.metadata.write_bytes(httpx.get(f"{url}/saml2/idp/metadata.php", timeout=10).raise_for_status().content)
        yield provider


def adapter(provider: RunningProvider, ours: Pair, portal_url: str, **options: Any) -> SamlProvider:
    """The portal's side, known to the provider."""
    base = f"{portal_url}/identity/provider"
    made = SamlProvider(
        **{
            "metadata": provider.metadata,
            "key": ours.key,
            "certificate": ours.certificate,
            "entity_id": f"{base}/metadata",
            "answers_at": f"{base}/acs",
            "log_out_at": f"{base}/logout",
            "attributes": Attributes(CIVIL_NUMBER, name=NAME),
            "contexts": CONTEXTS,
        }
        | options
    )
    provider.knows(made.metadata())
    return made


@dataclass
class Landed:
    """Where the provider sends the browser back to, with what."""

    url: str
    form: dict[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        return urlsplit(self.url).query


class Browser:
    """Walks through the provider's pages, until it is sent away from there."""

    def __init__(self, provider: RunningProvider) -> None:
        self.provider, self._http = provider, httpx.Client(timeout=10)

    def goes(self, url: str, login: str = "") -> Landed:
        answer = self._http.get(url)
        while True:
            if answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["Location"])
                if not target.startswith(self.provider.url):
                    return Landed(target)
                answer = self._http.get(target)
                continue
            assert answer.status_code == 200, (
                f"{answer.url} {answer.status_code}\n{lxml.html.fromstring(answer.text).text_content()}"
            )
            forms = lxml.html.fromstring(answer.text).forms
            assert forms, f"{answer.url} has nothing to go on with\n{answer.text}\n{self.provider.log()[-2000:]}"
            form = forms[0]
            fields = dict(form.form_values())
            action = urljoin(str(answer.url), form.get("action") or "")
            if not action.startswith(self.provider.url):
                return Landed(action, fields)
            assert login and "username" in fields, f"{answer.url} asks for more\n{answer.text}"
            answer = self._http.post(action, data=fields | {"username": login, "password": "pin"})

    def logs_out_there(self) -> Landed:
        """The person presses "log out" at the provider itself, which then asks the portal."""
        return self.goes(f"{self.provider.url}/saml2/idp/SingleLogoutService.php?ReturnTo={self.provider.url}/")

    def goes_home(self, url: str) -> None:
        """The provider is content with our answer: it goes on to where the person was going."""
        answer = self._http.get(url)
        assert (answer.status_code, answer.headers.get("Location")) == (302, f"{self.provider.url}/"), answer.text

    def close(self) -> None:
        self._http.close()


def signed(xml: str, key: Path, *ids: str) -> str:
    """The document with these elements signed anew, in that order, whatever it says: by xmlsec1, as a provider would."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "message.xml")
        file.write_text(re.sub(r"(?s)(<ds:(?:DigestValue|SignatureValue)>).*?(</ds:)", r"\1\2", xml))
        for id_ in ids:
            where = f"//*[@ID='{id_}']/*[local-name()='Signature']"
            command = ["xmlsec1", "--sign", "--privkey-pem", str(key), "--node-xpath", where, "--output", f"{file}.out"]
            ids_of: list[str] = []
            for kind in ("assertion:Assertion", "protocol:Response", "protocol:LogoutRequest", "protocol:LogoutResponse"):
                ids_of += ["--id-attr:ID", f"urn:oasis:names:tc:SAML:2.0:{kind}"]
            done = subprocess.run([*command, *ids_of, str(file)], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            shutil.move(f"{file}.out", file)
        return file.read_text()


def parameters(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    with running_provider(tmp_path_factory.mktemp("provider") / "idp") as running:
        yield running


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair.made(tmp_path_factory.mktemp("ours"))
