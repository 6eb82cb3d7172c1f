"""Our side of a SAML 2.0 identity provider, on pysaml2 and the program xmlsec1: redirects out, a form or a redirect back.

Every request is signed (RSA-SHA256) and asks for a new proof (ForceAuthn). An answer and its assertion must both be signed by a key of
the provider's metadata. `envelope` says what a message may look like, pysaml2 checks signatures, schema, times and subject, and
what SAML leaves open is closed here: destination, audience, recipient and session are required, not only compared when they are there.

pysaml2 is imported by what uses it: the portal runs without it and without xmlsec1 as long as no provider is set.
"""

import datetime as dt
import logging
import re
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from engine.assurance import Assurance
from gateways.identity_providers import (
    Arrived,
    Departure,
    Known,
    LoggedOut,
    LogOutAsked,
    Misconfigured,
    Proven,
    Reason,
    Untrusted,
)
from gateways.identity_providers import envelope as envelopes
from gateways.identity_providers.envelope import SAML, SAMLP, SIGNATURES, Envelope, Signed

SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
REQUEST_LIVES = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Attributes:
    """Which attributes say who it is. `pattern` fits the whole value of the civil number; its first group is the number."""

    civil_number: str
    pattern: str = r"([0-9]{1,9})"
    name: str = ""


