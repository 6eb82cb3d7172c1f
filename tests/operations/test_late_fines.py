"""Being late, from the register to the receipt: what is due on which day, paid once, by whichever service comes first."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from peewee import Database

from engine.assurance import Assurance
from engine.errors import Conflict, Refusal
from engine.fees import Quote
from models import Account, Application, Bill, Document, Outcome, PaymentAttempt, RegisterRecord, database
from operations import applications, batches, casework, office_hours, outbox, payments, registers, submission, tills
from operations.applications import Opened
from operations.now import set_business_day
from operations.office_hours import Days
from tests.support.bank import work
from tests.support.offices import agreed, an_office, an_operator
from tests.support.residents import (
    CARD,
    RESIDENCE,
    SPONSOR,
    a_card,
    a_residence,
    a_resident,
    filled,
    handed_in,
    kept,
    paying_fines,
    renewing,
    staff,
)

pytestmark = pytest.mark.usefixtures("rules", "day")
ENDED = "2026-07-30"  # grace ends on a Saturday, so that Sunday is in time too: late from Monday, 31 August


@pytest.fixture
def day() -> Iterator[None]:
    set_business_day(dt.date(2026, 11, 22))
    yield
    set_business_day(None)


def lines(opened: Opened) -> list[tuple[str, int]]:
    bill = Bill.select().join(Application).where(Application.reference == opened.reference).order_by(Bill.id.desc()).get()
    return [(line.fee.partition(".")[2], line.amount.baisa) for line in Quote.thaw(bill.quote).lines]


def pays(opened: Opened) -> str:
    with database.atomic():
        applications.paid(Application.get(Application.reference == opened.reference))
    return str(Application.get(Application.reference == opened.reference).state)


# --- The calendar ------------------------------------------------------------------------------------------------------------------


def months(day: str) -> int:
    """Of the card's fine that somebody who asks on that day is quoted, 5 rials each."""
    set_business_day(dt.date.fromisoformat(day))
    resident = a_resident()
    opened = filled(resident, "renew-resident-card", card={"card": CARD}, years={"years": "1"})
    applications.withdraw(resident, opened.reference)
    return sum(line.amount.baisa for line in submission.offer(opened).quote.lines if line.fine) // 5_000


@pytest.mark.parametrize(
    ("ended", "in_time", "late"),
    [
        ("2026-09-08", "2026-10-08", "2026-10-09"),  # the thirtieth day of grace is a Thursday: worked
        ("2026-07-29", "2026-08-30", "2026-08-31"),  # a Friday: Sunday is in time too
        ("2026-07-30", "2026-08-30", "2026-08-31"),  # a Saturday
        ("2028-01-31", "2028-03-01", "2028-03-02"),  # over a leap day
        ("2026-01-31", "2026-03-02", "2026-03-03"),  # over a short month
    ],
)
def test_grace_never_ends_on_a_day_off(ended: str, in_time: str, late: str, tmp_path: Path) -> None:
    a_card(tmp_path, ended)
    assert (months(in_time), months(late)) == (0, 1)


def test_months_begin_on_the_day_of_the_month_on_which_it_became_late(tmp_path: Path) -> None:
    a_card(tmp_path, "2027-12-01")  # grace ends on Friday the last of December: late from Monday, the third of January
    asked = ("2028-01-02", "2028-01-03", "2028-02-02", "2028-02-03", "2028-03-03")
    assert [months(day) for day in asked] == [0, 1, 1, 2, 3]


def test_eid_counts_as_days_off_also_once_an_administrator_has_moved_it(tmp_path: Path) -> None:
    a_card(tmp_path, "2027-02-09")  # thirty days on is Thursday, 11 March
    assert (months("2027-03-11"), months("2027-03-12")) == (0, 1)
    admin = staff("administrator", "")
    name = {"ar": "عيد الفطر", "en": "Eid al-Fitr"}
    office_hours.add(admin, Days(dt.date(2027, 3, 9), dt.date(2027, 3, 11), None, name))  # type: ignore[arg-type]
    assert (months("2027-03-14"), months("2027-03-15")) == (0, 1)  # after Friday and Saturday comes Sunday
    (eid,) = office_hours.listed(admin, 2027)
    office_hours.change(admin, eid.id, Days(dt.date(2027, 3, 10), dt.date(2027, 3, 14), None, name))  # type: ignore[arg-type]
    assert (months("2027-03-15"), months("2027-03-16")) == (0, 1)  # the moon was seen later
    office_hours.remove(admin, eid.id)
    assert (months("2027-03-11"), months("2027-03-12")) == (0, 1)


