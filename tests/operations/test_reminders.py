"""Reminders: at each mark once, in the person's language, until they want no more; and the renewal they lead to."""

import datetime as dt
from pathlib import Path

import pytest

from engine.catalogue import catalogue
from engine.errors import NotFound, Start
from models import Account, AuditEntry, Message, NoReminder, RegisterRecord
from operations import applications, outbox, registers, reminders
from operations.now import set_business_day
from operations.outside import outside
from tests.support.builders import a_person, signed_in
from tests.support.portal_rules import ESTABLISHMENT, MEMBERSHIP, bring_in
from tests.support.postbox import Postbox
from tests.support.renewals import a_submitted_renewal, an_owner

pytestmark = pytest.mark.usefixtures("rules")
END = dt.date(2018, 3, 19)
CODE = "chamber.memberships"


def on(days_before: int) -> int:
    """The worker's round on that day."""
    set_business_day(END - dt.timedelta(days=days_before))
    return reminders.remind()


@pytest.fixture(autouse=True)
def a_member(rules: object, tmp_path: Path) -> None:
    """The manual's company, brought in while its membership still stood."""
    RegisterRecord.delete().execute()
    set_business_day(END - dt.timedelta(days=100))
    bring_in(tmp_path, ESTABLISHMENT)
    bring_in(tmp_path, MEMBERSHIP)


def sent() -> list[tuple[str, str]]:
    """Mark and channel of what was sent, in order."""
    keys = [row.key.split(":") for row in Message.select().where(Message.template == "record_ending").order_by(Message.id)]
    return [(key[-2], key[-1]) for key in keys]


def record() -> RegisterRecord:
    found: RegisterRecord = RegisterRecord.get((RegisterRecord.register == CODE) & (RegisterRecord.number == "91868"))
    return found


def test_each_mark_is_told_once_by_mail_and_sms() -> None:
    an_owner()
    for day in range(90, -10, -1):
        on(day)
        on(day)
    assert sent() == [(mark, channel) for mark in ("60", "30", "7") for channel in ("mail", "sms")]
    assert record().remind_on is None


@pytest.mark.parametrize(
    ("days", "marks"), [(61, []), (60, ["60"]), (45, ["60"]), (30, ["30"]), (8, ["30"]), (0, ["7"]), (-1, [])]
)
def test_whoever_comes_late_hears_what_it_is_time_for_and_no_more(days: int, marks: list[str]) -> None:
    an_owner()
    on(days)
    assert [mark for mark, channel in sent() if channel == "mail"] == marks


@pytest.mark.parametrize("locale", ["ar", "en"])
def test_it_says_what_ends_when_and_both_links_work(locale: str) -> None:
    _account, actor = an_owner()
    Account.update(locale=locale).execute()
    on(60)
    outside.mailer, outside.texter = Postbox(), Postbox()
    outbox.drain()
    (mail,), (sms,) = outside.mailer.sent, outside.texter.sent  # type: ignore[attr-defined]
    day = "19 March 2018" if locale == "en" else "١٩ مارس ٢٠١٨"
    assert "91868" in mail["subject"] and day in mail["subject"] and day in sms["text"]
    assert f"/reminders/{CODE}/91868" in mail["text"] and f"/reminders/{CODE}/91868" in sms["text"]
    token = mail["text"].partition(f"/reminders/{CODE}/stop/")[2].split()[0]
    assert token and reminders.stoppable(CODE, token).code == CODE
    found, start = reminders.renewal(actor, CODE, "91868")
    assert found.number == "91868"
    assert start == Start("chamber.renew-membership", {"registration": "1229237", "membership": "91868"})


def test_nobody_is_told_whose_number_is_only_claimed_or_whose_account_is_shut() -> None:
    a_person(civil_number="1526575", verified=False)
    on(60)
    account, _actor = an_owner(email="b@bawaba.example", phone="+96892345679")
    Account.update(blocked_at=dt.datetime.now(dt.UTC)).where(Account.id == account.id).execute()
    on(30)
    Account.update(blocked_at=None, closed_at=dt.datetime.now(dt.UTC)).where(Account.id == account.id).execute()
    on(7)
    assert sent() == []