class SamlProvider:
    """Implements IdentityProvider.

    `entity_id` is our name there; `answers_at` and `log_out_at` are our two addresses. `metadata` is the provider's file with one
    entity in it, `key` and `certificate` are ours (PEM). `contexts`: authentication context → what it is worth here.
    """

    def __init__(
        self,
        *,
        metadata: Path,
        key: Path,
        certificate: Path,
        entity_id: str,
        answers_at: str,
        log_out_at: str,
        attributes: Attributes,
        contexts: Mapping[str, Assurance],
        clock_skew: int = 60,
    ) -> None:
        self._client = _client(metadata, key, certificate, entity_id, answers_at, log_out_at)
        self._entity_id, self._answers_at, self._log_out_at = entity_id, answers_at, log_out_at
        self._attributes, self._contexts, self._skew = attributes, contexts, clock_skew
        self._provider = _only_provider(self._client.metadata)
        self._sign_on = self._address("single_sign_on_service")
        self._single_log_out = self._address("single_logout_service")
        if not attributes.civil_number:
            raise Misconfigured("SAML_CIVIL_NUMBER_ATTRIBUTE: say which attribute holds the civil number.")
        if not contexts:
            raise Misconfigured("SAML_CONTEXTS: say what a proof is worth, such as urn:…:SmartcardPKI=3.")

    def metadata(self) -> str:
        from saml2.metadata import entity_descriptor

        return str(entity_descriptor(self._client.config))

    # --- Proving ---------------------------------------------------------------------------------------------------------------

    def begin(self, needed: Assurance) -> Departure:
        from saml2 import BINDING_HTTP_POST

        good = [context for context, worth in self._contexts.items() if worth >= needed]
        id_, request = self._client.create_authn_request(
            self._sign_on,
            binding=BINDING_HTTP_POST,
            message_id=_new_id(),
            sign=False,  # the redirect carries the signature
            force_authn="true",
            requested_authn_context={"authn_context_class_ref": good, "comparison": "exact"},
        )
        return self._departure(id_, request, self._sign_on)

    def accept(self, arrived: Arrived, asked: Callable[[str], bool]) -> Proven:
        envelope = envelopes.posted(arrived.form.get("SAMLResponse", ""))
        envelopes.must_be(envelope, "Response")
        self._must_come_from_provider(envelope, self._answers_at)
        if (status := _status(envelope)) != SUCCESS:
            self._verify(envelope, "response")
            raise Untrusted(Reason.NOT_CONFIRMED, status)
        envelopes.must_hold_one_assertion(envelope)
        assertion = envelope.assertion
        envelopes.must_be_signed(envelope, envelope.root, assertion)
        request = envelope.root.get("InResponseTo", "")
        self._must_be_for_us(envelope, request)
        self._verify_answer(envelope.xml, request)
        if not request or not asked(request):
            raise Untrusted(Reason.UNASKED)
        return Proven(
            request=request,
            assertion=assertion.get("ID", ""),
            civil_number=self._civil_number(assertion),
            name=_value(assertion, self._attributes.name) if self._attributes.name else "",
            assurance=self._worth(assertion),
            known=_known(assertion),
        )

    def _must_come_from_provider(self, envelope: Envelope, destination: str) -> None:
        issuers = {_text(issuer) for issuer in envelope.root.findall(f".//{SAML}Issuer")}
        if issuers != {self._provider}:
            raise Untrusted(Reason.WRONG_ISSUER, str(issuers))
        if envelope.root.get("Destination") != destination:
            raise Untrusted(Reason.WRONG_DESTINATION, str(envelope.root.get("Destination")))

    def _must_be_for_us(self, envelope: Envelope, request: str) -> None:
        """SAML lets an assertion go without these, and pysaml2 with it: an assertion made for nobody in particular is not for us."""
        audiences = {_text(audience) for audience in envelope.assertion.iter(f"{SAML}Audience")}
        if self._entity_id not in audiences:
            raise Untrusted(Reason.WRONG_AUDIENCE, str(audiences))
        confirmations = list(envelope.assertion.iter(f"{SAML}SubjectConfirmation"))
        data = [confirmation.find(f"{SAML}SubjectConfirmationData") for confirmation in confirmations]
        for confirmation, said in zip(confirmations, data, strict=True):
            if confirmation.get("Method") != BEARER or said is None or said.get("Recipient") != self._answers_at:
                raise Untrusted(Reason.WRONG_RECIPIENT)
            if said.get("InResponseTo") != request:
                raise Untrusted(Reason.UNASKED, "the assertion answers another request")
            if not said.get("NotOnOrAfter"):
                raise Untrusted(Reason.OUT_OF_TIME, "an assertion without an end")

    def _verify_answer(self, xml: str, request: str) -> None:
        """Signatures, schema, times, conditions and subject, by pysaml2."""
        from saml2.response import AuthnResponse

        answer = AuthnResponse(
            self._client.sec,
            self._client.config.attribute_converters,
            self._entity_id,
            return_addrs=[self._answers_at],
            outstanding_queries={request: self._answers_at},
            timeslack=self._skew,
            allow_unknown_attributes=True,
            want_assertions_signed=True,
            want_response_signed=True,
        )
        with _judged():
            answer.loads(xml, False)
            if answer.verify() is None or answer.assertion is None:
                raise Untrusted(Reason.UNACCEPTABLE, "pysaml2 did not accept the answer")

    def _worth(self, assertion: Any) -> Assurance:
        said = [_text(context) for context in assertion.iter(f"{SAML}AuthnContextClassRef")]
        if len(said) != 1 or said[0] not in self._contexts:
            raise Untrusted(Reason.WEAK_CONTEXT, str(said))
        return self._contexts[said[0]]

    def _civil_number(self, assertion: Any) -> str:
        matched = re.fullmatch(self._attributes.pattern, _value(assertion, self._attributes.civil_number), re.ASCII)
        if not matched:
            raise Untrusted(Reason.NO_CIVIL_NUMBER, "not one value of the pattern")
        return matched.group(1)

    # --- Logging out -----------------------------------------------------------------------------------------------------------

    def log_out(self, known: Known) -> Departure:
        from saml2.ident import decode

        id_, request = self._client.create_logout_request(
            self._single_log_out,
            self._provider,
            name_id=decode(known.name_id),
            session_indexes=[known.session_index],
            message_id=_new_id(),
            sign=False,
        )
        return self._departure(id_, request, self._single_log_out)

    def accept_log_out(self, arrived: Arrived) -> LoggedOut | LogOutAsked:
        answers = "SAMLResponse" in arrived.form or "SAMLResponse=" in arrived.query
        envelope, relay_state = self._log_out_message(arrived, "LogoutResponse" if answers else "LogoutRequest")
        if answers:
            status = _status(envelope)
            return LoggedOut(envelope.root.get("InResponseTo", ""), "" if status == SUCCESS else status)
        _must_be_now(envelope, self._skew)
        name = envelope.root.find(f"{SAML}NameID")
        if name is None:
            raise Untrusted(Reason.UNACCEPTABLE, "a log-out of nobody")
        indexes = tuple(_text(index) for index in envelope.root.findall(f"{SAMLP}SessionIndex"))
        return LogOutAsked(envelope.root.get("ID", ""), _code(name), indexes, relay_state)

    def _log_out_message(self, arrived: Arrived, kind: str) -> tuple[Envelope, str]:
        """The message once its signature holds. pysaml2 does not ask providers to sign these: whoever could forge them logs people out."""
        field = "SAMLResponse" if kind == "LogoutResponse" else "SAMLRequest"
        signed: Signed | None = None
        if field in arrived.form:
            envelope, relay_state = envelopes.posted(arrived.form[field]), arrived.form.get("RelayState", "")
        elif f"{field}=" in arrived.query:
            envelope, signed, relay_state = envelopes.redirected(arrived.query, field)
        else:
            raise Untrusted(Reason.MALFORMED, "no message")
        envelopes.must_be(envelope, kind)
        self._must_come_from_provider(envelope, self._log_out_at)
        if signed:
            self._verify_redirect(signed)
        else:
            self._verify(envelope, "logout_response" if kind == "LogoutResponse" else "logout_request")
        return envelope, relay_state

    def answer_log_out(self, asked: LogOutAsked) -> Departure:
        from saml2 import BINDING_HTTP_REDIRECT, saml, samlp

        answer = self._client.create_logout_response(
            samlp.LogoutRequest(id=asked.id, issuer=saml.Issuer(text=self._provider)),
            bindings=[BINDING_HTTP_REDIRECT],
            sign=False,
        )
        return self._departure(answer.id, answer, self._single_log_out, relay_state=asked.relay_state, answers=True)

    # --- Signatures and addresses ----------------------------------------------------------------------------------------------

    def _verify(self, envelope: Envelope, kind: str) -> None:
        """A posted message that is signed as a whole."""
        envelopes.must_be_signed(envelope, envelope.root)
        with _judged():
            getattr(self._client.sec, f"correctly_signed_{kind}")(envelope.xml, must=True, require_response_signature=True)

    def _verify_redirect(self, signed: Signed) -> None:
        """Over the query as it was sent, byte by byte: providers differ in how they escape. SAML bindings 3.4.4.1."""
        algorithm = getattr(hashes, SIGNATURES[signed.algorithm])()
        for _name, pem in self._client.metadata.certs(self._provider, "idpsso", "signing"):
            key = _certificate(pem).public_key()
            if isinstance(key, rsa.RSAPublicKey):
                try:
                    return key.verify(signed.signature, signed.text, padding.PKCS1v15(), algorithm)
                except InvalidSignature:
                    continue
        raise Untrusted(Reason.BAD_SIGNATURE, "of the redirect")

    def _departure(self, id_: str, message: Any, address: str, relay_state: str = "", answers: bool = False) -> Departure:
        from saml2 import BINDING_HTTP_REDIRECT
        from saml2.xmldsig import SIG_RSA_SHA256

        made = self._client.apply_binding(
            BINDING_HTTP_REDIRECT, str(message), address, relay_state, response=answers, sign=True, sigalg=SIG_RSA_SHA256
        )
        return Departure(id_, dict(made["headers"])["Location"])

    def _address(self, service: str) -> str:
        from saml2 import BINDING_HTTP_REDIRECT
        from saml2.s_utils import UnsupportedBinding

        try:
            found = self._client.metadata.service(self._provider, "idpsso_descriptor", service, BINDING_HTTP_REDIRECT)
            return str(found[0]["location"])
        except (UnsupportedBinding, TypeError, LookupError):
            raise Misconfigured(f"SAML_IDP_METADATA: the provider offers no {service} by HTTP-Redirect.") from None


