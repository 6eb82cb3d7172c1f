"""A whole portal for a test: the portal by waitress, its worker and the sandboxes, as the Procfile has them, on ports and data of their own.

The business day is the manual's, so that its figures come out. Everybody has one company whose membership ends the next day. A browser
says who it is by X-Forwarded-For, so that one test's tries are not counted against the next one's.
"""

import base64
import csv
import datetime as dt
import os
import re
import secrets
import shlex
import string
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from honcho.environ import parse_procfile
from peewee import Database

import models
from blueprints.chamber import authority
from config import DEVELOPMENT_KEY
from engine import digits
from engine.catalogue import catalogue
from gateways import tls
from operations import accounts, fees, register_imports, sessions
from tests.support.builders import PASSWORD
from tests.support.database import opened
from tests.support.processes import ROOT, free_port, stop
from tools.run import addresses
from tools.setup import AUTHORITY

TODAY = dt.date(2018, 3, 18)  # the day of the manual's renewal
EXPIRES = dt.date(2018, 3, 19)
PEOPLE = 200
PIN = "1234"
PATIENCE = 20  # seconds for what happens behind the scenes


@dataclass(frozen=True)
class Person:
    """Somebody the registers and the telecom know, with an account or without."""

    number: int

    @property
    def email(self) -> str:
        return f"person{self.number}@bawaba.example"

    @property
    def phone(self) -> str:
        return f"+96893{self.number:06}"

    @property
    def civil_number(self) -> str:
        return str(3_000_000 + self.number)

    @property
    def registration(self) -> str:
        return str(1_300_000 + self.number)

    @property
    def membership(self) -> str:
        return str(500_000 + self.number)

    @property
    def company(self) -> str:
        return f"Falaj Trading {self.number}"


@dataclass
class Portal:
    """A running portal and its world."""

    url: str
    bank_url: str
    phone_url: str
    mailbox_url: str
    violations_url: str
    database_url: str
    folder: Path
    agent_port: int  # where it expects the card reader's program
    _people: Iterator[int] = field(default_factory=lambda: iter(range(1, PEOPLE)))
    _addresses: Iterator[int] = field(default_factory=lambda: count(1))

    # --- People ---------------------------------------------------------------------------------------------------------------

    def stranger(self) -> Person:
        """Somebody nobody has used yet, without an account."""
        return Person(next(self._people))

    def member(self) -> Person:
        """Somebody nobody has used yet, with an account and PASSWORD."""
        person = self.stranger()
        with self.tables():
            _account(person)
        return person

    def clerk(self, desk: str, duty: str = "clerk") -> Person:
        """Somebody nobody has used yet, who works at that desk."""
        person = self.stranger()
        with self.tables():
            models.Role.create(account=_account(person), name=duty, authority=desk)
        return person

    def visitor(self, **options: Any) -> dict[str, Any]:
        """Options for a browser's context: a visitor from a network address of their own."""
        return {"extra_http_headers": {"X-Forwarded-For": f"192.0.2.{next(self._addresses)}"}, **options}

    def session_cookie(self, person: Person) -> dict[str, Any]:
        """The cookie of a browser in which that person has just signed in."""
        with self.tables():
            token = sessions.begin(_account(person), browser="Chrome · Linux", address="192.0.2.1")
        return {"name": "session", "value": _signed({"_user_id": token, "_fresh": True}), "url": self.url}

    def a_week_passes(self, person: Person) -> None:
        """All that person did happened seven days earlier; their sessions have run out long ago."""
        week = dt.timedelta(days=7)
        with self.tables() as database, database.atomic():
            account = _account(person)
            for model in (models.Session, models.StepUp, models.Application):
                for row in list(model.select().where(model.account == account)):
                    moments = {
                        item: getattr(row, item.name) for item in model._meta.sorted_fields if isinstance(item, models.UtcField)
                    }
                    moved = {item: moment - week for item, moment in moments.items() if moment}
                    model.update(moved).where(model._meta.primary_key == row._pk).execute()
            sent = models.CodeSent.destination.in_([person.email, person.phone])
            for row in list(models.CodeSent.select().where(sent)):
                models.CodeSent.update(at=row.at - week).where(models.CodeSent.id == row.id).execute()

    @contextmanager
    def tables(self) -> Iterator[Database]:
        """The portal's own tables, to be asked with models and operations; nothing of the network in here."""
        before, database = models.database.obj, opened(self.database_url)
        models.database.initialize(database)
        try:
            yield database
        finally:
            database.close()
            models.database.initialize(before)

    # --- What reached them ----------------------------------------------------------------------------------------------------

    def messages(self, to: str) -> list[dict[str, Any]]:
        """Mails or SMS to that address, newest first."""
        return httpx.get(f"{self.mailbox_url}/messages.json", params={"to": to}, timeout=10, verify=tls.usual()).json()  # type: ignore[no-any-return]

    def message(self, to: str, count: int = 1) -> dict[str, Any]:
        """The newest message, once `count` have arrived."""
        found = eventually(lambda: arrived if len(arrived := self.messages(to)) >= count else None)
        return found[0]  # type: ignore[no-any-return]

    def code(self, to: str, count: int = 1) -> str:
        """The six digits of the newest message, once `count` have arrived."""
        text = digits.fold(self.message(to, count)["text"])
        return re.search(r"\b\d{6}\b", text)[0]  # type: ignore[index]

    def link(self, to: str) -> str:
        """The link of the newest mail that leads into the portal's accounts."""
        return next(link for link in self.message(to)["links"] if "/account/codes/" in link)

    # --- Their phone ----------------------------------------------------------------------------------------------------------

    def confirm_at_once(self, person: Person) -> None:
        """That phone needs nobody to type the PIN."""
        httpx.post(
            f"{self.phone_url}/phone/{person.phone}/settings", json={"confirm_after_ms": 0}, timeout=10, verify=tls.usual()
        ).raise_for_status()

    def type_pin(self, person: Person) -> None:
        httpx.post(
            f"{self.phone_url}/phone/{person.phone}/answer", json={"pin": PIN}, timeout=10, verify=tls.usual()
        ).raise_for_status()


