"""Extracts are known by their headings: no register's may be taken for another's, or what is brought in would land in the wrong one."""

import pytest

from app import AUTHORITIES
from engine.registers import Register

REGISTERS = [register for authority in AUTHORITIES for register in authority.registers if not register.outside]


def fitting(headings: set[str]) -> list[Register]:
    """Those that could read a file with these headings, the one that needs most of them first."""
    found = [register for register in REGISTERS if register.needed_headers <= headings <= register.headers]
    return sorted(found, key=lambda register: -len(register.needed_headers))


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.code)
def test_the_shortest_and_the_longest_extract_of_a_register_are_its_own(register: Register):
    for headings in (register.needed_headers, register.headers):
        assert fitting(headings)[0] is register
        assert len(fitting(headings)) == 1 or len(fitting(headings)[1].needed_headers) < len(register.needed_headers)
