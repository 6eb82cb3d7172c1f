"""Registers: what a person is offered, what an application may change, and what a new extract leaves alone."""

import datetime as dt
from collections.abc import Iterator

import pytest
from peewee import Database

from blueprints.chamber import authority
from blueprints.chamber.registers import memberships
from engine.catalogue import catalogue
from engine.fields import ByNumber, FromRegister
from engine.registers import Column, Kind, Register
from engine.service import Authority, Creation, Effect
from engine.wording import _
from models import Account, Application, RegisterRecord
from operations import registers
from operations.now import now, today

COMPANY = FromRegister("registration", _("Commercial registration"), register="chamber.establishments")
MEMBERSHIP = FromRegister("membership", _("OCCI number"), register="chamber.memberships", of="registration")
SAME = {
    "name": {"en": "promising projects", "ar": "المشاريع الواعدة"},
    "address": {"en": "Ruwi", "ar": "روي"},
    "head_office": {"en": "Muscat", "ar": "مسقط"},
    "grade": "fourth",
}


plots = Register(
    code="land.plots",
    title=_("Plots"),
    columns=(Column("owner", _("Owner")), Column("tenant", _("Tenant"), required=False), Column("name", _("Name"), Kind.WORDS)),
    holder="owner",
    parties=("tenant",),
    through="chamber.establishments",
    public=("name",),
    numbers="P{year}-{n:04}",
    first=7,
)
LAND = Authority(code="land", title=_("Land"), summary=_("Plots"), services=(), registers=(plots,))
A_PLOT = {"owner": "1229237", "tenant": "555", "name": {"en": "By the sea", "ar": "على البحر"}}


@pytest.fixture(autouse=True)
def filled(database: Database) -> Iterator[None]:
    """Two companies of 1526575, one of somebody else; the first has two memberships."""
    catalogue.fill([authority, LAND])
    for number, holder in (("1445820", "1526575"), ("1229237", "1526575"), ("1304464", "7324674")):
        record("chamber.establishments", number, {"holder": holder, **SAME}, holder=holder)
    for number, parent in (("91868", "1229237"), ("91869", "1229237"), ("88310", "1304464")):
        record("chamber.memberships", number, {"establishment": parent, "expires": "2018-03-19", **SAME}, parent=parent)
    yield
    catalogue.fill([])


def record(register: str, number: str, data: dict[str, object], **columns: str) -> None:
    RegisterRecord.create(register=register, number=number, data=data, changed_at=now(), **columns)


def numbers(field: FromRegister, civil_number: str | None, **answers: str) -> list[str]:
    return [found.number for found in registers.offered(field, civil_number, answers)]


def an_application() -> Application:
    person = Account.create(first_name="A", family_name="B", identity_number="1", password_hash="", created_at=now())
    return Application.create(
        reference="CHAMBER-2026-0000042-2", account=person, service="s", authority="chamber", created_at=now(), updated_at=now()
    )


def member() -> registers.Record:
    found = registers.find("chamber.memberships", "91868")
    assert found
    return found


def test_a_person_is_offered_their_own_companies_and_no_others():
    assert numbers(COMPANY, "1526575") == ["1229237", "1445820"]
    assert numbers(COMPANY, "7324674") == ["1304464"]
    assert numbers(COMPANY, "1") == []


def test_nobody_in_particular_is_offered_nothing():
    assert numbers(COMPANY, None) == []
    assert numbers(MEMBERSHIP, None, registration="1229237") == []


def test_memberships_hang_on_the_company_chosen_before():
    assert numbers(MEMBERSHIP, "1526575", registration="1229237") == ["91868", "91869"]
    assert numbers(MEMBERSHIP, "1526575", registration="1445820") == []
    assert numbers(MEMBERSHIP, "1526575") == []


def test_a_record_is_found_in_its_own_register_only():
    assert member().expires == dt.date(2018, 3, 19)
    assert registers.find("chamber.establishments", "91868") is None
    assert registers.find("chamber.memberships", "") is None


def test_an_effect_changes_its_column_and_says_who_did_it():
    application = an_application()
    assert registers.apply([Effect(member(), {"expires": "2020-03-19"})], application) == {}
    row = RegisterRecord.get(RegisterRecord.number == "91868")
    assert row.data == {"establishment": "1229237", "expires": "2020-03-19", **SAME}
    assert row.changed_by == application
    assert RegisterRecord.select().where(RegisterRecord.changed_by.is_null(False)).count() == 1


