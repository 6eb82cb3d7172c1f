"""Every table, in the order of the story: who · proving it · asking · deciding · paying · receiving · telling · remembering.

Columns and constraints only, no rules. Moments are UTC, amounts whole baisa, days ISO. `migrations/` makes the tables and the triggers
that keep the append-only ones append-only; a test compares the two.
"""

import datetime as dt
import uuid
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from peewee import (
    SQL,
    BigIntegerField,
    BooleanField,
    Check,
    DatabaseProxy,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    Model,
    Node,
    TextField,
)

import statements
from engine.lifecycle import PENDING, State
from engine.money import Money

database = DatabaseProxy()


class Typed:
    """Reading a column gives a value, not the column: said once for the type checker."""

    if TYPE_CHECKING:

        def __get__(self, row: Any, owner: Any = None) -> Any: ...
        def __set__(self, row: Any, value: Any) -> None: ...


class UtcField(Typed, DateTimeField):
    """An aware UTC moment in Python, a zone-less one in the table."""

    def db_value(self, value: Any) -> Any:
        if isinstance(value, dt.datetime) and value.tzinfo:
            value = value.astimezone(dt.UTC).replace(tzinfo=None)
        return super().db_value(value)

    def python_value(self, value: Any) -> Any:
        moment = super().python_value(value)
        return moment.replace(tzinfo=dt.UTC) if isinstance(moment, dt.datetime) and moment.tzinfo is None else moment


class MoneyField(Typed, BigIntegerField):
    """Money in Python, whole baisa in the table."""

    def db_value(self, value: Any) -> Any:
        return value.baisa if isinstance(value, Money) else super().db_value(value)

    def python_value(self, value: Any) -> Any:
        return None if value is None else Money(value)


def one_of(column: str, values: type[StrEnum], *more: Any, **options: Any) -> TextField:
    """A text column that holds a value of the enumeration, and the database says so."""
    listed = ", ".join(f"'{value}'" for value in values)
    return TextField(constraints=[*more, Check(f"{column} IN ({listed})")], **options)


def new_id() -> str:
    return uuid.uuid4().hex


class Row(Model):
    if TYPE_CHECKING:
        _pk: Any

    class Meta:
        database = database
        legacy_table_names = False

    def save(self, force_insert: bool = False, only: Any = None) -> Any:
        """As peewee's own, by a statement composed once (`statements`), and of a row that exists only what was assigned since."""
        changing = self._pk is not None and not force_insert
        names = self._dirty - {self._meta.primary_key.name} if changing else self.__data__
        values = {name: self.__data__[name] for name in sorted(names) if name != "id" or self.__data__[name] is not None}
        if only is not None or any(isinstance(value, Node) for value in values.values()):
            return super().save(force_insert, only)
        if changing and not values:
            return 0
        made = statements.write(self, values, changing=changing)
        if not changing and self._meta.auto_increment:
            self._pk = made
        self._dirty.clear()
        return made if changing else 1


# --- Who -------------------------------------------------------------------------------------------------------------------------


class IdentityType(StrEnum):
    CIVIL_CARD = "civil-card"
    PASSPORT = "passport"


class AccountKind(StrEnum):
    """As whom somebody uses the portal; it decides nothing, registers do."""

    CITIZEN = "citizen"
    RESIDENT = "resident"
    CONSULTING_OFFICE = "consulting-office"
    CONTRACTOR = "contractor"  # who builds
    INSTITUTION = "institution"


class IdentifierType(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    CIVIL_NUMBER = "civil-number"


class Account(Row):
    """A person. `civil_number` is what they claimed; it counts once an Identifier of that type is verified."""

    first_name = TextField()
    middle_name = TextField(default="")
    family_name = TextField()
    arabic_name = TextField(default="")
    country = TextField(default="OM")
    identity_type = one_of("identity_type", IdentityType, default=IdentityType.CIVIL_CARD)
    identity_number = TextField()
    kind = one_of("kind", AccountKind, SQL("DEFAULT 'citizen'"), default=AccountKind.CITIZEN)
    registration = TextField(default="")  # the commercial registration given when registering
    password_hash = TextField()
    locale = TextField(default="ar", constraints=[Check("locale IN ('ar', 'en')")])
    created_at = UtcField()
    active_at = UtcField(null=True)  # when both e-mail and phone were verified, or a clerk at a counter opened it
    blocked_at = UtcField(null=True)
    closing_at = UtcField(null=True, index=True)  # its owner asked to close it: erased then, unless they sign in before
    closed_at = UtcField(null=True)  # erased; the row stays for what must be kept
    terms_version = TextField(
        default="", constraints=[SQL("DEFAULT ''")]
    )  # the terms of use they agreed to; none: made without them
    terms_at = UtcField(null=True)  # and when

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.first_name, self.middle_name, self.family_name) if part)

    def called(self, locale: str) -> str:
        """How a message in that language greets them."""
        return str(self.arabic_name if locale == "ar" and self.arabic_name else self.first_name)


class Identifier(Row):
    """A way to name an account. Several people may claim an address; only one can have verified it."""

    account = ForeignKeyField(Account, backref="identifiers", on_delete="CASCADE")
    type = one_of("type", IdentifierType)
    value = TextField(index=True)
    verified_at = UtcField(null=True)


Identifier.add_index(
    Identifier.type, Identifier.value, unique=True, where=Identifier.verified_at.is_null(False), name="identifier_verified_once"
)


class Role(Row):
    """What a member of staff may do: for one authority, for one of its desks (municipality.administration), or (empty) for all."""

    account = ForeignKeyField(Account, backref="roles", on_delete="CASCADE")
    name = TextField()
    authority = TextField(default="")

    class Meta:
        indexes = ((("account", "name", "authority"), True),)


class Office(Row):
    """A small office that files for its customers. `email` gets a copy of what they are told about what it filed."""

    name_ar = TextField()
    name_en = TextField()
    registration = TextField(unique=True)  # its commercial registration
    email = TextField()
    opened_at = UtcField()
    opened_by = ForeignKeyField(Account, null=True, index=False, on_delete="RESTRICT")  # none: by a command
    blocked_at = UtcField(null=True)

    @property
    def name(self) -> dict[str, str]:
        """In both languages."""
        return {"ar": self.name_ar, "en": self.name_en}


class Operator(Row):
    """Who works for an office; its head says who else does. A person works for one office at a time."""

    office = ForeignKeyField(Office, backref="operators", on_delete="RESTRICT")
    account = ForeignKeyField(Account, index=False, on_delete="RESTRICT")
    head = BooleanField(default=False)
    since = UtcField()
    ended_at = UtcField(null=True)


Operator.add_index(Operator.account, unique=True, where=Operator.ended_at.is_null(), name="operator_one_office")


class Consent(StrEnum):
    """How a customer agreed."""

    ASKED = ""  # not yet
    CODE = "code"  # by the code or the page that the message led to
    CARD = "card"  # with the ID card, at the office
    COUNTER = "counter"  # in person, before a clerk


class Evidence(StrEnum):
    """What showed a clerk who stands at the counter."""

    NONE = ""  # not at a counter
    CARD = "card"  # the ID card in the counter's reader, with its PIN
    CIVIL_CARD = "civil-card"  # the original, seen
    RESIDENT_CARD = "resident-card"
    PASSPORT = "passport"


