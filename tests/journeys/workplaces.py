"""Where staff and offices work, for the gallery: what lies on their desks is made by operations, so that no browser walks for it.

One person has every duty; whoever else is needed (a colleague, applicants, an operator, a customer) only leaves rows behind.
"""

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from peewee import fn
from playwright.sync_api import Browser, Page, expect

import blueprints.chamber
import blueprints.municipality
import blueprints.residency
from engine.actor import Actor
from engine.assurance import Assurance
from engine.catalogue import catalogue
from engine.clock import business_day
from engine.money import Money
from gateways.payments.cybersource import CyberSource
from gateways.storage.folder import FolderStorage
from models import (
    Account,
    AnnouncementKind,
    Application,
    AuditEntry,
    DailyFigure,
    Delegation,
    FeeRule,
    Operator,
    Opinion,
    Outcome,
    Role,
    Session,
    SpecialDays,
    Stance,
    Visit,
)
from operations import (
    announcements,
    answers,
    applications,
    batches,
    casework,
    fee_proposals,
    identifiers,
    office_hours,
    opinions,
    register_imports,
    submission,
    tills,
    visits,
)
from operations.answers import Uploaded
from operations.now import now, set_business_day, today
from operations.outside import outside
from operations.staff import Duty
from operations.visits import Finding, Plan
from tests.journeys.place import Arrive, Place
from tests.support.builders import signed_in
from tests.support.complaints import a_complaint, a_photo
from tests.support.offices import agreed, an_office
from tests.support.portal import EXPIRES, TODAY, Person, Portal

DESK, SECTION, SERVICE = "municipality.administration", "municipality.engineering", "municipality.general-request"
APPLICANTS = (
    ("Zahra", "Al Kindi", "زهراء الكندية", "شجرة مائلة على الطريق"),
    ("Nasser", "Al Balushi", "ناصر البلوشي", "إنارة الحديقة العامة في الحي"),
    ("Khalid", "Al Mamari", "خالد المعمري", "موقف لذوي الإعاقة أمام المسجد"),
)
TEXT = "مالت الشجرة على الطريق بعد الأمطار الأخيرة، ونخشى أن تسقط على المارة."
YEAR = 2026


Pages = Iterator[tuple[Any, ...]]


def workplaces(portal: Portal, _browser: Browser) -> Iterator[Place]:
    """The pages of each duty and of an office, as whoever may see them."""
    person, colleague, operator = (portal.member() for _ in range(3))
    applicants = [portal.member() for _ in APPLICANTS]
    with as_the_portal(portal):
        actor, other = _staff(person, *Duty), _staff(colleague, Duty.CLERK, Duty.ADMINISTRATOR)
        people = [named(applicant, *names) for applicant, (*names, _subject) in zip(applicants, APPLICANTS, strict=True)]
        pages = [*_desk(actor, other, people), *_till(actor, people[0]), *_supervision(), *_administration(portal, actor, other)]
        pages += [*_audit(), *_complaints(people[1])]
        of_office, of_customer, delegation = _office(operator, applicants[0], people[0])
    acting = portal.session_cookie(operator)
    with portal.tables():
        Session.update(delegation=delegation).where(Session.id == Session.select(fn.MAX(Session.id))).execute()
    for who, theirs in ((person, pages), (operator, of_office), (applicants[0], of_customer)):
        cookie = portal.session_cookie(who)
        yield from (Place(name, path, (cookie,), *first) for name, path, *first in theirs)
    yield Place("office-acting", "/dashboard", (acting,))


@contextmanager
def as_the_portal(portal: Portal) -> Iterator[None]:
    """Its tables, its services, its store and its business day."""
    catalogue.fill((blueprints.chamber.authority, blueprints.municipality.authority, blueprints.residency.authority))
    before = outside.storage, outside.bank
    outside.storage, outside.bank = FolderStorage(portal.folder / "documents"), _bank(portal)
    set_business_day(TODAY)
    try:
        with portal.tables():
            yield
    finally:
        set_business_day(None)
        outside.storage, outside.bank = before


