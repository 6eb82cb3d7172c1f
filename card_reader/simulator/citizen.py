"""A demo citizen and the card's test authority: what stands in the certificates, and who signed them.

The card asks with a certificate request, as a real one would, so that another authority (the portal's in development) can answer it.
"""

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from card_reader.simulator.card import AUTHENTICATION, SIGNATURE, PrivateKey

# 2.999 is the arc set aside for examples (ITU-T X.660). Not the policy of phones: a SIM must never pass for a card.
POLICY = "2.999.968.1.2"
DAY = dt.timedelta(days=1)
KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
# By slot: what the key may be used for, and by which extended usage.
USAGES = {
    AUTHENTICATION: ("digital_signature", ExtendedKeyUsageOID.CLIENT_AUTH),
    SIGNATURE: ("content_commitment", ExtendedKeyUsageOID.EMAIL_PROTECTION),
}


@dataclass(frozen=True)
class Citizen:
    """Who holds the card."""

    civil_number: str = "1526575"
    given_name: str = "Ali Said"
    surname: str = "Al Jahdhami"

    @property
    def subject(self) -> x509.Name:
        """The number as ETSI EN 319 412-1 section 5.1.3 writes it."""
        rows = (
            (NameOID.COUNTRY_NAME, "OM"),
            (NameOID.COMMON_NAME, f"{self.given_name} {self.surname}"),
            (NameOID.GIVEN_NAME, self.given_name),
            (NameOID.SURNAME, self.surname),
            (NameOID.SERIAL_NUMBER, f"PNOOM-{self.civil_number}"),
        )
        return x509.Name([x509.NameAttribute(kind, value) for kind, value in rows])


def request(citizen: Citizen, key: PrivateKey) -> x509.CertificateSigningRequest:
    """What the card asks an authority: PKCS#10."""
    return x509.CertificateSigningRequestBuilder().subject_name(citizen.subject).sign(key, hashes.SHA256())


class TestAuthority:
    """An authority for one card or one test. `ocsp` and `crl` are where its answers would be, if anybody gave them."""

    __test__ = False  # nothing for pytest, whatever its name

    def __init__(self, *, policy: str = POLICY, ocsp: str | None = None, crl: str | None = None) -> None:
        self.policy, self.ocsp, self.crl = policy, ocsp, crl
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bawaba Virtual Card Test CA")])
        self.certificate = self._signed(
            self._name,
            self._key.public_key(),
            3650 * DAY,
            (x509.BasicConstraints(ca=True, path_length=0), _usage("key_cert_sign", "crl_sign")),
            (),
        )

    def answer(self, asked: x509.CertificateSigningRequest, slot: int = AUTHENTICATION) -> x509.Certificate:
        """The certificate asked for. Raises ValueError if whoever asks does not hold the key."""
        if not asked.is_signature_valid:
            raise ValueError("the request is not signed by its key")
        usage, extended = USAGES[slot]
        policies = x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(self.policy), None)])
        return self._signed(
            asked.subject,
            asked.public_key(),
            3 * 365 * DAY,
            (x509.BasicConstraints(ca=False, path_length=None), _usage(usage)),
            (x509.ExtendedKeyUsage([extended]), policies, *self._addresses()),
        )

    def _addresses(self) -> tuple[x509.ExtensionType, ...]:
        found: list[x509.ExtensionType] = []
        if self.ocsp:
            place = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(self.ocsp))
            found.append(x509.AuthorityInformationAccess([place]))
        if self.crl:
            point = x509.DistributionPoint([x509.UniformResourceIdentifier(self.crl)], None, None, None)
            found.append(x509.CRLDistributionPoints([point]))
        return tuple(found)

    def _signed(
        self,
        subject: x509.Name,
        key: CertificatePublicKeyTypes,
        lives: dt.timedelta,
        critical: tuple[x509.ExtensionType, ...],
        other: tuple[x509.ExtensionType, ...],
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        identifiers = (
            x509.SubjectKeyIdentifier.from_public_key(key),
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(minutes=5))
            .not_valid_after(now + lives)
        )
        for extension in critical:
            builder = builder.add_extension(extension, critical=True)
        for extension in (*identifiers, *other):
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in allowed for usage in KEY_USAGES})
