"""One-time codes: a mail or SMS proves that a person reads that address.

A challenge belongs to one flow (its unguessable id lies in that browser's signed cookie), one purpose and one destination. Its code follows
from the application key, the id and a counter: it lies in no table. A challenge that is not `real` (nobody of that name, or somebody
already registered) behaves like any other to whoever asks, but nothing is sent and no code fits.
"""

import datetime as dt
import logging
from typing import Any

from peewee import fn

from engine import digits
from engine.errors import NotFound, Refusal, TooMany, Unavailable
from engine.wording import Text, _
from models import Account, CodeSent, OneTimeCode, Purpose, SecurityEvent, database
from operations import audit, messages, secrets
from operations.now import now
from operations.outside import outside

LIFE = {"sms": dt.timedelta(minutes=5), "mail": dt.timedelta(minutes=10)}
WAITS = (60, 120, 300)  # seconds before another may be asked for; the last holds from then on
ATTEMPTS = 5
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
PER_DESTINATION = ((HOUR, 5), (DAY, 10))
PER_ADDRESS = ((HOUR, 20),)
BUDGET_TRIPPED = "sms-budget-tripped"

TEMPLATES = {
    Purpose.REGISTER_EMAIL: "register_email",
    Purpose.REGISTER_PHONE: "register_phone",
    Purpose.RECOVER: "recover",
    Purpose.HUMAN: "human",
    Purpose.CHANGE_EMAIL: "change_email",
    Purpose.CHANGE_PHONE: "change_phone",
    Purpose.DELEGATE: "delegate",
    Purpose.AGREE: "agree",
}
BY_LINK = frozenset({Purpose.REGISTER_EMAIL, Purpose.RECOVER})
"""What the link in a mail may stand for. A log-in is not among them: it would sign in whoever opens the mail."""

log = logging.getLogger(__name__)


def begin(
    purpose: Purpose,
    channel: str,
    destination: str,
    *,
    account: Account | None,
    locale: str,
    address: str,
    real: bool = True,
    name: str = "",
    **said: Any,
) -> OneTimeCode:
    """Open a challenge and promise its code; `said` is what else its message tells. Earlier ones of that account and purpose are void,
    but for a delegation: one office's request leaves another's alone.

    Part of the caller's transaction, who asked `allow` before it: a limit that trips must leave its trace.
    """
    moment = now()
    if account is not None and purpose is not Purpose.DELEGATE:
        earlier = (OneTimeCode.account == account) & (OneTimeCode.purpose == purpose) & OneTimeCode.used_at.is_null()
        OneTimeCode.update(expires_at=moment).where(earlier & (OneTimeCode.expires_at > moment)).execute()
    challenge = OneTimeCode.create(
        account=account,
        purpose=purpose,
        channel=channel,
        destination=destination,
        real=real,
        created_at=moment,
        sent_at=moment,
        expires_at=moment + LIFE[channel],
    )
    _send(challenge, locale, address, name, **said)
    return challenge


def handed(account: Account, destination: str) -> OneTimeCode:
    """A challenge of a day, by whose link a new password may be set."""
    return OneTimeCode.create(
        account=account,
        purpose=Purpose.RECOVER,
        channel="mail",
        destination=destination,
        created_at=now(),
        sent_at=now(),
        expires_at=now() + DAY,
    )


def handed_over(account: Account, destination: str) -> str:
    """The address of a page where a new password may be set within a day: not sent, but given by hand, for new staff."""
    challenge = handed(account, destination)
    return f"{outside.portal_url}/account/codes/{challenge.id}/{secrets.link_token(challenge.id, challenge.counter)}"


def again(challenge_id: str, *, locale: str, address: str) -> OneTimeCode:
    """Send a new code and void the old one. Raises TooMany before its time, NotFound for a challenge that is over."""
    challenge = of(challenge_id)
    if left := wait(challenge):
        raise TooMany(_("Another code can be sent in a little while. Seconds left: %(seconds)s", seconds=left), retry_after=left)
    if challenge.used_at:
        raise NotFound
    allow(challenge.channel, challenge.destination, address)
    with database.atomic():
        moment = now()
        won = (
            OneTimeCode.update(
                counter=challenge.counter + 1, attempts=0, sent_at=moment, expires_at=moment + LIFE[challenge.channel]
            )
            .where((OneTimeCode.id == challenge.id) & (OneTimeCode.counter == challenge.counter) & OneTimeCode.used_at.is_null())
            .execute()
        )
        challenge = of(challenge_id)
        if won:  # else a double click: the code of the first one is on its way
            _send(challenge, locale, address, challenge.account.called(locale) if challenge.account else "")
    return challenge


def find(challenge_id: str | None, purpose: Purpose | None = None) -> OneTimeCode | None:
    """The challenge of this flow, None when there is none of that purpose."""
    if not challenge_id:
        return None
    challenge = OneTimeCode.select(OneTimeCode, Account).left_outer_join(Account).where(OneTimeCode.id == challenge_id).first()
    return challenge if challenge and purpose in (None, challenge.purpose) else None


def of(challenge_id: str, purpose: Purpose | None = None) -> OneTimeCode:
    """The challenge of this flow. Raises NotFound."""
    challenge = find(challenge_id, purpose)
    if challenge is None:
        raise NotFound
    return challenge


def wait(challenge: OneTimeCode) -> int:
    """Seconds until another code may be sent, 0 when it may."""
    pause = WAITS[min(challenge.counter, len(WAITS) - 1)]
    return max(0, pause - int((now() - challenge.sent_at).total_seconds()))