class Delegation(Row):
    """Leave to act for a customer: of an office, or of a clerk at the counter of a desk. Asked for first, in force once consented to."""

    customer = ForeignKeyField(Account, null=True, backref="delegations", on_delete="RESTRICT")  # none: asked for nobody we know
    office = ForeignKeyField(Office, null=True, index=False, on_delete="RESTRICT")
    desk = TextField(default="")
    services = JSONField(default=list)  # codes of services; none: all
    until = DateField()  # the last day
    consent = one_of("consent", Consent, default=Consent.ASKED)
    asked_for = TextField(default="")  # the address or civil number that the operator typed; at a counter the document's number
    asked_by = ForeignKeyField(Account, index=False, on_delete="RESTRICT")
    challenge = TextField(default="")  # the code that was sent, if one was
    created_at = UtcField()
    consented_at = UtcField(null=True)
    revoked_at = UtcField(null=True)
    revoked_by = ForeignKeyField(Account, null=True, index=False, on_delete="RESTRICT")
    evidence = one_of("evidence", Evidence, SQL("DEFAULT ''"), default=Evidence.NONE)
    session = IntegerField(null=True)  # at a counter the clerk's, with which it ends (no key: a session names its delegation)
    ends_at = UtcField(null=True)  # and when it ends at the latest

    class Meta:
        indexes = ((("office", "id"), False),)
        constraints = [
            Check("(office_id IS NULL) = (desk <> '')"),
            Check("(consent = '') = (consented_at IS NULL)"),
            Check("consented_at IS NULL OR customer_id IS NOT NULL"),
            Check("customer_id IS NULL OR customer_id <> asked_by_id"),
            Check("revoked_by_id IS NULL OR revoked_at IS NOT NULL"),
            Check("(desk <> '') = (evidence <> '')"),
            Check("(desk <> '') = (session IS NOT NULL)"),
            Check("(desk <> '') = (ends_at IS NOT NULL)"),
        ]


Delegation.add_index(Delegation.asked_for, where=SQL("evidence = 'passport'"), name="delegation_passport")
Delegation.add_index(
    Delegation.office,
    Delegation.customer,
    unique=True,
    where=SQL("consented_at IS NOT NULL AND revoked_at IS NULL"),
    name="delegation_one_open",
)


class Session(Row):
    """A signed-in browser. Only the hash of its token is kept; `next_*` is the token and assurance it was handed last, until it is used."""

    token_hash = TextField(unique=True)
    next_hash = TextField(null=True, unique=True)
    next_assurance = IntegerField(null=True)
    account = ForeignKeyField(Account, backref="sessions", on_delete="CASCADE")
    assurance = IntegerField(default=1)
    browser = TextField(default="")
    address = TextField(default="")
    created_at = UtcField()
    seen_at = UtcField()
    expires_at = UtcField()
    confirmed_at = UtcField(null=True)  # when the password, card or Mobile ID was last asked for in this session
    delegation = ForeignKeyField(Delegation, null=True, index=False, on_delete="RESTRICT")  # for whom they act now
    ended_at = UtcField(null=True)


# --- Proving it ------------------------------------------------------------------------------------------------------------------


class Purpose(StrEnum):
    REGISTER_EMAIL = "register-email"
    REGISTER_PHONE = "register-phone"
    RECOVER = "recover"
    HUMAN = "human"  # without scripts, a mailed code stands in for the CAPTCHA
    CHANGE_EMAIL = "change-email"
    CHANGE_PHONE = "change-phone"
    DELEGATE = "delegate"
    AGREE = "agree"


class OneTimeCode(Row):
    """A challenge. The code itself is never stored: it follows from the application key, `id` and `counter`."""

    id = TextField(primary_key=True, default=new_id)
    account = ForeignKeyField(Account, null=True, on_delete="CASCADE")
    purpose = one_of("purpose", Purpose)
    channel = TextField(constraints=[Check("channel IN ('mail', 'sms')")])
    destination = TextField()
    real = BooleanField(default=True)  # False: shown like any other, but nothing is sent and no code fits
    counter = IntegerField(default=0)
    attempts = IntegerField(default=0)
    created_at = UtcField()
    sent_at = UtcField()
    expires_at = UtcField()
    used_at = UtcField(null=True)

    class Meta:
        indexes = ((("destination", "created_at"), False),)


class SpentChallenge(Row):
    """A CAPTCHA solution already used, remembered until it would expire anyway."""

    digest = TextField(primary_key=True)
    expires_at = UtcField(index=True)


class CodeSent(Row):
    """One line per code or Mobile ID request sent, for the limits per destination and per address."""

    destination = TextField()
    channel = TextField()
    address = TextField()
    at = UtcField(index=True)

    class Meta:
        indexes = ((("destination", "at"), False), (("address", "at"), False))


class ChallengeState(StrEnum):
    OPEN = "open"
    WAITING = "waiting"  # the phone was asked
    PROVEN = "proven"  # `person` says who it was
    SPENT = "spent"
    FAILED = "failed"


class IdentityChallenge(Row):
    """A nonce for a card or a SIM to sign, in the hands of one browser: its cookie holds the secret, the row its digest."""

    holder = TextField(unique=True)
    subject = TextField()  # what it is for: sign-in, link:<account>, step-up:<proof>
    nonce = TextField(unique=True)
    state = one_of("state", ChallengeState, default=ChallengeState.OPEN)
    phone = TextField(default="")
    civil_number = TextField(default="")  # typed beside the phone
    provider_session = TextField(default="")
    failure = TextField(default="")
    person = JSONField(null=True)
    created_at = UtcField()
    expires_at = UtcField(index=True)


class SecondFactor(Row):
    """An authenticator app. Its secret is sealed under a key that follows from the application key; unconfirmed it is only proposed."""

    account = ForeignKeyField(Account, on_delete="CASCADE")
    sealed = TextField()
    used = BigIntegerField(default=0)  # the last half minute whose code was taken: no code counts twice
    tries = IntegerField(default=0)
    tries_since = UtcField()
    created_at = UtcField()
    confirmed_at = UtcField(null=True)


SecondFactor.add_index(
    SecondFactor.account, unique=True, where=SecondFactor.confirmed_at.is_null(False), name="second_factor_one_confirmed"
)
SecondFactor.add_index(
    SecondFactor.account, unique=True, where=SecondFactor.confirmed_at.is_null(), name="second_factor_one_proposed"
)


class RecoveryCode(Row):
    """Stands in for the app, once. Only its digest is kept."""

    account = ForeignKeyField(Account, on_delete="CASCADE")
    digest = TextField(unique=True)
    used_at = UtcField(null=True)


class StepUpState(StrEnum):
    CHOOSING = "choosing"
    WAITING = "waiting"
    PROVEN = "proven"  # the provider's session is still open: single log-out comes next
    OPEN = "open"  # the application is open to this session
    ENDED = "ended"
    FAILED = "failed"


class SecurityEvent(Row):
    """What happened to an account: append-only, and shown to its owner."""

    account = ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    kind = TextField()
    address = TextField(default="")
    details = JSONField(default=dict)
    at = UtcField(index=True)


# --- Asking ----------------------------------------------------------------------------------------------------------------------


class Guest(Row):
    """Who files one application without an account. Their key is never stored: it follows from the application key and `uuid`."""

    uuid = TextField(unique=True, default=new_id)
    name = TextField(default="")  # as they gave it, or none
    email = TextField(default="")  # where answers go, if anywhere; nobody has proven it
    phone = TextField(default="")
    locale = TextField(constraints=[Check("locale IN ('ar', 'en')")])
    created_at = UtcField(index=True)


