"""From fees to a priced quote: code says which fee and how many, the schedule says how much and by which decree."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from engine.calendar import add_months
from engine.errors import Refusal
from engine.money import Money
from engine.wording import Text, Words, _

PER_MILLE = 1000
DAY = dt.timedelta(days=1)


class Kind(StrEnum):
    FLAT = "flat"  # amount × quantity
    PER_UNIT = "per-unit"  # amount × units above `threshold`
    SHARE = "share"  # `rate` per mille of a base amount; all of it, where a register quotes the amount
    MULTIPLE = "multiple"  # `rate` per mille of the fee named in `of`; with a `threshold`, once the quantity is above it
    TIER = "tier"  # the amount of the highest `threshold` reached by the quantity
    LATE = "late"  # amount, once the `threshold` of days of grace since the fee's `since` is over
    LATE_MONTHS = "late-months"  # amount × months begun since that grace was over


FINES = frozenset({Kind.LATE, Kind.LATE_MONTHS})


@dataclass(frozen=True, slots=True)
class Fee:
    """What a service asks the schedule for. `share` is part of the fee: (6, 12) is half of it. `base` feeds fees that are a share.

    `about` follows the fee's name on its line: which of several it is. A `deposit` is held for whoever pays it and goes back to them.
    A fine for being late counts from `since`, the last day in time, and only what comes after `fined`, the day up to which one was paid;
    where none is due, there is no line of it.
    """

    code: str
    variant: str = ""
    quantity: int = 1
    share: tuple[int, int] = (1, 1)
    base: Money = Money(0)
    about: Words | None = field(default=None, hash=False)
    deposit: bool = False
    since: dt.date | None = None
    fined: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the fee schedule: never edited, replaced by a new version from a day on. An unset amount is None."""

    id: int
    code: str
    variant: str
    label: Words
    kind: Kind
    amount: Money | None
    rate: int
    threshold: int
    of: str
    least: Money | None
    most: Money | None
    effective_from: dt.date
    effective_to: dt.date | None
    source: str
    confirmed: bool

    @property
    def price(self) -> Money | Text | None:
        """How much, in words where it is no plain amount; None while it is unset."""
        if not self.priced:
            return None
        if self.kind is Kind.SHARE:
            return _("%(rate)s per thousand of the amount", rate=self.rate)
        if self.kind is Kind.MULTIPLE:
            return _("%(rate)s thousandths of that fee", rate=self.rate)
        return self._if_late() if self.kind in FINES else self.amount

    def _if_late(self) -> Text:
        if self.kind is Kind.LATE:
            return _(
                "%(amount)s once, after %(num)s day of grace",
                "%(amount)s once, after %(num)s days of grace",
                amount=self.amount,
                num=self.threshold,
            )
        return _(
            "%(amount)s for each month begun, after %(num)s day of grace",
            "%(amount)s for each month begun, after %(num)s days of grace",
            amount=self.amount,
            num=self.threshold,
        )

    @property
    def priced(self) -> bool:
        return self.rate > 0 if self.kind in (Kind.SHARE, Kind.MULTIPLE) else self.amount is not None

    def covers(self, day: dt.date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)