def test_who_is_renewing_already_is_left_alone() -> None:
    _account, actor = an_owner()
    set_business_day(END - dt.timedelta(days=61))
    a_submitted_renewal(actor)
    on(60)
    assert sent() == []


def test_a_renewal_begins_the_marks_anew_for_the_new_end() -> None:
    _account, actor = an_owner()
    on(30)
    opened = a_submitted_renewal(actor, 12)
    applications.paid(applications.lock(actor, opened.reference))
    assert record().remind_on == dt.date(2019, 3, 19) - dt.timedelta(days=60)
    on(7)
    assert len(sent()) == 2
    on(-306)  # 59 days before the new end
    assert [mark for mark, channel in sent() if channel == "mail"] == ["30", "60"]


def test_an_extract_that_says_the_same_end_does_not_remind_again(tmp_path: Path) -> None:
    an_owner()
    on(60)
    bring_in(tmp_path, MEMBERSHIP | {"grade": "first"})
    on(59)
    assert len(sent()) == 2
    bring_in(tmp_path, MEMBERSHIP | {"expires": "2018-04-30"})
    assert record().remind_on == dt.date(2018, 3, 1)


def test_what_has_ended_already_never_waits_for_a_reminder(tmp_path: Path) -> None:
    set_business_day(END + dt.timedelta(days=1))
    bring_in(tmp_path, MEMBERSHIP | {"number": "91869"})
    assert RegisterRecord.get(RegisterRecord.number == "91869").remind_on is None
    assert RegisterRecord.get(RegisterRecord.register == "chamber.establishments").remind_on is None


def test_the_round_comes_back_and_takes_many_in_turns(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    an_owner()
    bring_in(tmp_path, MEMBERSHIP | {"number": "91869"})
    monkeypatch.setattr(reminders, "BATCH", 1)
    assert [on(60), on(60), on(60)] == [1, 1, 0]
    assert len(sent()) == 4
    with pytest.raises(outbox.Postpone) as again:
        reminders.sweep({})
    assert again.value.wait == reminders.EVERY


# --- Stopping ----------------------------------------------------------------------------------------------------------------------


def test_the_link_of_the_mail_stops_them_and_the_account_turns_them_on_again() -> None:
    account, actor = an_owner()
    token = reminders.token(account, catalogue.registers[CODE])
    reminders.stop(CODE, token)
    reminders.stop(CODE, token)
    on(60)
    assert sent() == [] and NoReminder.select().count() == 1
    assert [(choice.register.code, choice.on) for choice in reminders.choices(actor) if not choice.on] == [(CODE, False)]
    reminders.choose(actor, CODE, on=True)
    on(30)
    assert len(sent()) == 2
    reminders.choose(actor, CODE, on=False)
    on(7)
    assert len(sent()) == 2
    assert {entry.action for entry in AuditEntry.select()} >= {"reminders.stopped", "reminders.on", "reminders.off"}


def test_only_a_link_of_ours_stops_anything() -> None:
    account, _actor = an_owner()
    good = reminders.token(account, catalogue.registers[CODE])
    for bad in ("", "-", f"{account.id}-", f"{account.id + 1}{good[good.index('-') :]}", good[:-1], "x" + good, "٣" + good):
        with pytest.raises(NotFound):
            reminders.stop(CODE, bad)
    for register in ("chamber.establishments", "nothing"):
        with pytest.raises(NotFound):
            reminders.stop(register, good)
    assert not NoReminder.select().exists()


def test_a_reminder_leads_nobody_else_anywhere() -> None:
    an_owner()
    stranger = signed_in(a_person(civil_number="7324674"))
    for actor, number in ((stranger, "91868"), (stranger, "404"), (signed_in(a_person()), "91868")):
        with pytest.raises(NotFound):
            reminders.renewal(actor, CODE, number)


def test_the_index_of_reminders_holds_nothing_else() -> None:
    assert registers.find("chamber.establishments", "1229237")
    planned = {row.register for row in RegisterRecord.select().where(RegisterRecord.remind_on.is_null(False))}
    assert planned == {CODE}