def matched(challenge_id: str, purpose: Purpose, typed: str) -> OneTimeCode:
    """The challenge whose code was typed; every call counts as one of five attempts. `spend` it in the transaction of what it opens.

    Not inside a transaction: a refused attempt must stay counted. Raises Refusal for field `code`.
    """
    challenge = of(challenge_id, purpose)
    open_still = (OneTimeCode.id == challenge.id) & _spendable(challenge) & (OneTimeCode.attempts < ATTEMPTS)
    if not OneTimeCode.update(attempts=OneTimeCode.attempts + 1).where(open_still).execute():
        raise Refusal(_why_closed(of(challenge_id)), field="code")
    code = "".join(sign for sign in digits.fold(typed) if sign.isalnum())
    if not secrets.same(code, secrets.one_time_code(challenge.id, challenge.counter)) or not challenge.real:
        raise Refusal(_("This is not the code we sent. Check it, or ask for another."), field="code")
    return challenge


def linked(challenge_id: str, token: str) -> OneTimeCode | None:
    """The challenge of a mailed link while it counts. Only looked at: programs that open mails to scan them spend nothing."""
    challenge = find(challenge_id)
    if challenge is None or challenge.used_at or challenge.expires_at <= now() or not challenge.real:
        return None
    right = secrets.same(token, secrets.link_token(challenge.id, challenge.counter))
    return challenge if right and challenge.purpose in BY_LINK else None


def linked_for(challenge_id: str, token: str, purpose: Purpose) -> OneTimeCode:
    """As `linked`, for one purpose. Raises NotFound."""
    challenge = linked(challenge_id, token)
    if challenge is None or challenge.purpose != purpose:
        raise NotFound
    return challenge


def spend(challenge: OneTimeCode) -> None:
    """Use it up. Of many at once, one gets through; the others meet a Refusal."""
    if not OneTimeCode.update(used_at=now()).where((OneTimeCode.id == challenge.id) & _spendable(challenge)).execute():
        raise Refusal(_why_closed(of(challenge.id)), field="code")


def masked(challenge: OneTimeCode) -> str:
    """The destination as its owner recognises it and nobody else learns it."""
    if challenge.channel == "sms":
        return f"•••• {challenge.destination[-4:]}"
    name, _at, host = challenge.destination.partition("@")
    return f"{name[0]}•••@{host}"


def allow(channel: str, destination: str, address: str) -> None:
    """Raises TooMany when that destination or that address had its share, Unavailable when the hour's budget for SMS is spent."""
    limits = [(CodeSent.destination == destination, limit) for limit in PER_DESTINATION]
    limits += [(CodeSent.address == address, limit) for limit in PER_ADDRESS]
    for whose, (period, most) in limits:
        sent, first = (
            CodeSent.select(fn.COUNT(CodeSent.id), fn.MIN(CodeSent.at))
            .where(whose & (CodeSent.at > now() - period))
            .scalar(as_tuple=True)
        )
        if sent >= most:
            since = CodeSent.at.python_value(first) if isinstance(first, str) else first.replace(tzinfo=dt.UTC)
            left = max(60, int((since + period - now()).total_seconds()))
            raise TooMany(
                _("We have sent many codes already. Minutes until the next: %(minutes)s", minutes=-(-left // 60)),
                retry_after=left,
            )
    if channel == "sms":
        _keep_budget()


def _keep_budget() -> None:
    """Against pumping: nobody can make us send more SMS in an hour than we set aside; the operator is told."""
    recent = now() - HOUR
    if CodeSent.select().where((CodeSent.channel == "sms") & (CodeSent.at > recent)).count() < outside.sms_hourly_budget:
        return
    if not SecurityEvent.select().where((SecurityEvent.kind == BUDGET_TRIPPED) & (SecurityEvent.at > recent)).exists():
        log.error("the hourly budget of %s SMS is spent: no more are sent", outside.sms_hourly_budget)
        audit.security(None, BUDGET_TRIPPED, budget=outside.sms_hourly_budget)
    raise Unavailable(_("We cannot send SMS at the moment. Please try again in an hour."))


def count(channel: str, destination: str, address: str) -> None:
    """One more message on its way there, for the limits. Part of the caller's transaction."""
    CodeSent.create(destination=destination, channel=channel, address=address, at=now())


def _send(challenge: OneTimeCode, locale: str, address: str, name: str, **said: Any) -> None:
    count(challenge.channel, challenge.destination, address)
    messages.send(
        challenge.channel,
        challenge.destination,
        TEMPLATES[Purpose(challenge.purpose)],
        key=f"code:{challenge.id}:{challenge.counter}",
        locale=locale,
        account=challenge.account_id,
        challenge=challenge.id,
        counter=challenge.counter if challenge.real else -1,  # the worker drops what is not the counter of the challenge
        name=name,
        **said,
    )


def _spendable(challenge: OneTimeCode) -> object:
    return OneTimeCode.used_at.is_null() & (OneTimeCode.counter == challenge.counter) & (OneTimeCode.expires_at > now())


def _why_closed(challenge: OneTimeCode) -> Text:
    if challenge.used_at:
        return _("This code was used already.")
    if challenge.attempts >= ATTEMPTS:
        return _("That was the fifth wrong code, so it no longer counts. Ask for another.")
    return _("This code has expired. Ask for another.")
