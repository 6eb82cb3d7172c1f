"""The hourly sweep: what nobody needs goes, what somebody owns stays, and the sweep itself comes back."""

import datetime as dt

import pytest

from models import Account, Outbox, SecurityEvent
from operations import housekeeping, outbox
from operations.now import now
from tests.support.builders import a_person

pytestmark = pytest.mark.usefixtures("database")
LONG_AGO = now() - dt.timedelta(days=40)


def test_an_unfinished_registration_goes_and_an_open_account_stays() -> None:
    stays, goes, seen = a_person(), a_person(), a_person()
    Account.update(created_at=LONG_AGO).execute()
    Account.update(active_at=None).where(Account.id.in_([goes.id, seen.id])).execute()
    SecurityEvent.create(account=seen, kind="code-refused", at=now())
    with pytest.raises(outbox.Postpone):
        housekeeping.sweep({})
    assert {account.id for account in Account.select()} == {stays.id, seen.id}


def test_the_sweep_is_one_row_that_comes_back_in_an_hour() -> None:
    housekeeping.schedule()
    housekeeping.schedule()
    outbox.drain()
    (row,) = Outbox.select()
    assert row.done_at is None
    assert row.due_at > now() + dt.timedelta(minutes=59)


def test_done_work_is_forgotten_after_a_month_and_waiting_work_never() -> None:
    for key, done in (("old", LONG_AGO), ("new", now()), ("waiting", None)):
        Outbox.create(kind="x", key=key, due_at=LONG_AGO, done_at=done)
    with pytest.raises(outbox.Postpone):
        housekeeping.sweep({})
    assert {row.key for row in Outbox.select()} == {"new", "waiting"}
