"""Which states an application may pass through. Rows live elsewhere; these are the only moves."""

from enum import StrEnum

from engine.errors import Conflict
from engine.wording import Text, _


class State(StrEnum):
    DRAFT = "draft"
    TO_AGREE = "to-agree"
    TO_PAY = "to-pay"
    IN_REVIEW = "in-review"
    RETURNED = "returned"
    COMPLETED = "completed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


LABELS: dict[State, Text] = {
    State.DRAFT: _("Not yet submitted"),
    State.TO_AGREE: _("Waiting for the other party"),
    State.TO_PAY: _("Waiting for payment"),
    State.IN_REVIEW: _("With the authority"),
    State.RETURNED: _("Needs your correction"),
    State.COMPLETED: _("Completed"),
    State.REFUSED: _("Refused"),
    State.WITHDRAWN: _("Withdrawn"),
}

MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.TO_AGREE, State.TO_PAY, State.IN_REVIEW, State.COMPLETED, State.WITHDRAWN}),
    State.TO_AGREE: frozenset({State.DRAFT, State.RETURNED, State.TO_PAY, State.IN_REVIEW, State.COMPLETED, State.WITHDRAWN}),
    State.TO_PAY: frozenset({State.DRAFT, State.IN_REVIEW, State.COMPLETED, State.WITHDRAWN}),
    State.IN_REVIEW: frozenset({State.RETURNED, State.TO_PAY, State.COMPLETED, State.REFUSED}),
    State.RETURNED: frozenset({State.TO_AGREE, State.IN_REVIEW, State.WITHDRAWN}),
    State.COMPLETED: frozenset({State.IN_REVIEW}),  # only by its applicant, where the service can be reopened
    State.REFUSED: frozenset({State.IN_REVIEW}),  # so too, or by a supervisor, who overturns it
    State.WITHDRAWN: frozenset(),
}

EDITABLE = frozenset({State.DRAFT, State.RETURNED})
WAITING_FOR_APPLICANT = frozenset({State.DRAFT, State.TO_PAY, State.RETURNED})
MAY_BE_WITHDRAWN = WAITING_FOR_APPLICANT | {State.TO_AGREE}
CLOSED = frozenset({State.COMPLETED, State.REFUSED, State.WITHDRAWN})
# Between submission and the end: no second application may touch the same record meanwhile.
PENDING = frozenset({State.TO_AGREE, State.TO_PAY, State.IN_REVIEW, State.RETURNED})


def move(current: State, to: State) -> State:
    """The new state; a Conflict when the application has moved on meanwhile."""
    if to not in MOVES[current]:
        raise Conflict(
            _("This application has moved on: it is now “%(state)s”. Open it to see what comes next.", state=LABELS[current])
        )
    return to
