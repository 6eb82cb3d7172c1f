"""A landlord and a tenant with a registered lease, and its cancellation as far as a test wants it."""

from pathlib import Path

from engine.actor import Actor
from models import AgreementRequest, Application, OneTimeCode, Role
from operations import agreements, answers, applications, secrets, submission
from operations.applications import Opened
from tests.support.builders import a_person, signed_in
from tests.support.portal_rules import bring_in

LANDLORD, TENANT = "11112222", "33334444"
PHONES = {LANDLORD: "+96892001111", TENANT: "+96892003333"}
NOBODY = Actor()
LEASE = {
    "number": "2025/00011",
    "landlord": LANDLORD,
    "landlord_name_en": "Salim Al Harthy",
    "landlord_name_ar": "سالم الحارثي",
    "landlord_phone": "92001111",
    "tenant": TENANT,
    "tenant_name_en": "Muna Al Zadjali",
    "tenant_name_ar": "منى الزدجالي",
    "tenant_phone": "92003333",
    "name_en": "Plot 441, unit 3",
    "name_ar": "قطعة ٤٤١، وحدة ٣",
    "address": "31107441",
    "plot": "441",
    "unit": "3",
    "use": "shop",
    "starts": "2025-12-01",
    "until": "2026-11-30",
    "rent": "3600",
    "deposit": "300",
    "state": "active",
    "renewals": "",
    "supplements": "",
}


def a_party(number: str, locale: str = "en", **data: str) -> Actor:
    """Landlord or tenant, signed in, their number proven."""
    return signed_in(a_person(civil_number=number, phone=PHONES.get(number), **data), locale)


def a_lease(folder: Path, **data: str) -> None:
    bring_in(folder, LEASE | data)


def a_clerk() -> Actor:
    account = a_person()
    Role.create(account=account, name="clerk", authority="municipality.leases")
    return signed_in(account, "en")


def filled(actor: Actor, service: str, **steps: dict[str, str]) -> Opened:
    """A draft with these steps answered."""
    opened = applications.start(actor, f"municipality.{service}")
    for name, typed in steps.items():
        step = opened.service.step(name)
        assert step
        answers.answer(actor, opened, step, typed)
    return opened


def handed_in(actor: Actor, opened: Opened) -> Opened:
    return submission.submit(actor, opened.reference, submission.offer(opened).seal, address="192.0.2.1")


def cancelling(actor: Actor, *, ends: str = "2026-11-30", reason: str = "The shop closes.") -> Opened:
    """Asked for; the other party has the link."""
    lease = {"lease": LEASE["number"]}
    return handed_in(actor, filled(actor, "cancel-lease", lease=lease, end={"ends": ends, "reason": reason}))


def link_of(request: AgreementRequest | None = None) -> tuple[int, str]:
    request = request or AgreementRequest.select().order_by(AgreementRequest.id.desc()).get()
    return request.id, secrets.agreement_token(request.id)


def code_for(number: int, token: str) -> str:
    """Asked for on the page, and read on the phone."""
    request = AgreementRequest.get_by_id(number)
    if not request.challenge:
        agreements.send_code(NOBODY, number, token, address="192.0.2.9")
        request = AgreementRequest.get_by_id(number)
    challenge = OneTimeCode.get_by_id(request.challenge)
    return secrets.one_time_code(challenge.id, challenge.counter)


def state_of(opened: Opened) -> str:
    return str(Application.get(Application.reference == opened.reference).state)