# --- Paid once ---------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def late(rules: Database, tmp_path: Path) -> None:
    """Card and residence of somebody ended on 30 July; on 22 November three months have begun since grace was over."""
    a_card(tmp_path, ENDED)
    a_residence(tmp_path, ENDED)


FINES = [("resident-fine", 10_000), ("immigration-fine", 20_000), ("resident-card-late", 15_000)]


@pytest.mark.usefixtures("late")
def test_a_renewal_pays_the_months_that_have_begun_and_says_how_they_were_counted() -> None:
    opened = renewing(a_resident(), years=2)
    assert lines(opened) == [("resident-card", 10_000), ("resident-card-late", 15_000)]
    note = Quote.thaw(opened.row.frozen["quote"]).lines[1].note
    assert isinstance(note, dict)
    assert (note["en"], note["ar"][-2:]) == ("Late since 31 August 2026: 3 months begun × OMR\xa05.000", ".\u200f")
    assert "٣ أشهر" in note["ar"] and "٣١ أغسطس ٢٠٢٦" in note["ar"]
    assert pays(opened) == "completed"
    assert (kept(CARD)["expires"], kept(CARD)["fined"]) == ("2028-11-22", "")
    paper = Document.get(Document.template == "slip.html")
    assert paper.content["named"]["en"] == "Rajesh Kumar" and paper.subject == f"residency.cards:{CARD}"


@pytest.mark.usefixtures("late")
def test_who_pays_the_fines_first_renews_without_them() -> None:
    resident = a_resident()
    paid = paying_fines(a_resident("99887766"))  # somebody else, who knows the number
    assert lines(paid) == FINES
    assert pays(paid) == "completed"
    assert (kept(CARD)["fined"], kept(RESIDENCE)["fined"]) == ("2026-11-22", "2026-11-22")
    assert lines(renewing(resident)) == [("resident-card", 5_000)]
    with pytest.raises(Refusal, match="Nothing is due"):
        paying_fines(resident)
    set_business_day(dt.date(2026, 12, 1))  # another month has begun since
    assert lines(paying_fines(resident)) == [("resident-card-late", 5_000)]


@pytest.mark.usefixtures("late")
def test_a_stranger_keeps_nothing_of_the_resident_but_two_days() -> None:
    opened = filled(a_resident("99887766"), "pay-residence-fines", card={"card": "٧٠٠٠٠٠٠١"})
    row = Application.get(Application.reference == opened.reference)
    assert {name: set(record["data"]) for name, record in row.records.items()} == {
        "card": {"expires", "fined"},
        "residence": {"expires", "fined"},
    }
    with pytest.raises(Refusal, match="no such card"):
        filled(a_resident("99887766"), "pay-residence-fines", card={"card": "70009999"})


def test_nothing_due_is_said_at_the_step_and_nothing_is_submitted(tmp_path: Path) -> None:
    a_card(tmp_path, "2026-11-01")
    resident = a_resident()
    opened = filled(resident, "pay-residence-fines", card={"card": CARD}, fines={})
    (refusal,) = submission.refused_at(resident, opened, opened.service.steps[-1])
    assert "Nothing is due" in str(refusal.message)
    with pytest.raises(Refusal, match="Nothing is due"):
        handed_in(resident, opened)
    assert not submission.refused_at(resident, opened, opened.service.steps[0])


@pytest.mark.usefixtures("late", "bank")
def test_a_bill_whose_fine_was_paid_meanwhile_is_neither_paid_by_card_nor_at_the_till() -> None:
    resident = a_resident()
    renewal, other = renewing(resident), paying_fines(resident)
    assert pays(other) == "completed"
    with pytest.raises(Conflict, match="was paid meanwhile"):
        payments.begin(resident, renewal.reference)
    with pytest.raises(Conflict, match="was paid meanwhile"):
        tills.take(staff("cashier", "residency"), renewal.reference, "cash")
    assert not PaymentAttempt.select().exists()
    applications.reopen(resident, renewal.reference)
    opened = applications.of(resident, renewal.reference)
    assert submission.refresh(resident, opened), "the check page says that the register changed"
    again = handed_in(resident, opened)
    assert lines(again) == [("resident-card", 5_000)]
    payments.begin(resident, again.reference)


