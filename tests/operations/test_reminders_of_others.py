"""Reminders of records whose holder has no account: whoever handles them hears it; a company's owner once a day, of all at once."""

import datetime as dt

import pytest

from engine.errors import NotFound
from models import Account, Message, NoReminder, RegisterRecord, WaitingReminder
from operations import outbox, reminders
from operations.now import now, set_business_day
from operations.outside import outside
from tests.support.builders import a_person, signed_in
from tests.support.postbox import Postbox
from tests.support.renewals import an_owner
from tests.support.residents import renewing
from tests.support.workers import card, record, workers

pytestmark = pytest.mark.usefixtures("rules")
END = dt.date(2026, 12, 31)
FATHER, MOTHER, CHILD = "60123456", "60123457", "60123458"


@pytest.fixture(autouse=True)
def empty(rules: object) -> None:
    """Only the company, no membership that ends."""
    RegisterRecord.delete().where(RegisterRecord.register == "chamber.memberships").execute()
    set_business_day(END - dt.timedelta(days=100))


def on(days_before: int) -> None:
    """A whole round of the worker on that day, as often as it comes back at once."""
    set_business_day(END - dt.timedelta(days=days_before))
    for _ in range(10):
        with pytest.raises(outbox.Postpone) as again:
            reminders.sweep({})
        if again.value.wait:
            return


def told() -> list[tuple[int, str]]:
    """To whom each mail went, and by which template."""
    rows = Message.select().where((Message.channel == "mail") & Message.template.in_(["record_ending", "records_ending"]))
    return [(row.account_id, row.template) for row in rows.order_by(Message.id)]


def the_childs_card(**parties: str) -> None:
    card(70000003, CHILD, str(END), name=("Arjun", "أرجون"), **{"father": FATHER, "husband": "", "sponsor": "1229237"} | parties)


def test_its_holder_hears_of_it_where_they_have_an_account() -> None:
    father, child = a_person(civil_number=FATHER), a_person(civil_number=CHILD)
    the_childs_card()
    on(60)
    assert told() == [(child.id, "record_ending")] and father


@pytest.mark.parametrize("ways", [("father", "husband", "sponsor"), ("husband", "sponsor"), ("sponsor",)])
def test_else_the_nearest_who_has_one_once_for_each_mark(ways: tuple[str, ...]) -> None:
    numbers = {"father": "60000001", "husband": "60000002", "sponsor": "60000003"}
    people = {way: a_person(civil_number=numbers[way]).id for way in ways}
    the_childs_card(**numbers)
    for day in (61, 60, 60, 59, 30, 7, 3):
        on(day)
    assert told() == [(people[ways[0]], "record_ending")] * 3


def test_a_passport_of_a_child_is_told_to_the_mother() -> None:
    mother = a_person(civil_number=MOTHER)
    data = {"civil": CHILD, "name": {"en": "Said", "ar": "سعيد"}, "issued": "2016-12-31", "expires": str(END), "state": "valid"}
    record("residency.passports", "OM1", data | {"father": FATHER, "mother": MOTHER})
    on(30)
    assert told() == [(mother.id, "record_ending")]


@pytest.mark.parametrize("locale", ["ar", "en"])
def test_it_says_whose_it_is_and_leads_to_its_renewal(locale: str) -> None:
    father = a_person(civil_number=FATHER, locale=locale)
    Account.update(locale=locale).execute()
    the_childs_card()
    on(60)
    outside.mailer, outside.texter = Postbox(), Postbox()
    outbox.drain()
    (mail,), (sms,) = outside.mailer.sent, outside.texter.sent  # type: ignore[attr-defined]
    name = "أرجون" if locale == "ar" else "Arjun"
    assert name in mail["text"] and name in sms["text"] and "/reminders/residency.cards/70000003" in sms["text"]
    found, start = reminders.renewal(signed_in(father), "residency.cards", "70000003")
    assert (found.number, start.service, start.answers) == ("70000003", "residency.renew-resident-card", {"card": "70000003"})


