"""Which state may become which: every pair, and nothing else."""

from itertools import product

import pytest

from engine.errors import Conflict
from engine.lifecycle import CLOSED, EDITABLE, LABELS, MAY_BE_WITHDRAWN, MOVES, PENDING, WAITING_FOR_APPLICANT, State, move
from engine.wording import Text

ALLOWED = {
    ("draft", "to-agree"),
    ("to-agree", "draft"),
    ("to-agree", "returned"),
    ("to-agree", "to-pay"),
    ("to-agree", "in-review"),
    ("to-agree", "completed"),
    ("to-agree", "withdrawn"),
    ("returned", "to-agree"),
    ("draft", "to-pay"),
    ("draft", "in-review"),
    ("draft", "completed"),
    ("draft", "withdrawn"),
    ("to-pay", "draft"),
    ("to-pay", "in-review"),
    ("to-pay", "completed"),
    ("to-pay", "withdrawn"),
    ("in-review", "returned"),
    ("in-review", "to-pay"),
    ("in-review", "completed"),
    ("in-review", "refused"),
    ("returned", "in-review"),
    ("returned", "withdrawn"),
    ("refused", "in-review"),
    ("completed", "in-review"),
}


@pytest.mark.parametrize(("current", "to"), list(product(State, State)))
def test_an_application_moves_only_as_the_table_says(current: State, to: State):
    if (current, to) in ALLOWED:
        assert move(current, to) is to
    else:
        with pytest.raises(Conflict) as refused:
            move(current, to)
        assert refused.value.message.values == {"state": LABELS[current]}


def test_what_was_withdrawn_stays_so_an_answer_may_be_examined_again_and_everything_can_end():
    assert {State.COMPLETED, State.REFUSED, State.WITHDRAWN} == CLOSED
    assert {state for state in CLOSED if MOVES[state]} == {State.REFUSED, State.COMPLETED}
    for start in State:
        reached, front = {start}, {start}
        while front:
            front = {after for state in front for after in MOVES[state]} - reached
            reached |= front
        assert reached & CLOSED, start


def test_the_groups_of_states_are_what_their_names_say():
    assert {State.DRAFT, State.RETURNED} == EDITABLE
    assert {State.DRAFT, State.TO_PAY, State.RETURNED} == WAITING_FOR_APPLICANT
    assert set(State) - CLOSED - {State.DRAFT} == PENDING
    assert {state for state in State if State.WITHDRAWN in MOVES[state]} == MAY_BE_WITHDRAWN
    assert not EDITABLE & CLOSED


def test_every_state_has_a_name_for_people():
    assert LABELS.keys() == MOVES.keys() == set(State)
    assert all(isinstance(label, Text) and label.message for label in LABELS.values())
    assert len({label.message for label in LABELS.values()}) == len(State)