def _bank(portal: Portal) -> CyberSource:
    """Only its mode is asked for: at a till nobody goes there."""
    names = ("access_key", "profile_id", "secret", "merchant_id", "rest_key_id", "rest_secret")
    return CyberSource(endpoint=portal.bank_url, rest_url=portal.bank_url, mode="test", now=now, **dict.fromkeys(names, "none"))


def named(person: Person, first: str, family: str, arabic: str) -> Actor:
    account = identifiers.account_of(person.email)
    Account.update(first_name=first, family_name=family, arabic_name=arabic).where(Account.id == account).execute()
    return signed_in(account)


def _staff(person: Person, *duties: Duty) -> Actor:
    actor = (
        named(person, "Maryam", "Al Shidi", "مريم الشيدي")
        if Duty.AUDITOR in duties
        else named(person, "Hamad", "Al Farsi", "حمد الفارسي")
    )
    for duty in duties:
        where = "" if duty in (Duty.ADMINISTRATOR, Duty.AUDITOR) else "municipality"
        Role.create(account=actor.account, name=duty, authority=where)
    return signed_in(identifiers.account_of(person.email))


def _ask(actor: Actor, subject: str) -> str:
    """A general request that waits for a clerk; returns its number."""
    opened = applications.start_another(actor, SERVICE)
    paper = {"paper": Uploaded("plan.pdf", io.BytesIO(b"%PDF-1.7"))}
    for step, typed, files in (("request", {"subject": subject, "text": TEXT}, {}), ("papers", {}, paper)):
        answers.answer(actor, opened, opened.service.step(step), typed, files)
    return submission.submit(actor, opened.reference, submission.offer(opened).seal).reference


def _desk(actor: Actor, other: Actor, people: list[Actor]) -> Pages:
    """One application that was corrected, visited and asked about; others that wait, are held by a colleague, or ended."""
    waiting = [_ask(person, subject) for _ in range(3) for person, (*_names, subject) in zip(people, APPLICANTS, strict=True)]
    casework.take(other, waiting[0])
    casework.decide(other, waiting[1], Outcome.REFUSE, reason="الموقع خارج حدود البلدية.")
    full = _ask(people[0], "شجرة")
    casework.decide(actor, full, Outcome.RETURN, remarks={"subject": "أي شجرة تقصدون؟"})
    opened = applications.of(people[0], full)
    answers.answer(people[0], opened, opened.service.step("request"), {"subject": APPLICANTS[0][-1], "text": TEXT}, {})
    submission.submit(people[0], full, submission.offer(applications.of(people[0], full)).seal)
    opinions.ask(actor, full, SECTION, "هل تقع الشجرة على أرض البلدية؟")
    opinions.answer(other, full, _last(Opinion), Stance.AGREEMENT, "نعم، وهي مسجلة عندنا.")
    tomorrow = Plan(now() + dt.timedelta(days=1), "الحي السابع، قرب المسجد", "سلمى الكعبي")
    visits.plan(actor, full, tomorrow)
    Visit.update(at=now() - dt.timedelta(hours=1)).execute()
    visits.report(actor, full, Finding.IN_ORDER, "الشجرة مائلة فعلا، وجذعها سليم.")
    visits.plan(actor, full, tomorrow)
    asked = _ask(people[1], APPLICANTS[1][-1])
    casework.take(other, asked)
    opinions.ask(other, asked, SECTION, "هل في الحديقة كهرباء؟")
    yield "desk", f"/desk?desk={DESK}"
    yield "desk-all", f"/desk?desk={DESK}&show=in-review"
    yield "desk-search", f"/desk?desk={DESK}&q=الكندي"
    yield "desk-bulk", f"/desk?desk={DESK}&show=in-review", choose(waiting[0], waiting[2])
    yield "desk-application", f"/desk/{full}"
    yield "desk-opinion", f"/desk/{asked}/opinions/{_last(Opinion)}"
    yield "desk-ask", f"/desk/{full}/opinions"
    yield "desk-visit", f"/desk/{full}/visit"
    yield "desk-report", f"/desk/{full}/visit/report"
    yield "desk-versions", f"/desk/{full}/versions/1"
    yield from ((f"desk-{outcome}", f"/desk/{waiting[2]}/decision/{outcome}") for outcome in Outcome)
    yield "supervision-application", f"/supervision/{full}"
    yield "supervision-overturn", f"/supervision/{waiting[1]}/overturning"


