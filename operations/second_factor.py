"""The second factor of staff: an authenticator app (TOTP, RFC 6238), and ten recovery codes for the day the phone is gone.

Asked after password or Mobile ID; a card with its PIN is two factors already. Whoever has shown the first is held in their browser by a
challenge, without a session, until they show the second or, the first time, set it up.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from secrets import choice

import pyotp
from peewee import IntegrityError

from engine import digits
from engine.actor import Actor
from engine.assurance import Assurance
from engine.errors import Conflict, NotFound, Refusal, TooMany
from engine.wording import _
from models import Account, ChallengeState, IdentifierType, RecoveryCode, SecondFactor, database
from operations import audit, challenges, identifiers, messages, roles, secrets, sessions
from operations.now import now

STEP = 30  # seconds an app shows a code
DRIFT = (-1, 0, 1)  # steps by which a phone's clock may differ
TRIES, TRIES_WITHIN = 5, dt.timedelta(minutes=15)
PROPOSED_FOR = dt.timedelta(hours=1)
HELD_FOR = dt.timedelta(minutes=15)
SUBJECT = "second-factor"
RECOVERY_CODES, RECOVERY_LENGTH, GROUP = 10, 12, 4
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0/o, 1/l/i: they are copied by hand. Twelve of them are 59 bits
ISSUER = "Bawaba"
FEW = 3  # recovery codes: time for new ones


@dataclass(frozen=True, slots=True)
class State:
    """What its owner sees of it."""

    since: dt.datetime | None
    codes_left: int


@dataclass(frozen=True, slots=True)
class Held:
    """Who has shown the first factor in this browser, and by what."""

    account: Account
    assurance: Assurance
    method: str
    enrolled: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A secret for the app: as the address that a QR code carries, and in groups for typing."""

    address: str
    key: str


def asked(account: Account, assurance: Assurance) -> bool:
    """Whether who comes in like this must show a second factor."""
    return assurance < Assurance.HIGH and roles.is_staff(account)


def state(account: Account | int) -> State:
    factor = _confirmed(account)
    left = RecoveryCode.select().where((RecoveryCode.account == account) & RecoveryCode.used_at.is_null()).count()
    return State(factor.confirmed_at if factor else None, left)


# --- Between the first factor and the second ---------------------------------------------------------------------------------------


def hold(account: Account, assurance: Assurance, method: str) -> str:
    """Remember that the first factor was right. Returns the secret for the browser's cookie."""
    person = {"account": account.id, "assurance": int(assurance), "method": method, "password": _password_mark(account.id)}
    return challenges.begin(SUBJECT, lasts=HELD_FOR, state=ChallengeState.PROVEN, person=person).secret


def held(secret: str | None) -> Held | None:
    challenge = challenges.find(secret, SUBJECT)
    if challenge is None or challenge.state != ChallengeState.PROVEN:
        return None
    account = Account.get_or_none((Account.id == challenge.person["account"]) & Account.blocked_at.is_null())
    if account is None or challenge.person["password"] != _password_mark(account.id):
        return None
    enrolled = _confirmed(account) is not None
    return Held(account, Assurance(challenge.person["assurance"]), challenge.person["method"], enrolled)


def _password_mark(account: int) -> str:
    """A new password ends what was held under the old one."""
    return secrets.token_hash(Account.get_by_id(account).password_hash)


def shown(secret: str | None, typed: str, *, address: str) -> Held:
    """The second factor of who is held here. Raises Refusal for field `code`, TooMany, NotFound when the time is over."""
    who = held(secret)
    if who is None or not who.enrolled:
        raise NotFound
    check(who.account, typed, address=address)
    _release(secret)
    return who


def set_up_held(secret: str | None, typed: str, *, address: str) -> tuple[Held, list[str]]:
    """The first time: who is held here has set up the app. Returns them and their recovery codes. Raises as `shown`, Conflict."""
    who = held(secret)
    if who is None or who.enrolled:
        raise NotFound
    codes = _set_up(who.account, typed, address=address, first=True)
    _release(secret)
    return who, codes