@pytest.mark.usefixtures("late")
def test_what_both_paid_at_the_same_time_waits_for_a_person() -> None:
    resident = a_resident()
    renewal, other = renewing(resident), paying_fines(resident)
    assert (pays(other), pays(renewal)) == ("completed", "in-review")
    assert kept(CARD)["expires"] == ENDED


@pytest.mark.usefixtures("late", "bank")
def test_an_office_renews_an_employers_workers_by_a_list_each_with_its_own_fine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "doorbell", lambda: None)
    a_card(tmp_path, "2027-01-12", number="70000008", civil="60500001")
    operator = replace(an_operator(an_office()), assurance=Assurance.SUBSTANTIAL)
    employer = Account.get_by_id(a_resident(SPONSOR).account)
    agreed(operator.office, employer, operator)
    rows = ["customer,card,years", f"{SPONSOR},{CARD},1", f"{SPONSOR},70000008,2", f"{SPONSOR},79999999,1"]
    seen = batches.bring(operator, "residency.renew-resident-card", "workers.csv", "\n".join(rows).encode())
    work()
    lines_seen = batches.of(operator, seen.uuid).lines
    assert [line.amount and line.amount.baisa for line in lines_seen] == [20_000, 10_000, None]
    assert lines_seen[2].problem is not None


# --- Issuing and replacing ---------------------------------------------------------------------------------------------------------


def granted(opened: Opened) -> str:
    assert casework.decide(staff(), opened.reference, Outcome.APPROVE).state == "to-pay"
    return pays(opened)


def test_a_first_card_is_made_and_stands_in_its_residence(tmp_path: Path) -> None:
    a_residence(tmp_path, "2027-09-01", card="", starts="2026-09-01")
    sponsor = a_resident(SPONSOR)
    opened = handed_in(sponsor, filled(sponsor, "issue-resident-card", residence={"residence": RESIDENCE}, card={"years": "2"}))
    assert granted(opened) == "completed"
    assert lines(opened) == [("resident-card", 10_000), ("resident-card-issue-late", 10_000)]
    number = kept(RESIDENCE)["card"]
    assert number == CARD and kept(number)["expires"] == "2028-11-22"  # the first number there is
    assert RegisterRecord.get(RegisterRecord.number == RESIDENCE).parent == number
    assert [record.number for record in registers.hanging("residency.residences", number)] == [RESIDENCE]
    with pytest.raises(Refusal, match="has a card already"):
        handed_in(sponsor, filled(sponsor, "issue-resident-card", residence={"residence": RESIDENCE}, card={"years": "1"}))


def test_a_residence_that_got_a_card_meanwhile_waits_for_a_person(tmp_path: Path) -> None:
    a_residence(tmp_path, "2027-09-01", card="")
    sponsor = a_resident(SPONSOR)
    opened = handed_in(sponsor, filled(sponsor, "issue-resident-card", residence={"residence": RESIDENCE}, card={"years": "1"}))
    a_residence(tmp_path, "2027-09-01", card="70009999")
    assert granted(opened) == "in-review"
    assert (
        kept(RESIDENCE)["card"] == "70009999"
        and RegisterRecord.select().where(RegisterRecord.register == "residency.cards").count() == 0
    )


def test_a_lost_card_is_replaced_by_another_number_in_the_same_residence(tmp_path: Path) -> None:
    a_card(tmp_path, "2027-01-12", number="70000007")
    a_residence(tmp_path, "2027-01-12", card="70000007")
    resident = a_resident()
    loss = {"lost_on": "2026-11-20", "loss": "In the souq of Sohar."}
    opened = handed_in(resident, filled(resident, "replace-resident-card", card={"card": "70000007"}, loss=loss))
    assert granted(opened) == "completed" and lines(opened) == [("resident-card-lost", 20_000)]
    assert kept("70000007")["state"] == "lost"
    assert (kept(CARD)["expires"], kept(CARD)["state"], kept(RESIDENCE)["card"]) == ("2027-01-12", "valid", CARD)
    with pytest.raises(Refusal, match="another one stands in its place"):
        renewing(resident, card="70000007")
