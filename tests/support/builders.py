"""People and things as tests need them: say only what matters to the test."""

import datetime as dt
from dataclasses import dataclass
from itertools import count
from typing import Any

import altcha

from engine.actor import Actor
from engine.catalogue import catalogue
from models import Account, RegisterRecord, Role
from operations import accounts, answers, applications, captcha, payments, sessions, submission
from operations.now import now, today
from operations.registering import Registration

PASSWORD = "seven palms by the falaj"
_numbers = count(1)


def a_person(
    *, verified: bool = True, email: str | None = None, phone: str | None = None, civil_number: str = "", **data: Any
) -> Account:
    """Somebody with an open account and PASSWORD; `verified` says whether a civil number given was proven."""
    number = next(_numbers)
    given = {"first_name": "Salim", "family_name": "Al-Harthy", "arabic_name": "سالم الحارثي", "password": PASSWORD} | data
    return accounts.ensure(
        email=email or f"person{number}@bawaba.example",
        phone=phone or f"+96894{number:06}",
        civil_number=civil_number,
        civil_number_verified=verified and bool(civil_number),
        **given,
    )


def signed_in(account: Account, locale: str = "ar") -> Actor:
    """That person in a new session."""
    token = sessions.begin(account, browser="Firefox · Linux", address="192.0.2.1")
    actor = sessions.actor_of(token, locale)
    assert actor
    return actor


def a_registration(**data: Any) -> Registration:
    """What the manual's example person typed, except the password."""
    typed: dict[str, Any] = {
        "first_name": "Shmoouqa",
        "middle_name": "Mohamed",
        "family_name": "AL-hashmi",
        "arabic_name": "شموخة محمد الهاشمي",
        "email": "iamsa@bawaba.example",
        "phone": "+96899416689",
        "identity_number": "7324674",
        "password": PASSWORD,
    }
    return Registration(**typed | data)


def a_solution(purpose: str) -> str:
    """What the browser's widget posts after its work."""
    challenge = altcha.Challenge.from_dict(captcha.challenge(purpose))
    solution = altcha.solve_challenge(challenge)
    assert solution
    return altcha.Payload(challenge, solution).to_base64()


def a_cashier(authority: str = "chamber") -> Actor:
    account = a_person()
    Role.create(account=account, name="cashier", authority=authority)
    return signed_in(account)


@dataclass(frozen=True)
class Renewal:
    """A membership renewal that waits for its payment."""

    actor: Actor
    reference: str

    def goes_to_pay(self) -> Any:
        """The form that leads to the bank: press "pay", be sent there."""
        return payments.checkout(self.actor, payments.begin(self.actor, self.reference))


def a_submitted_renewal(*, actor: Actor | None = None, months: int = 12) -> Renewal:
    """Somebody's fourth-grade company, member for another month, renewed for so many months: 25 rials a year. Needs the fee schedule."""
    actor = actor or signed_in(a_person(civil_number=f"8{next(_numbers):07}"))
    number = a_company(actor.holder or "")
    opened = applications.start(actor, "chamber.renew-membership")
    for step, typed in (
        ("establishment", {"registration": number}),
        ("membership", {"membership": f"9{number}"}),
        ("period", {"months": str(months)}),
    ):
        answers.answer(actor, opened, opened.service.step(step), typed)
    submission.submit(actor, opened.reference, submission.offer(opened).seal)
    return Renewal(actor, opened.reference)


def a_company(holder: str) -> str:
    """A fourth-grade company of that civil number, member for another month; returns its number, the membership's is 9 before it."""
    number = f"7{next(_numbers):06}"
    company = {"name_en": "Palm Trading", "name_ar": "نخلة للتجارة", "address_en": "Ruwi", "address_ar": "روي"}
    company |= {"head_office_en": "Muscat", "head_office_ar": "مسقط", "grade": "fourth"}
    ends = {"establishment": number, "expires": (today() + dt.timedelta(days=30)).isoformat()}
    registered("chamber.establishments", number, company | {"holder": holder})
    registered("chamber.memberships", f"9{number}", company | ends)
    return number


def a_building(number: str, holder: str = "7324674") -> str:
    """An address of that civil number's; returns its number."""
    where = {"area_en": "Sallan", "area_ar": "صلان", "latitude": "24.383", "longitude": "56.733"}
    registered("municipality.addresses", number, where | {"holder": holder, "name_en": "Salim", "name_ar": "سالم", "plot": "412"})
    return number


def registered(code: str, number: str, row: dict[str, str]) -> None:
    """A record as an import leaves it, without the import."""
    register = catalogue.registers[code]
    data = register.read(row)
    RegisterRecord.create(
        register=code,
        number=number,
        holder=data[register.holder] if register.holder else None,
        parent=data[register.parent] if register.parent else None,
        data=data,
        ends_on=register.last_day(data),
        changed_at=now(),
    )
