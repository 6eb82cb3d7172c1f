"""What the services about leases share: choosing one, looking at it, and what its papers say."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from blueprints.municipality.clauses import CLAUSES
from blueprints.municipality.registers import leases
from engine.assurance import Assurance
from engine.fields import FromRegister
from engine.registers import Record
from engine.service import Case, Certificate, Party, Refusal, Rows, Step, Summary
from engine.wording import Text, Words, _

CONTRACT, RENEWAL, SUPPLEMENT = "lease_contract.html", "lease_renewal.html", "lease_supplement.html"
ACTIVE, CANCELLED = "active", "cancelled"
SEEN = ("landlord_name", "tenant_name", "name", "address", "use", "starts", "until", "rent", "deposit", "state")
"""What a party is shown of it: phones and numbers are the other's own."""
IDENTITY = _("Your ID card's number, with Mobile ID switched on for your phone")
NUMBER = _("The number of a lease registered under your name or your company's")
CARD = _("A bank card: a local credit card, or an international credit or debit card")


def choosing(question: Text) -> Step:
    return Step(
        "lease",
        question,
        FromRegister(
            "lease",
            _("Contract number"),
            hint=_("These are the leases in which you or your company are landlord or tenant."),
            register=leases.code,
            none=_(
                "No lease is registered under your number. Register it first, or ask the municipality to correct its register."
            ),
        ),
    )


def looking(assurance: Assurance = Assurance.SUBSTANTIAL) -> Step:
    return Step("data", _("Check the lease"), Summary("lease", columns=SEEN), assurance=assurance)


def in_force(case: Case) -> Iterator[Refusal]:
    if case.record("lease").state == CANCELLED:
        yield Refusal(_("This lease is cancelled. Register a new one if you go on together."), field="lease")


def changed(lease: Record, changes: Mapping[str, Any]) -> Record:
    """The lease as it is afterwards."""
    return leases.record(lease.number, {**lease.data, **changes})


def both(lease: Record) -> list[Party]:
    """Landlord and tenant, where they are reached."""
    return [
        Party(lease.landlord, lease.landlord_name, _("landlord"), lease.landlord_phone),
        Party(lease.tenant, lease.tenant_name, _("tenant"), lease.tenant_phone),
    ]


def place(plot: str, unit: str | None) -> Words:
    """What is let, in a few words: a person tells their leases apart by them."""
    if not unit:
        return {"ar": f"قطعة {plot}", "en": f"Plot {plot}"}
    return {"ar": f"قطعة {plot}، وحدة {unit}", "en": f"Plot {plot}, unit {unit}"}


# --- Papers ----------------------------------------------------------------------------------------------------------------------


def named(lease: Record) -> Words:
    landlord, tenant = lease.landlord_name, lease.tenant_name
    return {
        "ar": f"{landlord['ar'] or landlord['en']} و{tenant['ar'] or tenant['en']}",
        "en": f"{landlord['en'] or landlord['ar']} and {tenant['en'] or tenant['ar']}",
    }


PRINTED = ("landlord_name", "landlord", "tenant_name", "tenant", "name", "address", "use", "starts", "until", "rent", "deposit")


def rows(case: Case, lease: Record) -> Rows:
    """The lease as its papers state it."""
    yield leases.number, lease.number
    for column in map(leases.column, PRINTED):
        if lease.data.get(column.name):
            yield column.label, column.shown(lease.data[column.name])
    yield _("Date of issue"), case.issued


MODEL = _("The clauses are this portal's model text, not a law. The parties may agree otherwise in a supplement.")


def paper(
    template: str,
    title: Text,
    opening: Text,
    *,
    lease: Callable[[Case], Record] = lambda case: case.record("lease"),
    more: Callable[[Case], Rows] = lambda case: (),
    body: Callable[[Case], str] | None = None,
    again: bool = False,
) -> Certificate:
    """A paper of a lease: the contract with its clauses, or (`body`) an annex to it. `more` are rows before those of the lease."""
    return Certificate(
        template,
        title=title,
        named=lambda case: named(lease(case)),
        rows=lambda case: (*more(case), *rows(case, lease(case))),
        says={"opening": opening} | ({} if body else {"model": MODEL}),
        clauses=() if body else CLAUSES,
        body=body,
        valid_until=lambda case: lease(case).until,
        again=again,
    )
