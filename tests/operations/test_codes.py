"""One-time codes against guessing, racing, flooding and pumping."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from peewee import Database

from engine.errors import NotFound, Refusal, TooMany, Unavailable
from models import Account, CodeSent, Message, OneTimeCode, Purpose, SecurityEvent
from models import database as tables
from operations import codes, secrets
from operations.now import now
from operations.outside import outside
from tests.support.builders import a_person
from tests.support.postbox import delivered, last_code, last_link

pytestmark = pytest.mark.usefixtures("database")
EMAIL, PHONE = "iamsa@bawaba.example", "+96899416689"


def begun(
    purpose: Purpose = Purpose.RECOVER, channel: str = "mail", to: str = EMAIL, account: Account | None = None, real: bool = True
) -> OneTimeCode:
    codes.allow(channel, to, "192.0.2.1")
    with tables.atomic():
        return codes.begin(purpose, channel, to, account=account, locale="en", address="192.0.2.1", real=real, name="Shmoouqa")


def code_of(challenge: OneTimeCode) -> str:
    return secrets.one_time_code(challenge.id, codes.of(challenge.id).counter)


def wrong(challenge: OneTimeCode) -> str:
    return f"{(int(code_of(challenge)) + 1) % 1_000_000:06}"


def later(seconds: float) -> None:
    """Time passes for every code."""
    ago = dt.timedelta(seconds=seconds)
    for row in OneTimeCode.select():
        moved = {"created_at": row.created_at - ago, "sent_at": row.sent_at - ago, "expires_at": row.expires_at - ago}
        OneTimeCode.update(**moved).where(OneTimeCode.id == row.id).execute()
    for row in CodeSent.select():
        CodeSent.update(at=row.at - ago).where(CodeSent.id == row.id).execute()


def spent(challenge: OneTimeCode, typed: str) -> None:
    codes.spend(codes.matched(challenge.id, Purpose(challenge.purpose), typed))


def test_the_code_that_was_mailed_fits() -> None:
    challenge = begun()
    spent(challenge, last_code())
    assert codes.of(challenge.id).used_at


@pytest.mark.parametrize("digits", ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９"])
@pytest.mark.parametrize("between", ["", " ", "-"])
def test_a_code_fits_however_it_is_typed(digits: str, between: str) -> None:
    challenge = begun()
    code = code_of(challenge).translate(str.maketrans("0123456789", digits))
    spent(challenge, f" {code[:3]}{between}{code[3:]} ")


def test_the_code_lies_in_no_table() -> None:
    challenge = begun()
    code = last_code()
    assert code not in str([list(table.select().dicts()) for table in (OneTimeCode, Message, CodeSent)])
    assert code == code_of(challenge)


def test_a_code_counts_once() -> None:
    challenge = begun()
    spent(challenge, code_of(challenge))
    with pytest.raises(Refusal, match="used already"):
        spent(challenge, code_of(challenge))


def test_after_five_wrong_codes_the_right_one_no_longer_counts() -> None:
    challenge = begun()
    for _try in range(5):
        with pytest.raises(Refusal, match="not the code"):
            spent(challenge, wrong(challenge))
    with pytest.raises(Refusal, match="fifth"):
        spent(challenge, code_of(challenge))


def test_a_refused_attempt_stays_counted() -> None:
    challenge = begun()
    with pytest.raises(Refusal):
        spent(challenge, wrong(challenge))
    assert codes.of(challenge.id).attempts == 1


@pytest.mark.parametrize(("channel", "to", "minutes"), [("sms", PHONE, 5), ("mail", EMAIL, 10)])
def test_a_code_expires(channel: str, to: str, minutes: int) -> None:
    challenge = begun(channel=channel, to=to)
    later(minutes * 60 - 5)
    assert codes.matched(challenge.id, Purpose.RECOVER, code_of(challenge))
    later(6)
    with pytest.raises(Refusal, match="expired"):
        spent(challenge, code_of(challenge))


def test_a_code_is_for_one_purpose() -> None:
    challenge = begun(Purpose.RECOVER)
    with pytest.raises(NotFound):
        codes.matched(challenge.id, Purpose.REGISTER_EMAIL, code_of(challenge))


def test_a_code_is_for_one_flow() -> None:
    mine, theirs = begun(), begun()
    with pytest.raises(Refusal):
        spent(theirs, code_of(mine))


def test_of_twenty_at_once_one_succeeds(database: Database) -> None:
    challenge = begun()
    OneTimeCode.update(attempts=codes.ATTEMPTS - 20).execute()  # so that all twenty may try
    code = code_of(challenge)

    def one(_number: int) -> bool:
        with database.connection_context():
            try:
                spent(challenge, code)
            except Refusal:
                return False
            return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(one, range(20))) == 1


def test_of_two_who_typed_it_before_either_spent_it_one_succeeds() -> None:
    challenge = begun()
    first, second = (codes.matched(challenge.id, Purpose.RECOVER, code_of(challenge)) for _ in range(2))
    codes.spend(first)
    with pytest.raises(Refusal, match="used already"):
        codes.spend(second)


def test_of_fifty_guesses_at_once_five_are_looked_at(database: Database) -> None:
    challenge = begun()

    def guess(number: int) -> str:
        with database.connection_context():
            with pytest.raises(Refusal) as refused:
                codes.matched(challenge.id, Purpose.RECOVER, f"{(int(code_of(challenge)) + 1 + number) % 1_000_000:06}")
            return str(refused.value)

    with ThreadPoolExecutor(20) as pool:
        looked_at = [said for said in pool.map(guess, range(50)) if "not the code" in said]
    assert len(looked_at) == 5


def test_a_new_code_voids_the_old() -> None:
    challenge = begun()
    old = code_of(challenge)
    later(60)
    codes.again(challenge.id, locale="en", address="192.0.2.1")
    assert code_of(challenge) != old
    with pytest.raises(Refusal):
        spent(challenge, old)
    spent(challenge, last_code())


def test_a_new_flow_voids_the_code_of_the_one_before() -> None:
    person = a_person()
    before = begun(account=person)
    begun(account=person)
    with pytest.raises(Refusal, match="expired"):
        spent(before, code_of(before))


def test_another_code_may_be_asked_for_after_one_two_and_five_minutes() -> None:
    challenge = begun()
    for pause in (60, 120, 300, 300):
        later(pause - 2)
        with pytest.raises(TooMany) as early:
            codes.again(challenge.id, locale="en", address="192.0.2.1")
        assert 1 <= early.value.retry_after <= 3
        later(3)
        codes.again(challenge.id, locale="en", address="192.0.2.1")
    assert codes.of(challenge.id).counter == 4


def test_a_double_click_sends_one_code(database: Database) -> None:
    challenge = begun()
    later(61)

    def click(_number: int) -> None:
        with database.connection_context():
            try:
                codes.again(challenge.id, locale="en", address="192.0.2.1")
            except TooMany:
                pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(click, range(8)))
    assert codes.of(challenge.id).counter == 1 and CodeSent.select().count() == 2


def test_a_code_that_was_used_is_not_sent_again() -> None:
    challenge = begun()
    spent(challenge, code_of(challenge))
    later(61)
    with pytest.raises(NotFound):
        codes.again(challenge.id, locale="en", address="192.0.2.1")


def sent_before(
    count: int, *, to: str = "someone@bawaba.example", address: str = "198.51.100.1", minutes: int = 5, channel: str = "mail"
) -> None:
    at = now() - dt.timedelta(minutes=minutes)
    CodeSent.insert_many([{"destination": to, "channel": channel, "address": address, "at": at} for _n in range(count)]).execute()


def test_a_destination_gets_five_codes_an_hour() -> None:
    sent_before(4, to=EMAIL)
    begun()
    with pytest.raises(TooMany) as many:
        begun()
    assert 54 * 60 < many.value.retry_after <= 56 * 60


def test_a_destination_gets_ten_codes_a_day() -> None:
    sent_before(9, to=EMAIL, minutes=5 * 60)
    begun()
    with pytest.raises(TooMany):
        begun()


def test_an_address_asks_for_twenty_codes_an_hour() -> None:
    sent_before(19, address="192.0.2.1")
    begun()
    with pytest.raises(TooMany):
        begun(to="other@bawaba.example")


def test_yesterday_does_not_count() -> None:
    sent_before(20, to=EMAIL, minutes=25 * 60)
    begun()


def test_pumping_sms_trips_the_budget_once_and_is_recorded() -> None:
    outside.sms_hourly_budget = 3
    sent_before(2, to=PHONE, channel="sms")
    begun(channel="sms", to="+96899000001")
    for _try in range(3):
        with pytest.raises(Unavailable):
            begun(channel="sms", to="+96899000002")
    assert [event.kind for event in SecurityEvent.select()] == ["sms-budget-tripped"]
    begun(channel="mail")


def test_a_challenge_that_is_not_real_behaves_alike_but_sends_nothing() -> None:
    real, unreal = begun(to="real@bawaba.example"), begun(to="unreal@bawaba.example", real=False)
    said = []
    for challenge in (real, unreal):
        with pytest.raises(Refusal) as refused:
            spent(challenge, wrong(challenge))
        said.append(
            (
                str(refused.value),
                codes.wait(challenge),
                codes.masked(challenge).partition("@")[2],
                codes.of(challenge.id).attempts,
            )
        )
    assert said[0] == said[1]
    assert [message["to"] for message in delivered()] == ["real@bawaba.example"]


def test_no_code_fits_a_challenge_that_is_not_real() -> None:
    challenge = begun(real=False)
    with pytest.raises(Refusal):
        spent(challenge, code_of(challenge))
    assert codes.linked(challenge.id, secrets.link_token(challenge.id, 0)) is None


def test_a_link_may_be_looked_at_many_times_and_used_once() -> None:
    challenge = begun()
    _empty, _account, _codes, id_, token = last_link().split("/")
    assert id_ == challenge.id
    for _scanner in range(10):
        assert codes.linked(id_, token)
    codes.spend(codes.linked(id_, token))
    assert codes.linked(id_, token) is None


def test_a_link_dies_with_its_code() -> None:
    challenge = begun()
    token = secrets.link_token(challenge.id, 0)
    assert codes.linked(challenge.id, token) and not codes.linked(challenge.id, "0" * 64)
    later(60)
    codes.again(challenge.id, locale="en", address="192.0.2.1")
    assert codes.linked(challenge.id, token) is None
    fresh = secrets.link_token(challenge.id, 1)
    assert codes.linked(challenge.id, fresh)
    later(601)
    assert codes.linked(challenge.id, fresh) is None


def test_a_link_signs_nobody_in() -> None:
    challenge = begun(Purpose.HUMAN)
    assert codes.linked(challenge.id, secrets.link_token(challenge.id, 0)) is None
    assert "/account/codes/" not in delivered()[0]["text"]


def test_a_late_worker_sends_no_code_that_was_replaced() -> None:
    challenge = begun()
    later(60)
    codes.again(challenge.id, locale="en", address="192.0.2.1")
    assert [code_of(challenge) in message["text"] for message in delivered()] == [True]


def test_a_destination_is_shown_to_its_owner_only() -> None:
    assert codes.masked(begun()) == "i•••@bawaba.example"
    assert codes.masked(begun(channel="sms", to=PHONE)) == "•••• 6689"


def test_a_code_comes_in_the_language_of_the_page() -> None:
    codes.allow("sms", PHONE, "")
    with tables.atomic():
        challenge = codes.begin(Purpose.REGISTER_PHONE, "sms", PHONE, account=None, locale="ar", address="")
    text = delivered("sms")[0]["text"]
    assert code_of(challenge) in text and len(text) <= 70  # one SMS of Arabic letters
