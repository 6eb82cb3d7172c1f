"""What happened to an account, as its owner reads it: newest first, a page at a time."""

from dataclasses import dataclass
from typing import Any

from engine.actor import Actor
from engine.wording import Text, _
from models import SecurityEvent

PAGE = 20
WORDS: dict[str, Text] = {
    "registered": _("You opened this account"),
    "signed-in": _("Signed in"),
    "signed-in-anew": _("Signed in from a browser not seen before"),
    "sign-in-refused": _("Somebody tried to sign in with a wrong password"),
    "signed-out": _("Signed out"),
    "session-ended": _("You ended a session"),
    "other-sessions-ended": _("You signed out everywhere else"),
    "password-changed": _("The password was changed"),
    "password-refused": _("A wrong password was typed to confirm a change"),
    "identity-proven": _("You proved who you are"),
    "identity-refused": _("A proof of who you are was refused"),
    "card-linked": _("You linked your ID card"),
    "card-refused": _("An ID card was refused"),
    "declaration-signed": _("You signed a declaration with your ID card"),
    "signature-refused": _("A signature by ID card was refused"),
    "email-changed": _("The e-mail address was changed"),
    "phone-changed": _("The mobile number was changed"),
    "second-factor-set": _("An authenticator app was set up"),
    "second-factor-refused": _("A wrong code of the second step was typed"),
    "second-factor-reset": _("The administrator took the authenticator app away"),
    "recovery-code-used": _("A recovery code was used to sign in"),
    "recovery-codes-made": _("New recovery codes were made"),
    "role-given": _("An administrator gave you a role"),
    "role-taken": _("An administrator took a role from you"),
    "account-blocked": _("An administrator blocked the account"),
    "account-unblocked": _("An administrator unblocked the account"),
    "data-copied": _("You asked for a copy of your data"),
    "data-fetched": _("The copy of your data was downloaded"),
    "delegation-granted": _("You let an office act for you"),
    "delegation-ended": _("An office may no longer act for you"),
    "counter-visit": _("A clerk filed for you at a counter"),
    "operator-added": _("You work for an office now"),
    "operator-ended": _("You work for an office no more"),
    "kind-changed": _("You changed the kind of the account"),
    "closing-asked": _("You asked to close the account"),
    "closing-cancelled": _("You came back, so the account stays open"),
}
"""By kind; one without words is not shown."""
ALARMING = frozenset(
    {"sign-in-refused", "password-refused", "identity-refused", "card-refused", "signature-refused", "second-factor-refused"}
)
METHODS: dict[str, Text] = {
    "password": _("with the password"),
    "mobile-id": _("with Mobile ID"),
    "card": _("with the ID card"),
    "registration": _("when it was opened"),
}


@dataclass(frozen=True, slots=True)
class Happened:
    event: SecurityEvent
    words: Text
    how: Text | None
    alarming: bool

    @property
    def browser(self) -> str:
        return str(self.event.details.get("browser", ""))


@dataclass(frozen=True, slots=True)
class Page:
    """`newer` and `older` are the marks to ask the neighbouring pages with, None at the ends."""

    happened: list[Happened]
    newer: int | None
    older: int | None


def of(actor: Actor, *, before: int | None = None, after: int | None = None) -> Page:
    """Around a mark: older than `before`, or newer than `after`."""
    theirs = (SecurityEvent.account == actor.account) & SecurityEvent.kind.in_(list(WORDS))
    if after is not None:
        rows = _some(theirs & (SecurityEvent.id > after), SecurityEvent.id.asc())
        more, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        return _page(rows, newer=more, older=bool(rows))
    rows = _some(theirs & (SecurityEvent.id < before) if before is not None else theirs, SecurityEvent.id.desc())
    return _page(rows[:PAGE], newer=before is not None, older=len(rows) > PAGE)


def _some(which: Any, order: Any) -> list[SecurityEvent]:
    """One more than a page, to know whether there is another."""
    return list(SecurityEvent.select().where(which).order_by(order).limit(PAGE + 1))


def _page(rows: list[SecurityEvent], *, newer: bool, older: bool) -> Page:
    shown = [Happened(row, WORDS[row.kind], METHODS.get(row.details.get("method", "")), row.kind in ALARMING) for row in rows]
    return Page(shown, rows[0].id if rows and newer else None, rows[-1].id if rows and older else None)
