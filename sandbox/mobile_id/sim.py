"""The SIM card: its key, its certificate from the demo authority, and its signature.

Key and certificate are kept, so a person stays the same over restarts.
"""

import hashlib
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from sandbox.authority.authority import Authority, person_name, private_key
from sandbox.mobile_id.people import Customer

HASHES: dict[str, hashes.HashAlgorithm] = {"SHA256": hashes.SHA256(), "SHA384": hashes.SHA384(), "SHA512": hashes.SHA512()}
HALF = 32  # bytes of R and of S on P-256


class Sim:
    """The SIM of one customer, in a folder of all SIMs. To give somebody a new one, delete its files."""

    def __init__(self, folder: Path, customer: Customer, authority: Authority) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._key = private_key(folder / f"{customer.civil_number}.key")
        self._file = folder / f"{customer.civil_number}.der"
        self._customer, self._authority = customer, authority

    @property
    def certificate(self) -> bytes:
        """DER. Issued on first need, and again when the authority has moved to another address."""
        if self._file.exists():
            known = self._file.read_bytes()
            if f"{self._authority.url}/ocsp".encode() in known:
                return known
        new = self._issued()
        self._file.write_bytes(new)
        return new

    def sign(self, digest: bytes, hash_type: str) -> bytes:
        """ECDSA over the hash as it is, R‖S."""
        r, s = decode_dss_signature(self._key.sign(digest, ec.ECDSA(Prehashed(HASHES[hash_type]))))
        return r.to_bytes(HALF) + s.to_bytes(HALF)

    def sign_something_else(self, digest: bytes, hash_type: str) -> bytes:
        """What a lying telecom would hand over."""
        return self.sign(hashlib.new(hash_type, digest).digest(), hash_type)

    def _issued(self) -> bytes:
        subject = person_name(self._customer.civil_number, self._customer.names["en"])
        certificate: x509.Certificate = self._authority.issue(subject, self._key.public_key())
        return certificate.public_bytes(serialization.Encoding.DER)
