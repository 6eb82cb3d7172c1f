"""My family and my workers: whom the registers name with me, and nobody else; renewed one by one or several at once."""

import datetime as dt
from dataclasses import replace

import pytest

from engine.actor import Actor
from engine.assurance import Assurance
from engine.errors import NotAllowed, NotFound, Refusal
from models import Account, Application, RegisterRecord
from operations import people
from operations.now import set_business_day
from tests.support.builders import a_person, signed_in
from tests.support.counting import counted
from tests.support.offices import acting_by, agreed, an_office, an_operator
from tests.support.renewals import an_owner
from tests.support.residents import renewing
from tests.support.workers import card, record, workers

pytestmark = pytest.mark.usefixtures("rules")
TODAY = dt.date(2026, 11, 22)
FATHER, MOTHER, CHILD = "60123456", "60123457", "60123458"


@pytest.fixture(autouse=True)
def day(rules: object) -> None:
    set_business_day(TODAY)


@pytest.fixture
def father() -> Actor:
    """With a wife, a child, and a card each."""
    card(70000001, FATHER, "2027-01-12", name=("Rajesh", "راجيش"), sponsor="1229237")
    card(70000002, MOTHER, "2026-07-31", name=("Priya", "بريا"), husband=FATHER, sponsor=FATHER)
    card(70000003, CHILD, "2026-12-15", name=("Arjun", "أرجون"), father=FATHER, sponsor=FATHER)
    return replace(signed_in(a_person(civil_number=FATHER), "en"), assurance=Assurance.SUBSTANTIAL)


def a_civil_record(number: str, civil: str, **said: str) -> None:
    data = {"civil": civil, "name": {"en": "Baby", "ar": "رضيع"}, "born": "2026-11-01", "sex": "female", "died": ""}
    data |= {"birthplace": {"en": "Sohar", "ar": "صحار"}, "nationality": {"en": "Omani", "ar": "عماني"}}
    record("residency.people", number, data | {"father": "", "mother": "", "spouse": ""} | said)


def numbers(page: people.Page) -> list[str]:
    return [person.number for person in page.people]


def test_oneself_first_then_whose_document_ends_soonest(father: Actor) -> None:
    page = people.of(father)
    assert numbers(page) == [FATHER, MOTHER, CHILD] and page.after == ""
    assert [person.relation and str(person.relation) for person in page.people] == [None, "Wife", "Son or daughter"]
    wife = page.people[1].papers[0]
    assert (str(wife.title), wife.ends, wife.running) == ("Resident card", dt.date(2026, 7, 31), False)
    assert wife.renewal and (wife.renewal.service, wife.renewal.answers) == (
        "residency.renew-resident-card",
        {"card": "70000002"},
    )


def test_others_see_nothing_of_them(father: Actor) -> None:
    card(70000009, "60777777", "2026-12-01", sponsor="1999999")
    assert "60777777" not in numbers(people.of(father))
    child = signed_in(a_person(civil_number=CHILD))
    assert numbers(people.of(child)) == [CHILD]
    assert people.of(signed_in(a_person(civil_number=FATHER + "9"))).people == []
    assert people.of(signed_in(a_person())).people == []


def test_a_wife_sees_no_more_of_her_husband_than_the_register_lets_her(father: Actor) -> None:
    a_civil_record("1", FATHER, spouse=MOTHER)
    wife = people.of(signed_in(a_person(civil_number=MOTHER)))
    assert numbers(wife) == [MOTHER, FATHER] and wife.people[1].papers == []
    assert str(wife.people[1].relation) == "Husband or wife"


def test_who_has_no_document_yet_is_there_and_who_died_is_not(father: Actor) -> None:
    a_civil_record("1", "60888888", father=FATHER)
    a_civil_record("2", "60888889", spouse=FATHER, died="2024-03-05")
    card(70000008, "60888889", "2024-12-01", husband=FATHER, sponsor=FATHER)
    page = people.of(father)
    assert numbers(page) == [FATHER, MOTHER, CHILD, "60888888"] and page.people[-1].papers == []


def test_a_card_that_has_ended_is_no_document_any_more(father: Actor) -> None:
    card(70000004, CHILD, "2026-01-01", father=FATHER, sponsor=FATHER, state="ended")
    [child] = [person for person in people.of(father).people if person.number == CHILD]
    assert [paper.record.number for paper in child.papers] == ["70000003"]


