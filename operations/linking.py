"""Linking an ID card to one's account: from then on the card signs in. The card must bear the account's own civil number."""

from peewee import IntegrityError

from engine.actor import Actor
from engine.errors import Conflict, Refusal, Unavailable
from engine.wording import _
from gateways.certificates import Untrusted
from models import Account, database
from operations import audit, cards, challenges, civil_numbers, messages

NO_CIVIL_NUMBER = _(
    "This account was opened with a passport, so no ID card belongs to it. Open an account with your card instead."
)
ANOTHERS = _(
    "This card bears another civil number than your account. Use your own card; if the account's number is wrong, write to us."
)
TAKEN = _("Another account has already proven this civil number. Sign in with that account, or recover its password.")


def allow(actor: Actor) -> None:
    """Raises Refusal for an account that can have no card."""
    civil_numbers.claimed(actor.account, otherwise=NO_CIVIL_NUMBER)


def challenge(actor: Actor) -> challenges.Handed:
    """What the card is asked to sign. Raises Refusal as `allow`."""
    allow(actor)
    return challenges.begin(_subject(actor))


def by_card(actor: Actor, secret: str | None, token: str, *, address: str) -> None:
    """The card is theirs from here on. Raises Refusal (a challenge that is over, Untrusted, another's card), Conflict; each is recorded."""
    nonce = challenges.spend(secret, _subject(actor))
    try:
        number = cards.person(token, nonce).civil_number
        if number != civil_numbers.claimed(actor.account, otherwise=NO_CIVIL_NUMBER):
            raise Refusal(ANOTHERS)
        _link(actor, number, address)
    except IntegrityError:
        audit.security(actor.account, "card-refused", address, why="civil-number-taken")
        raise Conflict(TAKEN) from None
    except Unavailable:
        raise
    except Refusal as refusal:
        why = refusal.reason.value if isinstance(refusal, Untrusted) else "other-person"
        audit.security(actor.account, "card-refused", address, why=why)
        raise


@database.atomic()
def _link(actor: Actor, number: str, address: str) -> None:
    civil_numbers.remember(actor.account, number)
    audit.security(actor.account, "card-linked", address)
    messages.tell_owner(Account.get_by_id(actor.account), "card_linked", key=f"card-linked:{actor.account}")


def _subject(actor: Actor) -> str:
    return f"link:{actor.account}:{actor.session}"
