"""The words a service is written in.

A service is declarations and pure functions over a `Case`; what all services share (drafts, check page, payment, decision, messages,
documents, tracking) the portal gives each of them.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from engine.assurance import Assurance
from engine.errors import Refusal, Start
from engine.fees import Fee
from engine.fees import Quote as Priced
from engine.fields import Field, inputs
from engine.money import Money
from engine.registers import Record, Register, Shown
from engine.retention import Retention
from engine.slots import Appointment, Opening
from engine.wording import Text, Words, _
from engine.working_time import WorkingDays

__all__ = [
    "Agreement",
    "Authority",
    "Case",
    "Certificate",
    "Charge",
    "Creation",
    "Decision",
    "Declaration",
    "Effect",
    "Facts",
    "Fee",
    "Group",
    "Listing",
    "Mark",
    "Opening",
    "Party",
    "Payout",
    "Quote",
    "Refusal",
    "Retention",
    "Routes",
    "Rows",
    "Sample",
    "Service",
    "Settlement",
    "Stage",
    "Start",
    "Step",
    "Summary",
    "WorkingDays",
]


class Charge(StrEnum):
    """When the fee falls due."""

    ON_SUBMISSION = "on-submission"
    ON_APPROVAL = "on-approval"
    NEVER = "never"


class Decision(StrEnum):
    AUTOMATIC = "automatic"
    CLERK = "clerk"


@dataclass(frozen=True, slots=True)
class Case:
    """What rules see of an application: the answers, the register records fetched with them, and the day they are judged by.

    `today` is the business day of the quote, so that what was priced is what happens; `issued` the day a document is made, for whom
    (`applicant`), and what the clerk answered on approving (`reply`), where the service asks for it. `agreed` is the day on which the
    last of those whose agreement it needs gave it. `price` is what it is priced at, once all is answered, and from submission on what it
    was; from then on `holder` is the applicant's civil number, as it was proven.
    """

    answers: Mapping[str, Any]
    records: Mapping[str, Record]
    today: dt.date
    issued: dt.date | None = None
    applicant: Words | None = None
    reply: str = ""
    holder: str | None = None
    agreed: dt.date | None = None
    price: Priced | None = None
    appointments: Mapping[str, Appointment] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.answers[name]

    def get(self, name: str) -> Any:
        return self.answers.get(name)

    def record(self, name: str) -> Record:
        return self.records[name]

    def found(self, name: str) -> tuple[Record, ...]:
        """The records chosen in a `Found`, in the order of their numbers."""
        return tuple(self.records[key] for key in sorted(self.records) if key.startswith(f"{name}:"))

    def find(self, name: str) -> Record | None:
        """As `record`, of one that there need not be."""
        return self.records.get(name)

    def appointment(self, name: str) -> Appointment:
        """What was booked by the `Slot` of that name. (From submission on.)"""
        return self.appointments[name]


@dataclass(frozen=True, slots=True)
class Summary:
    """Shows a register record that an earlier step chose, or that the application is about, if there is one; `columns` only these of it."""

    record: str
    columns: tuple[str, ...] = ()


Rows = Iterable[tuple[Text, Shown | None]]


@dataclass(frozen=True, slots=True)
class Facts:
    """Shows rows of the rules' own making, such as what two registers say of the same company."""

    rows: Callable[[Case], Rows]


@dataclass(frozen=True, slots=True)
class Quote:
    """Shows the price beside the questions and follows every change; `also` adds rows, such as a new expiry."""

    also: Callable[[Case], Rows] = lambda case: ()


@dataclass(frozen=True, slots=True)
class Effect:
    """A change of a register record, applied in the transaction that settles or decides.

    `expects` are the values the rules saw: if the record has moved on since, nothing is overwritten and a person looks at it.
    """

    record: Record
    changes: Mapping[str, Any]

    @property
    def expects(self) -> dict[str, Any]:
        return {name: self.record.data[name] for name in self.changes}


