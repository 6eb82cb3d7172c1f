"""What each paper shows: the exact names its template expects, as operations/documents fills them.

Papers are bilingual, so every text arrives in both languages (Words), with Arabic-Indic digits on the Arabic side already.
Serials, codes and references are printed as they are on both sides.
"""

from typing import NotRequired, TypedDict

from engine.wording import Text, Words, _

Row = tuple[Words, Words]
"""A label and its value."""


class Paper(TypedDict):
    """What every paper carries. `labels` holds LABELS in both languages; `qr` comes from gateways.pdf.qr.draw."""

    authority: Words
    title: Words
    serial: str
    code: str
    verify_url: str
    """As people type it, short and without https://."""
    qr: str
    labels: dict[str, Words]


class MembershipCertificate(Paper):
    """documents/membership_certificate.html, A4. Rows: CR No, grade, OCCI No, issue, expiry, head office."""

    certifies: Words
    company: Words
    registered: Words
    rows: list[Row]
    statement: Words
    duplicate_of: str | None
    """The serial of the certificate this one replaces; empty where we did not issue it, None on an original."""


class AddressCard(Paper):
    """documents/address_card.html, ID-1, two sides. Rows: addressing number, neighbourhood, way, building, plot, coordinates, issue."""

    holder: Words
    """The word for whose building it is."""
    company: Words
    """Whose."""
    rows: list[Row]
    duplicate_of: str | None
    """The serial of the card this one stands for; empty where that one was not issued here. None for what is no duplicate."""


class Running(TypedDict):
    """Text as a person wrote it, line by line; `direction` is rtl or ltr, by its first letter."""

    lines: list[str]
    direction: str


class Letter(Paper):
    """documents/letter.html, A4: an answer in a clerk's own words."""

    opening: Words
    company: Words
    """To whom it is written."""
    rows: list[Row]
    body: NotRequired[Running]
    statement: NotRequired[Words]
    """One of the two: what a clerk wrote, or a fixed text."""


class Permit(Paper):
    """documents/permit.html, A4, and those that extend it: a permit or certificate of the municipality about a building."""

    opening: Words
    company: Words
    """To whom it is given."""
    rows: list[Row]
    statement: Words
    duplicate_of: str | None
    """The serial it replaces; empty where that one was not issued here. None for what is no duplicate."""


class Lease(Paper):
    """documents/lease_contract.html, lease_renewal.html and lease_supplement.html, A4, of several pages."""

    opening: Words
    company: Words
    """Landlord and tenant."""
    rows: list[Row]
    clauses: NotRequired[list[Words]]
    model: NotRequired[Words]
    """Whose clauses they are."""
    body: NotRequired[Running]
    """What the parties agree in their own words, in a supplement."""


class Licence(Paper):
    """documents/licence.html, A4: what the municipality allows. The first row is its number, the last when it ends."""

    licensed: Words
    company: Words
    to: Words
    rows: list[Row]
    statement: Words


class CivilCertificate(Paper):
    """documents/civil_certificate.html, A4, and those that extend it: of birth, of death, of registration. The first row is its number."""

    opening: Words
    company: Words
    """Whom it is about."""
    rows: list[Row]
    statement: Words
    duplicate_of: str | None
    """The serial it replaces; empty where that one was not issued here. None for what is no duplicate."""


class AppointmentSlip(TypedDict):
    """documents/appointment_slip.html, A4: what a `Letter` has, or for a visit to come `arrival` in place of its code and serial."""

    authority: Words
    title: Words
    serial: str
    labels: dict[str, Words]
    opening: Words
    company: Words
    """Who comes."""
    rows: list[Row]
    qr: str
    """With `arrival` it leads to the address where they are checked in."""
    arrival: Words


class EngineerCard(Paper):
    """documents/engineer_card.html, ID-1. Rows: number, discipline, office, expiry; what follows is small print."""

    company: Words
    """The engineer."""
    rows: list[Row]
    accepted: Words


class Slip(Paper):
    """documents/slip.html, A4: with it something is collected that was approved and paid for."""

    opening: Words
    company: Words
    """By whom."""
    rows: list[Row]
    statement: Words
    """Where, and with what."""
    warning: Words


class Receipt(Paper):
    """documents/receipt.html, A5. `serial` is the receipt's number."""

    paid_at: Words
    payer: Words
    filed_by: Words | None
    """Who filed it for its applicant; None for what they submitted alone."""
    service: Words
    reference: str
    lines: list[Row]
    """What was charged, and how much."""
    notes: NotRequired[list[Words | None]]
    """How each line came about, where its name does not say so."""
    total: Words
    card: str
    """Brand and truncated number, "Visa 411111 •••••• 1111": first six and last four figures at most."""
    transaction: str
    """The gateway's own identifier of the payment."""


class Section(TypedDict):
    """What one step asked, and what was answered."""

    title: Words
    rows: list[dict[str, Words]]


class Declaration(TypedDict):
    """documents/declaration.html, A4: an applicant's, for their own signature, so without a code of ours. Rows have `label` and `value`."""

    authority: Words
    title: Words
    serial: str
    labels: dict[str, Words]
    service: Words
    reference: str
    declarer: Words
    civil_number: Words
    says: Words
    sections: list[Section]
    also: list[dict[str, Words]]
    lines: list[dict[str, Words]]
    """`label`, `value`, and a `note` where there is one."""
    total: Words | None
    """None where nothing is charged."""
    seal: str
    """SHA-256, hexadecimal, of all that is declared."""
    drawn_at: Words


class YearStatement(TypedDict):
    """documents/year_statement.html, A4, of as many pages as it needs: for one person alone, sealed, without a code of ours.

    Lines have `day`, `number`, `reference`, `title`, `amount`, `given_back` (None where nothing was).
    """

    authority: Words
    title: Words
    serial: str
    labels: dict[str, Words]
    payer: Words
    only_filed_by: Words | None
    """The office whose work alone it lists; None for all of one's own."""
    drawn_at: Words
    count: Words
    lines: list[dict[str, Words | str | None]]
    total: Words
    given_back: Words | None


LABELS: dict[str, Text] = {
    "page": _("Page"),
    "of": _("of"),
    "serial": _("Serial number"),
    "code": _("Verification code"),
    "verify": _("To check this document, scan the code or open"),
    "sealed": _("Sealed electronically; valid without a stamp or signature."),
    "duplicate": _("Duplicate, in place of"),
    "replacement": _("Duplicate, in place of a lost one"),
    "initials": _("Initials"),
    "landlord": _("Landlord"),
    "tenant": _("Tenant"),
    "clauses": _("Clauses"),
    "also_agreed": _("What the parties also agree"),
    "signature": _("Signature and date"),
    "receipt_number": _("Receipt number"),
    "paid_at": _("Paid on"),
    "payer": _("Paid by"),
    "filed_by": _("Filed by"),
    "service": _("Service"),
    "reference": _("Application"),
    "total": _("Total paid"),
    "card": _("Card"),
    "transaction": _("Payment reference"),
    "declarer": _("Declared by"),
    "civil_number": _("Civil number"),
    "price": _("What you pay"),
    "to_pay": _("Total"),
    "drawn_at": _("Made on"),
    "receipts": _("Receipts"),
    "day": _("Day"),
    "given_back": _("Given back"),
    "only_filed_by": _("Only what was filed by"),
    "own_use": _("For the payer's own use; each payment is proven by its receipt. Sealed electronically."),
    "fingerprint": _("Fingerprint of what is declared"),
    "counts": _("Counts only with the electronic signature of the ID card that this file carries; PDF readers show it."),
}
"""The fixed words of the papers, by the name templates use."""
