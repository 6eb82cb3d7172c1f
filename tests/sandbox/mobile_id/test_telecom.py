"""The telecom's clock: how long a phone rings and a session is known."""

from sandbox.mobile_id.people import Behaviour, Customer, normal
from sandbox.mobile_id.telecom import Request, Telecom

ALI = Customer("1526575", "+96899416689", {"ar": "علي", "en": "Ali"}, "1234", Behaviour.ANSWERS)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def ringing(telecom: Telecom) -> Request:
    return telecom.start(ALI, "Bawaba", "", bytes(32), "SHA256")


def test_a_phone_rings_two_minutes_and_a_session_is_known_for_five() -> None:
    clock = Clock()
    telecom = Telecom(clock=clock)
    session = ringing(telecom).id
    for seconds, result in ((119, None), (120, "TIMEOUT"), (299, "TIMEOUT")):
        clock.now = seconds
        found = telecom.wait(session, 0)
        assert found and found.result == result
    clock.now = 300
    assert telecom.wait(session, 0) is None


def test_a_phone_shows_one_request_at_a_time_the_oldest_first() -> None:
    telecom = Telecom()
    first, second = ringing(telecom), ringing(telecom)
    assert telecom.ringing(ALI.phone) == first
    telecom.enter_pin(ALI.phone, "1234")
    assert (first.result, telecom.ringing(ALI.phone)) == ("OK", second)


def test_an_answer_after_the_time_is_no_answer() -> None:
    clock = Clock()
    telecom = Telecom(clock=clock)
    session = ringing(telecom).id
    clock.now = 121
    assert telecom.enter_pin(ALI.phone, "1234") is None
    found = telecom.wait(session, 0)
    assert found and found.result == "TIMEOUT"


def test_an_answer_is_final() -> None:
    telecom = Telecom()
    request = ringing(telecom)
    telecom.enter_pin(ALI.phone, "1234")
    telecom.withdraw(request.id)
    assert request.result == "OK"


def test_phone_numbers_may_be_written_as_people_do() -> None:
    assert {normal(written) for written in ("99416689", "+968 9941 6689", "96899416689")} == {"+96899416689"}