class Application(Row):
    """A person's dealing with one service, from the first answer to the end."""

    reference = TextField(unique=True)
    account = ForeignKeyField(Account, backref="applications", on_delete="RESTRICT")
    service = TextField()
    authority = TextField()
    state = one_of("state", State, default=State.DRAFT)
    answers = JSONField(default=dict)
    records = JSONField(default=dict)
    subject = TextField(null=True)  # the register record it changes
    frozen = JSONField(null=True)  # labels, answers, records and quote as they were submitted
    version = IntegerField(default=1, constraints=[SQL("DEFAULT 1")])  # how often it was submitted to a clerk
    desk = TextField(default="", constraints=[SQL("DEFAULT ''")])  # the authority or the section of it that deals with it
    stage = IntegerField(default=1, constraints=[SQL("DEFAULT 1")])  # which of its service's decisions is next
    clerk = ForeignKeyField(Account, null=True, index=False, on_delete="RESTRICT")  # who has taken it
    taken_at = UtcField(null=True)
    filed_by = ForeignKeyField(Account, null=True, index=False, on_delete="RESTRICT")  # who files it for its applicant
    office = ForeignKeyField(Office, null=True, index=False, on_delete="RESTRICT")  # theirs; none at a counter
    guest = ForeignKeyField(
        Guest, null=True, index=False, on_delete="RESTRICT"
    )  # who filed it without an account: nobody's is it then
    approved_at = UtcField(null=True)
    due_at = UtcField(
        null=True
    )  # when the authority owes its decision; null while it is not the authority's turn, or nothing is promised
    escalated_at = UtcField(null=True)  # when its supervisors were told that it is overdue
    created_at = UtcField()
    updated_at = UtcField()
    submitted_at = UtcField(null=True)
    closed_at = UtcField(null=True)
    reminded_at = UtcField(null=True)  # when its applicant was told that the draft will go
    trimmed_at = UtcField(null=True)  # its files and what its messages said are gone
    erased_at = UtcField(null=True, constraints=[Check("erased_at IS NULL OR closed_at IS NOT NULL")])  # so is what it said

    class Meta:
        indexes = (
            (("account", "updated_at"), False),
            (("desk", "state", "submitted_at", "id"), False),
            (("desk", "service", "state", "submitted_at", "id"), False),
        )


_pending = ", ".join(f"'{state}'" for state in sorted(PENDING))
Application.add_index(
    Application.service, Application.subject, unique=True, where=SQL(f"state IN ({_pending})"), name="application_one_pending"
)
Application.add_index(
    Application.office, Application.submitted_at, where=SQL("office_id IS NOT NULL"), name="application_office_day"
)
# What nobody has taken yet, and what each clerk has: the two lists that a desk lives from. State and clerk stand in them though their
# conditions say them already: SQLite counts from the index alone only then.
Application.add_index(
    Application.desk,
    Application.state,
    Application.clerk,
    Application.submitted_at,
    Application.id,
    where=SQL("state = 'in-review' AND clerk_id IS NULL"),
    name="application_waiting",
)
Application.add_index(
    Application.clerk,
    Application.state,
    Application.submitted_at,
    Application.id,
    Application.desk,  # with what is due: a supervisor counts what each clerk has without reading the rows
    Application.due_at,
    where=SQL("state = 'in-review'"),
    name="application_taken",
)
# What is due next, for a desk and for the sweep that tells supervisors; what is open of a service; and all of a period, for the export.
Application.add_index(
    Application.desk, Application.due_at, Application.id, where=Application.due_at.is_null(False), name="application_due"
)
Application.add_index(
    Application.due_at,
    where=SQL("due_at IS NOT NULL AND escalated_at IS NULL"),
    name="application_not_escalated",
)
Application.add_index(
    Application.desk,
    Application.service,
    Application.submitted_at,
    where=SQL("state = 'in-review'"),
    name="application_open_of_service",
)
Application.add_index(
    Application.desk,
    Application.submitted_at,
    Application.id,
    where=Application.submitted_at.is_null(False),
    name="application_submitted",
)
# What retention looks for: untouched drafts, closed ones with files, closed ones that still say something.
Application.add_index(Application.service, Application.updated_at, where=SQL("state = 'draft'"), name="application_drafts")
Application.add_index(
    Application.service,
    Application.closed_at,
    where=SQL("closed_at IS NOT NULL AND trimmed_at IS NULL"),
    name="application_untrimmed",
)
Application.add_index(
    Application.service,
    Application.state,
    Application.closed_at,
    where=SQL("closed_at IS NOT NULL AND erased_at IS NULL"),
    name="application_unerased",
)
# What an office filed, newest first: for all its customers, or for one.
Application.add_index(
    Application.office, Application.account, Application.id, where=Application.office.is_null(False), name="application_of_office"
)
Application.add_index(Application.guest, unique=True, where=Application.guest.is_null(False), name="application_one_of_guest")


class Counter(Row):
    """The last number given out in a series and year. Taken inside the transaction that uses it, so no number is ever skipped."""

    series = TextField()
    year = IntegerField()
    last = IntegerField(default=0)

    class Meta:
        indexes = ((("series", "year"), True),)


class ApplicationEvent(Row):
    """The timeline of an application, as its applicant sees it. Append-only."""

    application = ForeignKeyField(Application, backref="events", on_delete="RESTRICT")
    kind = TextField()
    details = JSONField(default=dict)
    by = ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    at = UtcField()


class Upload(Row):
    """A file of an application; its bytes lie in the content-addressed store. What a version before said of a field keeps its row."""

    id = TextField(primary_key=True, default=new_id)
    application = ForeignKeyField(Application, backref="uploads", on_delete="RESTRICT")
    field = TextField()
    name = TextField()
    media_type = TextField()
    size = IntegerField()
    digest = TextField(index=True)
    created_at = UtcField()


class Declaration(Row):
    """What an applicant may sign with the ID card: one for each offer, by its seal. Once signed it is a Document."""

    serial = TextField(unique=True)
    application = ForeignKeyField(Application, on_delete="RESTRICT")
    seal = TextField()
    content = JSONField()
    drawn = TextField(null=True, index=True)  # digest of the PDF without a signature
    prepared = JSONField(null=True)  # what the card was last asked to sign
    created_at = UtcField(index=True)

    class Meta:
        indexes = ((("application", "seal"), True),)


class Version(Row):
    """What an application said before its applicant corrected it: version 1, 2 … Append-only; the last one is on the application."""

    application = ForeignKeyField(Application, backref="versions", index=False, on_delete="RESTRICT")
    number = IntegerField()
    frozen = JSONField()
    at = UtcField()  # when the next one came

    class Meta:
        indexes = ((("application", "number"), True),)


class SearchTerm(Row):
    """A number or a word of a name by which staff find an application, spelled as engine/search.py spells it."""

    desk = TextField()  # its application's
    term = TextField()
    application = ForeignKeyField(Application, index=False, on_delete="RESTRICT")

    class Meta:
        indexes = ((("desk", "term", "application"), True),)


class AgreementRequest(Row):
    """Another person who was asked to agree before an application goes on. Their link follows from the application key and `id`."""

    application = ForeignKeyField(Application, backref="agreements", on_delete="RESTRICT")
    account = ForeignKeyField(Account, null=True, on_delete="RESTRICT")  # theirs, if they have one
    number = TextField()  # their civil or commercial registration number
    name = JSONField()  # in both languages
    role = JSONField()  # what they are in the matter, in both languages
    phone = TextField()
    email = TextField(default="")
    locale = TextField(constraints=[Check("locale IN ('ar', 'en')")])
    said = JSONField()  # what they were asked to agree to, as they read it
    challenge = TextField(default="")  # the code that was sent last
    links = IntegerField(default=1)  # how often the link was sent
    asked_at = UtcField()
    sent_at = UtcField()
    expires_at = UtcField()
    closed_at = UtcField(null=True)  # answered, run out, or no longer asked


AgreementRequest.add_index(
    AgreementRequest.application,
    AgreementRequest.number,
    unique=True,
    where=SQL("closed_at IS NULL"),
    name="agreement_request_one_open",
)


class Answer(StrEnum):
    AGREED = "agreed"
    DECLINED = "declined"


class AgreementAnswer(Row):
    """What somebody who was asked answered: once for each request. Append-only."""

    request = ForeignKeyField(AgreementRequest, unique=True, on_delete="RESTRICT")
    application = ForeignKeyField(Application, on_delete="RESTRICT")
    answer = one_of("answer", Answer)
    reason = TextField(default="")
    phone = TextField()  # to which the code went that they typed
    address = TextField(default="")  # the network address it was typed from
    at = UtcField()


