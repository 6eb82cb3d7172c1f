"""Whose word a renewal needs, what they are told, and what companies give."""

import datetime as dt

from blueprints.residency import sponsors
from tests.support.residences import PRIYA, RAJESH, renewing


def test_the_sponsor_of_the_register_is_asked_at_the_phone_of_the_register():
    (party,) = sponsors.CONFIRMATION.of(renewing())
    assert (party.number, party.name, party.phone) == ("60123456", RAJESH, "93334455")


def test_they_see_what_they_confirm_and_no_passport():
    rows = {str(label): value for label, value in sponsors.CONFIRMATION.to(renewing())}
    assert rows["Name"] == PRIYA and rows["Renewed until"] == dt.date(2027, 12, 15)
    assert "Z4410022" not in str(rows)


def test_only_a_company_gives_the_form_of_its_signatories():
    asked = sponsors.SIGNATORIES.asked
    assert asked and asked(renewing(company=True)) and not asked(renewing())