def test_workers_belong_to_the_owner_of_their_company(father: Actor) -> None:
    _account, owner = an_owner()
    workers(2, "2026-12-10")
    page = people.of(owner)
    assert page.companies and len(page.people) == 3
    assert {str(person.relation) for person in page.people} == {"Under your sponsorship"}
    assert page.people[0].company and page.people[0].company["en"] == "promising projects"


@pytest.mark.parametrize("asked", ["أرجون", "ارجون", "ARJUN", CHILD, "٦٠١٢٣٤٥٨", "70000003", "٧٠٠٠٠٠٠٣"])
def test_somebody_is_found_by_name_or_number(father: Actor, asked: str) -> None:
    assert numbers(people.of(father, asked)) == [CHILD]


@pytest.mark.parametrize("asked", ["nobody", "%", "_", "60777777", "404"])
def test_what_is_not_theirs_is_not_found(father: Actor, asked: str) -> None:
    card(70000009, "60777777", "2026-12-01", sponsor="1999999")
    assert numbers(people.of(father, asked)) == ([] if asked not in "%_" else [FATHER, MOTHER, CHILD])


def test_three_hundred_workers_page_by_page_in_few_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    _account, owner = an_owner()
    workers(150, "2026-12-10")
    workers(150, "2026-12-09", first=71_000_301)
    seen: list[str] = []
    after = ""
    while True:
        with counted(monkeypatch) as sent:
            page = people.of(owner, after=after)
        assert len(sent) <= 3
        seen += numbers(page)
        if not (after := page.after):
            break
    assert len(seen) == len(set(seen)) == 300
    assert seen[:150] == sorted(seen[:150]) and seen[0] == "90000301"
    for odd in ("x", "~", "2026-12-10", "2026-12-10~9~9", "'~'"):
        assert isinstance(people.of(owner, after=odd).people, list)


# --- Renewing ----------------------------------------------------------------------------------------------------------------------


def test_several_chosen_begin_a_draft_each_with_what_is_known(father: Actor) -> None:
    chosen = ["residency.cards:70000002", "residency.cards:70000003", "residency.cards:70000002"]
    begun = people.renew(father, chosen)
    assert [opened.answers for opened in begun] == [{"card": "70000002"}, {"card": "70000003"}]
    again = people.renew(father, chosen)
    assert [opened.reference for opened in again] == [opened.reference for opened in begun] and Application.select().count() == 2


def test_what_is_under_way_says_so(father: Actor) -> None:
    renewing(father, card="70000002")
    assert [paper.running for person in people.of(father).people for paper in person.papers] == [False, True, False]


@pytest.mark.parametrize(
    "key", ["residency.cards:70000009", "residency.cards:404", "residency.people:1", "nothing:1", "residency.cards:"]
)
def test_nobody_begins_it_for_strangers(father: Actor, key: str) -> None:
    card(70000009, "60777777", "2026-12-01", sponsor="1999999")
    with pytest.raises(NotFound):
        people.renew(father, ["residency.cards:70000002", key])


@pytest.mark.parametrize("chosen", [[], ["residency.cards:1"] * 2 + [f"residency.cards:{n}" for n in range(30)]])
def test_none_or_too_many_are_refused_before_anything_begins(father: Actor, chosen: list[str]) -> None:
    with pytest.raises(Refusal):
        people.renew(father, chosen)
    assert not Application.select().exists()


def test_an_office_sees_no_family(father: Actor) -> None:
    office = an_office()
    operator = an_operator(office)
    acts = acting_by(operator, agreed(office, Account.get_by_id(father.account), operator))
    for look in (lambda: people.of(acts), lambda: people.renew(acts, ["residency.cards:70000003"])):
        with pytest.raises(NotAllowed):
            look()


def test_every_record_knows_its_last_day(father: Actor) -> None:
    assert {
        row.number: str(row.ends_on) for row in RegisterRecord.select().where(RegisterRecord.register == "residency.cards")
    } == {
        "70000001": "2027-01-12",
        "70000002": "2026-07-31",
        "70000003": "2026-12-15",
    }
