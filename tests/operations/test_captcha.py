"""The CAPTCHA: solved once, for one form, in time."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor

import altcha
import pytest
from peewee import Database

from operations import captcha
from operations.outside import outside
from tests.support.builders import a_solution

pytestmark = pytest.mark.usefixtures("database")


def test_a_solution_passes() -> None:
    assert captcha.passed("sign-in", a_solution("sign-in"))


def test_a_solution_passes_once() -> None:
    solution = a_solution("sign-in")
    assert captcha.passed("sign-in", solution)
    assert not captcha.passed("sign-in", solution)


def test_a_solution_spelled_another_way_is_the_same_solution() -> None:
    solution = a_solution("sign-in")
    assert captcha.passed("sign-in", solution)
    payload = json.loads(base64.b64decode(solution))
    payload["challenge"]["parameters"]["cost"] = 1.0
    payload["solution"]["time"] = 7
    assert not captcha.passed("sign-in", base64.b64encode(json.dumps(payload).encode()).decode())


def test_a_solution_for_another_form_does_not_pass() -> None:
    assert not captcha.passed("recovery", a_solution("sign-in"))


@pytest.mark.parametrize("answer", ["", "x", "e30=", base64.b64encode(b'{"challenge": 1}').decode(), "A" * 9000, "\u0661"])
def test_rubbish_does_not_pass(answer: str) -> None:
    assert not captcha.passed("sign-in", answer)


def test_an_easier_challenge_than_ours_does_not_pass() -> None:
    own = altcha.create_challenge("SHA-256", cost=1, counter=1, data={"purpose": "sign-in"}, hmac_secret="a key of theirs")
    solution = altcha.solve_challenge(own)
    assert solution and not captcha.passed("sign-in", altcha.Payload(own, solution).to_base64())


def test_an_expired_challenge_does_not_pass() -> None:
    old = altcha.create_challenge(
        "SHA-256", cost=1, counter=1, expires_at=1, data={"purpose": "sign-in"}, hmac_secret=captcha._key()
    )
    solution = altcha.solve_challenge(old)
    assert solution and not captcha.passed("sign-in", altcha.Payload(old, solution).to_base64())


def test_a_challenge_asks_for_as_much_work_as_is_set() -> None:
    outside.altcha_cost = 1
    solution = altcha.solve_challenge(altcha.Challenge.from_dict(captcha.challenge("sign-in")))
    assert solution and solution.counter == 1


def test_of_twenty_at_once_one_passes(database: Database) -> None:
    solution = a_solution("sign-in")

    def one(_number: int) -> bool:
        with database.connection_context():
            return captcha.passed("sign-in", solution)

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(one, range(20))) == 1