def test_a_record_that_moved_on_is_not_overwritten_nor_is_any_other():
    seen, other = member(), registers.find("chamber.memberships", "91869")
    assert other
    RegisterRecord.update(data={**seen.data, "expires": "2019-03-19"}).where(RegisterRecord.number == "91868").execute()
    effects = [Effect(other, {"expires": "2020-03-19"}), Effect(seen, {"expires": "2020-03-19"})]
    assert registers.apply(effects, an_application()) is None
    assert {row.data["expires"] for row in RegisterRecord.select().where(RegisterRecord.parent == "1229237")} == {
        "2018-03-19",
        "2019-03-19",
    }
    assert not RegisterRecord.select().where(RegisterRecord.changed_by.is_null(False)).exists()


def test_a_change_elsewhere_in_the_record_is_kept_and_does_not_stop_ours():
    seen = member()
    RegisterRecord.update(data={**seen.data, "grade": "first"}).where(RegisterRecord.number == "91868").execute()
    assert registers.apply([Effect(seen, {"expires": "2020-03-19"})], an_application()) == {}
    assert (member().grade, member().expires) == ("first", dt.date(2020, 3, 19))


def test_a_record_that_is_gone_changes_nothing():
    ghost = memberships.record("404", {"establishment": "1", "expires": "2018-03-19", **SAME})
    assert registers.apply([Effect(ghost, {"expires": "2020-03-19"})], an_application()) is None


def test_no_effect_is_fine():
    assert registers.apply([], an_application()) == {}


def test_a_register_has_a_number_once():
    with pytest.raises(Exception, match=r"(?i)unique"):
        record("chamber.memberships", "91868", {})
    record("chamber.establishments", "91868", {})  # another register may have it


# --- Records we make, and records of several ---------------------------------------------------------------------------------------


def made(**data: object) -> registers.Record:
    created = registers.apply([Creation("plot", plots, {**A_PLOT, **data})], an_application())
    assert created
    return created["plot"]


def test_a_record_gets_the_next_number_that_no_extract_has_brought() -> None:
    record("land.plots", f"P{today().year}-0008", A_PLOT)
    application = an_application()
    twice = [Creation(name, plots, A_PLOT) for name in ("one", "two")]
    created = registers.apply(twice, application)
    assert created and {name: found.number for name, found in created.items()} == {
        "one": f"P{today().year}-0007",
        "two": f"P{today().year}-0009",
    }
    row = RegisterRecord.get(RegisterRecord.number == created["one"].number)
    assert (row.data, row.holder, row.changed_by) == (A_PLOT, "1229237", application)


def test_nothing_is_made_when_another_record_has_moved_on() -> None:
    ghost = memberships.record("404", {"establishment": "1", "expires": "2018-03-19", **SAME})
    assert registers.apply([Creation("plot", plots, A_PLOT), Effect(ghost, {"expires": "2020-03-19"})], an_application()) is None
    assert not RegisterRecord.select().where(RegisterRecord.register == "land.plots").exists()


def test_a_record_belongs_to_its_holder_its_parties_and_whose_company_holds_it() -> None:
    plot = made()
    mine = FromRegister("plot", _("Plot"), register="land.plots")
    assert [numbers(mine, who) for who in ("1526575", "555", "7324674")] == [[plot.number], [plot.number], []]


def test_who_is_no_party_any_more_is_offered_it_no_more() -> None:
    plot, mine = made(), FromRegister("plot", _("Plot"), register="land.plots")
    assert registers.apply([Effect(plot, {"owner": "7324674", "tenant": "777"})], Application.get()) == {}
    assert [numbers(mine, who) for who in ("1526575", "555", "7324674", "777")] == [[], [], [plot.number], [plot.number]]


def test_a_number_that_is_typed_finds_ones_own_only_or_of_anybodys_what_is_public() -> None:
    plot = made()
    own, any_ones = (ByNumber("plot", _("Plot"), register="land.plots", own=flag) for flag in (True, False))
    assert [registers.typed(own, who, plot.number) for who in ("1526575", "555", "7324674", None)] == [plot, plot, None, None]
    public = registers.typed(any_ones, "7324674", plot.number)
    assert public and public.data == {"name": A_PLOT["name"]}
    assert registers.typed(any_ones, "1526575", "P1") is None
    assert dict(registers.again({"plot": public})) == {"plot": public}  # what was not shown does not come along later