def _client(metadata: Path, key: Path, certificate: Path, entity_id: str, answers_at: str, log_out_at: str) -> Any:
    for name, file in (("SAML_IDP_METADATA", metadata), ("SAML_KEY", key), ("SAML_CERTIFICATE", certificate)):
        if not file.is_file():
            raise Misconfigured(f"{name}: there is no file {file}.")
    xmlsec = shutil.which("xmlsec1")
    if not xmlsec:
        raise Misconfigured("the program xmlsec1 is missing: apt-get install xmlsec1")
    try:
        from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, SAMLError
        from saml2.client import Saml2Client
        from saml2.config import SPConfig
    except ImportError:
        raise Misconfigured("pysaml2 is missing: pip install -r requirements-saml.txt -c constraints.txt") from None
    ours = {
        "entityid": entity_id,
        "key_file": str(key),
        "cert_file": str(certificate),
        "xmlsec_binary": xmlsec,
        "metadata": {"local": [str(metadata)]},
        "metadata_key_usage": "signing",
        "service": {
            "sp": {
                "endpoints": {
                    "assertion_consumer_service": [(answers_at, BINDING_HTTP_POST)],
                    "single_logout_service": [(log_out_at, BINDING_HTTP_REDIRECT), (log_out_at, BINDING_HTTP_POST)],
                },
                "authn_requests_signed": True,
                "want_assertions_signed": True,
                "want_response_signed": True,
            }
        },
    }
    logging.getLogger("saml2").setLevel(logging.CRITICAL)  # it writes whole messages, people's numbers in them
    try:
        return Saml2Client(SPConfig().load(ours))
    except (SAMLError, ValueError, OSError) as problem:
        raise Misconfigured(f"SAML_IDP_METADATA, SAML_KEY: cannot be used: {problem!r}") from None


