"""The checks in their fixed order: the cheap and local ones, the issuer's word, then the signature; the civil number last."""

import asyncio
import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeVar

from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko_certvalidator import CertificateValidator as PathValidator
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import InsufficientRevinfoError, PathError, RevokedError, ValidationError
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo, ValidationTimingParams
from pyhanko_certvalidator.registry import CertificateRegistry

from gateways.certificates.persons import Person, PersonRule, person_in
from gateways.certificates.refusals import Reason, Untrusted
from gateways.certificates.revocation import Asking, Memory, Revocation, client
from gateways.certificates.signatures import Signed, verify

SIZES = range(100, 10_001)


class Purpose(Enum):
    """What the person does with the certificate; a key is made for one of them."""

    LOGGING_IN = "logging-in"
    SIGNING = "signing"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: `refusal` is None where it passed; `known` says what the certificate states about it."""

    check: str
    refusal: Untrusted | None
    known: str = ""


CHAIN, REVOCATION = "chain", "revocation"
OF_REVOCATION = (Reason.REVOKED, Reason.REVOCATION_UNKNOWN)


class CertificateValidator:
    """Says whose certificate it is, or raises Untrusted. One for the process and all its threads: it remembers issuers' answers.

    `roots` and `intermediates` are PEM files (one or more certificates each); `policies` the dotted OIDs
    of the certificate policies accepted for that `purpose`.
    """

    def __init__(
        self,
        *,
        roots: Iterable[Path],
        intermediates: Iterable[Path] = (),
        policies: Collection[str],
        purpose: Purpose = Purpose.LOGGING_IN,
        person_rule: PersonRule | None = None,
        revocation: Revocation | None = None,
        clock_skew: dt.timedelta = dt.timedelta(minutes=1),
    ) -> None:
        self._roots = [certificate for path in roots for certificate in _pem(path)]
        self._intermediates = [certificate for path in intermediates for certificate in _pem(path)]
        self._policies = frozenset(policies)
        self._usage = USAGES[purpose]
        self._rule = person_rule or PersonRule()
        self._skew = clock_skew
        self._revocation = revocation or Revocation()
        self._client = client(self._revocation.seconds)
        self._memory = Memory()
        if not self._roots or not self._policies:
            raise ValueError("a validator needs a root to trust and a policy to accept")

    def person(self, certificate_der: bytes, *, at: dt.datetime, signed: Signed | None = None) -> Person:
        """Whose certificate this is at that moment (aware UTC); with `signed`, also that its key signed our digest."""
        certificate = self._parsed(certificate_der)
        for check in (self._usage, self._policy):
            check(certificate)
        self._validity(certificate, at)
        self._path(certificate_der, at)
        if signed:
            verify(certificate, signed)
        return person_in(certificate, self._rule)

    def findings(self, certificate_der: bytes, *, at: dt.datetime) -> Iterator[Finding]:
        """Every check in its order, also after one that failed, for whoever wants to know why. Ends early for what is no certificate."""
        try:
            certificate = self._parsed(certificate_der)
        except Untrusted as refusal:
            yield Finding("certificate", refusal)
            return
        yield Finding("certificate", None, f"{certificate.subject.rfc4514_string()}, serial {certificate.serial_number:x}")
        yield _found("usage", lambda: self._usage(certificate), _purposes(certificate))
        yield _found("policy", lambda: self._policy(certificate), ", ".join(sorted(_policies(certificate))))
        validity = f"{certificate.not_valid_before_utc:%Y-%m-%d %H:%M} – {certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
        yield _found("validity", lambda: self._validity(certificate, at), validity)
        path = _found(CHAIN, lambda: self._path(certificate_der, at), certificate.issuer.rfc4514_string())
        if path.refusal and path.refusal.reason not in OF_REVOCATION:
            yield path  # nobody is asked about a certificate whose issuer is not trusted
        else:
            yield Finding(CHAIN, None, path.known)
            yield Finding(REVOCATION, path.refusal, self._revocation.source.name)
        yield _found("person", lambda: self._rule.civil_number(certificate.subject), self._rule.pattern)

    @property
    def roots(self) -> list[str]:
        """Who is trusted, as their certificates name them."""
        return [str(root.subject.human_friendly) for root in self._roots]

    def _parsed(self, certificate_der: bytes) -> x509.Certificate:
        if len(certificate_der) not in SIZES:
            raise Untrusted(Reason.MALFORMED, f"{len(certificate_der)} bytes")
        try:
            certificate = x509.load_der_x509_certificate(certificate_der)
            for parsed_when_asked in ("extensions", "subject", "issuer", "not_valid_after_utc"):
                getattr(certificate, parsed_when_asked)
        except UNREADABLE as trouble:
            raise Untrusted(Reason.MALFORMED, str(trouble)) from trouble
        return certificate

    def _policy(self, certificate: x509.Certificate) -> None:
        stated = _policies(certificate)
        if not stated & self._policies:
            raise Untrusted(Reason.WRONG_POLICY, f"policies {sorted(stated)}")

    def _validity(self, certificate: x509.Certificate, at: dt.datetime) -> None:
        if at + self._skew < certificate.not_valid_before_utc:
            raise Untrusted(Reason.NOT_YET_VALID, f"valid from {certificate.not_valid_before_utc}")
        if at - self._skew > certificate.not_valid_after_utc:
            raise Untrusted(Reason.EXPIRED, f"valid until {certificate.not_valid_after_utc}")

    def _path(self, certificate_der: bytes, at: dt.datetime) -> None:
        """The chain to a pinned root (RFC 5280 section 6), each link's signature before its issuer is asked about it."""
        asking = Asking(self._revocation, self._client, self._memory, at, self._skew)
        try:
            asyncio.run(
                PathValidator(
                    asn1.Certificate.load(certificate_der), validation_context=self._context(asking)
                ).async_validate_path()
            )
        except RevokedError as trouble:
            raise Untrusted(Reason.REVOKED, str(trouble)) from trouble
        except InsufficientRevinfoError as trouble:
            raise Untrusted(Reason.REVOCATION_UNKNOWN, str(trouble)) from trouble
        except (PathError, ValidationError) as trouble:
            raise Untrusted(Reason.UNKNOWN_ISSUER, str(trouble)) from trouble
        except (ValueError, TypeError) as trouble:  # how asn1crypto says that it cannot parse
            raise Untrusted(Reason.MALFORMED, str(trouble)) from trouble
        asking.remember()

    def _context(self, asking: Asking) -> ValidationContext:
        context = ValidationContext(
            trust_roots=self._roots,
            certificate_registry=CertificateRegistry.build(self._intermediates),
            moment=asking.at,
            allow_fetching=True,
            fetchers=asking.fetchers,
            revinfo_policy=self._revocation.policy,
        )
        # This is now, not a look at the past: a certificate revoked a second after `at`, by the issuer's clock, is revoked.
        now = ValidationTimingInfo(asking.at, asking.at, point_in_time_validation=False)
        context.timing_params = ValidationTimingParams(now, self._skew)
        return context