class TrackedNumber(Row):
    """A number by which anybody may ask how an application stands: of a record that it is about, by the record's register."""

    register = TextField()
    number = TextField()  # without its signs, as engine/search.py spells it
    application = ForeignKeyField(Application, index=False, on_delete="RESTRICT")

    class Meta:
        indexes = ((("register", "number", "application"), True),)


class StepUp(Row):
    """Proof of who is acting, asked for one application in one session and spent once to open it."""

    id = TextField(primary_key=True, default=new_id)
    account = ForeignKeyField(Account, on_delete="CASCADE")
    session = ForeignKeyField(Session, on_delete="CASCADE")
    application = ForeignKeyField(Application, on_delete="CASCADE")
    step = TextField()
    needed = IntegerField()
    state = one_of("state", StepUpState, default=StepUpState.CHOOSING)
    nonce = TextField()
    method = TextField(default="")
    phone = TextField(default="")
    provider_session = TextField(default="")
    reached = IntegerField(default=0)
    failure = TextField(default="")
    created_at = UtcField()
    expires_at = UtcField()
    proven_at = UtcField(null=True)


class ProviderVisit(Row):
    """A browser sent to the external identity provider: what it was asked for, what the provider answered, its log-out there.

    `id` is the request's own, which the answer repeats. An answer serves one visit, and a ticket one browser, once.
    """

    id = TextField(primary_key=True)
    step_up = ForeignKeyField(StepUp, null=True, on_delete="CASCADE")  # none: to sign in
    expires_at = UtcField()
    assertion = TextField(null=True, unique=True)
    ticket_hash = TextField(null=True, unique=True)
    civil_number = TextField(default="")
    assurance = IntegerField(default=0)
    name_id = TextField(default="")
    session_index = TextField(default="")
    session = ForeignKeyField(Session, null=True, on_delete="CASCADE")  # the one that stands on it
    log_out = TextField(null=True, unique=True)  # the log-out request under way
    failure = TextField(default="")  # why the last log-out failed
    ended_at = UtcField(null=True)  # when the provider's session was over

    class Meta:
        indexes = ((("name_id",), False),)


class BatchState(StrEnum):
    CHECKING = "checking"  # the queue prices row by row
    CHECKED = "checked"  # somebody looks at what it would cost
    FILING = "filing"  # the queue files row by row
    FILED = "filed"


class Batch(Row):
    """A list of an office: one application a row, for its customer. Or a person's own, about what is theirs or their company's."""

    uuid = TextField(unique=True, default=new_id)
    office = ForeignKeyField(Office, null=True, index=False, on_delete="RESTRICT")
    account = ForeignKeyField(Account, index=False, on_delete="RESTRICT")  # the operator, or whose own it is
    service = TextField()
    name = TextField()  # of the file
    state = one_of("state", BatchState, default=BatchState.CHECKING)
    created_at = UtcField()
    confirmed_at = UtcField(null=True)
    assurance = IntegerField(default=0)  # how sure we were of the operator when they confirmed it

    class Meta:
        indexes = ((("office", "id"), False),)


Batch.add_index(Batch.account, Batch.id, where=Batch.office.is_null(), name="batch_own")


class BatchRow(Row):
    """A row as it was written, what it would cost or why not, and the application it became. Filed once: its number is its key."""

    batch = ForeignKeyField(Batch, backref="rows", index=False, on_delete="RESTRICT")
    number = IntegerField()
    typed = JSONField()
    checked_at = UtcField(null=True)
    customer = ForeignKeyField(Account, null=True, index=False, on_delete="RESTRICT")
    subject = TextField(null=True)
    amount = MoneyField(null=True)
    problem = JSONField(null=True)  # in both languages
    application = ForeignKeyField(Application, null=True, unique=True, on_delete="RESTRICT")

    class Meta:
        indexes = ((("batch", "number"), True),)
        constraints = [Check("application_id IS NULL OR problem IS NULL")]


# --- Deciding --------------------------------------------------------------------------------------------------------------------


class Outcome(StrEnum):
    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"


class DecisionMade(Row):
    """What a clerk decided, and why. Append-only."""

    application = ForeignKeyField(Application, backref="decisions", on_delete="RESTRICT")
    clerk = ForeignKeyField(Account, on_delete="RESTRICT")
    outcome = one_of("outcome", Outcome)
    stage = IntegerField(default=1, constraints=[SQL("DEFAULT 1")])  # its application's
    reason = TextField(default="")
    remarks = JSONField(default=dict)  # field name → what to correct
    at = UtcField()


class Note(Row):
    """What clerks tell each other about an application; its applicant never sees it. Append-only."""

    application = ForeignKeyField(Application, backref="notes", on_delete="RESTRICT")
    by = ForeignKeyField(Account, on_delete="RESTRICT")
    text = TextField()
    at = UtcField()


class Stance(StrEnum):
    AGREEMENT = "agreement"
    OBJECTION = "objection"
    REMARK = "remark"


class Opinion(Row):
    """What another section was asked about an application, and its answer. Written twice, asked and closed; a trigger keeps both."""

    application = ForeignKeyField(Application, on_delete="RESTRICT")
    desk = TextField()  # which was asked
    asked_by = ForeignKeyField(Account, on_delete="RESTRICT")
    question = TextField()
    asked_at = UtcField()
    answered_by = ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    stance = one_of("stance", Stance, null=True)
    answer = TextField(default="")
    closed_at = UtcField(null=True)  # answered, or no longer needed

    class Meta:
        constraints = [Check("(answered_by_id IS NULL) = (stance IS NULL)")]


Opinion.add_index(Opinion.desk, Opinion.asked_at, Opinion.id, where=SQL("closed_at IS NULL"), name="opinion_waiting")
Opinion.add_index(Opinion.application, Opinion.desk, unique=True, where=SQL("closed_at IS NULL"), name="opinion_one_open")


class VisitState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class Visit(Row):
    """Somebody of the authority comes to look. Where and when it was before it was moved, the timeline says."""

    application = ForeignKeyField(Application, on_delete="RESTRICT")
    planned_by = ForeignKeyField(Account, on_delete="RESTRICT")
    state = one_of("state", VisitState, default=VisitState.PLANNED)
    at = UtcField()
    place = TextField()
    visitor = TextField()  # their name: not everyone who visits has an account
    created_at = UtcField()


Visit.add_index(Visit.application, unique=True, where=SQL("state = 'planned'"), name="visit_one_planned")


class Finding(StrEnum):
    IN_ORDER = "in-order"
    NOT_IN_ORDER = "not-in-order"
    NOT_POSSIBLE = "not-possible"


class VisitReport(Row):
    """What the visit found. Append-only; its photos are also Uploads of the application."""

    visit = ForeignKeyField(Visit, unique=True, on_delete="RESTRICT")
    application = ForeignKeyField(Application, on_delete="RESTRICT")
    by = ForeignKeyField(Account, on_delete="RESTRICT")
    finding = one_of("finding", Finding)
    text = TextField()
    photos = JSONField(default=list)  # digest, name, size and type of each
    at = UtcField()


class Booking(Row):
    """A seat in a slot of an office, held for an application; given up, the row goes. No slot has a seat twice."""

    office = TextField()
    at = UtcField()
    seat = IntegerField(constraints=[Check("seat > 0")])
    application = ForeignKeyField(Application, on_delete="RESTRICT")
    field = TextField()
    until = UtcField(null=True)  # a draft holds it this long; null: submitted

    class Meta:
        indexes = ((("office", "at", "seat"), True),)


