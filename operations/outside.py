"""The outside world as operations reach it: one adapter per port, put here by `app.wire`.

Nothing on the network happens inside a transaction: reaching for a networked adapter there raises.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from models import database

if TYPE_CHECKING:
    from gateways.cards import WebEid
    from gateways.certificates import CertificateValidator
    from gateways.identity_providers import IdentityProvider
    from gateways.mail import Mailer
    from gateways.mobile_id import MobileId
    from gateways.payments import Gateway
    from gateways.pdf import Renderer
    from gateways.pdf.card_signature import CardSignature
    from gateways.pdf.seal import Seal
    from gateways.registers import OutsideRegister
    from gateways.sms import Texter
    from gateways.storage import Storage

NETWORKED = frozenset({"mailer", "texter", "mobile_id", "certificates", "cards", "signers", "identity_provider", "registers"})


@dataclass
class Outside:
    """Adapters and the few plain values operations need. `key` is the application key that codes and tokens are derived from."""

    portal_url: str = ""
    key: bytes = b""
    bank: "Gateway" = field(default=None)  # type: ignore[assignment]
    mailer: "Mailer" = field(default=None)  # type: ignore[assignment]
    texter: "Texter" = field(default=None)  # type: ignore[assignment]
    mobile_id: "MobileId" = field(default=None)  # type: ignore[assignment]
    certificates: "CertificateValidator | None" = None  # of Mobile ID
    cards: "WebEid | None" = None
    signers: "CertificateValidator | None" = None  # whose card may sign a document
    card_signature: "CardSignature" = field(default=None)  # type: ignore[assignment]
    identity_provider: "IdentityProvider | None" = None
    registers: "dict[str, OutsideRegister]" = field(default_factory=dict)  # those kept elsewhere, by their codes
    storage: "Storage" = field(default=None)  # type: ignore[assignment]
    renderer: "Renderer" = field(default=None)  # type: ignore[assignment]
    seal: "Seal" = field(default=None)  # type: ignore[assignment]
    sms_hourly_budget: int = 500
    altcha_cost: int = 50_000
    demo_fees: bool = True  # development may charge unconfirmed fees

    def __getattribute__(self, name: str) -> Any:
        if name in NETWORKED and database.obj is not None and database.in_transaction():
            raise RuntimeError(f"{name} was used inside a transaction: read, talk to the network, then write")
        return object.__getattribute__(self, name)


outside = Outside()
