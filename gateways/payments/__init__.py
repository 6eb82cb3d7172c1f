"""The payment port: what the portal asks of a bank's card gateway, whichever bank it is.

Operations speak only these words. An adapter turns them into its provider's public protocol; it knows no database, no web
framework and no settings, and compares nothing with our bill: it says what the provider says, and whether that is proven.
Never carried here: a full card number, a CVN, a raw body, a signature, a secret.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from engine.money import Money

Channel = Literal["browser", "merchant"]
Mode = Literal["test", "live"]
Locale = Literal["ar", "en"]

LONGEST_ADDRESS = 255
_IDENTIFIER = re.compile(r"[A-Za-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, to prefill the bank's billing page. Unknown parts are empty: the bank asks. `country` is ISO 3166 alpha-2."""

    first_name: str = ""
    last_name: str = ""
    address: str = ""
    city: str = ""
    country: str = "OM"
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """One attempt to take `amount`.

    `uuid` and `reference` (letters, digits, hyphens; at most 40) each belong to this attempt alone: providers can only be asked
    by the reference, so one shared by two attempts would mix them up. `return_url` and `cancel_url` receive the browser's POST,
    `notify_url` the server's; absolute, at most 255 characters. ValueError where any of this does not hold.
    """

    uuid: str
    reference: str
    amount: Money
    locale: Locale
    payer: Payer
    return_url: str
    cancel_url: str
    notify_url: str
    description: str = ""

    def __post_init__(self) -> None:
        if not (_IDENTIFIER.fullmatch(self.uuid) and _IDENTIFIER.fullmatch(self.reference)):
            raise ValueError("uuid and reference are 1 to 40 letters, digits or hyphens")
        if self.amount <= Money():
            raise ValueError("only an amount above zero can be charged")
        if any(len(url) > LONGEST_ADDRESS for url in (self.return_url, self.cancel_url, self.notify_url)):
            raise ValueError("an address of the charge is too long")


@dataclass(frozen=True, slots=True)
class AutoPost:
    """Send the browser to `url` by a form POST of `fields` (the page submits itself; a button serves without scripts)."""

    url: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Redirect:
    """Send the browser to `url` by 303."""

    url: str


class Outcome(StrEnum):
    """What the provider says of a charge. That we stopped waiting (expired, unknown) is ours to know, not the wire's."""

    CAPTURED = "captured"
    REVIEW = "review"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class VerifiedEvent:
    """A message whose signature stands. Still to be compared with our attempt: mode, profile, uuid, amount, currency.

    `key` is the same whenever the same verdict comes again by the same channel.
    `amount` is what the provider really took or holds (a partial approval: less than was asked), None where it took nothing.
    `card_masked` is at most first six and last four. `fields` is an allow-list, safe to keep. `occurred_at` is aware UTC.
    """

    key: str
    channel: Channel
    uuid: str
    reference: str
    mode: Mode
    profile: str
    outcome: Outcome
    provider_transaction: str
    amount: Money | None
    currency: str
    reason: str
    card_brand: str
    card_masked: str
    occurred_at: dt.datetime
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A message that proves nothing. `why` is for the log: fixed words, nothing of what was received."""

    why: str


@dataclass(frozen=True, slots=True)
class Observation:
    """What the provider answers about a charge. `outcome` None: it knows of none (not begun, given up, or not yet there)."""

    outcome: Outcome | None
    provider_transaction: str = ""
    amount: Money | None = None
    currency: str = ""
    reason: str = ""
    card_brand: str = ""
    card_masked: str = ""
    occurred_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class RefundOutcome:
    """`done`: the provider took the refund on itself (the card is credited in days). Otherwise it refused, and says why."""

    done: bool
    provider_refund: str = ""
    amount: Money | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SettlementRow:
    """One movement the provider counts on a day; `amount` is positive for both kinds."""

    kind: Literal["charge", "refund"]
    provider_transaction: str
    reference: str
    amount: Money
    currency: str
    occurred_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this provider can be asked. Every amount must be a multiple of `smallest_step`."""

    query: bool
    refund: bool
    cancel: bool
    smallest_step: Money


class Gateway(Protocol):
    """A provider of card payments.

    Calls that use the network raise `engine.errors.Unavailable` when there is no clear answer: a time-out means unknown,
    never "no".
    """

    name: str
    mode: Mode
    profile: str
    capabilities: Capabilities

    def prepare(self, charge: Charge) -> AutoPost | Redirect:
        """Where to send the browser. Asking again with the same uuid can never charge twice."""

    def parse_inbound(self, channel: Channel, headers: Mapping[str, str], raw: bytes) -> VerifiedEvent | Rejected:
        """Verify what arrived on the return page ("browser") or the notification address ("merchant"). Pure."""

    def query(self, uuid: str, reference: str) -> Observation:
        """Ask what became of a charge."""

    def cancel(self, uuid: str) -> bool:
        """Make an unpaid checkout impossible to pay. False: this provider cannot, so money may still come."""

    def refund(self, provider_transaction: str, amount: Money, key: str) -> RefundOutcome:
        """Give back `amount` of a captured charge. The same key again gives back nothing more and tells the same outcome."""

    def settlement_rows(self, day: dt.date) -> Iterator[SettlementRow]:
        """Everything the provider took and gave back on that calendar day in Muscat."""