@dataclass(frozen=True, slots=True)
class Change:
    """What comes after a version of a fee, from a day on: another amount, or another rate (per mille). All else stays as it is."""

    rule: Rule
    amount: Money | None
    rate: int
    effective_from: dt.date
    source: str

    def version(self) -> Rule:
        return replace(
            self.rule,
            id=0,
            amount=self.amount,
            rate=self.rate,
            effective_from=self.effective_from,
            effective_to=None,
            source=self.source,
            confirmed=True,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a quote, in both languages, with the rule it rests on. What is a `deposit` is never earned.

    `note` says how it came about, where its name does not; a `fine` may be waived.
    """

    label: Words
    fee: str
    rule: int
    quantity: int
    amount: Money
    deposit: bool = False
    note: Text | Words | None = None
    fine: bool = False

    def frozen(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "fee": self.fee,
            "rule": self.rule,
            "quantity": self.quantity,
            "baisa": self.amount.baisa,
            **({"deposit": True} if self.deposit else {}),
            **({"note": self.note} if self.note else {}),
            **({"fine": True} if self.fine else {}),
        }

    @classmethod
    def thaw(cls, data: dict[str, Any]) -> "Line":
        return cls(
            data["label"],
            data["fee"],
            data["rule"],
            data["quantity"],
            Money(data["baisa"]),
            data.get("deposit", False),
            data.get("note"),
            data.get("fine", False),
        )


@dataclass(frozen=True, slots=True)
class Quote:
    """A priced list of fees on a day. Immutable: a bill keeps it as it was shown."""

    lines: tuple[Line, ...]
    day: dt.date

    @property
    def total(self) -> Money:
        return sum((line.amount for line in self.lines), Money(0))

    @property
    def deposit(self) -> Money:
        """What of it is held and goes back one day."""
        return sum((line.amount for line in self.lines if line.deposit), Money(0))

    @property
    def fined(self) -> bool:
        """Whether anything on it is a fine."""
        return any(line.fine for line in self.lines)

    def frozen(self) -> dict[str, Any]:
        return {"day": self.day.isoformat(), "lines": [line.frozen() for line in self.lines]}

    @classmethod
    def thaw(cls, data: dict[str, Any]) -> "Quote":
        return cls(tuple(Line.thaw(line) for line in data["lines"]), dt.date.fromisoformat(data["day"]))


class Unset(Refusal):
    """The schedule has no amount for this fee: nobody may be charged, and nobody is."""

    def __init__(self, code: str, variant: str) -> None:
        super().__init__(
            _(
                "The authority has not set this fee yet (%(fee)s), so it cannot be paid here. Nothing was charged; please ask the authority.",
                fee=f"{code}/{variant}" if variant else code,
            )
        )


@dataclass(frozen=True, slots=True)
class Schedule:
    """The fee rules as they stand. A variant falls back to the rule without one.

    `closed` says on which days nobody could have come in time: grace does not end on such a day.
    """

    rules: tuple[Rule, ...]
    closed: Callable[[dt.date], bool] = lambda day: False

    def rule(self, fee: Fee, day: dt.date) -> Rule:
        """The priced rule for this fee on this day. Raises Unset."""
        standing = [
            rule for rule in self.rules if rule.code == fee.code and rule.covers(day) and rule.variant in (fee.variant, "")
        ]
        exact = [rule for rule in standing if rule.variant == fee.variant] or standing
        reached = [rule for rule in exact if rule.kind is not Kind.TIER or rule.threshold <= fee.quantity]
        if not reached or not (best := max(reached, key=lambda rule: rule.threshold)).priced:
            raise Unset(fee.code, fee.variant)
        return best

    def quote(self, fees: Iterable[Fee], day: dt.date) -> Quote:
        """Price the fees on that day. Raises Unset when a fee has no amount."""
        lines = (self._line(fee, day) for fee in fees)
        return Quote(tuple(line for line in lines if line.amount or not line.fine), day)

    def late_from(self, since: dt.date, grace: int) -> dt.date:
        """The first day on which something is late that had to be done by `since` and has so many days of grace. *[ours]*: where the
        last of them is a day off, the next working day is in time too."""
        last = since + grace * DAY
        while self.closed(last):
            last += DAY
        return last + DAY

    def changed(self, changes: Iterable[Change]) -> "Schedule":
        """The schedule as it will be: each change ends the version it follows."""
        by_rule = {change.rule.id: change for change in changes}
        ended = (
            replace(rule, effective_to=by_rule[rule.id].effective_from) if rule.id in by_rule else rule for rule in self.rules
        )
        return replace(self, rules=(*ended, *(change.version() for change in by_rule.values())))

    def variants(self, code: str, day: dt.date) -> list[Rule]:
        """All rules of a fee standing on that day, for the page that says what a service costs."""
        return [rule for rule in self.rules if rule.code == code and rule.covers(day)]

    def _line(self, fee: Fee, day: dt.date) -> Line:
        rule = self.rule(fee, day)
        amount = self._amount(rule, fee, day).share(*fee.share)
        if rule.least is not None:
            amount = max(amount, rule.least)
        if rule.most is not None:
            amount = min(amount, rule.most)
        note = self._late_note(rule, fee, day) if amount else None
        return Line(_label(rule, fee), fee.code, rule.id, fee.quantity, amount, fee.deposit, note, rule.kind in FINES)

    def _amount(self, rule: Rule, fee: Fee, day: dt.date) -> Money:
        amount = rule.amount or Money(0)
        if rule.kind is Kind.FLAT:
            return amount * fee.quantity
        if rule.kind is Kind.PER_UNIT:
            return amount * max(fee.quantity - rule.threshold, 0)
        if rule.kind is Kind.SHARE:
            return fee.base.share(rule.rate, PER_MILLE)
        if rule.kind in FINES:
            return amount * self._times_late(rule, fee, day)
        if rule.kind is Kind.MULTIPLE and rule.threshold >= fee.quantity:
            return Money(0)
        if rule.kind is Kind.MULTIPLE:
            of = Fee(rule.of, fee.variant, 1 if rule.threshold else fee.quantity, base=fee.base)
            return self._amount(self.rule(of, day), of, day).share(rule.rate, PER_MILLE)
        return amount

    def _times_late(self, rule: Rule, fee: Fee, day: dt.date) -> int:
        """How often a fine is due: once, or for each month begun; without what was paid before."""
        if fee.since is None:
            return 0
        late = self.late_from(fee.since, rule.threshold)
        months = months_begun(late, day) - (months_begun(late, fee.fined) if fee.fined else 0)
        return (
            max(months, 0)
            if rule.kind is Kind.LATE_MONTHS
            else int(months_begun(late, day) > 0 and not (fee.fined and fee.fined >= late))
        )

    def _late_note(self, rule: Rule, fee: Fee, day: dt.date) -> Text | None:
        if rule.kind not in FINES or fee.since is None:
            return None
        late, months = self.late_from(fee.since, rule.threshold), self._times_late(rule, fee, day)
        if rule.kind is Kind.LATE:
            return _("Late since %(day)s", day=late)
        return _(
            "Late since %(day)s: %(num)s month begun × %(amount)s",
            "Late since %(day)s: %(num)s months begun × %(amount)s",
            day=late,
            num=months,
            amount=rule.amount,
        )


def months_begun(first: dt.date, day: dt.date) -> int:
    """How many months, counted from that first day, have begun by the other: 1 on it, 2 a month later; 0 before it."""
    if day < first:
        return 0
    months = (day.year - first.year) * 12 + day.month - first.month
    return months + (add_months(first, months) <= day)


def _label(rule: Rule, fee: Fee) -> Words:
    if fee.about is None:
        return rule.label
    return {"ar": f"{rule.label['ar']}: {fee.about['ar']}", "en": f"{rule.label['en']}: {fee.about['en']}"}
