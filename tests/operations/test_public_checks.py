"""What anybody may ask: a number goes in, a last day comes out."""

import datetime as dt
from pathlib import Path

import pytest

from engine.errors import NotFound
from operations import public_checks
from operations.now import set_business_day
from operations.public_checks import Standing
from tests.support.portal_rules import MEMBERSHIP, bring_in

pytestmark = pytest.mark.usefixtures("rules")
END = dt.date(2018, 3, 19)


def ask(number: str, *, of: bool = False) -> Standing:
    return public_checks.ask(public_checks.register_of("chamber.memberships"), number, of=of)


@pytest.mark.parametrize(("day", "valid"), [(END, True), (END + dt.timedelta(days=1), False)])
def test_a_membership_stands_through_its_last_day(day: dt.date, valid: bool) -> None:
    set_business_day(day)
    assert ask("91868") == ask("٩١٨٦٨") == ask(" 91 868 ") == ask("1229237", of=True) == Standing(valid, END)


def test_of_several_of_a_company_the_one_that_stands_longest_is_told(tmp_path: Path) -> None:
    set_business_day(END)
    bring_in(tmp_path, MEMBERSHIP | {"number": "91869", "expires": "2020-01-01"})
    assert ask("1229237", of=True) == Standing(True, dt.date(2020, 1, 1))


def test_what_there_is_not_and_what_is_no_number_are_the_same() -> None:
    nothing = Standing(False, None)
    for number in ("404", "1229237", "", "x" * 40, "%", "91868'--"):
        assert ask(number) == nothing
    assert ask("91868", of=True) == nothing


def test_only_registers_that_say_so_can_be_asked() -> None:
    assert [register.code for register in public_checks.offered()] == ["chamber.memberships"]
    for code in ("chamber.establishments", "nothing"):
        with pytest.raises(NotFound):
            public_checks.register_of(code)
