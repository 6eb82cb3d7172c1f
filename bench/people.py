"""Members of the chamber who are signed in: each with a company, a membership to renew and the cookie of an open session."""

import datetime as dt
from dataclasses import dataclass

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from engine.assurance import Assurance
from engine.catalogue import catalogue
from models import Application, RegisterRecord, State, StepUp, StepUpState, database
from operations import accounts, sessions
from operations.now import now, today

STANDS_FOR = dt.timedelta(days=40)
COMPANY = {
    "name": {"ar": "المشاريع الواعدة", "en": "promising projects"},
    "address": {"ar": "روي، مطرح، محافظة مسقط، ٤٢٣، ٣٠", "en": "Ruwi, Muttrah, Muscat Governorate, 423, 30"},
    "head_office": {"ar": "محافظة مسقط", "en": "Muscat Governorate"},
    "grade": "fourth",
}


@dataclass(frozen=True)
class Person:
    number: int
    account: int
    session: int
    cookie: str
    establishment: str
    membership: str
    expires: dt.date

    @property
    def address(self) -> str:
        """A loopback address of their own, since limits count by address."""
        return f"127.{1 + self.number // 62_500 % 250}.{1 + self.number // 250 % 250}.{1 + self.number % 250}"


def arrive(app: Flask, number: int) -> Person:
    """Person `number`, made with everything they need; the same number twice is the same person in a new session."""
    establishment, membership, civil_number = str(5_000_000 + number), str(600_000 + number), str(20_000_000 + number)
    account = accounts.ensure(
        email=f"member{number}@bawaba.example",
        phone=f"+96891{number:06}",
        civil_number=civil_number,
        civil_number_verified=True,
        password="seven palms by the falaj",
        first_name="Salim",
        family_name="Al Harthy",
        arabic_name="سالم الحارثي",
    )
    expires = today() + STANDS_FOR
    _file("chamber.establishments", establishment, COMPANY | {"holder": civil_number})
    _file("chamber.memberships", membership, COMPANY | {"establishment": establishment, "expires": expires.isoformat()})
    token = sessions.begin(account, browser="bench", address="127.0.0.1")
    actor = sessions.actor_of(token, "ar")
    assert actor and actor.session and actor.account
    return Person(number, actor.account, actor.session, signed_in(app, token), establishment, membership, expires)


def _file(register: str, number: str, data: dict[str, object]) -> None:
    described = catalogue.registers[register]
    RegisterRecord.insert(
        register=register,
        number=number,
        holder=data[described.holder] if described.holder else None,
        parent=data[described.parent] if described.parent else None,
        data=data,
        changed_at=now(),
    ).on_conflict_ignore().execute()


def signed_in(app: Flask, token: str) -> str:
    """What signing in would have left in the browser."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer
    return str(serializer.dumps({"_user_id": token, "_fresh": True}))


def prove(person: Person) -> str:
    """The phone confirmed who they are: their draft is open to this session. Returns its reference."""
    moment = now()
    with database.atomic():
        draft = Application.get((Application.account == person.account) & (Application.state == State.DRAFT))
        StepUp.create(
            account=person.account,
            session=person.session,
            application=draft,
            step="company",
            needed=Assurance.SUBSTANTIAL,
            reached=Assurance.SUBSTANTIAL,
            state=StepUpState.OPEN,
            nonce="bench",
            method="mobile-id",
            created_at=moment,
            expires_at=moment + dt.timedelta(hours=1),
        )
    return str(draft.reference)
