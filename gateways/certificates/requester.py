"""Signing our OCSP requests, for authorities that answer only relying parties they know (RFC 6960 section 4.1.2)."""

from pathlib import Path

from asn1crypto import algos, ocsp, pem
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class Requester:
    """Who asks: our P-256 key and its certificate, as PEM files."""

    def __init__(self, key: Path, certificate: Path) -> None:
        loaded = serialization.load_pem_private_key(key.read_bytes(), None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{key} is not a key on an elliptic curve")
        self._key = loaded
        self._certificate = asn1.Certificate.load(pem.unarmor(certificate.read_bytes())[2])

    def signed(self, request: ocsp.OCSPRequest) -> ocsp.OCSPRequest:
        """The same question, naming us and carrying our signature and certificate."""
        asked = request["tbs_request"]
        asked["requestor_name"] = asn1.GeneralName("directory_name", self._certificate.subject)
        signature = {
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": self._key.sign(asked.dump(force=True), ec.ECDSA(hashes.SHA256())),
            "certs": [self._certificate],
        }
        return ocsp.OCSPRequest({"tbs_request": asked, "optional_signature": signature})
