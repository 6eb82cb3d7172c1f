"""The life of each application, row by row: who filed it, what happened, who decided, what was paid; and the entries of the audit."""

import datetime as dt
import random
from collections.abc import Callable
from functools import lru_cache

from engine import numbering
from engine.lifecycle import State
from engine.service import Charge, Decision
from models import (
    Account,
    Application,
    ApplicationEvent,
    AttemptEvent,
    Bill,
    Counter,
    DecisionMade,
    Identifier,
    Journal,
    JournalEntry,
    Note,
    PaymentAttempt,
    Receipt,
    SearchTerm,
    TrackedNumber,
)
from operations import finding, tracking
from operations.now import now
from operations.settlement import SERIES
from tools.seed.bulk import Bulk, plain
from tools.seed.samples import MODE, PROVIDER, Marked, Sample
from tools.seed.timing import Timing
from tools.seed.trail import Trail

FIRST = (
    ("Ali", "علي"),
    ("Salim", "سالم"),
    ("Maryam", "مريم"),
    ("Fatma", "فاطمة"),
    ("Ahmed", "أحمد"),
    ("Hamad", "حمد"),
    ("Aisha", "عائشة"),
    ("Said", "سعيد"),
    ("Khalid", "خالد"),
    ("Zainab", "زينب"),
    ("Nasser", "ناصر"),
    ("Shamsa", "شمسة"),
    ("Yusuf", "يوسف"),
    ("Huda", "هدى"),
    ("Badr", "بدر"),
    ("Amal", "أمل"),
    ("Ibrahim", "إبراهيم"),
    ("Noor", "نور"),
    ("Talal", "طلال"),
    ("Raya", "رية"),
    ("Majid", "ماجد"),
    ("Sumaya", "سمية"),
    ("Qais", "قيس"),
    ("Laila", "ليلى"),
)
FAMILY = (
    ("Al Harthy", "الحارثي"),
    ("Al Balushi", "البلوشي"),
    ("Al Hashmi", "الهاشمي"),
    ("Al Shidi", "الشيدي"),
    ("Al Farsi", "الفارسي"),
    ("Al Maamari", "المعمري"),
    ("Al Zadjali", "الزدجالي"),
    ("Al Kindi", "الكندي"),
    ("Al Raisi", "الرئيسي"),
    ("Al Habsi", "الحبسي"),
    ("Al Jahdhami", "الجهضمي"),
    ("Al Lawati", "اللواتي"),
    ("Al Siyabi", "السيابي"),
    ("Al Rawahi", "الرواحي"),
    ("Al Abri", "العبري"),
    ("Al Wahaibi", "الوهيبي"),
    ("Al Busaidi", "البوسعيدي"),
    ("Al Mahrouqi", "المحروقي"),
)
COMPANY = (
    ("Falaj", "فلج"),
    ("Palm", "نخلة"),
    ("Dhow", "بوم"),
    ("Frankincense", "اللبان"),
    ("Green Mountain", "الجبل الأخضر"),
    ("Coast", "الساحل"),
    ("Batinah", "الباطنة"),
    ("Pearl", "اللؤلؤة"),
)
TOPIC = (
    "A tree leans over the road",
    "إنارة الشارع",
    "A wall beside the school",
    "موقف أمام المسجد",
    "Water on the street",
    "تغيير لوحة",
    "A loading bay",
    "حفرة في الطريق",
)
STATES: dict[Decision, dict[State, int]] = {
    Decision.AUTOMATIC: {State.COMPLETED: 86, State.TO_PAY: 3, State.DRAFT: 5, State.WITHDRAWN: 6},
    Decision.CLERK: {
        State.COMPLETED: 68,
        State.IN_REVIEW: 12,
        State.REFUSED: 8,
        State.RETURNED: 3,
        State.TO_PAY: 2,
        State.DRAFT: 4,
        State.WITHDRAWN: 3,
    },
}
"""Of a hundred applications, how many stand where."""
ACTIONS = {"approve": "application.approve", "refuse": "application.refuse", "return": "application.return"}
FOUND = ("desk", "term", "application_id")
TRACKED = ("register", "number", "application_id")
PER_PERSON = 3
CLERKS = 12
MIDDLE = ("", "Said ", "Nasser ", "Hamed "), ("", "سعيد ", "ناصر ", "حمد ")


@lru_cache(maxsize=50_000)
def _terms(text: str) -> tuple[str, ...]:
    return tuple(finding.terms_of((text,)))