# What cryptography raises for a certificate that it cannot read.
UNREADABLE = (
    ValueError,
    TypeError,  # a name of a kind that its attribute cannot have
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    x509.InvalidVersion,
    UnsupportedAlgorithm,
)


def _found(name: str, check: Callable[[], object], known: str) -> Finding:
    try:
        check()
    except Untrusted as refusal:
        return Finding(name, refusal, known)
    return Finding(name, None, known)


def _logs_in(certificate: x509.Certificate) -> None:
    usage = _extension(certificate, x509.KeyUsage)
    if not usage or not usage.digital_signature:
        raise Untrusted(Reason.WRONG_KEY_USAGE, "no digitalSignature")
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    if not purposes or ExtendedKeyUsageOID.CLIENT_AUTH not in purposes:
        raise Untrusted(Reason.WRONG_KEY_USAGE, "no clientAuth")


def _signs(certificate: x509.Certificate) -> None:
    """contentCommitment, once called nonRepudiation (RFC 5280 section 4.2.1.3): this key stands for a written signature."""
    usage = _extension(certificate, x509.KeyUsage)
    if not usage or not usage.content_commitment:
        raise Untrusted(Reason.NOT_FOR_SIGNING, "no contentCommitment")


USAGES: dict[Purpose, Callable[[x509.Certificate], None]] = {Purpose.LOGGING_IN: _logs_in, Purpose.SIGNING: _signs}


def _policies(certificate: x509.Certificate) -> set[str]:
    return {policy.policy_identifier.dotted_string for policy in _extension(certificate, x509.CertificatePolicies) or ()}


def _purposes(certificate: x509.Certificate) -> str:
    usage, purposes = _extension(certificate, x509.KeyUsage), _extension(certificate, x509.ExtendedKeyUsage)
    signs = "digitalSignature" if usage and usage.digital_signature else "no digitalSignature"
    commits = ("contentCommitment",) if usage and usage.content_commitment else ()
    return ", ".join((signs, *commits, *(purpose._name for purpose in purposes or ())))


Extension = TypeVar("Extension", bound=x509.ExtensionType)


def _extension(certificate: x509.Certificate, kind: type[Extension]) -> Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def read_pem(content: bytes) -> bytes:
    """The first certificate of a PEM file as DER; what is not PEM stays as it is."""
    try:
        return bytes(pem.unarmor(content)[2]) if pem.detect(content) else content
    except ValueError:
        return content


def _pem(path: Path) -> list[asn1.Certificate]:
    return [asn1.Certificate.load(der) for _, _, der in pem.unarmor(path.read_bytes(), multiple=True)]