def _only_provider(metadata: Any) -> str:
    providers = list(metadata.identity_providers())
    if len(providers) != 1:
        raise Misconfigured(f"SAML_IDP_METADATA: must describe one identity provider, not {len(providers)}.")
    return str(providers[0])


class _judged:
    """What pysaml2 raises inside the block, as Untrusted with its reason."""

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: Any, problem: Any, _trace: Any) -> None:
        from saml2.response import StatusError
        from saml2.sigver import SigverError
        from saml2.validate import ResponseLifetimeExceed, ToEarly

        if problem is None or isinstance(problem, Untrusted) or not isinstance(problem, Exception):
            return
        table = (
            (SigverError, Reason.BAD_SIGNATURE),
            ((ResponseLifetimeExceed, ToEarly), Reason.OUT_OF_TIME),
            (StatusError, Reason.NOT_CONFIRMED),
        )
        reason = next((reason for kinds, reason in table if isinstance(problem, kinds)), Reason.UNACCEPTABLE)
        raise Untrusted(reason, type(problem).__name__) from problem


def _must_be_now(envelope: Envelope, skew: int) -> None:
    """A request to log out is good for a few minutes: an old one must not end today's session."""
    now, slack = dt.datetime.now(dt.UTC), dt.timedelta(seconds=skew)
    issued = _moment(envelope.root.get("IssueInstant", ""))
    ends = _moment(envelope.root.get("NotOnOrAfter", "")) if "NotOnOrAfter" in envelope.root.keys() else issued + REQUEST_LIVES  # noqa: SIM118
    if not issued - slack <= now < min(ends, issued + REQUEST_LIVES) + slack:
        raise Untrusted(Reason.OUT_OF_TIME)


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Untrusted(Reason.MALFORMED, "not a moment") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _status(envelope: Envelope) -> str:
    codes = envelope.root.findall(f"{SAMLP}Status/{SAMLP}StatusCode")
    return codes[0].get("Value", "") if len(codes) == 1 else "no status"


def _known(assertion: Any) -> Known:
    name, statements = assertion.find(f"{SAML}Subject/{SAML}NameID"), assertion.findall(f"{SAML}AuthnStatement")
    index = statements[0].get("SessionIndex") if len(statements) == 1 else None
    if name is None or not index:
        raise Untrusted(Reason.UNACCEPTABLE, "no name or no session to log out of")
    return Known(_code(name), index)


def _code(name: Any) -> str:
    """A NameID with its qualifiers, as one text that is the same whenever the NameID is."""
    from saml2 import saml
    from saml2.ident import code

    return str(
        code(
            saml.NameID(
                text=_text(name),
                format=name.get("Format"),
                name_qualifier=name.get("NameQualifier"),
                sp_name_qualifier=name.get("SPNameQualifier"),
            )
        )
    )


def _value(assertion: Any, name: str) -> str:
    """The one value of that attribute; two are as bad as none."""
    values = [
        value
        for attribute in assertion.findall(f"{SAML}AttributeStatement/{SAML}Attribute")
        if attribute.get("Name") == name
        for value in attribute.findall(f"{SAML}AttributeValue")
    ]
    return _text(values[0]) if len(values) == 1 else ""


def _text(element: Any) -> str:
    """All of it: `text` alone would end where an element begins."""
    return "".join(element.itertext()).strip()


def _certificate(pem: str) -> x509.Certificate:
    body = "".join(pem.split())
    return x509.load_pem_x509_certificate(f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----".encode())


def _new_id() -> str:
    """An XML id that nobody can guess."""
    return f"_{secrets.token_hex(20)}"