def choose(*references: str) -> Arrive:
    """Take these together: one of them is a colleague's, so the summary says what was not done."""

    def first(page: Page) -> None:
        for reference in references:
            page.check(f"[name=chosen][value='{reference}']")
        page.locator("#bulk button.button").click()
        expect(page.locator("main .notice").first).to_be_visible()

    return first


def _till(actor: Actor, person: Actor) -> Pages:
    """Two taken, one to take, two that their applicant may pay together."""
    owed = [_ask(person, f"{APPLICANTS[0][-1]} ({number})") for number in range(1, 5)]
    for reference in owed:
        casework.decide(actor, reference, Outcome.APPROVE, reason="تمت الموافقة.")
    tills.take(actor, owed[0], tills.CASH)
    tills.take(actor, owed[1], tills.POS, slip="004217")
    yield "till", "/counter"
    yield "till-take", f"/counter/{owed[2]}"
    yield "till-takings", "/counter/takings"


def _supervision() -> Pages:
    """Sixty days of decisions, quick and slow ones."""
    today_ = business_day(now())
    figures = [
        (DESK, today_ - dt.timedelta(days=ago), SERVICE, hours, 1 + (ago * hours) % 5, hours // 20)
        for ago in range(60)
        for hours in (1, 7, 24)
        if (ago + hours) % 7
    ]
    columns = [DailyFigure.desk, DailyFigure.day, DailyFigure.service, DailyFigure.hours, DailyFigure.decided, DailyFigure.late]
    DailyFigure.insert_many(figures, columns).on_conflict_ignore().execute()
    yield "supervision", "/supervision"
    yield "supervision-list", "/supervision/applications?show=in-review"
    yield "supervision-figures", "/supervision/figures"


def _administration(portal: Portal, actor: Actor, other: Actor) -> Pages:
    """A proposal to decide and a draft, notices of other days, an import that rejected a row."""
    day = today() + dt.timedelta(days=30)
    proposal, draft = fee_proposals.begin(other, "chamber"), fee_proposals.begin(actor, "municipality")
    for variant, rials in (("fourth", 30), ("third", 60)):
        rule = FeeRule.get((FeeRule.code == "chamber.first-year") & (FeeRule.variant == variant)).id
        change = {"amount": Money.rials(rials), "rate": None, "effective_from": day, "source": "قرار وزاري 12/2018"}
        fee_proposals.change(other, proposal, rule, **change)
    fee_proposals.propose(other, proposal)
    closed = {"ar": "تُغلق الخدمة يوما لجرد سنوي.", "en": "Closed for a day for yearly stocktaking."}
    announcements.announce(actor, AnnouncementKind.CLOSURE, SERVICE, first_day=day, last_day=day, text=closed)
    office_hours.fill(YEAR)
    report = register_imports.import_extract(_extract(portal))
    yield "administration", "/administration"
    yield "fees", "/administration/fees"
    yield "fees-proposal", f"/administration/fees/{proposal}"
    yield "fees-draft", f"/administration/fees/{draft}"
    yield "announcements", "/administration/announcements"
    yield "staff", "/administration/staff"
    yield "staff-colleague", f"/administration/staff/{other.account}"
    yield "messages", "/administration/messages"
    yield "message-mail", "/administration/messages/application_received/mail"
    yield "message-sms", "/administration/messages/application_received/sms"
    yield "registers", "/administration/registers"
    yield "register-import", f"/administration/registers/{report.id}"
    yield "holidays", f"/administration/holidays?year={YEAR}"
    yield "holiday", f"/administration/holidays/{_last(SpecialDays)}"


def _extract(portal: Portal) -> Path:
    """A register's extract with a row that cannot be read."""
    first, second, *_others = (portal.folder / "memberships.csv").read_text(encoding="utf-8").splitlines()
    file = portal.folder / "extract.csv"
    file.write_text("\n".join([first, second, second.replace(EXPIRES.isoformat(), "soon")]), encoding="utf-8")
    return file


def _audit() -> Pages:
    yield "audit", "/audit"
    yield "audit-entry", f"/audit/{_last(AuditEntry)}"


def _complaints(actor: Actor) -> Pages:
    """One that everybody sees; and what the till is to transfer."""
    _actor, reference = a_complaint(actor, story="المصباح أمام المدرسة مطفأ منذ أسبوع.", photo=a_photo())
    yield "complaint", f"/complaints/{reference}"
    yield "desk-complaint", f"/desk/{reference}"
    yield "payouts", "/payouts"


def _office(person: Person, customer: Person, owner: Actor) -> tuple[list[Any], list[Any], int]:
    """An office whose customer agreed, a request that waits, a list that was checked and one that was filed and may be paid."""
    office = an_office(name_ar="مكتب الواحة لتخليص المعاملات", name_en="Al Waha Clearing Office")
    amal = named(person, "Amal", "Al Saadi", "أمل السعدية")
    Operator.create(office=office, account=amal.account, head=True, since=now())
    given = agreed(office, identifiers.account_of(customer.email), amal)
    request = {"services": [SERVICE], "until": today() + dt.timedelta(days=90), "asked_by": amal.account, "created_at": now()}
    elsewhere = an_office(name_ar="مكتب السيب", name_en="Seeb Office")
    waits = Delegation.create(customer=owner.account, office=elsewhere, **request)
    asked = Delegation.create(office=office, asked_for="salim@example.om", **request)
    operator = replace(signed_in(Account.get_by_id(amal.account)), assurance=Assurance.SUBSTANTIAL)
    brought = [_list(operator, customer, months) for months in (12, 24)]
    batches.confirm(operator, brought[0])
    batches.file({"uuid": brought[0]})
    reference = Application.select(Application.reference).where(Application.office == office).scalar()
    of_office = [
        ("office", "/office"),
        ("office-ask", "/office/customers/new"),
        ("office-request", f"/office/requests/{asked.id}"),
        ("office-operators", "/office/operators"),
        ("office-batches", "/office/batches"),
        ("office-batch-filed", f"/office/batches/{brought[0]}"),
        ("office-batch-checked", f"/office/batches/{brought[1]}"),
    ]
    of_customer = [
        ("delegations", "/account/delegations"),
        ("delegation-asked", f"/account/delegations/{waits.id}"),
        ("overview-filed-by", f"/applications/{reference}"),
        ("payments", "/payments"),
    ]
    return of_office, of_customer, given.id


def _list(operator: Actor, customer: Person, months: int) -> str:
    """A row that can be filed, and two that cannot."""
    good = f"{customer.civil_number},{customer.registration},{customer.membership},{months}"
    rows = [
        "customer,registration,membership,months",
        good,
        good.replace(customer.civil_number, "404"),
        good.replace(customer.membership, "1"),
    ]
    uuid = str(batches.bring(operator, "chamber.renew-membership", "may.csv", "\n".join(rows).encode()).uuid)
    batches.check({"uuid": uuid})
    return uuid


def _last(model: Any) -> int:
    return int(model.select(fn.MAX(model._meta.primary_key)).scalar())
