"""Who a certificate belongs to, and whether to believe it. For Mobile ID now and for smart cards on the same rules.

`CertificateValidator` holds what is trusted and runs the checks in one fixed order; `Untrusted` says which one failed,
in words for the person.
"""

from gateways.certificates.persons import Person, PersonRule
from gateways.certificates.refusals import Reason, Untrusted
from gateways.certificates.requester import Requester
from gateways.certificates.revocation import Revocation, Source
from gateways.certificates.signatures import Signed, algorithm_of, as_der, hash_of, verify_signature
from gateways.certificates.validator import CertificateValidator, Finding, Purpose, read_pem

__all__ = [
    "CertificateValidator",
    "Finding",
    "Person",
    "PersonRule",
    "Purpose",
    "Reason",
    "Requester",
    "Revocation",
    "Signed",
    "Source",
    "Untrusted",
    "algorithm_of",
    "as_der",
    "hash_of",
    "read_pem",
    "verify_signature",
]
