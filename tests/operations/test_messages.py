"""Mail and SMS: promised with the business, sent after it, once, however often providers fail."""

from typing import Any

import pytest

import models
from gateways.delivery import Undeliverable
from models import Account, Application, Identifier, Message, Outbox, Receipt
from operations import messages, outbox
from operations.outside import outside
from tests.support.bank import Bank, tell
from tests.support.builders import a_submitted_renewal
from tests.support.clock import Clock
from tests.support.postbox import Postbox, delivered

TO = "somebody@bawaba.example"


@pytest.fixture(autouse=True)
def paper(till: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are not drawn here."""
    monkeypatch.setitem(outbox.handlers, "document", lambda _payload: None)


@models.database.atomic()
def promise(key: str = "one", channel: str = "mail", **options: Any) -> None:
    given = {"locale": "en", "title": {"ar": "تجديد", "en": "Renewal"}, "reference": "C-1", "receipt": "R-1", "baisa": 25_000}
    messages.send(channel, options.pop("to", TO), "payment_received", key=key, **given | options)


class Failing(Postbox):
    """A provider in trouble: `problem` is raised instead of sending."""

    problem: Exception | None = OSError("no line")

    def send(self, **message: Any) -> None:
        if self.problem:
            raise self.problem
        super().send(**message)


@pytest.fixture
def failing() -> Failing:
    outside.mailer = mailer = Failing()
    return mailer


def row(key: str = "one") -> Message:
    return Message.get(Message.key == key)


def test_a_message_is_sent_once() -> None:
    promise()
    assert not outside.mailer.sent, "not within the transaction"  # type: ignore[attr-defined]
    assert [mail["to"] for mail in delivered()] == [TO]
    promise()
    assert len(delivered()) == 1 and row().sent_at


def test_the_same_key_is_the_same_message_also_before_it_is_sent() -> None:
    promise()
    promise(to="another@bawaba.example")
    assert [mail["to"] for mail in delivered()] == [TO] and Message.select().count() == 1
    assert Outbox.select().where(Outbox.kind == "message").count() == 1


def test_a_message_of_a_transaction_that_failed_is_never_sent() -> None:
    with pytest.raises(RuntimeError), models.database.atomic():
        promise()
        raise RuntimeError
    assert not delivered()


@pytest.mark.parametrize(("locale", "words"), [("en", "OMR\u00a025.000"), ("ar", "٢٥٫٠٠٠")])
def test_a_message_speaks_its_readers_language(locale: str, words: str) -> None:
    promise(locale=locale)
    [mail] = delivered()
    assert words in mail["text"] and words in mail["html"] and mail["subject"]


def test_a_provider_in_trouble_is_tried_again(failing: Failing, clock: Clock) -> None:
    promise()
    assert not delivered()
    clock.forward(minutes=1)
    assert not delivered()
    failing.problem = None
    clock.forward(minutes=10)
    assert len(delivered()) == 1 and row().sent_at and row().error == ""


def test_a_message_nobody_takes_for_three_days_is_given_up(failing: Failing, clock: Clock) -> None:
    promise()
    for _ in range(8):
        delivered()
        clock.forward(hours=12)
    failing.problem = None
    assert not delivered()
    assert row().failed_at and "three days" in row().error
    assert Outbox.get(Outbox.key == "message:one").done_at


def test_an_address_that_does_not_exist_is_not_tried_again(failing: Failing, clock: Clock) -> None:
    failing.problem = Undeliverable("no such mailbox")
    promise()
    delivered()
    failing.problem = None
    clock.forward(days=1)
    assert not delivered() and row().failed_at and row().error == "no such mailbox"


def test_a_message_sent_again_after_a_crash_has_the_same_number(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    """It was handed over, then the worker died before writing so down: whoever receives it can tell that it is the same mail."""
    promise()
    with monkeypatch.context() as patch:
        patch.setattr(messages, "_close", crash)
        delivered()
    clock.forward(minutes=1)
    first, second = delivered()
    assert first["message_id"] == second["message_id"]
    promise("two")
    assert delivered()[-1]["message_id"] != first["message_id"]


def crash(*_arguments: Any, **_options: Any) -> None:
    raise RuntimeError("killed")


def test_no_network_inside_a_transaction() -> None:
    promise()
    with pytest.raises(RuntimeError, match="inside a transaction"), models.database.atomic():
        messages.deliver({"key": "one"})


def test_an_applicant_is_told_once_per_cause_by_mail_and_sms_where_verified(till: Bank) -> None:
    renewal = a_submitted_renewal()
    application = Application.get(Application.reference == renewal.reference)
    Identifier.create(account=application.account, type="email", value="claimed@bawaba.example")
    for cause in ("a", "a", "b"):
        with models.database.atomic():
            messages.tell(application, "application_refused", cause=cause, title={"ar": "ت", "en": "t"}, reason="x")
    channels = sorted((message.key.split(":")[1], message.channel) for message in Message.select())
    assert channels == [("a", "mail"), ("a", "sms"), ("b", "mail"), ("b", "sms")]
    assert "claimed@bawaba.example" not in {message.destination for message in Message.select()}


def test_who_paid_is_told_of_the_receipt_once(till: Bank) -> None:
    renewal = a_submitted_renewal()
    word = till.decides(till.opens(renewal.goes_to_pay()))
    for channel in ("browser", "merchant"):
        tell(word, channel)  # type: ignore[arg-type]
    number = Receipt.get().number
    assert len([text for text in delivered("sms") if f" {number}." in text["text"]]) == 1
    assert len(delivered("mail")) == 2, "the receipt and the completion"


def test_a_mail_greets_its_reader_in_the_letters_of_its_language() -> None:
    person = Account(first_name="Salim", arabic_name="سالم الحارثي")
    assert (person.called("ar"), person.called("en")) == ("سالم الحارثي", "Salim")
    person.arabic_name = ""
    assert person.called("ar") == "Salim"
