"""The second factor of staff: what lets in, once, and what does not."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from peewee import Database

import models
from engine import digits
from engine.assurance import Assurance
from engine.errors import Conflict, NotAllowed, NotFound, Refusal, TooMany
from models import Account, AuditEntry, RecoveryCode, SecondFactor, SecurityEvent, Session
from operations import entrance, passwords, second_factor, sessions
from tests.support.authenticator import Authenticator, a_clerk, set_up
from tests.support.builders import a_person, signed_in
from tests.support.clock import Clock
from tests.support.postbox import delivered

pytestmark = pytest.mark.usefixtures("database")
ADDRESS = "192.0.2.1"


def held(clerk: Account) -> str:
    return second_factor.hold(clerk, Assurance.PASSWORD, "password")


def shown(clerk: Account, typed: str) -> second_factor.Held:
    return second_factor.shown(held(clerk), typed, address=ADDRESS)


def entered(clerk: Account, **how: Any) -> str:
    return entrance.enter(clerk, browser="", address=ADDRESS, **how)


def at_once(database: Database, times: int, job: Callable[[], Any]) -> list[Any]:
    """In threads, each with a connection of its own: what each returned, or the exception."""
    barrier = threading.Barrier(times)

    def run(_number: int) -> Any:
        try:
            models.database.connect(reuse_if_open=True)
            barrier.wait(20)
            return job()
        except Exception as problem:
            return problem
        finally:
            models.database.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


# --- Who is asked ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("assurance", "asked"), [(Assurance.PASSWORD, True), (Assurance.SUBSTANTIAL, True), (Assurance.HIGH, False)]
)
def test_staff_are_asked_unless_they_came_with_a_card(assurance: Assurance, asked: bool) -> None:
    assert second_factor.asked(a_clerk(), assurance) is asked
    assert not second_factor.asked(a_person(), assurance)


def test_staff_get_no_session_without_it() -> None:
    clerk = a_clerk()
    with pytest.raises(NotAllowed):
        entered(clerk)
    assert not Session.select().exists()
    assert entered(clerk, second_factor_shown=True) and entered(clerk, assurance=Assurance.HIGH)


# --- The app ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_the_code_of_now_and_of_its_neighbours_lets_in(clock: Clock, steps: int) -> None:
    clerk = a_clerk()
    app, _codes = set_up(clerk)
    clock.forward(minutes=5)
    assert shown(clerk, app.code(steps)).account.id == clerk.id


@pytest.mark.parametrize("steps", [-2, 2])
def test_an_older_or_a_later_code_does_not(clock: Clock, steps: int) -> None:
    clerk = a_clerk()
    app, _codes = set_up(clerk)
    clock.forward(minutes=5)
    with pytest.raises(Refusal) as refused:
        shown(clerk, app.code(steps))
    assert refused.value.field == "code"
    assert SecurityEvent.select().where(SecurityEvent.kind == "second-factor-refused").count() == 1


def test_digits_of_any_keyboard_count() -> None:
    clerk = a_clerk()
    app, _codes = set_up(clerk)
    code = digits.arabic(app.code())
    assert shown(clerk, f"{code[:3]} {code[3:]}")


def test_a_code_counts_once_and_so_does_one_before_it(clock: Clock) -> None:
    clerk = a_clerk()
    app, _codes = set_up(clerk)
    clock.forward(minutes=5)
    shown(clerk, app.code())
    for steps in (0, -1):
        with pytest.raises(Refusal):
            shown(clerk, app.code(steps))
    assert shown(clerk, app.code(1))


def test_of_twenty_posts_of_one_code_one_lets_in(database: Database) -> None:
    clerk = a_clerk()
    app, _codes = set_up(clerk)
    secret, code = held(clerk), app.code()
    results = at_once(database, 20, lambda: second_factor.shown(secret, code, address=ADDRESS))
    assert sum(isinstance(result, second_factor.Held) for result in results) == 1
    assert all(isinstance(result, second_factor.Held | Refusal | TooMany | NotFound) for result in results), results


def test_of_twenty_browsers_with_one_code_one_gets_in(database: Database) -> None:
    clerk = a_clerk()
    app, _codes = set_up(clerk)
    code = app.code()
    results = at_once(database, 20, lambda: shown(clerk, code))
    assert sum(isinstance(result, second_factor.Held) for result in results) == 1


def test_five_wrong_codes_close_it_for_a_quarter_of_an_hour(clock: Clock) -> None:
    clerk = a_clerk()
    app, _codes = set_up(clerk)
    for _n in range(5):
        with pytest.raises(Refusal, match="does not fit"):
            shown(clerk, "000000")
    with pytest.raises(TooMany):
        shown(clerk, app.code())
    clock.forward(minutes=16)
    assert shown(clerk, app.code())


def test_a_right_code_forgives_the_wrong_ones_before(clock: Clock) -> None:
    clerk = a_clerk()
    app, _codes = set_up(clerk)
    for _round in range(3):
        for _n in range(4):
            with pytest.raises(Refusal, match="does not fit"):
                shown(clerk, "000000")
        clock.forward(seconds=60)
        shown(clerk, app.code())


def test_one_persons_app_does_not_let_in_another() -> None:
    clerk, other = a_clerk(), a_clerk()
    app, codes = set_up(clerk)
    set_up(other)
    for typed in (app.code(), codes[0]):
        with pytest.raises(Refusal):
            shown(other, typed)


def test_the_table_gives_no_secret_away() -> None:
    clerk = a_clerk()
    app, codes = set_up(clerk)
    rows = str([list(table.select().dicts()) for table in (SecondFactor, RecoveryCode)])
    for secret in (app.key.replace(" ", ""), *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in rows


def test_a_secret_moved_to_another_account_opens_nothing() -> None:
    clerk, other = a_clerk(), a_clerk()
    app, _codes = set_up(clerk)
    set_up(other)
    SecondFactor.update(sealed=SecondFactor.get(SecondFactor.account == clerk).sealed).where(
        SecondFactor.account == other
    ).execute()
    with pytest.raises(ValueError, match="not sealed"):
        shown(other, app.code())


# --- Recovery codes --------------------------------------------------------------------------------------------------------------


def test_a_recovery_code_lets_in_once_however_it_is_written() -> None:
    clerk = a_clerk()
    _app, codes = set_up(clerk)
    assert len(set(codes)) == 10
    assert shown(clerk, codes[0].upper().replace("-", " "))
    with pytest.raises(Refusal):
        shown(clerk, codes[0])
    assert second_factor.state(clerk).codes_left == 9
    assert SecurityEvent.select().where(SecurityEvent.kind == "recovery-code-used").count() == 1


def test_of_ten_posts_of_one_recovery_code_one_lets_in(database: Database) -> None:
    clerk = a_clerk()
    _app, codes = set_up(clerk)
    results = at_once(database, 10, lambda: shown(clerk, codes[3]))
    assert sum(isinstance(result, second_factor.Held) for result in results) == 1


def test_new_recovery_codes_void_the_old_ones() -> None:
    clerk = a_clerk()
    _app, old = set_up(clerk)
    new = second_factor.new_codes(signed_in(clerk), address=ADDRESS)
    with pytest.raises(Refusal):
        shown(clerk, old[0])
    assert shown(clerk, new[0])


# --- Between the factors ---------------------------------------------------------------------------------------------------------


def test_what_is_held_opens_once() -> None:
    clerk = a_clerk()
    app, codes = set_up(clerk)
    secret = held(clerk)
    second_factor.shown(secret, app.code(), address=ADDRESS)
    with pytest.raises(NotFound):
        second_factor.shown(secret, codes[0], address=ADDRESS)


def test_what_is_held_runs_out(clock: Clock) -> None:
    clerk = a_clerk()
    app, _codes = set_up(clerk)
    secret = held(clerk)
    clock.forward(minutes=16)
    with pytest.raises(NotFound):
        second_factor.shown(secret, app.code(), address=ADDRESS)


@pytest.mark.parametrize("change", [{"password_hash": passwords.nobodys()}, {"blocked_at": second_factor.now()}])
def test_what_is_held_ends_with_a_new_password_or_a_block(change: dict[str, Any]) -> None:
    clerk = a_clerk()
    secret = held(clerk)
    assert second_factor.held(secret)
    Account.update(**change).where(Account.id == clerk.id).execute()
    assert second_factor.held(secret) is None


@pytest.mark.parametrize("secret", [None, "", "guessed"])
def test_nobody_is_held_by_a_guess(secret: str | None) -> None:
    assert second_factor.held(secret) is None


# --- Setting it up, replacing it, taking it away ---------------------------------------------------------------------------------


def test_it_counts_only_once_the_app_showed_a_code() -> None:
    clerk = a_clerk()
    first = second_factor.proposal(clerk)
    assert second_factor.proposal(clerk) == first and "Bawaba" in first.address
    with pytest.raises(Refusal, match="clock"):
        second_factor.set_up_held(held(clerk), "000000", address=ADDRESS)
    assert not second_factor.held(held(clerk)).enrolled
    set_up(clerk)
    assert second_factor.held(held(clerk)).enrolled
    assert delivered()[-1]["subject"]


def test_who_has_it_already_cannot_set_up_another_with_the_password_alone() -> None:
    clerk = a_clerk()
    set_up(clerk)
    app = Authenticator(second_factor.proposal(clerk).key)
    with pytest.raises(NotFound):
        second_factor.set_up_held(held(clerk), app.code(), address=ADDRESS)


def test_of_two_setting_it_up_at_once_one_does(database: Database) -> None:
    clerk = a_clerk()
    app = Authenticator(second_factor.proposal(clerk).key)
    results = at_once(database, 5, lambda: second_factor.set_up_held(held(clerk), app.code(), address=ADDRESS))
    assert sum(isinstance(result, tuple) for result in results) == 1
    assert all(isinstance(result, tuple | Conflict | NotFound | Refusal) for result in results), results
    assert RecoveryCode.select().count() == 10


def test_the_code_that_set_it_up_does_not_let_in() -> None:
    clerk = a_clerk()
    app = Authenticator(second_factor.proposal(clerk).key)
    second_factor.set_up_held(held(clerk), app.code(), address=ADDRESS)
    with pytest.raises(Refusal):
        shown(clerk, app.code())


def test_another_app_takes_the_place_of_the_old_one_and_ends_other_sessions() -> None:
    clerk = a_clerk()
    old, _codes = set_up(clerk)
    here, _there = signed_in(clerk), signed_in(clerk)
    new = Authenticator(second_factor.proposal(clerk).key)
    second_factor.renew(here, new.code(-1), address=ADDRESS)
    with pytest.raises(Refusal):
        shown(clerk, old.code())
    assert shown(clerk, new.code())
    assert len(sessions.of(here)) == 1


def test_the_administrator_takes_it_away() -> None:
    clerk = a_clerk(email="muna@bawaba.example")
    set_up(clerk)
    here = signed_in(clerk)
    second_factor.reset("muna@bawaba.example")
    assert second_factor.state(clerk) == second_factor.State(None, 0)
    assert sessions.of(here) == [] and not second_factor.held(held(clerk)).enrolled
    assert AuditEntry.get().action == "second-factor-reset"


def test_only_staff_have_one_to_take_away() -> None:
    person = a_person(email="salim@bawaba.example")
    for who in ("salim@bawaba.example", "nobody@bawaba.example"):
        with pytest.raises(NotFound):
            second_factor.reset(who)
    assert person and not AuditEntry.select().exists()