class Lives:
    """Makes rows into `bulk`. The same seed on the same database makes the same."""

    def __init__(
        self, bulk: Bulk, trail: Trail, samples: dict[str, list[Sample]], chance: random.Random, since: dt.datetime
    ) -> None:
        self.bulk, self.trail, self.samples, self.chance = bulk, trail, samples, chance
        self._now = now().replace(tzinfo=None)
        self.timing = Timing(bulk, since)
        self.people: list[tuple[int, str, str, str]] = []
        self.clerks: list[int] = []
        self._counters: dict[tuple[str, int], int] = {(row.series, row.year): row.last for row in Counter.select()}
        self._codes = list(samples)

    # --- People ---------------------------------------------------------------------------------------------------------------

    def person(self, at: dt.datetime) -> None:
        key = self._account(at)
        self.people.append(key)

    def clerk(self, at: dt.datetime) -> None:
        """Without a role: they decided once, and work here no longer."""
        self.clerks.append(self._account(at)[0])

    def _account(self, at: dt.datetime) -> tuple[int, str, str, str]:
        key, pick = self.bulk.key(Account), self.chance.choice
        (first, first_ar), (family, family_ar), middle = pick(FIRST), pick(FAMILY), self.chance.randrange(4)
        arabic, civil = f"{first_ar} {MIDDLE[1][middle]}{family_ar}", str(500_000_000 + key)
        self.bulk.add(
            Account,
            id=key,
            first_name=first,
            middle_name=MIDDLE[0][middle].strip(),
            family_name=family,
            arabic_name=arabic,
            country="OM",
            identity_type="civil-card",
            identity_number=civil,
            registration="",
            password_hash="!",
            locale="ar",
            created_at=at,
            active_at=at,
        )
        for type_, value in (("email", f"seed{key}@bawaba.example"), ("phone", f"+9689{key:07}"), ("civil-number", civil)):
            self.bulk.add(Identifier, account_id=key, type=type_, value=value, verified_at=at)
        return key, arabic, f"{first} {MIDDLE[0][middle]}{family}", civil

    # --- One application --------------------------------------------------------------------------------------------------------

    def application(self, at: dt.datetime) -> None:
        """One that was begun then, with all that followed."""
        sample = self.chance.choice(self.samples[self.chance.choice(self._codes)])
        state = self._state(sample, at)
        key, who = self.bulk.key(Application), self.chance.choice(self.people)
        service = sample.service
        reference = numbering.reference(service.authority, at.year, self._take(f"application:{service.authority}", at.year))
        filled = self._filler(sample, key, who, reference)
        submitted = at + dt.timedelta(minutes=self.chance.randint(3, 40)) if state not in (State.DRAFT, State.WITHDRAWN) else None
        days = self.chance.randint(1, 5) if service.decision is Decision.CLERK else 0
        decided = submitted and submitted + dt.timedelta(days=days, minutes=self.chance.randint(1, 300))
        taken = state is State.RETURNED or (state is State.IN_REVIEW and self.chance.random() < 0.2)
        clerk = self.chance.choice(self.clerks)
        closed = state in (State.COMPLETED, State.REFUSED, State.WITHDRAWN)
        approved = service.decision is Decision.CLERK and state in (State.COMPLETED, State.TO_PAY)
        due = self.timing.due(service, submitted) if submitted and state is State.IN_REVIEW else None
        last = decided if submitted and (closed or approved or state is State.RETURNED) else submitted or at
        self.bulk.add(
            Application,
            id=key,
            reference=reference,
            account_id=who[0],
            service=service.code,
            authority=service.authority,
            state=str(state),
            answers=filled(sample.answers),
            records=filled(sample.records),
            subject=filled(sample.subject) if submitted and sample.subject else None,
            frozen=filled(sample.frozen) if submitted else None,
            version=1,
            desk=sample.desk,
            clerk_id=clerk if taken else None,
            taken_at=submitted if taken else None,
            approved_at=decided if approved else None,
            due_at=due,
            escalated_at=due if due and due < self._now else None,
            created_at=at,
            updated_at=last,
            submitted_at=submitted,
            closed_at=last if closed else None,
        )
        self._happened(key, "started", who[0], at)
        if submitted is None:
            if closed:
                self._happened(key, "withdrawn", who[0], at)
                self.trail.tell(who[0], "application.withdrawn", reference, at)
            return
        self._happened(key, "submitted", who[0], submitted)
        self.trail.tell(who[0], "application.submitted", reference, submitted)
        found_by = {term for text in sample.texts for term in _terms(filled(text))}
        desk = sample.desk
        self.bulk.extend(SearchTerm, FOUND, [(desk, term, key) for term in found_by])
        followed = {(register, tracking.spelled(filled(number))) for register, number in sample.numbers}
        self.bulk.extend(TrackedNumber, TRACKED, [(register, number, key) for register, number in sorted(followed)])
        assert decided and last
        if service.decision is Decision.CLERK:
            self._reviewed(key, reference, state, clerk, submitted, decided)
            self.timing.write(key, service, desk, state, submitted, decided)
        if sample.owes and state is not State.REFUSED and (approved or service.charge is Charge.ON_SUBMISSION):
            self._billed(key, reference, sample, decided, paid=state is not State.TO_PAY)
        if state is State.COMPLETED:
            self._happened(key, "completed", None, decided)

    def _state(self, sample: Sample, at: dt.datetime) -> State:
        shares = STATES[sample.service.decision]
        return self.chance.choices(list(shares), list(shares.values()))[0]

    def _filler(self, sample: Sample, key: int, who: tuple[int, str, str, str], reference: str) -> Callable[[Marked], str]:
        """Puts people, names and numbers in the places of the marks."""
        (english, arabic), number = self.chance.choice(COMPANY), str(1_000_000 + key)
        values = dict.fromkeys(sample.fields, number)
        values |= {"name_ar": who[1], "name_en": who[2], "civil": who[3], "reference": reference, "number": number}
        values |= {
            "company_en": f"{english} Trading {key}",
            "company_ar": f"{arabic} للتجارة {key}",
            "topic": f"{self.chance.choice(TOPIC)} {key % 9973}",
        }
        return lambda text: text.filled(values)

    def _reviewed(self, key: int, reference: str, state: State, clerk: int, submitted: dt.datetime, decided: dt.datetime) -> None:
        if state is State.IN_REVIEW:
            return
        outcome = {State.REFUSED: "refuse", State.RETURNED: "return"}.get(state, "approve")
        reason = "" if outcome == "approve" else "The plan is not signed · المخطط غير موقّع"
        remarks = plain({"subject": "Which? · أيّها؟"}) if outcome == "return" else "{}"
        self.bulk.add(
            DecisionMade,
            application_id=key,
            clerk_id=clerk,
            outcome=outcome,
            reason=reason,
            remarks=remarks,
            at=decided,
        )
        self._happened(key, {"approve": "approved", "refuse": "refused", "return": "returned"}[outcome], None, decided, reason)
        if self.chance.random() < 0.05:
            self.bulk.add(
                Note,
                application_id=key,
                by_id=clerk,
                text="Asked the engineer · سألت المهندس",
                at=decided,
            )
        for minutes, action in ((9, "application.viewed"), (8, "application.taken"), (0, ACTIONS[outcome])):
            self.trail.tell(clerk, action, reference, decided - dt.timedelta(minutes=minutes))

    def _billed(self, key: int, reference: str, sample: Sample, at: dt.datetime, *, paid: bool) -> None:
        bill, total = self.bulk.key(Bill), sample.total
        self.bulk.add(
            Bill,
            id=bill,
            application_id=key,
            authority=sample.service.authority,
            state="paid" if paid else "open",
            total=total,
            quote=sample.quote,
            created_at=at,
            good_until=at + dt.timedelta(days=1),
            paid_at=at if paid else None,
        )
        if not paid:
            return
        receipt, attempt, uuid = self.bulk.key(Receipt), self.bulk.key(PaymentAttempt), f"{self.chance.getrandbits(128):032x}"
        sequence = self._take(f"receipt:{SERIES}", at.year)
        self.bulk.add(
            Receipt,
            id=receipt,
            number=numbering.receipt_number(SERIES, at.year, sequence),
            series=SERIES,
            year=at.year,
            sequence=sequence,
            bill_id=bill,
            amount=total,
            at=at,
        )
        self.bulk.add(
            PaymentAttempt,
            id=attempt,
            uuid=uuid,
            bill_id=bill,
            provider=PROVIDER,
            mode=MODE,
            profile="",
            amount=total,
            state="captured",
            provider_transaction=f"seed{attempt}",
            card_brand="visa",
            card_masked="411111xxxxxx1111",
            receipt_id=receipt,
            stray=False,
            checks=0,
            created_at=at,
            updated_at=at,
            expires_at=at,
        )
        self.bulk.add(
            AttemptEvent,
            attempt_id=attempt,
            kind="captured",
            source="return",
            details="{}",
            at=at,
        )
        journal = f"{self.chance.getrandbits(128):032x}"
        for account, amount in sample.postings:
            self.bulk.add(JournalEntry, journal_id=journal, account=account, amount=amount)
        self.bulk.add(Journal, id=journal, source_key=f"capture:{uuid}", at=at)
        self._happened(key, "paid", None, at)
        self.trail.tell(None, "payment.captured", reference, at)

    def _happened(self, key: int, kind: str, by: int | None, at: dt.datetime, reason: str = "") -> None:
        details = plain({"reason": reason}) if reason else "{}"
        self.bulk.add(ApplicationEvent, application_id=key, kind=kind, details=details, by_id=by, at=at)

    def _take(self, series: str, year: int) -> int:
        """As counters.take; `finish` writes them."""
        self._counters[series, year] = self._counters.get((series, year), 0) + 1
        return self._counters[series, year]

    def finish(self) -> None:
        for (series, year), last in self._counters.items():
            Counter.insert(series=series, year=year, last=last).on_conflict(
                conflict_target=[Counter.series, Counter.year], update={Counter.last: last}
            ).execute()
