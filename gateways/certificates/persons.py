"""The person a certificate names: the civil number by a configurable rule, and the name as written."""

import datetime as dt
import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

from gateways.certificates.refusals import Reason, Untrusted


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a believed certificate names. `name` as written in it, `given_name` and `surname` where it has them apart;
    `issuer` as an RFC 4514 string; times aware UTC."""

    civil_number: str
    name: str
    issuer: str
    serial: int
    not_before: dt.datetime
    not_after: dt.datetime
    given_name: str = ""
    surname: str = ""


@dataclass(frozen=True, slots=True)
class PersonRule:
    """Where the civil number stands: a subject attribute (dotted OID) and a pattern of its whole value, whose first group is it.

    The default reads `serialNumber=PNOOM-<1 to 9 digits>`, a natural person's identifier as in ETSI EN 319 412-1 section 5.1.3.
    """

    attribute: str = NameOID.SERIAL_NUMBER.dotted_string
    pattern: str = r"PNOOM-([0-9]{1,9})"

    def civil_number(self, subject: x509.Name) -> str:
        """The one civil number in the subject; two of them are as bad as none."""
        values = [str(found.value) for found in subject.get_attributes_for_oid(x509.ObjectIdentifier(self.attribute))]
        matched = re.fullmatch(self.pattern, values[0], re.ASCII) if len(values) == 1 else None
        if not matched:
            raise Untrusted(Reason.NO_CIVIL_NUMBER, f"{len(values)} values of {self.attribute}, none as {self.pattern}")
        return matched.group(1)


def person_in(certificate: x509.Certificate, rule: PersonRule) -> Person:
    """Read the person; call it only for a certificate that is already believed."""
    return Person(
        civil_number=rule.civil_number(certificate.subject),
        name=_name(certificate.subject),
        issuer=certificate.issuer.rfc4514_string(),
        serial=certificate.serial_number,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        given_name=_words(certificate.subject, NameOID.GIVEN_NAME),
        surname=_words(certificate.subject, NameOID.SURNAME),
    )


def _name(subject: x509.Name) -> str:
    apart = " ".join(filter(None, (_words(subject, NameOID.GIVEN_NAME), _words(subject, NameOID.SURNAME))))
    return _words(subject, NameOID.COMMON_NAME) or apart


def _words(subject: x509.Name, attribute: x509.ObjectIdentifier) -> str:
    return " ".join(str(found.value) for found in subject.get_attributes_for_oid(attribute))