class Centre(Row):
    """A place where a desk expects people: where it is, and when how many may come at once."""

    code = TextField(unique=True)  # passports-sohar: the `office` of its bookings
    desk = TextField(index=True)
    name = JSONField()
    address = JSONField()
    point = JSONField()  # latitude and longitude: degrees, WGS 84
    opens = IntegerField()  # minutes after midnight, as `closes`
    closes = IntegerField()
    minutes = IntegerField()  # a slot
    counters = IntegerField()  # the seats of a slot
    days = IntegerField()  # how many ahead one may book
    open = BooleanField(default=True)

    class Meta:
        constraints = [
            Check("0 <= opens AND opens < closes AND closes <= 1440"),
            Check("minutes BETWEEN 5 AND 240"),
            Check("counters BETWEEN 1 AND 99"),
            Check("days BETWEEN 1 AND 365"),
        ]


class AppointmentState(StrEnum):
    BOOKED = "booked"
    HERE = "here"  # checked in
    CALLED = "called"
    SERVED = "served"
    MISSED = "missed"  # called, and did not come
    CANCELLED = "cancelled"


class Appointment(Row):
    """When and where an application's person comes. Its seat is a Booking; one that was cancelled or missed may be booked anew."""

    application = ForeignKeyField(Application, unique=True, on_delete="RESTRICT")
    centre = ForeignKeyField(Centre, index=False, on_delete="RESTRICT")
    state = one_of("state", AppointmentState, default=AppointmentState.BOOKED)
    at = UtcField()
    day = DateField()  # of the office
    serial = TextField()  # of that centre and day: A-014
    sequence = IntegerField(default=0)  # how often it was changed, as calendars count (RFC 5545)
    here_at = UtcField(null=True)
    counter = IntegerField(null=True)  # that called
    clerk = ForeignKeyField(Account, null=True, index=False, on_delete="RESTRICT")  # who called
    called_at = UtcField(null=True)
    waits_since = UtcField(null=True)  # for an earlier time
    offered = UtcField(null=True)  # the earlier time that is held for them, until:
    offered_until = UtcField(null=True)

    class Meta:
        indexes = ((("centre", "day", "serial"), True),)
        constraints = [
            Check("(state IN ('here', 'called', 'served', 'missed')) = (here_at IS NOT NULL)"),
            Check("(state IN ('called', 'served', 'missed')) = (counter IS NOT NULL)"),
            Check("(counter IS NULL) = (clerk_id IS NULL)"),
            Check("(counter IS NULL) = (called_at IS NULL)"),
            Check("(offered IS NULL) = (offered_until IS NULL)"),
            Check("offered IS NULL OR (waits_since IS NOT NULL AND offered < at)"),
            Check("waits_since IS NULL OR state = 'booked'"),
        ]


Appointment.add_index(
    Appointment.centre, Appointment.counter, unique=True, where=SQL("state = 'called'"), name="appointment_one_at_a_counter"
)
Appointment.add_index(Appointment.centre, Appointment.at, where=SQL("state = 'here'"), name="appointment_here")
Appointment.add_index(
    Appointment.centre, Appointment.waits_since, where=SQL("waits_since IS NOT NULL"), name="appointment_waiting"
)


class SavedFilter(Row):
    """A list of a desk as a clerk keeps it: the address behind the name."""

    account = ForeignKeyField(Account, index=False, on_delete="CASCADE")
    name = TextField()
    query = TextField()
    created_at = UtcField()

    class Meta:
        indexes = ((("account", "name"), True),)


class SpecialDays(Row):
    """Days on which the authorities keep other hours, or are closed (no hours): Ramadan, holidays. Both ends included, by Muscat's calendar.

    What a command filled in keeps its origin, so that filling again neither doubles it nor undoes what an administrator changed.
    """

    first = DateField()
    last = DateField(index=True)
    opens = IntegerField(null=True)  # minutes after midnight
    closes = IntegerField(null=True)
    name = JSONField()  # in both languages
    origin = TextField(null=True, unique=True)
    removed_at = UtcField(null=True)
    changed_at = UtcField()
    changed_by = ForeignKeyField(Account, null=True, index=False, on_delete="RESTRICT")  # null: the command

    class Meta:
        constraints = [
            Check("last >= first"),
            Check("(opens IS NULL) = (closes IS NULL)"),
            Check("opens IS NULL OR (0 <= opens AND opens < closes AND closes <= 1439)"),
        ]


class ServiceClock(Row):
    """How long the authority has had an application. It runs while the application is in review, and stands while its applicant has it."""

    application = ForeignKeyField(Application, unique=True, on_delete="RESTRICT")
    days = IntegerField(null=True)  # working days promised; null: nothing is promised
    since = UtcField(null=True)  # when it began to run; null while it stands
    left = IntegerField(null=True)  # working minutes that were left then; null: all of the days
    worked = IntegerField(default=0)  # working minutes before that


class TimeTaken(Row):
    """How long the authority took for one decision that ended its turn. Append-only; daily figures are made of it."""

    application = ForeignKeyField(Application, index=False, on_delete="RESTRICT")
    desk = TextField()
    service = TextField()
    day = DateField(index=True)  # in Muscat
    minutes = IntegerField()  # working time
    late = BooleanField()


class DailyFigure(Row):
    """How many decisions of a service took so many working hours on a day, and how many of them came late."""

    desk = TextField()
    day = DateField()
    service = TextField()
    hours = IntegerField()  # begun and not finished: 0 is less than one
    decided = IntegerField()
    late = IntegerField()

    class Meta:
        indexes = ((("desk", "day", "service", "hours"), True),)


class PublicEntry(Row):
    """An application as everybody sees it: of which kind, about where (millionths of a degree), in which state. Its words and pictures only
    where a clerk has published them."""

    application = ForeignKeyField(Application, unique=True, on_delete="RESTRICT")
    reference = TextField(unique=True)
    service = TextField()
    kind = TextField()
    latitude = IntegerField(null=True)
    longitude = IntegerField(null=True)
    state = TextField()
    open = BooleanField()
    submitted_at = UtcField()
    updated_at = UtcField()
    supporters = IntegerField(default=0)
    story = TextField(default="")
    pictures = JSONField(default=list)  # uuids of Uploads
    published_at = UtcField(null=True)

    class Meta:
        indexes = (
            (("service", "submitted_at", "id"), False),
            (("service", "open", "submitted_at", "id"), False),
            (("service", "kind", "submitted_at", "id"), False),
            (("service", "kind", "open", "submitted_at", "id"), False),
        )
        constraints = [Check("(latitude IS NULL) = (longitude IS NULL)")]


PublicEntry.add_index(
    PublicEntry.service,
    PublicEntry.kind,
    PublicEntry.latitude,
    PublicEntry.longitude,
    PublicEntry.submitted_at,
    where=SQL("open"),
    name="public_entry_near",
)


class Support(Row):
    """Somebody says of an entry: me too. Counted once for an account or, without one, for a browser."""

    entry = ForeignKeyField(PublicEntry, index=False, on_delete="CASCADE")
    supporter = TextField()  # a digest
    account = ForeignKeyField(Account, null=True, on_delete="CASCADE")  # who is told what becomes of it
    at = UtcField()

    class Meta:
        indexes = ((("entry", "supporter"), True),)


class Satisfaction(Row):
    """What an applicant thought of an answer, once for each. Append-only."""

    application = ForeignKeyField(Application, on_delete="RESTRICT")
    decision = ForeignKeyField(DecisionMade, unique=True, on_delete="RESTRICT")
    desk = TextField()  # which had answered
    service = TextField()
    day = DateField()  # in Muscat
    points = IntegerField(constraints=[Check("points BETWEEN 1 AND 5")])
    words = TextField(default="")
    at = UtcField()

    class Meta:
        indexes = ((("desk", "day"), False),)


# --- Paying ----------------------------------------------------------------------------------------------------------------------


