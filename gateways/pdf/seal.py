"""The organisation's seal: the key that signs every document (PAdES) and the short text in its QR code (ES256).

Development keeps the key in a file that `make setup` creates; production keeps it in a device that speaks PKCS#11.
"""

import asyncio
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSigningSession

FIELD = "Seal"
# ES256 (RFC 7518, 3.4): r and s, 32 bytes each.
HALF = 32


class Seal:
    """Signs with one P-256 key and the certificate that names the organisation; a key of another kind raises ValueError."""

    def __init__(self, signer: signers.Signer) -> None:
        if signer.signing_cert is None:
            raise ValueError("the seal has no certificate")
        self.certificate = x509.load_der_x509_certificate(signer.signing_cert.dump())
        key = self.certificate.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("the seal's key must be on the curve P-256")
        self._signer = signer

    @classmethod
    def from_files(cls, key: Path, certificate: Path, chain: Sequence[Path] = ()) -> Self:
        """The key and certificates in PEM files, the key without a password. Raises ValueError when they cannot be read."""
        signer = signers.SimpleSigner.load(str(key), str(certificate), ca_chain_files=tuple(map(str, chain)))
        if signer is None:
            raise ValueError(f"the seal cannot be read from {key.name} and {certificate.name}")
        return cls(signer)

    @classmethod
    def from_pkcs11(cls, module: Path, token: str, pin: str, label: str) -> Self:
        """The key that stays inside a device: `module` is its library, `label` names the key and its certificate on `token`.

        Needs the package python-pkcs11. The session stays open as long as the seal lives.
        """
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

        session = open_pkcs11_session(str(module), token_criteria=TokenCriteria(label=token), user_pin=pin)
        # The hash is taken here: every device signs one, not every device takes the whole text.
        signer = PKCS11Signer(session, cert_label=label, key_label=label, other_certs_to_pull=None, use_raw_mechanism=True)
        return cls(signer)

    def sign(self, pdf: bytes, *, reason: str, signed_at: datetime) -> bytes:
        """The PDF certified: PAdES B-B, no change allowed afterwards. Certificates of the chain travel inside."""
        claims = signers.PdfSignatureMetadata(
            field_name=FIELD,
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            reason=reason,
        )
        signed = io.BytesIO()
        PunctualSigner(claims, self._signer, signed_at).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=signed)
        return signed.getvalue()

    def sign_text(self, text: bytes) -> bytes:
        """The 64 bytes of an ES256 signature over a text."""
        r, s = decode_dss_signature(asyncio.run(self._signer.async_sign_raw(text, "sha256")))
        return r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")


class PunctualSigner(signers.PdfSigner):
    """PyHanko reads the clock when a session begins; ours is told the time."""

    def __init__(self, claims: signers.PdfSignatureMetadata, signer: signers.Signer, signed_at: datetime) -> None:
        super().__init__(claims, signer)
        self.signed_at = signed_at

    def init_signing_session(self, *args: Any, **options: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **options)
        session.system_time = self.signed_at
        return session
