"""A person's own signature in a PDF, made by the key of their card (PAdES B-B), which only ever sees a hash.

First the PDF gets room for the signature, and the card signs the hash of the signed attributes (RFC 5652 section 5.4): they hold the
digest of the document and of the certificate. Then what the card answered is put into the room; nothing else of the file changes.
"""

import asyncio
import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from asn1crypto import cms, pem
from asn1crypto import x509 as asn1
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import ExternalSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from gateways.certificates import Reason, Untrusted, algorithm_of, as_der, verify_signature
from gateways.pdf.prepared import Prepared
from gateways.pdf.seal import PunctualSigner

FIELD = "Applicant"
LARGEST_SIGNATURE = 1024  # bytes: of an RSA key of 8192 bits


class CardSignature:
    """`chain` are PEM files of issuers' certificates, which travel inside the signature."""

    def __init__(self, chain: Iterable[Path] = ()) -> None:
        found = [der for path in chain for _, _, der in pem.unarmor(path.read_bytes(), multiple=True)]
        self._chain = SimpleCertificateStore.from_certs([asn1.Certificate.load(der) for der in found])

    def prepare(self, pdf: bytes, certificate: bytes, *, reason: str, at: datetime) -> Prepared:
        """Make room for the signature of that certificate (DER), which claims the moment `at` (aware) and allows no change afterwards.

        Raises Untrusted for a certificate whose key cannot sign.
        """
        algorithm = algorithm_of(certificate)
        return asyncio.run(self._prepare(pdf, certificate, algorithm, _claims(algorithm, reason), at))

    async def _prepare(
        self, pdf: bytes, certificate: bytes, algorithm: str, claims: signers.PdfSignatureMetadata, at: datetime
    ) -> Prepared:
        signer = self._signer(certificate, LARGEST_SIGNATURE)
        place = PunctualSigner(claims, signer, at)
        made = io.BytesIO()
        digested, *_rest = await place.async_digest_doc_for_signing(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=made)
        attributes = await signer.signed_attrs(digested.document_digest, _hash_name(algorithm), use_pades=True)
        room = (digested.reserved_region_start, digested.reserved_region_end)
        return Prepared(made.getvalue(), room, attributes.dump(), certificate, algorithm)

    def complete(self, prepared: Prepared, signature: bytes) -> bytes:
        """The signed PDF; `signature` is R‖S of an elliptic curve, or RSA's. Raises Untrusted for one that was not made for it."""
        verify_signature(prepared.certificate, prepared.algorithm, prepared.hash, signature)
        if not prepared.intact:
            raise Untrusted(Reason.BAD_SIGNATURE, "the document is not the one that was prepared")
        signer = self._signer(prepared.certificate, as_der(prepared.certificate, signature))
        attributes = cms.CMSAttributes.load(prepared.attributes)
        made = asyncio.run(signer.async_sign_prescribed_attributes(_hash_name(prepared.algorithm), attributes))
        signed = io.BytesIO(prepared.pdf)
        PreparedByteRangeDigest(b"", *prepared.room).fill_with_cms(signed, made)
        return signed.getvalue()

    def _signer(self, certificate: bytes, value: bytes | int) -> ExternalSigner:
        return ExternalSigner(asn1.Certificate.load(certificate), self._chain, signature_value=value)


def _claims(algorithm: str, reason: str) -> signers.PdfSignatureMetadata:
    return signers.PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm=_hash_name(algorithm),
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=reason,
    )


def _hash_name(algorithm: str) -> str:
    return f"sha{algorithm[2:]}"