class FeeRule(Row):
    """One version of one fee. Never edited: a change is a new row from a day on."""

    code = TextField()
    variant = TextField(default="")
    label = JSONField()
    kind = TextField(constraints=[Check("kind IN ('flat', 'per-unit', 'share', 'multiple', 'tier', 'late', 'late-months')")])
    amount = MoneyField(null=True)  # null: nobody has set it
    rate = IntegerField(default=0)  # per mille
    threshold = IntegerField(default=0)
    of = TextField(default="")
    least = MoneyField(null=True)
    most = MoneyField(null=True)
    tax_code = TextField(default="out-of-scope")
    effective_from = DateField()
    effective_to = DateField(null=True)
    source = TextField()
    confirmed = BooleanField(default=False)

    class Meta:
        indexes = ((("code", "variant", "threshold", "effective_from"), True),)


class ProposalState(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class FeeProposal(Row):
    """Changes of an authority's fees, on their way: written by one administrator, approved or rejected by another."""

    authority = TextField()
    state = one_of("state", ProposalState, default=ProposalState.DRAFT)
    proposed_by = ForeignKeyField(Account, on_delete="RESTRICT")
    decided_by = ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    reason = TextField(default="")  # why it was rejected
    created_at = UtcField()
    proposed_at = UtcField(null=True)
    decided_at = UtcField(null=True)

    class Meta:
        indexes = ((("authority", "id"), False),)
        constraints = [
            Check("decided_by_id IS NULL OR decided_by_id <> proposed_by_id"),
            Check("(state IN ('approved', 'rejected')) = (decided_by_id IS NOT NULL)"),
        ]


class FeeChange(Row):
    """One line of a proposal: what comes after a version of a fee, from a day on."""

    proposal = ForeignKeyField(FeeProposal, index=False, on_delete="RESTRICT")
    rule = ForeignKeyField(FeeRule, on_delete="RESTRICT")  # the version it follows; what is not said here stays as there
    amount = MoneyField(null=True)
    rate = IntegerField(default=0)  # per mille
    effective_from = DateField()
    source = TextField()

    class Meta:
        indexes = ((("proposal", "rule"), True),)


class BillState(StrEnum):
    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"


class Bill(Row):
    """What an application owes: an immutable quote. At most one is open per application."""

    application = ForeignKeyField(Application, backref="bills", on_delete="RESTRICT")
    authority = TextField()
    state = one_of("state", BillState, default=BillState.OPEN)
    total = MoneyField(constraints=[Check("total > 0")])
    quote = JSONField()
    created_at = UtcField()
    good_until = UtcField()
    paid_at = UtcField(null=True)


Bill.add_index(Bill.application, unique=True, where=Bill.state == "open", name="bill_one_open")


class WaiverOutcome(StrEnum):
    GRANTED = "granted"
    DECLINED = "declined"
    LAPSED = "lapsed"  # paid, withdrawn or taken back before anybody decided


class Waiver(Row):
    """A fine to be taken off a bill: asked for by whose application it is, or granted unasked. At most one is open per application."""

    application = ForeignKeyField(Application, on_delete="RESTRICT")
    bill = ForeignKeyField(Bill, on_delete="RESTRICT")
    desk = TextField()
    asked_by = ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    reason = TextField(default="")
    asked_at = UtcField()
    outcome = one_of("outcome", WaiverOutcome, null=True)
    decided_by = ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    answer = TextField(default="")
    waived = MoneyField(null=True)
    closed_at = UtcField(null=True)

    class Meta:
        constraints = [
            Check("(outcome IS NULL) = (closed_at IS NULL)"),
            Check("(decided_by_id IS NULL) = (outcome IS NULL OR outcome = 'lapsed')"),
            Check("(waived IS NOT NULL AND waived > 0) = (outcome IS NOT NULL AND outcome = 'granted')"),
            Check("asked_by_id IS NOT NULL OR (outcome IS NOT NULL AND outcome = 'granted')"),
            Check("decided_by_id IS NULL OR asked_by_id IS NULL OR decided_by_id <> asked_by_id"),
        ]


Waiver.add_index(Waiver.application, unique=True, where=SQL("closed_at IS NULL"), name="waiver_one_open")
Waiver.add_index(Waiver.desk, Waiver.id, where=SQL("closed_at IS NULL"), name="waiver_waiting")


class Receipt(Row):
    """Proof of payment. Numbers of a series and year have no gap; a row is never changed."""

    number = TextField(unique=True)
    series = TextField()
    year = IntegerField()
    sequence = IntegerField()
    bill = ForeignKeyField(Bill, unique=True, on_delete="RESTRICT")
    amount = MoneyField()
    at = UtcField()

    class Meta:
        indexes = ((("series", "year", "sequence"), True),)


class ClaimState(StrEnum):
    HELD = "held"  # its application waits for money
    RELEASED = "released"
    PAID = "paid"  # and its register is still to be told
    LATE = "late"  # paid too, but after somebody else was let in or had paid: the register says who was first
    TOLD = "told"
    ELSEWHERE = "elsewhere"  # the register took nothing: given back
    ABOUT = "about"  # an application about it, such as an objection, is under way


class RecordClaim(Row):
    """What an application has to do with a record of an outside register. Only one may be paying it."""

    application = ForeignKeyField(Application, backref="claims", on_delete="RESTRICT")
    register = TextField()
    number = TextField()
    amount = MoneyField(null=True)
    state = one_of("state", ClaimState)
    until = UtcField(null=True)  # while held: when somebody else may pay it
    created_at = UtcField()
    changed_at = UtcField()

    class Meta:
        indexes = ((("register", "number"), False),)

    @property
    def key(self) -> str:
        """What names the record among all registers."""
        return f"{self.register}:{self.number}"


RecordClaim.add_index(
    RecordClaim.register, RecordClaim.number, unique=True, where=SQL("state IN ('held', 'paid')"), name="record_claim_one_paying"
)


class AttemptState(StrEnum):
    CREATED = "created"
    SUBMITTED = "submitted"
    CAPTURED = "captured"
    REVIEW = "review"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class PaymentAttempt(Row):
    """One try to pay a bill. Captured and having a receipt or being stray money are the same thing, and the database says so.

    Where several bills are paid at once, each has its attempt, and all but the first follow it: the bank knows the first one's uuid and
    transaction, and what all of them come to.
    """

    uuid = TextField(unique=True, default=new_id)
    bill = ForeignKeyField(Bill, backref="attempts", on_delete="RESTRICT")
    leader = ForeignKeyField("self", null=True, backref="followers", on_delete="RESTRICT")
    payer = ForeignKeyField(Account, null=True, index=False, on_delete="RESTRICT")  # who went to pay; at a till the applicant
    cashier = ForeignKeyField(  # who took it, where it was not a bank
        Account,
        null=True,
        index=False,
        on_delete="RESTRICT",
        constraints=[Check("(cashier_id IS NOT NULL) = (provider IN ('cash', 'pos'))"), Check("cashier_id <> payer_id")],
    )
    provider = TextField()
    mode = TextField(constraints=[Check("mode IN ('test', 'live')")])
    profile = TextField(default="")
    amount = MoneyField(constraints=[Check("amount > 0")])
    state = one_of("state", AttemptState, default=AttemptState.CREATED)
    provider_transaction = TextField(null=True)
    card_brand = TextField(default="")
    card_masked = TextField(default="")
    receipt = ForeignKeyField(Receipt, null=True, unique=True, on_delete="RESTRICT")
    stray = BooleanField(default=False)  # captured, but the bill was already paid or closed: given back
    checks = IntegerField(default=0)
    created_at = UtcField()
    updated_at = UtcField()
    expires_at = UtcField()

    class Meta:
        indexes = (
            (("provider", "mode", "provider_transaction"), True),
            (("cashier", "updated_at"), False),
            (("payer", "updated_at"), False),
        )
        constraints = [
            Check("(state = 'captured') = (receipt_id IS NOT NULL OR stray)"),
            Check("NOT (stray AND receipt_id IS NOT NULL)"),
        ]

    @property
    def card(self) -> str:
        """Visa 411111••••••1111: never more of the number than that."""
        return f"{self.card_brand.capitalize()} {self.card_masked.replace('x', '•')}".strip()

    @property
    def transaction(self) -> str:
        """Its number at the bank, which is the leader's."""
        return str((self.leader if self.leader_id else self).provider_transaction or "")


PaymentAttempt.add_index(
    PaymentAttempt.bill, unique=True, where=SQL("state IN ('created', 'submitted', 'review')"), name="attempt_one_open"
)


class AttemptEvent(Row):
    """Every change of an attempt and what it rested on. Append-only."""

    attempt = ForeignKeyField(PaymentAttempt, backref="events", on_delete="RESTRICT")
    kind = TextField()
    source = TextField()
    details = JSONField(default=dict)
    at = UtcField()


class GatewayInbox(Row):
    """Every verified delivery of a gateway, once. Only allow-listed fields; never a raw body."""

    provider = TextField()
    mode = TextField()
    channel = TextField()
    key = TextField()
    attempt_uuid = TextField(index=True)
    fields = JSONField(default=dict)
    received_at = UtcField()
    processed_at = UtcField(null=True)

    class Meta:
        indexes = ((("provider", "mode", "channel", "key"), True),)


class RefundState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Refund(Row):
    """Money to give back. `key` makes asking twice harmless; who approves is not who asked."""

    key = TextField(unique=True)
    attempt = ForeignKeyField(PaymentAttempt, backref="refunds", on_delete="RESTRICT")
    amount = MoneyField(constraints=[Check("amount > 0")])
    state = one_of("state", RefundState, default=RefundState.REQUESTED)
    reason = TextField()
    requested_by = ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    approved_by = ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    created_at = UtcField()
    updated_at = UtcField()

    class Meta:
        constraints = [Check("approved_by_id IS NULL OR requested_by_id IS NULL OR approved_by_id <> requested_by_id")]


class PayoutState(StrEnum):
    TO_PAY = "to-pay"
    PAID = "paid"


class Payout(Row):
    """A deposit on its way back by bank transfer. One for each record, ever; who decided it does not pay it."""

    subject = TextField(unique=True)  # the register record whose deposit it is
    application = ForeignKeyField(Application, unique=True, on_delete="RESTRICT")
    authority = TextField()
    amount = MoneyField(constraints=[Check("amount > 0")])
    payee = JSONField()  # their name, in both languages
    iban = TextField()  # whole until it is paid, masked afterwards
    state = one_of("state", PayoutState, default=PayoutState.TO_PAY)
    decided_by = ForeignKeyField(Account, index=False, on_delete="RESTRICT")
    paid_by = ForeignKeyField(Account, null=True, index=False, on_delete="RESTRICT")
    reference = TextField(default="")  # the bank's number of the transfer
    created_at = UtcField()
    paid_at = UtcField(null=True)

    class Meta:
        constraints = [
            Check("paid_by_id <> decided_by_id"),
            Check("(state = 'paid') = (paid_by_id IS NOT NULL AND paid_at IS NOT NULL AND reference <> '')"),
        ]


Payout.add_index(Payout.authority, Payout.id, where=SQL("state = 'to-pay'"), name="payout_waiting")
Payout.add_index(Payout.authority, Payout.paid_at, where=SQL("state = 'paid'"), name="payout_paid")
Payout.add_index(Payout.authority, Payout.reference, unique=True, where=SQL("state = 'paid'"), name="payout_one_transfer")


class Journal(Row):
    """A set of entries that sum to zero. Its entries come first: the row closes the set, and a trigger checks the sum."""

    id = TextField(primary_key=True, default=new_id)
    source_key = TextField(unique=True)
    at = UtcField()


class JournalEntry(Row):
    journal = ForeignKeyField(Journal, backref="entries", deferrable="INITIALLY DEFERRED")
    account = TextField(index=True)
    amount = MoneyField(constraints=[Check("amount <> 0")])


class ReconciliationItem(Row):
    """Something about money that a person must look at: nothing was changed by itself."""

    key = TextField(unique=True)
    kind = TextField()
    attempt = ForeignKeyField(PaymentAttempt, null=True, on_delete="RESTRICT")
    details = JSONField(default=dict)
    created_at = UtcField()
    resolved_at = UtcField(null=True)


# --- Receiving -------------------------------------------------------------------------------------------------------------------


class DocumentState(StrEnum):
    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"


class Document(Row):
    """An issued document: what is printed is fixed here, its signed file is made once by the queue and never rewritten."""

    serial = TextField(unique=True)
    code = TextField(unique=True)
    kind = TextField()
    key = TextField(unique=True)  # one document per cause
    application = ForeignKeyField(Application, backref="documents", on_delete="RESTRICT")
    template = TextField()
    content = JSONField()
    state = one_of("state", DocumentState, default=DocumentState.VALID)
    issued_on = DateField()
    valid_until = DateField(null=True)
    subject = TextField(null=True)
    replaces = ForeignKeyField("self", null=True, on_delete="RESTRICT")
    state_changed_at = UtcField(null=True)
    digest = TextField(null=True, index=True)
    size = IntegerField(null=True)
    created_at = UtcField()

    class Meta:
        indexes = ((("kind", "subject"), False),)


class DocumentCopy(Row):
    """A document that another application handed out again: the same file."""

    document = ForeignKeyField(Document, backref="copies", index=False, on_delete="RESTRICT")
    application = ForeignKeyField(Application, index=False, on_delete="RESTRICT")
    at = UtcField()

    class Meta:
        indexes = ((("application", "document"), True),)


# --- Telling ---------------------------------------------------------------------------------------------------------------------


class Message(Row):
    """One mail or SMS. Rendered by the worker when it is sent, so that codes never lie in a table."""

    key = TextField(unique=True)
    account = ForeignKeyField(Account, null=True, on_delete="CASCADE")
    application = ForeignKeyField(Application, null=True, on_delete="RESTRICT")
    channel = TextField(constraints=[Check("channel IN ('mail', 'sms')")])
    destination = TextField()
    locale = TextField()
    template = TextField()
    context = JSONField(default=dict)
    created_at = UtcField()
    sent_at = UtcField(null=True)
    failed_at = UtcField(null=True)
    error = TextField(default="")


class MessageText(Row):
    """The words of a message as an administrator wrote them; the newest counts, without a text the built-in ones do. Append-only."""

    template = TextField()
    channel = TextField(constraints=[Check("channel IN ('mail', 'sms')")])
    locale = TextField(constraints=[Check("locale IN ('ar', 'en')")])
    text = TextField(null=True)
    by = ForeignKeyField(Account, on_delete="RESTRICT")
    at = UtcField()

    class Meta:
        indexes = ((("template", "channel", "locale", "id"), False),)


class AnnouncementKind(StrEnum):
    INFORMATION = "information"
    WARNING = "warning"
    CLOSURE = "closure"  # what it is about may not be begun or submitted meanwhile


class Announcement(Row):
    """What the portal says to everybody from a day to a day: of itself, of an authority, of one service. Not edited: ended, and said anew."""

    kind = one_of("kind", AnnouncementKind)
    about = TextField(default="")  # a service, an authority, or (empty) the whole portal
    first_day = DateField()
    last_day = DateField(null=True)  # null: until further notice
    text = JSONField()
    by = ForeignKeyField(Account, on_delete="RESTRICT")
    created_at = UtcField()
    ended_at = UtcField(null=True)
    ended_by = ForeignKeyField(Account, null=True, on_delete="RESTRICT")

    class Meta:
        constraints = [
            Check("kind <> 'closure' OR about <> ''"),
            Check("last_day IS NULL OR last_day >= first_day"),
            Check("(ended_at IS NULL) = (ended_by_id IS NULL)"),
        ]


Announcement.add_index(Announcement.first_day, where=SQL("ended_at IS NULL"), name="announcement_standing")


class KeptForm(Row):
    """What somebody sent to a page after their session had run out, so that nothing typed is lost."""

    account = ForeignKeyField(Account, on_delete="CASCADE")
    path = TextField()
    fields = JSONField()
    at = UtcField(index=True)

    class Meta:
        indexes = ((("account", "path"), True),)


class DataCopy(Row):
    """All that the portal holds about a person, as a file for them alone, for some days."""

    id = TextField(primary_key=True, default=new_id)
    account = ForeignKeyField(Account, unique=True, on_delete="CASCADE")
    locale = TextField()
    digest = TextField(null=True)  # null: the queue is still gathering it
    size = IntegerField(null=True)
    created_at = UtcField()
    expires_at = UtcField(index=True)


class OwnPaper(Row):
    """A paper drawn for one account alone, such as a statement of a year: for a day, then it is gone. Its content is fixed when it is asked for."""

    id = TextField(primary_key=True, default=new_id)
    account = ForeignKeyField(Account, index=False, on_delete="CASCADE")  # who asked, and alone may fetch it
    applicant = ForeignKeyField(
        Account, index=False, on_delete="CASCADE"
    )  # whom it is about: the customer's while acting for them
    name = TextField()
    template = TextField()
    content = JSONField()
    digest = TextField(null=True, index=True)  # null: the queue is still drawing it
    size = IntegerField(null=True)
    created_at = UtcField()
    expires_at = UtcField(index=True)

    class Meta:
        indexes = ((("account", "applicant", "name"), True),)


class NoReminder(Row):
    """Who wants to hear no more that their records of a register end."""

    account = ForeignKeyField(Account, index=False, on_delete="CASCADE")
    register = TextField()
    at = UtcField()

    class Meta:
        indexes = ((("account", "register"), True),)


class Outbox(Row):
    """Work promised in a business transaction and done after it, once, by whoever leases it."""

    kind = TextField()
    key = TextField(unique=True)
    payload = JSONField(default=dict)
    due_at = UtcField()
    leased_until = UtcField(null=True)
    tries = IntegerField(default=0)
    done_at = UtcField(null=True)
    failed_at = UtcField(null=True)
    error = TextField(default="")


Outbox.add_index(Outbox.due_at, where=SQL("done_at IS NULL AND failed_at IS NULL"), name="outbox_waiting")


# --- Remembering -----------------------------------------------------------------------------------------------------------------


class RegisterRecord(Row):
    """A record of an authority's register, as its last extract or one of our effects left it."""

    register = TextField()
    number = TextField()
    holder = TextField(null=True)
    parent = TextField(null=True)
    data = JSONField()
    changed_at = UtcField()
    changed_by = ForeignKeyField(Application, null=True, on_delete="RESTRICT")  # null: the extract
    remind_on = DateField(null=True)  # when its holder hears next that it ends; null: not any more
    ends_on = DateField(null=True)  # its last day, as its register says; null: it does not end, or is over already

    class Meta:
        indexes = ((("register", "number"), True), (("register", "holder"), False), (("register", "parent"), False))


RegisterRecord.add_index(
    RegisterRecord.register,
    RegisterRecord.remind_on,
    where=RegisterRecord.remind_on.is_null(False),
    name="register_record_reminders",
)
# What of somebody's, or of what hangs on their company, ends when.
RegisterRecord.add_index(
    RegisterRecord.holder, RegisterRecord.ends_on, where=RegisterRecord.ends_on.is_null(False), name="register_record_ends_of"
)
RegisterRecord.add_index(
    RegisterRecord.parent, RegisterRecord.ends_on, where=RegisterRecord.ends_on.is_null(False), name="register_record_ends_on"
)


class RecordParty(Row):
    """A further number whose record it is: of a person, or of a company of theirs."""

    record = ForeignKeyField(RegisterRecord, backref="parties", index=False, on_delete="CASCADE")
    number = TextField(index=True)

    class Meta:
        indexes = ((("record", "number"), True),)


class WaitingReminder(Row):
    """That a record of a company's ends soon, until its owner is told, once a day, of all there are."""

    account = ForeignKeyField(Account, index=False, on_delete="CASCADE")
    record = ForeignKeyField(RegisterRecord, index=False, on_delete="CASCADE")

    class Meta:
        indexes = ((("account", "record"), True),)


class ImportState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class RegisterImport(Row):
    """An extract on its way into a register, or what it did there. `position` and `line`: how far it has come, with every batch."""

    register = TextField()
    file = TextField()
    digest = TextField()
    added = IntegerField()
    changed = IntegerField()
    unchanged = IntegerField()
    kept = IntegerField()  # changed by the portal since: they stay as they are
    rejected = IntegerField()
    at = UtcField()
    by = ForeignKeyField(Account, null=True, on_delete="RESTRICT")  # null: by a command
    state = TextField(
        default=ImportState.DONE, constraints=[Check("state IN ('running', 'done', 'failed')"), SQL("DEFAULT 'done'")]
    )
    stored = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])  # its file waits in the store
    size = BigIntegerField(default=0, constraints=[SQL("DEFAULT 0")])  # bytes
    position = BigIntegerField(default=0, constraints=[SQL("DEFAULT 0")])
    line = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
    columns = JSONField(default=dict, constraints=[SQL("DEFAULT '{}'")])  # column → in how many rows it changed
    problem = TextField(default="", constraints=[SQL("DEFAULT ''")])  # why it failed
    finished_at = UtcField(null=True)


