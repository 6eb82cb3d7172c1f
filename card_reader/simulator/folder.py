"""A virtual card kept in a folder, so that the same card comes back.

9a.key, 9c.key              its keys, readable by their owner alone
9a.request.pem, …           what it asks an authority
9a.pem, 9c.pem              what the authority answered: put there by `certify`, or by another authority
"""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from card_reader.simulator.card import DEMO_PIN, Manners, PrivateKey, VirtualCard, new_key
from card_reader.simulator.citizen import USAGES, Citizen, TestAuthority, request


def prepare(folder: Path, citizen: Citizen, kind: str) -> None:
    """Keys of that kind, unless there are some, and requests for this citizen."""
    folder.mkdir(parents=True, exist_ok=True)
    for slot in USAGES:
        asked = request(citizen, _key(folder / f"{slot:x}.key", kind))
        (folder / f"{slot:x}.request.pem").write_bytes(asked.public_bytes(serialization.Encoding.PEM))


def certify(folder: Path, authority: TestAuthority) -> None:
    """Certificates by the test authority, and the authority's own as authority.pem."""
    (folder / "authority.pem").write_bytes(authority.certificate.public_bytes(serialization.Encoding.PEM))
    for slot in USAGES:
        asked = x509.load_pem_x509_csr((folder / f"{slot:x}.request.pem").read_bytes())
        answered = authority.answer(asked, slot).public_bytes(serialization.Encoding.PEM)
        (folder / f"{slot:x}.pem").write_bytes(answered)


def card(folder: Path, manners: Manners | None = None, pin: str = DEMO_PIN) -> VirtualCard:
    """The card of the folder. A slot without a certificate is empty."""
    virtual = VirtualCard(manners, pin=pin)
    for slot in USAGES:
        certificate = folder / f"{slot:x}.pem"
        if certificate.exists():
            virtual.install(slot, _key(folder / f"{slot:x}.key"), x509.load_pem_x509_certificate(certificate.read_bytes()))
    return virtual


def _key(file: Path, kind: str = "P-256") -> PrivateKey:
    if not file.exists():
        pem = new_key(kind).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.touch(mode=0o600)
        file.write_bytes(pem)
    key = serialization.load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError(f"{file} is not a key this card can hold")
    return key