def test_nobody_hears_of_what_has_ended_already_or_whose_nearest_are_shut_out() -> None:
    father = a_person(civil_number=FATHER)
    the_childs_card(state="ended")
    on(30)
    RegisterRecord.delete().where(RegisterRecord.register == "residency.cards").execute()
    set_business_day(END - dt.timedelta(days=100))
    the_childs_card()
    Account.update(blocked_at=now()).where(Account.id == father.id).execute()
    on(30)
    Account.update(blocked_at=None).execute()
    NoReminder.create(account=father, register="residency.cards", at=now())
    on(7)
    assert told() == []


def test_renewal_lets_in_whoever_may_see_the_record() -> None:
    the_childs_card()
    for number in (FATHER, CHILD, "1526575"):
        assert reminders.renewal(signed_in(a_person(civil_number=number)), "residency.cards", "70000003")[1].answers
    for stranger in (a_person(civil_number=MOTHER), a_person()):
        with pytest.raises(NotFound):
            reminders.renewal(signed_in(stranger), "residency.cards", "70000003")


# --- Owners of companies -----------------------------------------------------------------------------------------------------------


def test_an_owner_hears_once_a_day_of_all_their_workers() -> None:
    owner, actor = an_owner()
    cards = workers(300, str(END))
    for _ in range(3):
        on(60)
    assert told() == [(owner.id, "records_ending")] and not WaitingReminder.select().exists()
    context = Message.get(Message.template == "records_ending").context
    assert (context["count"], context["more"]) == ("300", 270) and context["link"].endswith("/people")
    renewing(actor, card=cards[0])
    on(30)
    assert told() == [(owner.id, "records_ending")] * 2
    assert Message.select().order_by(Message.id.desc()).get().context["count"] == "299"


@pytest.mark.parametrize("locale", ["ar", "en"])
def test_the_list_names_each(locale: str) -> None:
    an_owner()
    Account.update(locale=locale).execute()
    workers(2, str(END))
    on(60)
    outside.mailer, outside.texter = Postbox(), Postbox()
    outbox.drain()
    (mail,), (sms,) = outside.mailer.sent, outside.texter.sent  # type: ignore[attr-defined]
    for number in ("71000001", "71000002"):
        assert number in mail["text"]
    day = "31 December 2026" if locale == "en" else "٣١ ديسمبر ٢٠٢٦"
    assert mail["text"].count(day) == 2 and "/people" in mail["text"] and "/people" in sms["text"]


def test_what_comes_later_that_day_waits_for_the_next() -> None:
    owner, _actor = an_owner()
    workers(2, str(END))
    on(60)
    workers(1, str(END), first=71_000_100)
    on(60)
    assert len(told()) == 1 and WaitingReminder.select().count() == 1
    on(59)
    assert told() == [(owner.id, "records_ending")] * 2 and not WaitingReminder.select().exists()


def test_what_was_renewed_or_ended_before_the_list_goes_is_left_out() -> None:
    an_owner()
    one, two = workers(2, str(END))
    set_business_day(END - dt.timedelta(days=60))
    assert reminders.remind() == 2 and one
    RegisterRecord.update(ends_on=None).where(RegisterRecord.number == two).execute()
    reminders.tell_owners()
    assert Message.get(Message.template == "records_ending").context["count"] == "1"
    workers(1, str(END), first=71_000_200)
    set_business_day(END - dt.timedelta(days=59))
    reminders.remind()
    Account.update(closed_at=now()).execute()
    reminders.tell_owners()
    assert len(told()) == 1 and not WaitingReminder.select().exists()


def test_an_owner_who_wants_no_more_hears_no_more() -> None:
    owner, actor = an_owner()
    workers(2, str(END))
    reminders.choose(actor, "residency.cards", on=False)
    on(60)
    assert told() == [] and not WaitingReminder.select().exists()
    assert owner
