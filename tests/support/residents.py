"""A resident with a wife, a company that sponsors them, and their papers; and filing about them as far as a test wants it."""

import io
from pathlib import Path

from engine.actor import Actor
from models import RegisterRecord, Role
from operations import answers, applications, submission
from operations.answers import Uploaded
from operations.applications import Opened
from tests.support.builders import a_person, signed_in
from tests.support.portal_rules import bring_in
from tests.support.portraits import a_portrait
from tests.support.renewals import step_of

RESIDENT, WIFE, SPONSOR = "60123456", "60123457", "1526575"
COMPANY = "1229237"  # SPONSOR's, by the rules
CARD, RESIDENCE = "70000001", "2024000001"
_PERSON = {"name_en": "Rajesh Kumar", "name_ar": "راجيش كومار", "nationality_en": "Indian", "nationality_ar": "هندي"}


def a_card(folder: Path, expires: str, number: str = CARD, **data: str) -> None:
    row = {"number": number, "civil": RESIDENT, "expires": expires, "state": "valid", "sponsor": COMPANY, "fined": ""}
    bring_in(folder, row | _PERSON | {"father": "", "husband": ""} | data)


def a_residence(folder: Path, expires: str, number: str = RESIDENCE, card: str = CARD, **data: str) -> None:
    row = {"number": number, "civil": RESIDENT, "kind": "work", "relation": "", "card": card, "passport": "Z4410021"}
    row |= {"passport_expires": "2029-05-01", "sponsor": COMPANY, "sponsor_name_en": "promising", "sponsor_name_ar": "المشاريع"}
    row |= {"sponsor_phone": "99416689", "father": "", "husband": "", "starts": "", "expires": expires, "fined": ""}
    bring_in(folder, row | _PERSON | data)


def a_resident(number: str = RESIDENT) -> Actor:
    """The same person each time."""
    known = {"email": f"resident{number}@bawaba.example", "phone": f"+9689{int(number) % 10**7:07}"}
    return signed_in(a_person(civil_number=number, **known), "en")


def staff(duty: str = "clerk", where: str = "residency.residence") -> Actor:
    account = a_person()
    Role.create(account=account, name=duty, authority=where)
    return signed_in(account, "en")


def filled(actor: Actor, service: str, **steps: dict[str, str]) -> Opened:
    """A draft with these steps answered; a photo where one is asked."""
    opened = applications.start(actor, f"residency.{service}")
    for name, typed in steps.items():
        step = step_of(opened, name)
        files = {field.name: Uploaded("photo.jpg", io.BytesIO(a_portrait())) for field in step.fields if field.name == "photo"}
        answers.answer(actor, opened, step, typed, files)
    return opened


def handed_in(actor: Actor, opened: Opened) -> Opened:
    return submission.submit(actor, opened.reference, submission.offer(opened).seal)


def renewing(actor: Actor, years: int = 1, card: str = CARD) -> Opened:
    return handed_in(actor, filled(actor, "renew-resident-card", card={"card": card}, years={"years": str(years)}))


def paying_fines(actor: Actor, card: str = CARD) -> Opened:
    return handed_in(actor, filled(actor, "pay-residence-fines", card={"card": card}, fines={}))


def kept(number: str) -> dict[str, str]:
    """What the register holds now."""
    return dict(RegisterRecord.get(RegisterRecord.number == number).data)
