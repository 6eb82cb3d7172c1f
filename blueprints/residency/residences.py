"""What renewing a residence is, whatever its kind: choosing it, the passport, the papers, who confirms, what it costs, and the notice.

Source: the seed's article of November 2023. *[ours]*: which papers the portal knows already and does not ask for (the renewal form itself,
the passport that the register knows), and the terms of term.py. *[assumed]*: work residences need the passport and the card as the others
do; the article's own list for them is empty.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from blueprints.residency import lateness, sponsors, term, validity
from blueprints.residency.photos import PHOTO
from blueprints.residency.registers import CHILD, ENDED, LOST, WIFE, WIFE_OF_CITIZEN
from blueprints.residency.registers import residences as register
from engine.assurance import Assurance
from engine.calendar import add_months
from engine.fields import Field, FromRegister, Upload
from engine.service import (
    Case,
    Certificate,
    Charge,
    Decision,
    Effect,
    Fee,
    Quote,
    Refusal,
    Rows,
    Sample,
    Start,
    Step,
    Summary,
)
from engine.wording import _

FILE = _("PDF, JPEG or PNG, up to 10 MB.")
SEEN = ("name", "nationality", "kind", "relation", "sponsor_name", "expires")
"""What is shown of it before: numbers and phones are the sponsor's own."""


def renewal(kind: str, *papers: Field) -> dict[str, Any]:
    """Steps, rules and notice of renewing residences of that kind; `papers` are asked for besides what all need."""
    return {
        "section": "residence",
        "steps": steps(papers),
        "subject": "residence",
        "fee_codes": (f"residency.{kind}-residence", *lateness.RESIDENCE_FINES),
        "fees": lambda case: (Fee(f"residency.{kind}-residence"), *lateness.residence_fines(case)),
        "samples": samples,
        "refusals": refusals(kind),
        "effects": effects,
        "agreement": sponsors.CONFIRMATION,
        "charge": Charge.ON_SUBMISSION,
        "decision": Decision.CLERK,
        "issues": NOTICE,
    }


# --- What is asked ---------------------------------------------------------------------------------------------------------------


def card_expired(case: Case) -> bool:
    card = case.find("card")
    return card is not None and card.expires < case.today


def card_valid(case: Case) -> bool:
    return case.find("card") is not None and not card_expired(case)


def related(relation: str) -> Callable[[Case], bool]:
    return lambda case: bool(case.record("residence").relation == relation)


CARD = (
    Upload("card_copy", _("Copy of the resident card"), FILE, asked=card_valid),
    Upload("expired_card", _("Copy of the expired resident card"), FILE, asked=card_expired),
)
STAMPED = Upload("stamped_form", _("Renewal form, stamped and approved by the employer"), FILE)
RELATIVES = (
    Upload("father_card", _("Copy of the father's resident card"), FILE, asked=related(CHILD)),
    Upload("husband_card", _("Copy of the husband's resident card"), FILE, asked=related(WIFE)),
    Upload("husband_id", _("Copy of the Omani husband's ID card"), FILE, asked=related(WIFE_OF_CITIZEN)),
)


def steps(papers: tuple[Field, ...]) -> tuple[Step, ...]:
    return (
        Step(
            "residence",
            _("Whose residence is it?"),
            FromRegister(
                "residence",
                _("Residence number"),
                _("Your own, your family's, and those of the workers of your company."),
                register=register.code,
                brings=(("card", "residency.cards"), ("company", "chamber.establishments")),
                none=_(
                    "No residence is registered under your number. It can be renewed by the person, the father or husband, or the "
                    "sponsor; ask one of them, or have the register corrected at the residency."
                ),
            ),
        ),
        Step("data", _("Check the residence"), Summary("residence", columns=SEEN), assurance=Assurance.SUBSTANTIAL),
        validity.STEP,
        Step(
            "papers",
            _("Photo and papers"),
            PHOTO,
            *papers,
            validity.COPY,
            sponsors.SIGNATORIES,
            assurance=Assurance.SUBSTANTIAL,
            shows=Quote(lambda case: [(_("Renewed until"), term.new_expiry(case))]),
        ),
    )


# --- Rules -----------------------------------------------------------------------------------------------------------------------

LEFT = _("The resident card of this person was cancelled, so the residence cannot be renewed. Ask the residency for a new one.")
MISSING = _("The resident card of this person is reported lost. Have it replaced first, then renew the residence.")


def refusals(kind: str) -> Callable[[Case], Iterator[Refusal]]:
    def refused(case: Case) -> Iterator[Refusal]:
        residence, card = case.record("residence"), case.find("card")
        if residence.kind != kind:
            yield Refusal(
                _(
                    "This residence is of another kind (%(kind)s), which has a renewal of its own.",
                    kind=register.column("kind").shown(residence.kind),
                ),
                start=Start(f"residency.renew-{residence.kind}-residence", {"residence": residence.number}),
            )
        elif card is not None and card.state == ENDED:
            yield Refusal(LEFT)
        elif card is not None and card.state == LOST:
            yield Refusal(MISSING, start=Start("residency.replace-resident-card", {"card": card.number}))
        elif case.today < term.opens(residence):
            yield Refusal(
                _(
                    "This residence stands until %(expires)s already. It can be renewed from %(opens)s on.",
                    expires=residence.expires,
                    opens=term.opens(residence),
                )
            )

    return refused


def effects(case: Case) -> Iterator[Effect]:
    residence = case.record("residence")
    passport = {"passport": validity.number(case), "passport_expires": case["passport_expires"]}
    yield Effect(residence, {**lateness.renewed(residence, term.new_expiry(case)).changes, **passport})


def samples(day: dt.date) -> Iterator[Sample]:
    for title, months in ((_("In time"), 1), (_("Three months late"), -3)):
        ends = {"expires": add_months(day, months).isoformat(), "fined": ""}
        yield Sample(title, records={"residence": register.record("", ends)})


# --- The notice ------------------------------------------------------------------------------------------------------------------


def rows(case: Case) -> Rows:
    residence = case.record("residence")
    yield register.number, residence.number
    yield _("Nationality"), residence.nationality
    yield _("Kind of residence"), register.column("kind").shown(residence.kind)
    yield _("Passport number"), validity.number(case)
    yield _("Passport valid until"), dt.date.fromisoformat(case["passport_expires"])
    yield _("Sponsor"), residence.sponsor_name
    if case.agreed:
        yield _("Confirmed by the sponsor on"), case.agreed
    yield _("Date of issue"), case.issued
    yield _("Renewed until"), term.new_expiry(case)


NOTICE = Certificate(
    "residence_notice.html",
    title=_("Residence renewal notice"),
    named=lambda case: case.record("residence").title,
    rows=rows,
    says={
        "opening": _("The residence described below is renewed. Its holder:"),
        "statement": _(
            "Keep this notice with the passport until the resident card is renewed too. Scan the code to see whether it still stands."
        ),
    },
    valid_until=term.new_expiry,
    revokes=("residence_notice.html",),
)
