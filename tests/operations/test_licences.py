"""A licence from asking for it to its end, with the register and the papers that go with it."""

import datetime as dt
from collections.abc import Iterator

import pytest

from blueprints.municipality.registers import leases
from engine.actor import Actor
from engine.errors import NotFound, Refusal
from engine.lifecycle import State
from models import Application, Document, DocumentState, Outcome, RegisterRecord, Role, database
from operations import applications, casework, desk, submission
from operations.now import now, set_business_day
from tests.support.builders import a_building, a_person, signed_in
from tests.support.renewals import an_owner, answer

pytestmark = pytest.mark.usefixtures("rules", "day")


@pytest.fixture(autouse=True)
def premises(rules: None) -> None:
    a_building("311/7")


@pytest.fixture
def day() -> Iterator[None]:
    set_business_day(dt.date(2026, 11, 22))
    yield
    set_business_day(None)


def a_clerk(where: str) -> Actor:
    account = a_person()
    Role.create(account=account, name="clerk", authority=where)
    return signed_in(account, "en")


def filed(actor: Actor, service: str, **steps: dict[str, str]) -> str:
    opened = applications.start(actor, f"municipality.{service}")
    for name, typed in steps.items():
        answer(actor, opened, name, **typed)
    return submission.submit(actor, opened.reference, submission.offer(opened).seal).reference


def granted(clerk: Actor, reference: str, reply: str = "") -> Application:
    """Approved and paid."""
    row = casework.decide(clerk, reference, Outcome.APPROVE, reason=reply)
    assert row.state == State.TO_PAY
    with database.atomic():
        applications.paid(row)
    return Application.get(Application.reference == reference)  # type: ignore[no-any-return]


def licence() -> RegisterRecord:
    return RegisterRecord.get(RegisterRecord.register == "municipality.licences")  # type: ignore[no-any-return]


def papers(template: str) -> list[tuple[str, dt.date | None]]:
    rows = Document.select().where(Document.template == template).order_by(Document.id)
    return [(row.state, row.valid_until) for row in rows]


def issued(owner: Actor, clerk: Actor) -> None:
    premises = {"premises": "311/7", "lease": ""}
    reference = filed(
        owner, "issue-licence", company={"registration": "1229237"}, activity={"activity": "office"}, premises=premises
    )
    assert granted(clerk, reference).subject == "municipality.licences:2026/00001"


def test_a_licence_is_issued_renewed_and_cancelled_and_only_the_last_paper_stands() -> None:
    owner, clerk = an_owner()[1], a_clerk("municipality.licences")
    issued(owner, clerk)
    assert (licence().number, licence().parent, licence().data["state"]) == ("2026/00001", "1229237", "standing")
    first = dt.date(2027, 11, 22)
    assert papers("licence.html") == [(DocumentState.VALID, first)]

    chosen = {"licence": {"licence": "2026/00001"}}
    granted(clerk, filed(owner, "renew-licence", **chosen, period={"years": "2"}))
    assert licence().data["expires"] == "2029-11-22"
    assert papers("licence.html") == [(DocumentState.REPLACED, first), (DocumentState.VALID, dt.date(2029, 11, 22))]

    granted(clerk, filed(owner, "cancel-licence", **chosen, reason={"reason": "The shop moves."}), "It ends today.")
    assert licence().data["state"] == "cancelled"
    assert [state for state, _until in papers("licence.html")] == [DocumentState.REPLACED, DocumentState.REVOKED]
    assert papers("letter.html") == [(DocumentState.VALID, None)]
    with pytest.raises(Refusal, match="cancelled"):
        filed(owner, "renew-licence", **chosen, period={"years": "1"})


def test_premises_have_an_address_and_a_lease_is_of_ones_own_or_left_empty() -> None:
    owner = an_owner()[1]
    opened = applications.start(owner, "municipality.issue-licence")
    for typed, field in (({"premises": "99999"}, "premises"), ({"premises": "311/7", "lease": "2026/00001"}, "lease")):
        with pytest.raises(Refusal) as refused:
            answer(owner, opened, "premises", **typed)
        assert refused.value.field == field
    lease = {"landlord": "1526575", "tenant": "7324674", "state": "active"}
    data = {column.name: lease.get(column.name, "") for column in leases.columns}
    RegisterRecord.create(register=leases.code, number="2026/00001", holder="1526575", data=data, changed_at=now())
    answer(owner, opened, "premises", premises="311/7", lease="٢٠٢٦/٠٠٠٠١")
    assert (opened.answers["lease"], opened.records["lease"].number) == ("2026/00001", "2026/00001")
    answer(owner, opened, "premises", premises="311/7", lease="")
    assert opened.answers["lease"] is None and set(opened.records) == {"premises"}
    assert "holder" not in opened.records["premises"].data  # somebody else's building: what is public of it


def test_a_licence_is_its_companys_and_nobody_elses() -> None:
    issued(an_owner()[1], a_clerk("municipality.licences"))
    stranger = signed_in(a_person(civil_number="7324674"))
    opened = applications.start(stranger, "municipality.renew-licence")
    with pytest.raises(Refusal):
        answer(stranger, opened, "licence", licence="2026/00001")


def test_it_waits_with_the_clerks_of_licences_alone() -> None:
    owner, clerk = an_owner()[1], a_clerk("municipality.licences")
    premises = {"premises": "311/7", "lease": ""}
    reference = filed(
        owner, "issue-licence", company={"registration": "1229237"}, activity={"activity": "food"}, premises=premises
    )
    assert [line.reference for line in desk.queue(clerk, "municipality.licences", "waiting").lines] == [reference]
    with pytest.raises(NotFound):
        desk.queue(a_clerk("municipality.administration"), "municipality.licences", "waiting")