def _release(secret: str | None) -> None:
    """The hold opens one session. Of many at once one gets through."""
    challenge = challenges.find(secret, SUBJECT)
    if challenge is None or not challenges.move(challenge, ChallengeState.PROVEN, ChallengeState.SPENT):
        raise NotFound


# --- Showing it ------------------------------------------------------------------------------------------------------------------


def check(account: Account, typed: str, *, address: str) -> None:
    """A code of the app or a recovery code, each good once; every call counts as one of five tries in a quarter of an hour.

    Not inside a transaction: a refused try must stay counted. Raises Refusal for field `code`, TooMany.
    """
    factor = _confirmed(account)
    if factor is None:
        raise NotFound
    _count(factor)
    if not (_of_the_app(factor, typed) or _of_recovery(factor, typed, address)):
        audit.security(account.id, "second-factor-refused", address)
        wrong = _("This code does not fit, or was used already. Wait for the app's next one, or take a recovery code.")
        raise Refusal(wrong, field="code")


def _count(factor: SecondFactor) -> None:
    moment, this = now(), SecondFactor.id == factor.id
    SecondFactor.update(tries=0, tries_since=moment).where(this & (SecondFactor.tries_since < moment - TRIES_WITHIN)).execute()
    if not SecondFactor.update(tries=SecondFactor.tries + 1).where(this & (SecondFactor.tries < TRIES)).execute():
        raise TooMany(
            _("Those were five codes in a short time. Wait a quarter of an hour, then try again."),
            retry_after=int(TRIES_WITHIN.total_seconds()),
        )


def _of_the_app(factor: SecondFactor, typed: str) -> bool:
    """Taken only if no code of that half minute or a later one was: of twenty posts at once, one."""
    step = _step_of(factor, typed)
    fresh = (SecondFactor.id == factor.id) & (SecondFactor.used < step)
    return step is not None and bool(SecondFactor.update(used=step, tries=0).where(fresh).execute())


def _step_of(factor: SecondFactor, typed: str) -> int | None:
    """The half minute whose code was typed, if it is around now."""
    secret, code = _secret(factor), _plain(typed)
    here = int(now().timestamp()) // STEP
    return next((here + drift for drift in DRIFT if secrets.same(code, secrets.totp_code(secret, here + drift))), None)


def _of_recovery(factor: SecondFactor, typed: str, address: str) -> bool:
    digest = _digest(factor.account_id, _plain(typed))
    with database.atomic():
        unused = (RecoveryCode.account == factor.account_id) & (RecoveryCode.digest == digest) & RecoveryCode.used_at.is_null()
        if not RecoveryCode.update(used_at=now()).where(unused).execute():
            return False
        SecondFactor.update(tries=0).where(SecondFactor.id == factor.id).execute()
        audit.security(factor.account_id, "recovery-code-used", address)
    return True


# --- Setting it up ---------------------------------------------------------------------------------------------------------------


def proposal(account: Account) -> Proposal:
    """A secret to put into the app. The same for an hour, so that a page loaded twice shows one code."""
    factor = _proposed(account) or _propose(account)
    secret = _secret(factor)
    name = identifiers.value_of(account, IdentifierType.EMAIL)
    return Proposal(pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER), " ".join(_groups(secret)))


def _propose(account: Account) -> SecondFactor:
    try:
        with database.atomic():
            SecondFactor.delete().where((SecondFactor.account == account) & SecondFactor.confirmed_at.is_null()).execute()
            sealed = secrets.sealed(_purpose(account.id), pyotp.random_base32())
            return SecondFactor.create(account=account, sealed=sealed, tries_since=now(), created_at=now())
    except IntegrityError:  # the same page in another window was faster
        return _proposed(account) or _propose(account)


def renew(actor: Actor, typed: str, *, address: str) -> list[str]:
    """Another app in place of the old one, whose holder was just asked for it (operations/confirming). Returns new recovery codes."""
    codes = _set_up(Account.get_by_id(actor.account), typed, address=address, first=False)
    sessions.end_others(actor, address=address)
    return codes