RegisterImport.add_index(RegisterImport.register, unique=True, where=SQL("state = 'running'"), name="register_import_one_running")


class RegisterRejection(Row):
    """A row of an extract that could not be read, and why."""

    extract = ForeignKeyField(RegisterImport, index=False, on_delete="RESTRICT")
    line = IntegerField()
    reason = JSONField()

    class Meta:
        indexes = ((("extract", "line"), True),)


class ApiKey(Row):
    """A program that may file for people by Open311. Only the digest of its key is kept."""

    name = TextField()
    digest = TextField(unique=True)
    created_at = UtcField()
    revoked_at = UtcField(null=True)


ApiKey.add_index(ApiKey.name, unique=True, where=ApiKey.revoked_at.is_null(), name="api_key_name")


class AuditEntry(Row):
    """Who did what, when. Append-only."""

    account = ForeignKeyField(Account, null=True, index=False, on_delete="RESTRICT")
    action = TextField()
    subject = TextField()
    address = TextField(default="")
    details = JSONField(default=dict)
    at = UtcField()

    class Meta:
        indexes = ((("at", "id"), False), *(((name, "at", "id"), False) for name in ("account", "action", "subject")))


class AuditLink(Row):
    """A link of the chain over the audit entries: its digest covers the one before and its entry. Numbered from 1 without a gap. Append-only."""

    number = BigIntegerField(primary_key=True)
    entry = ForeignKeyField(AuditEntry, unique=True, on_delete="RESTRICT")
    digest = TextField()


class Heartbeat(Row):
    """When each part of the portal was last alive."""

    name = TextField(primary_key=True)
    at = UtcField()


TABLES: tuple[type[Row], ...] = tuple(Row.__subclasses__())
APPEND_ONLY: tuple[type[Row], ...] = (
    SecurityEvent,
    ApplicationEvent,
    Version,
    DecisionMade,
    AgreementAnswer,
    Note,
    MessageText,
    VisitReport,
    TimeTaken,
    Satisfaction,
    Receipt,
    AttemptEvent,
    Journal,
    JournalEntry,
    AuditEntry,
    AuditLink,
)
ERASABLE: dict[type[Row], dict[str, Any]] = {
    ApplicationEvent: {"details": {}},
    Version: {"frozen": {}},
    DecisionMade: {"reason": "", "remarks": {}},
    AgreementAnswer: {"reason": "", "phone": "", "address": ""},
    Note: {"text": ""},
    Opinion: {"question": "", "answer": ""},
    Satisfaction: {"words": ""},
    VisitReport: {"text": "", "photos": []},
}
"""The one change that some append-only tables allow: these columns become empty, all of them, once their application is erased."""
