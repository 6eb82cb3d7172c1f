"""Agreements: others than the applicant are asked, by a link and a code to their phone, before an application goes on.

The link leads to a page without an account; the code that goes to the same phone is what answers. Who has proven the number that the matter
names is asked at the phone they have proven, anybody else at the phone on record. Whoever declines, or does not answer in time, hands the
application back to its applicant; nobody is asked more often than LIMIT about one application. The link of what is over looks like one
that never was.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.actor import Actor
from engine.clock import business_day
from engine.errors import Conflict, NotAllowed, NotFound, Refusal, TooMany
from engine.lifecycle import State
from engine.service import Party
from engine.wording import _
from models import (
    Account,
    AgreementAnswer,
    AgreementRequest,
    Answer,
    Application,
    Identifier,
    IdentifierType,
    OneTimeCode,
    Purpose,
    database,
)
from operations import applications, audit, civil_numbers, codes, identifiers, messages, outbox, registers, secrets
from operations.applications import Opened
from operations.now import now, today
from operations.rendering import both, frozen_rows
from statements import locked, statement

WAITS = dt.timedelta(days=14)  # how long somebody may think it over
LIMIT = 3  # requests to one person about one application
LINKS = 4  # how often the link of a request is sent, the first time included
PAUSE = dt.timedelta(hours=1)  # between two of them
END = "agreement-end"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody to be asked: where, in which language, and what."""

    party: Party
    account: Account | None
    phone: str
    email: str
    locale: str
    said: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its link shows it, and its answer, if there is one."""

    request: AgreementRequest
    application: Application
    answer: AgreementAnswer | None


# --- Asking ----------------------------------------------------------------------------------------------------------------------


def wanted(actor: Actor, opened: Opened, address: str) -> list[Wanted]:
    """Whom submitting this has to ask: everybody whose word counts, but the applicant, and who agreed to the very same before.

    Before the transaction. Raises Refusal for a phone that is the applicant's or gets no SMS, and for who was asked LIMIT times;
    TooMany, Unavailable.
    """
    agreement, case = opened.service.agreement, opened.case()
    if agreement is None:
        return []
    said = frozen_rows(agreement.to(case))
    others = [party for party in agreement.of(case) if not registers.is_theirs(actor.holder, party.number)]
    earlier = list(_of_application.all(opened.row)) if others else []
    asked = [_wanted(actor, opened.row, party, said) for party in others if not _stands(earlier, party, said)]
    for each in asked:
        if sum(row.number == each.party.number for row in earlier) >= LIMIT:
            raise Refusal(
                _(
                    "The other party was asked %(times)s times about this application. Speak with them first; then begin a new one.",
                    times=LIMIT,
                )
            )
        codes.allow("sms", each.phone, address)
    return asked


@statement
def _of_application(application: Any) -> Any:
    rows = AgreementRequest.select(AgreementRequest, AgreementAnswer.answer.alias("answered")).left_outer_join(AgreementAnswer)
    return rows.where(AgreementRequest.application == application).order_by(AgreementRequest.id).objects()


def _stands(earlier: list[Any], party: Party, said: list[dict[str, Any]]) -> bool:
    return any(row.answered == Answer.AGREED and row.number == party.number and row.said == said for row in earlier)


def _wanted(actor: Actor, row: Application, party: Party, said: list[dict[str, Any]]) -> Wanted:
    account = civil_numbers.owner(registers.person_behind(party.number))
    phone = (_proven(account, IdentifierType.PHONE) if account else "") or _mobile(party.phone)
    if (account and account.id in (row.account_id, actor.account)) or _is_of(phone, row.account_id, actor.account):
        raise Refusal(
            _(
                "The phone on record for the other party is yours, so their agreement cannot be asked there. Ask the authority to correct it."
            )
        )
    email = _proven(account, IdentifierType.EMAIL) if account else ""
    return Wanted(party, account, phone, email, account.locale if account else "ar", said)


def _mobile(typed: str) -> str:
    try:
        return identifiers.mobile_of(typed)
    except Refusal:
        raise Refusal(
            _("The phone on record for the other party gets no SMS. Ask the authority to correct it, then submit again.")
        ) from None


def _proven(account: Account, kind: IdentifierType) -> str:
    theirs = (Identifier.account == account) & (Identifier.type == kind) & Identifier.verified_at.is_null(False)
    row = Identifier.get_or_none(theirs)
    return str(row.value) if row else ""


def _is_of(phone: str, *accounts: int | None) -> bool:
    """Whether it is among their numbers, proven or only claimed."""
    theirs = Identifier.account.in_([account for account in accounts if account]) & (Identifier.type == IdentifierType.PHONE)
    return Identifier.select().where(theirs & (Identifier.value == phone)).exists()


def ask(row: Application, asked: list[Wanted], address: str) -> None:
    """The application waits for them. Inside the submitting transaction."""
    applications.advance(row, State.TO_AGREE)
    for each in asked:
        request = AgreementRequest.create(
            application=row,
            account=each.account,
            number=each.party.number,
            name=each.party.name,
            role=both(each.party.role),
            phone=each.phone,
            email=each.email,
            locale=each.locale,
            said=each.said,
            asked_at=now(),
            sent_at=now(),
            expires_at=now() + WAITS,
        )
        applications.happened(row, "agreement-asked", None, what=request.role)
        audit.record(None, "agreement.asked", row.reference, request=request.id)
        _send(request, row, address)
        outbox.put(END, f"{END}:{request.id}", wait=WAITS, request=request.id)


def _send(request: AgreementRequest, row: Application, address: str) -> None:
    codes.count("sms", request.phone, address)
    for channel, destination in (("sms", request.phone), ("mail", request.email)):
        if destination:
            messages.send(
                channel,
                destination,
                "agreement_asked",
                key=f"agreement:{request.id}:{request.links}:{channel}",
                locale=request.locale,
                account=request.account,
                application=row,
                request=request.id,
                name=request.name,
                applicant=row.frozen["applicant"],
                title=row.frozen["title"],
                until=both(business_day(request.expires_at)),
            )


def send_again(actor: Actor, reference: str, number: int, *, address: str) -> None:
    """The applicant has the link sent once more. Raises NotFound, TooMany before PAUSE and after LINKS times, Unavailable."""
    opened = applications.of(actor, reference)
    request = AgreementRequest.get_or_none((AgreementRequest.id == number) & (AgreementRequest.application == opened.row))
    if request is None or request.closed_at or request.expires_at <= now():
        raise NotFound
    if not may_send_again(request):
        left = int((request.sent_at + PAUSE - now()).total_seconds())
        raise TooMany(
            _("The link is with them already. It can be sent once an hour, and four times in all."), retry_after=max(left, 60)
        )
    codes.allow("sms", request.phone, address)
    with database.atomic():
        open_still = (AgreementRequest.id == request.id) & AgreementRequest.closed_at.is_null()
        if (
            AgreementRequest.update(links=request.links + 1, sent_at=now())
            .where(open_still & (AgreementRequest.links == request.links))
            .execute()
        ):
            request.links += 1
            _send(request, applications.lock(actor, reference), address)
            audit.record(actor, "agreement.resent", reference, request=request.id)


def may_send_again(request: AgreementRequest) -> bool:
    return bool(request.links < LINKS and request.sent_at + PAUSE <= now())


def waiting(row: Application) -> list[AgreementRequest]:
    """Who has not answered yet."""
    return _waiting.all(row) if State(row.state) is State.TO_AGREE else []


@statement
def _waiting(application: Any) -> Any:
    return AgreementRequest.select().where((AgreementRequest.application == application) & AgreementRequest.closed_at.is_null())


def masked(phone: str) -> str:
    """As its owner recognises it, and nobody else learns it."""
    return f"•••• {phone[-4:]}"


# --- Answering -------------------------------------------------------------------------------------------------------------------


def of(actor: Actor, number: int, token: str) -> Asked:
    """What a link leads to. Raises NotFound alike for a link that never was, ran out, or is no longer asked; NotAllowed for who asks."""
    if not secrets.same(token, secrets.agreement_token(number)):
        raise NotFound
    request = AgreementRequest.get_or_none(AgreementRequest.id == number)
    if request is None:
        raise NotFound
    answer, application = AgreementAnswer.get_or_none(AgreementAnswer.request == request), request.application
    if answer is None and (request.closed_at or request.expires_at <= now() or application.erased_at):
        raise NotFound
    if actor.account and actor.account in (application.account_id, application.filed_by_id):
        raise NotAllowed
    return Asked(request, application, answer)


def challenge_of(asked: Asked) -> OneTimeCode | None:
    """The code on its way, while one may be typed."""
    challenge = codes.find(asked.request.challenge, Purpose.AGREE)
    return challenge if challenge and not challenge.used_at and challenge.expires_at > now() else None


def send_code(actor: Actor, number: int, token: str, *, address: str) -> None:
    """A code to their phone, or another. Raises as `of`; TooMany, Unavailable."""
    asked = of(actor, number, token)
    request = asked.request
    if asked.answer is not None:
        return
    if request.challenge:
        codes.again(request.challenge, locale=request.locale, address=address)
        return
    codes.allow("sms", request.phone, address)
    with database.atomic():
        said = {"title": asked.application.frozen["title"], "applicant": asked.application.frozen["applicant"]}
        challenge = codes.begin(Purpose.AGREE, "sms", request.phone, account=None, locale=request.locale, address=address, **said)
        AgreementRequest.update(challenge=challenge.id).where(AgreementRequest.id == request.id).execute()


def answer(actor: Actor, number: int, token: str, said: Answer, *, code: str, reason: str = "", address: str = "") -> Asked:
    """Agree or decline with the code; what was answered before stands, and is returned.

    Raises Refusal for `code` or `reason`, NotFound and NotAllowed as `of`, Conflict when the application has moved on this moment.
    """
    asked = of(actor, number, token)
    if asked.answer is not None:
        return asked
    reason = reason.strip() if said is Answer.DECLINED else ""
    if said is Answer.DECLINED and not reason:
        raise Refusal(_("Say in a few words why: the applicant reads it."), field="reason")
    if not asked.request.challenge:
        raise Refusal(_("Ask for a code first."), field="code")
    challenge = codes.matched(asked.request.challenge, Purpose.AGREE, code)
    with database.atomic():
        row = _locked.first(asked.application.id)
        codes.spend(challenge)
        _close(asked.request, row)
        given = AgreementAnswer.create(
            request=asked.request,
            application=row,
            answer=said,
            reason=reason,
            phone=asked.request.phone,
            address=address,
            at=now(),
        )
        audit.record(actor, f"agreement.{said}", row.reference, request=asked.request.id)
        FOLLOWS[said](row, asked.request, reason)
    return Asked(asked.request, row, given)


@statement
def _locked(key: Any) -> Any:
    return locked(Application.select().where(Application.id == key))


def _close(request: AgreementRequest, row: Application) -> None:
    """Of two answers, and of an answer and the end of its time, one counts."""
    standing = (AgreementRequest.id == request.id) & AgreementRequest.closed_at.is_null()
    won = AgreementRequest.update(closed_at=now()).where(standing).execute()
    if not won or State(row.state) is not State.TO_AGREE:
        raise Conflict(_("This request is over: it was answered, withdrawn or changed meanwhile. Nothing was changed."))


def _agreed(row: Application, request: AgreementRequest, _reason: str) -> None:
    applications.happened(row, "agreed", None, what=request.role)
    if _waiting.all(row):
        return
    row.frozen = {**row.frozen, "agreed": today().isoformat()}
    applications.go_on(row, tell=False)
    if State(row.state) is not State.COMPLETED:
        messages.tell(row, "application_agreed", cause=f"agreed:{request.id}", title=row.frozen["title"])


def _declined(row: Application, request: AgreementRequest, reason: str) -> None:
    applications.happened(row, "declined", None, reason=reason)
    applications.hand_back(row)
    messages.tell(row, "application_declined", cause=f"declined:{request.id}", title=row.frozen["title"], reason=reason)


FOLLOWS: dict[Answer, Callable[[Application, AgreementRequest, str], None]] = {Answer.AGREED: _agreed, Answer.DECLINED: _declined}


def given_on(opened: Opened) -> str | None:
    """The day on which the last of those who agreed did (ISO), for one that is submitted again; None for one nobody need agree to."""
    if opened.service.agreement is None:
        return None
    last = _last_given.first(opened.row)
    return business_day(last.at).isoformat() if last else None


@statement
def _last_given(application: Any) -> Any:
    given = (AgreementAnswer.application == application) & (AgreementAnswer.answer == Answer.AGREED)
    return AgreementAnswer.select().where(given).order_by(AgreementAnswer.id.desc()).limit(1)


# --- Running out -----------------------------------------------------------------------------------------------------------------


@outbox.handles(END)
def end(payload: dict[str, Any]) -> None:
    """Nobody answered in time: its applicant has it back. A second run, and one after an answer, find nothing to do."""
    with database.atomic():
        request = AgreementRequest.get_by_id(payload["request"])
        row = _locked.first(request.application_id)
        if AgreementRequest.get_by_id(request.id).closed_at:
            return
        if request.expires_at > now():
            raise outbox.Postpone(request.expires_at - now())
        applications.happened(row, "agreement-expired", None, what=request.role)
        audit.record(None, "agreement.expired", row.reference, request=request.id)
        applications.hand_back(row)
        messages.tell(row, "application_unanswered", cause=f"unanswered:{request.id}", title=row.frozen["title"])
