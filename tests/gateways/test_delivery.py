"""The second provider."""

import pytest

from engine.errors import Unavailable
from engine.wording import Text
from gateways.delivery import Failover, Undeliverable


class Provider:
    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.sent: list[dict] = []

    def send(self, **message: str | None) -> None:
        if self.failure:
            raise self.failure
        self.sent.append(message)


def unavailable() -> Unavailable:
    return Unavailable(Text("later"))


def test_the_second_provider_rests_while_the_first_works():
    first, second = Provider(), Provider()
    Failover([first, second]).send(to="a", text="b")
    assert first.sent == [{"to": "a", "text": "b"}]
    assert second.sent == []


@pytest.mark.parametrize("failure", [unavailable(), Undeliverable("no route")])
def test_the_second_provider_takes_what_the_first_did_not(failure: Exception):
    second = Provider()
    Failover([Provider(failure), second]).send(to="a")
    assert second.sent == [{"to": "a"}]


@pytest.mark.parametrize(
    ("failures", "told"),
    [
        ([unavailable(), Undeliverable("no")], Unavailable),
        ([Undeliverable("no"), unavailable()], Unavailable),
        ([Undeliverable("no"), Undeliverable("no")], Undeliverable),
    ],
)
def test_a_message_is_given_up_only_when_nobody_might_take_it_later(failures: list[Exception], told: type[Exception]):
    with pytest.raises(told):
        Failover([Provider(failure) for failure in failures]).send(to="a")


def test_nobodys_address_is_logged(caplog: pytest.LogCaptureFixture):
    with pytest.raises(Undeliverable):
        Failover([Provider(Undeliverable("550 <salim@example.om> unknown"))]).send(to="salim@example.om")
    assert "Undeliverable" in caplog.text
    assert "salim" not in caplog.text