def _set_up(account: Account, typed: str, *, address: str, first: bool) -> list[str]:
    """The app shows the right code: from now on it is asked for."""
    factor = _proposed(account)
    if factor is None:
        raise Refusal(_("That took more than an hour. Load this page again and scan the new code."), field="code")
    _count(factor)
    step = _step_of(factor, typed)
    if step is None:
        raise Refusal(
            _("This is not what the app should show. Check that the phone's clock is right, then type its newest code."),
            field="code",
        )
    with database.atomic():
        earlier = (SecondFactor.account == account) & SecondFactor.confirmed_at.is_null(False)
        if not first:
            SecondFactor.delete().where(earlier).execute()
        mine = (SecondFactor.id == factor.id) & SecondFactor.confirmed_at.is_null()
        try:
            with database.atomic():
                won = SecondFactor.update(used=step, tries=0, confirmed_at=now()).where(mine).execute()
        except IntegrityError:
            won = 0
        if not won:
            raise Conflict(_("A second factor was set up in another window meanwhile. Sign in with it."))
        codes = _new_codes(account.id)
        audit.security(account.id, "second-factor-set", address)
        messages.tell_owner(account, "second_factor_set", key=f"second-factor:{factor.id}")
    return codes


def new_codes(actor: Actor, *, address: str) -> list[str]:
    """Ten new recovery codes in place of the old ones, to be shown once."""
    if actor.account is None or _confirmed(actor.account) is None:
        raise NotFound
    with database.atomic():
        audit.security(actor.account, "recovery-codes-made", address)
        return _new_codes(actor.account)


def _new_codes(account: int) -> list[str]:
    codes = ["".join(choice(ALPHABET) for _sign in range(RECOVERY_LENGTH)) for _code in range(RECOVERY_CODES)]
    RecoveryCode.delete().where(RecoveryCode.account == account).execute()
    RecoveryCode.insert_many([{"account": account, "digest": _digest(account, code)} for code in codes]).execute()
    return ["-".join(_groups(code)) for code in codes]


def reset(email: str) -> None:
    """Take it away, for a member of staff who lost phone and recovery codes: the next sign-in sets up another. For the administrator's command.

    Raises NotFound for anybody without a role.
    """
    account = identifiers.account_of(email)
    if account is None or not roles.is_staff(account):
        raise NotFound
    with database.atomic():
        take_away(account, None)


def take_away(account: Account, actor: Actor | None) -> None:
    """App and recovery codes are gone, every session ends, and the owner is told. Part of the caller's transaction."""
    SecondFactor.delete().where(SecondFactor.account == account).execute()
    RecoveryCode.delete().where(RecoveryCode.account == account).execute()
    sessions.end_all(account)
    audit.record(actor, "second-factor-reset", identifiers.value_of(account, IdentifierType.EMAIL))
    audit.security(account.id, "second-factor-reset")
    messages.tell_owner(account, "second_factor_reset", key=f"second-factor-reset:{account.id}:{now().isoformat()}")


# --- Its row ---------------------------------------------------------------------------------------------------------------------


def _confirmed(account: Account | int) -> SecondFactor | None:
    return SecondFactor.get_or_none((SecondFactor.account == account) & SecondFactor.confirmed_at.is_null(False))  # type: ignore[no-any-return]


def _proposed(account: Account) -> SecondFactor | None:
    recent = SecondFactor.confirmed_at.is_null() & (SecondFactor.created_at > now() - PROPOSED_FOR)
    return SecondFactor.get_or_none((SecondFactor.account == account) & recent)  # type: ignore[no-any-return]


def _secret(factor: SecondFactor) -> str:
    return secrets.unsealed(_purpose(factor.account_id), factor.sealed)


def _purpose(account: int) -> str:
    return f"second-factor:{account}"


def _digest(account: int, code: str) -> str:
    return secrets.derived("recovery-code", f"{account}\0{code}").hex()


def _plain(typed: str) -> str:
    """However it was typed: any digits, any case, with spaces or hyphens."""
    return "".join(sign for sign in digits.fold(typed).lower() if sign.isalnum())


def _groups(code: str) -> Iterator[str]:
    return (code[start : start + GROUP] for start in range(0, len(code), GROUP))
