"""From fees to a priced quote: code says which fee and how many, the schedule says how much and by which decree."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from engine.errors import Refusal
from engine.money import Money
from engine.wording import Words, _

PER_MILLE = 1000


class Kind(StrEnum):
    FLAT = "flat"  # amount × quantity
    PER_UNIT = "per-unit"  # amount × units above `threshold`
    SHARE = "share"  # `rate` per mille of a base amount; all of it, where a register quotes the amount
    MULTIPLE = "multiple"  # `rate` per mille of the fee named in `of`; with a `threshold`, once the quantity is above it
    TIER = "tier"  # the amount of the highest `threshold` reached by the quantity


@dataclass(frozen=True, slots=True)
class Fee:
    """What a service asks the schedule for. `share` is part of the fee: (6, 12) is half of it. `base` feeds fees that are a share.

    `about` follows the fee's name on its line: which of several it is. A `deposit` is held for whoever pays it and goes back to them.
    """

    code: str
    variant: str = ""
    quantity: int = 1
    share: tuple[int, int] = (1, 1)
    base: Money = Money(0)
    about: Words | None = field(default=None, hash=False)
    deposit: bool = False


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
    """One line of a quote, in both languages, with the rule it rests on. What is a `deposit` is never earned."""

    label: Words
    fee: str
    rule: int
    quantity: int
    amount: Money
    deposit: bool = False

    def frozen(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "fee": self.fee,
            "rule": self.rule,
            "quantity": self.quantity,
            "baisa": self.amount.baisa,
            **({"deposit": True} if self.deposit else {}),
        }

    @classmethod
    def thaw(cls, data: dict[str, Any]) -> "Line":
        return cls(data["label"], data["fee"], data["rule"], data["quantity"], Money(data["baisa"]), data.get("deposit", False))


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
    """The fee rules as they stand. A variant falls back to the rule without one."""

    rules: tuple[Rule, ...]

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
        return Quote(tuple(self._line(fee, day) for fee in fees), day)

    def changed(self, changes: Iterable[Change]) -> "Schedule":
        """The schedule as it will be: each change ends the version it follows."""
        by_rule = {change.rule.id: change for change in changes}
        ended = (
            replace(rule, effective_to=by_rule[rule.id].effective_from) if rule.id in by_rule else rule for rule in self.rules
        )
        return Schedule((*ended, *(change.version() for change in by_rule.values())))

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
        return Line(_label(rule, fee), fee.code, rule.id, fee.quantity, amount, fee.deposit)

    def _amount(self, rule: Rule, fee: Fee, day: dt.date) -> Money:
        amount = rule.amount or Money(0)
        if rule.kind is Kind.FLAT:
            return amount * fee.quantity
        if rule.kind is Kind.PER_UNIT:
            return amount * max(fee.quantity - rule.threshold, 0)
        if rule.kind is Kind.SHARE:
            return fee.base.share(rule.rate, PER_MILLE)
        if rule.kind is Kind.MULTIPLE and rule.threshold >= fee.quantity:
            return Money(0)
        if rule.kind is Kind.MULTIPLE:
            of = Fee(rule.of, fee.variant, 1 if rule.threshold else fee.quantity, base=fee.base)
            return self._amount(self.rule(of, day), of, day).share(rule.rate, PER_MILLE)
        return amount


def _label(rule: Rule, fee: Fee) -> Words:
    if fee.about is None:
        return rule.label
    return {"ar": f"{rule.label['ar']}: {fee.about['ar']}", "en": f"{rule.label['en']}: {fee.about['en']}"}