@contextmanager
def whole_portal(folder: Path, database_url: str) -> Iterator[Portal]:
    """Start everything on a migrated, empty database, wait until it is healthy, stop it whatever happens."""
    agent_port = free_port()
    environment = {**os.environ, **_settings(folder, database_url), **addresses(free_port(6)), "CARD_AGENT_PORT": str(agent_port)}
    portal = Portal(
        url=environment["PORTAL_URL"],
        bank_url=environment["BANK_REST_URL"],
        phone_url=environment["MOBILE_ID_URL"],
        mailbox_url=environment["MAILBOX_URL"],
        violations_url=environment["VIOLATIONS_URL"],
        database_url=database_url,
        folder=folder,
        agent_port=agent_port,
    )
    with ExitStack() as stack:
        subprocess.run(
            [sys.executable, "-m", *(_moved(word, folder) for word in AUTHORITY), portal.phone_url],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with portal.tables():
            _fill_registers(folder)
        for name, words in _programs(folder, environment).items():
            stack.enter_context(_started(words, environment, folder / f"{name}.log"))
        _wait_until_healthy(portal)
        yield portal


def _settings(folder: Path, database_url: str) -> dict[str, str]:
    """What the portal and its bank are told; the bank's keys are new each time."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PORTAL_VAR": str(folder),
        "PORTAL_TODAY": TODAY.isoformat(),
        "DATABASE_URL": database_url,
        "ALTCHA_COST": "200",
        "BANK_ACCESS_KEY": secrets.token_hex(16),
        "BANK_PROFILE_ID": str(uuid.uuid4()),
        "BANK_SECRET": secrets.token_hex(64),
        "BANK_MERCHANT_ID": "tests",
        "BANK_REST_KEY_ID": str(uuid.uuid4()),
        "BANK_REST_SECRET": base64.b64encode(secrets.token_bytes(32)).decode(),
    }


def _programs(folder: Path, environment: dict[str, str]) -> dict[str, list[str]]:
    """The Procfile's commands on this folder. The portal believes who a browser says it is; the bank's late answers are not that late."""
    more = {"mobile_id": ["--people", str(_phone_book(folder)), "--rings", "290"], "bank": ["--late-seconds", "2"]}
    commands = parse_procfile((ROOT / "Procfile").read_text()).processes
    said = {name: string.Template(_moved(command, folder)).substitute(environment) for name, command in commands.items()}
    programs = {name: shlex.split(command) + more.get(name, []) for name, command in said.items()}
    programs["portal"][1:1] = ["--trusted-proxy", "127.0.0.1", "--trusted-proxy-headers", "x-forwarded-for"]
    return programs


def _moved(words: str, folder: Path) -> str:
    return words.replace("var/sandbox", str(folder / "sandbox"))


@contextmanager
def _started(words: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as said:
        process = subprocess.Popen(
            words, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield
    finally:
        stop(process)


def _wait_until_healthy(portal: Portal, patience: float = 120) -> None:
    """Or fail with what is missing, and with the last words of every program."""
    end, said = time.monotonic() + patience, ""
    while time.monotonic() < end:
        with suppress(httpx.HTTPError):
            answer = httpx.get(f"{portal.url}/healthz", timeout=5, verify=tls.usual())
            if answer.status_code == 200:
                return
            said = answer.text
        time.sleep(0.05)
    logs = "\n".join(f"{log.name}: {log.read_text(errors='replace')[-1500:]}" for log in sorted(portal.folder.glob("*.log")))
    raise AssertionError(f"not healthy within {patience} seconds: {said}\n{logs}")


def _fill_registers(folder: Path) -> None:
    catalogue.fill((authority,))
    fees.import_schedule(ROOT / "migrations" / "fees.csv")
    place = {
        "address_en": "Ruwi, Muscat",
        "address_ar": "روي، مسقط",
        "head_office_en": "Muscat Governorate",
        "head_office_ar": "محافظة مسقط",
        "grade": "fourth",
    }
    everybody = [Person(number) for number in range(1, PEOPLE)]
    names = {person: {"name_en": person.company, "name_ar": f"فلج للتجارة {person.number}"} for person in everybody}
    establishments = [
        {"number": person.registration, "holder": person.civil_number, **names[person], **place} for person in everybody
    ]
    memberships = [
        {
            "number": person.membership,
            "establishment": person.registration,
            **names[person],
            **place,
            "expires": EXPIRES.isoformat(),
        }
        for person in everybody
    ]
    for name, rows in (("establishments", establishments), ("memberships", memberships)):
        report = register_imports.import_extract(_written(folder / f"{name}.csv", rows))
        assert not report.rejected, report.rejected


def _phone_book(folder: Path) -> Path:
    """Everybody as the telecom's sandbox reads them."""
    rows = [
        {
            "civil_number": person.civil_number,
            "phone": person.phone,
            "name_en": f"Person {person.number}",
            "name_ar": f"شخص {person.number}",
            "pin": PIN,
            "behaviour": "answers",
        }
        for person in (Person(number) for number in range(1, PEOPLE))
    ]
    return _written(folder / "people.csv", rows)


def _written(file: Path, rows: list[dict[str, str]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, rows[0])
        table.writeheader()
        table.writerows(rows)
    return file


def _account(person: Person) -> Any:
    return accounts.ensure(
        email=person.email,
        phone=person.phone,
        password=PASSWORD,
        first_name="Salim",
        family_name="Al Harthy",
        arabic_name="سالم الحارثي",
        civil_number=person.civil_number,
        civil_number_verified=True,
    )


def _signed(session: dict[str, Any]) -> str:
    """A cookie as Flask signs it with the development key."""
    app = Flask(__name__)
    app.secret_key = DEVELOPMENT_KEY
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer
    return str(serializer.dumps(session))


def eventually(look: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """What `look` finds as soon as it finds something."""
    end = time.monotonic() + patience
    while True:
        if found := look():
            return found
        assert time.monotonic() < end, f"nothing within {patience} seconds"
        time.sleep(0.05)