@dataclass(frozen=True, slots=True)
class Creation:
    """A new register record, made in the transaction that settles or decides; it gets the register's next number.

    The rules of the document find it as `case.record(name)`. A service whose `subject` is that name issues the document of the record.
    `first_of` is a record on which nothing of that register may hang yet: if something does meanwhile, a person looks at it. `named_in`
    are records and a column of each that its number goes into, unless another one stands there meanwhile.
    """

    name: str
    register: Register
    data: Mapping[str, Any]
    first_of: Record | None = None
    named_in: tuple[tuple[Record, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """What is written down of whoever has that number, in the records of a register that they hold: none, where it holds none of theirs.

    The rules never saw them, so nothing is expected of them but that nobody has written it down yet: else a person looks at it.
    """

    register: Register
    holder: str
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Settlement:
    """A record of an outside register that is paid: its register is told after the transaction, until it has answered.

    Where it was paid elsewhere meanwhile, a refund of the amount is asked for.
    """

    record: Record
    amount: Money


@dataclass(frozen=True, slots=True)
class Payout:
    """The deposit of a record, paid back to an account: booked in the transaction that decides, transferred by the cashiers. Once."""

    record: Record
    amount: Money
    iban: str


def _always(case: Case) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Certificate:
    """The document a service issues: whom it names, its fixed sentences by the names its template uses, and its rows.

    `body` is running text in whichever language it was written. `valid_until` is None where the document does not expire. `duplicate`
    marks it as one in place of the record's lost one, and names that one. `again` hands out the record's standing document of this
    template, the same file; where the portal has none, it is issued. `clauses` are numbered sentences, the same on every one. `revokes`
    names the templates of the record's documents that no longer stand once this one is issued. `when` says for which cases it is issued
    at all.
    """

    template: str
    title: Text
    named: Callable[[Case], Words]
    rows: Callable[[Case], Rows]
    says: Mapping[str, Text]
    body: Callable[[Case], str] | None = None
    valid_until: Callable[[Case], dt.date] | None = None
    duplicate: bool = False
    again: bool = False
    clauses: tuple[Text, ...] = ()
    revokes: tuple[str, ...] = ()
    when: Callable[[Case], bool] = _always


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the applicant may sign with the ID card before submitting, over all that is answered and priced; `required`: must sign."""

    says: Text
    required: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody whose word counts: their civil or commercial registration number, their name, what they are in the matter, and their mobile."""

    number: str
    name: Words
    role: Text
    phone: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Without it an application does not go on: who must agree (`of`; the applicant agrees by submitting), and to what (`to`).

    The others are asked by link and code, and see what `to` says: no more than they need to know what they agree to.
    """

    of: Callable[[Case], Iterable[Party]]
    to: Callable[[Case], Rows]


@dataclass(frozen=True, slots=True)
class Sample:
    """A made-up case with words for it: on these an administrator sees what another fee would change."""

    title: Text
    answers: Mapping[str, Any] = field(default_factory=dict)
    records: Mapping[str, Record] = field(default_factory=dict)

    def case(self, day: dt.date) -> Case:
        return Case(self.answers, self.records, day)


@dataclass(frozen=True)
class Step:
    """One page: what it shows and asks, and how sure we must be who is asking before it opens.

    `refusals` says what of its answers does not go together; until it says nothing, the step is not done.
    """

    name: str
    title: Text
    items: tuple[Field | Summary | Facts, ...]
    assurance: Assurance
    shows: Quote | None
    refusals: Callable[[Case], Iterable[Refusal]]

    def __init__(
        self,
        name: str,
        title: Text,
        *items: Field | Summary | Facts,
        assurance: Assurance = Assurance.PASSWORD,
        shows: Quote | None = None,
        refusals: Callable[[Case], Iterable[Refusal]] = lambda case: (),
    ) -> None:
        given = {"name": name, "title": title, "items": items, "assurance": assurance, "shows": shows, "refusals": refusals}
        for attribute, value in given.items():
            object.__setattr__(self, attribute, value)

    @property
    def fields(self) -> tuple[Field, ...]:
        return inputs(self.items)

    def asked(self, case: Case) -> tuple[Field, ...]:
        """Those of its fields that are a question of this very case, once the steps before it are answered."""
        return tuple(field for field in self.fields if _asked(field, case))


def _asked(field: Field, case: Case) -> bool:
    try:
        return field.asked is None or bool(field.asked(case))
    except KeyError:
        return False  # what it depends on is not answered yet


@dataclass(frozen=True, slots=True)
class Stage:
    """One of several decisions that follow each other, and the section of the authority that takes it."""

    section: str
    title: Text


@dataclass(frozen=True, slots=True)
class Routes:
    """The section follows from the answer to a field: each of its values names one."""

    field: str
    sections: Mapping[Any, str]


@dataclass(frozen=True, slots=True)
class Listing:
    """What everybody may see of the service's applications, in a list, on a map and by Open311: of which kind, about where, since when.

    It names the fields that answer these: `kind` a Choice, `place` a Place. `story` and `pictures` are only shown where a clerk has
    published them. Who files another of the kind within `near` metres and `recent` days of an open one is offered to support that one.
    """

    kind: str
    place: str
    story: str
    pictures: tuple[str, ...] = ()
    near: int = 150
    recent: int = 30


def _nothing(case: Case) -> Iterator[Any]:
    return iter(())


def _never(case: Case) -> bool:
    return False


def _no_samples(day: dt.date) -> Iterator[Sample]:
    return iter(())


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service whole. `subject` names the record it changes: one pending application per record; `fee_codes` lists every fee it may ask.

    Where a clerk decides, `automatic_when` says which cases need none. `agreement` comes before payment and clerk.

    `issues` is the document it issues, or several.

    Whose steps all ask for no assurance may be filed by anybody, without an account.

    `section` is the part of the authority that deals with it, or `Routes` to it; `stages`, where several decide in turn, name theirs
    in its place. `reply` is what the clerk whose approval is the last is asked to write to the applicant; `within` how long the
    authority promises to take (else what the authority promises for all, else nothing); `retention` how long its applications are kept,
    where that is not as its authority's others. `reopens`: within how many days of the answer its applicant may have it examined again.
    `listing`: what of it is public. `samples` are made-up cases of a day, such that every fee it may ask comes up. `batch` names the
    fields that make a row of a list, where an office may file many at once.
    """

    code: str
    title: Text
    summary: Text
    steps: tuple[Step, ...]
    charge: Charge
    decision: Decision
    automatic_when: Callable[[Case], bool] = _never
    needs: tuple[Text, ...] = ()
    takes: Text
    known_as: tuple[Text, ...] = ()
    fee_codes: tuple[str, ...] = ()
    fees: Callable[[Case], Iterable[Fee]] = _nothing
    samples: Callable[[dt.date], Iterable[Sample]] = _no_samples
    refusals: Callable[[Case], Iterable[Refusal]] = _nothing
    effects: Callable[[Case], Iterable[Effect | Creation | Mark | Settlement | Payout]] = _nothing
    agreement: Agreement | None = None
    declaration: Declaration | None = None
    issues: Certificate | tuple[Certificate, ...] | None = None
    subject: str | None = None
    section: str | Routes = ""
    stages: tuple[Stage, ...] = ()
    reply: Text | None = None
    retention: Retention | None = None
    within: WorkingDays | None = None
    batch: tuple[str, ...] = ()
    reopens: int | None = None
    listing: Listing | None = None

    def __post_init__(self) -> None:
        if self.reopens is not None and (self.issues or self.charge is not Charge.NEVER or self.effects is not _nothing):
            raise ValueError(f"{self.code}: what was issued, paid or registered cannot be examined again")

    @property
    def authority(self) -> str:
        return self.code.partition(".")[0]

    @property
    def desk(self) -> str:
        """Where its applications arrive first, or one of the desks that they are routed to."""
        return self.desks[0]

    @property
    def desks(self) -> tuple[str, ...]:
        """Every desk where its applications may lie: those that decide, stage after stage, or one of those that it is routed to."""
        if self.stages:
            return tuple(self._desk(stage.section) for stage in self.stages)
        sections = self.section.sections.values() if isinstance(self.section, Routes) else [self.section]
        return tuple(dict.fromkeys(map(self._desk, sections)))

    def desk_for(self, answers: Mapping[str, Any]) -> str:
        """Where an application with these answers arrives: a section of its authority (municipality.administration), or the authority."""
        if isinstance(self.section, Routes) and not self.stages:
            chosen = self.section.sections.get(answers.get(self.section.field))
            return self._desk(chosen) if chosen else self.desks[0]
        return self.desks[0]

    def decided_at(self, stage: int) -> tuple[str, ...]:
        """The desks of the stages as far as that one, counted from 1."""
        return self.desks[:stage] if self.stages else ()

    def _desk(self, section: str) -> str:
        return f"{self.authority}.{section}" if section else self.authority

    @property
    def answers_in_words(self) -> bool:
        """Whether the clerk's reply is all that its applicant gets: no document, and nothing to pay before."""
        return self.reply is not None and self.issues is None and self.charge is Charge.NEVER

    def stage(self, number: int) -> Stage | None:
        """What is decided at that stage, counted from 1."""
        return self.stages[number - 1] if number <= len(self.stages) else None

    def decided_by(self, case: Case) -> Decision:
        """Who decides this very case."""
        return Decision.AUTOMATIC if self.automatic_when(case) else self.decision

    def refused(self, case: Case) -> list[Refusal]:
        """What the rules refuse as far as can be told: up to the first that asks for what is not answered yet."""
        found: list[Refusal] = []
        try:
            found.extend(self.refusals(case))  # keeps what came before
        except KeyError:
            pass
        return found

    def decides(self, number: int) -> bool:
        """Whether approving at that stage approves the application: nobody is asked after it."""
        return number >= len(self.stages)

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """The documents it may issue."""
        return self.issues if isinstance(self.issues, tuple) else (self.issues,) if self.issues else ()

    def issued(self, case: Case) -> tuple[Certificate, ...]:
        """Those of this very case."""
        return tuple(certificate for certificate in self.certificates if certificate.when(case))

    @property
    def assurance(self) -> Assurance:
        """The most any step asks for."""
        return max(step.assurance for step in self.steps)

    @property
    def signature_required(self) -> bool:
        return self.declaration is not None and self.declaration.required

    def step(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.name == name), None)

    def precedes(self, step: Step, later: Step) -> bool:
        return self.steps.index(step) < self.steps.index(later)

    def field(self, name: str) -> Field | None:
        return next((item for step in self.steps for item in step.fields if item.name == name), None)


@dataclass(frozen=True, slots=True)
class Group:
    """Services of an authority that people look for in one place, by the names in their codes."""

    title: Text
    services: tuple[str, ...]


OTHER = _("Other services")


@dataclass(frozen=True, kw_only=True)
class Authority:
    """Who decides and earns: its services and registers, the names of its fees' variants, and the services not yet offered here.

    `groups` sorts its services for people; `sections` names its parts, `openings` when some of them go out to see something;
    `appeal` says what a person may do who was refused; `within` how long it takes where a service says nothing.
    """

    code: str
    title: Text
    summary: Text
    services: tuple[Service, ...]
    registers: tuple[Register, ...] = ()
    variants: Mapping[str, Text] = field(default_factory=dict)
    announced: tuple[Text, ...] = ()
    groups: tuple[Group, ...] = ()
    sections: Mapping[str, Text] = field(default_factory=dict)
    openings: Mapping[str, Opening] = field(default_factory=dict)
    appeal: Text | None = None
    retention: Retention = Retention()
    within: WorkingDays | None = None

    def grouped(self, only: Callable[[str], bool] | None = None) -> list[tuple[Text | None, list[Service]]]:
        """The services (whose codes `only` takes) as `groups` sorts them; those it does not name come last. One list where there are none."""
        shown = [service for service in self.services if only is None or only(service.code)]
        if not self.groups:
            return [(None, shown)]
        offered = {service.code.partition(".")[2]: service for service in shown}
        sorted_ = [(group.title, [offered.pop(name) for name in group.services if name in offered]) for group in self.groups]
        return [(title, services) for title, services in [*sorted_, (OTHER, list(offered.values()))] if services]
