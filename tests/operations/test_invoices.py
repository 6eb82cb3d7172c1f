"""What somebody has paid: theirs alone, searched, by year; and the statement of a year, drawn for them alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.actor import Actor
from engine.errors import NotFound
from engine.money import Money
from gateways.pdf.development_seal import make_development_seal
from gateways.pdf.seal import Seal
from gateways.pdf.xhtml import XhtmlRenderer
from gateways.storage.folder import FolderStorage
from models import Account, Application, AuditEntry, Outbox, OwnPaper, PaymentAttempt, Receipt
from operations import invoices, outbox, own_papers, refunds, stored_files
from operations.invoices import Asked
from operations.now import now
from operations.outside import outside
from tests.support.bank import Bank, tell, work
from tests.support.builders import a_cashier, a_person, a_submitted_renewal, signed_in
from tests.support.clock import Clock
from tests.support.offices import acting_by, agreed, an_office, an_operator
from tests.support.processes import ROOT

SERVICE = "chamber.renew-membership"


def paid(bank: Bank, actor: Actor | None = None, months: int = 12) -> tuple[Actor, Receipt]:
    renewal = a_submitted_renewal(actor=actor, months=months)
    tell(bank.decides(bank.opens(renewal.goes_to_pay())))
    return renewal.actor, Receipt.select().order_by(Receipt.id.desc()).get()


@pytest.fixture
def drawing(till: Bank, tmp_path: Path) -> Iterator[Bank]:
    made = make_development_seal(tmp_path / "seal")
    outside.seal = Seal.from_files(made.key, made.certificate, [made.authority])
    outside.renderer = XhtmlRenderer(ROOT / "static" / "documents")
    outside.storage = FolderStorage(tmp_path / "stored")
    yield till
    outside.seal = outside.renderer = outside.storage = None  # type: ignore[assignment]


def test_ones_own_are_listed_newest_first_and_nobody_elses(till: Bank) -> None:
    actor, first = paid(till)
    paid(till)
    _actor, second = paid(till, actor, 24)
    lines = invoices.listed(actor)
    assert [line.number for line in lines] == [second.number, first.number]
    assert [line.amount for line in lines] == [Money.rials(50), Money.rials(25)]
    assert lines[0].title["en"] == "Membership renewal"
    assert invoices.listed(signed_in(a_person())) == []
    assert [(year.count, year.total) for year in invoices.years(actor)] == [(2, Money.rials(75))]


def test_a_page_goes_on_where_the_last_one_ended(till: Bank) -> None:
    actor, _receipt = paid(till)
    for _each in range(4):
        paid(till, actor)
    first = invoices.listed(actor, limit=2)
    rest = invoices.listed(actor, before=first[-1].key, limit=10)
    assert len(rest) == 3 and [*first, *rest] == invoices.listed(actor)


def test_a_search_knows_numbers_in_any_digits_services_and_years(till: Bank) -> None:
    actor, receipt = paid(till)
    row = Application.get()
    arabic = receipt.number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")).lower()
    for asked in (
        Asked(receipt.number[-4:]),
        Asked(arabic),
        Asked(row.reference.lower()),
        Asked("renewal", (SERVICE,)),
        Asked(year=receipt.year),
    ):
        assert len(invoices.listed(actor, asked)) == 1, asked
    for asked in (Asked("404404"), Asked("fig"), Asked("%"), Asked(year=1999), Asked("404404", ("municipality.pay-fines",))):
        assert invoices.listed(actor, asked) == [], asked


def test_what_came_back_stands_beside_it(till: Bank) -> None:
    actor, receipt = paid(till)
    refund = refunds.request(a_cashier(), PaymentAttempt.get().uuid, Money(5_000), reason="half", key="half")
    assert invoices.listed(actor)[0].given_back == Money(0)
    refunds.approve(a_cashier(), refund.key)
    work()
    line = invoices.listed(actor)[0]
    assert (line.amount, line.given_back) == (receipt.amount, Money(5_000))


def test_who_acts_for_a_customer_sees_what_their_office_filed(till: Bank) -> None:
    office, (customer, own_receipt) = an_office(), paid(till)
    operator = an_operator(office)
    account = Account.get_by_id(customer.account)
    acting = acting_by(operator, agreed(office, account, operator))
    _actor, filed = paid(till, acting)
    assert [line.number for line in invoices.listed(acting)] == [filed.number]
    assert [year.total for year in invoices.years(acting)] == [Money.rials(25)]
    assert [line.number for line in invoices.listed(customer)] == [filed.number, own_receipt.number]
    assert invoices.listed(operator) == []


# --- A statement of a year -------------------------------------------------------------------------------------------------------


def drawn(actor: Actor, year: int) -> OwnPaper:
    invoices.ask_statement(actor, year)
    Outbox.update(done_at=now()).where(Outbox.kind.in_(["document", "message"])).execute()
    outbox.drain()
    paper = invoices.statement_of(actor, year)
    assert paper
    return paper


def test_a_statement_is_drawn_sealed_and_fetched_by_who_asked_for_it(drawing: Bank) -> None:
    actor, receipt = paid(drawing)
    paper = drawn(actor, receipt.year)
    found, file = own_papers.fetch(actor, paper.id)
    content = file.read()
    assert found.id == paper.id and content.startswith(b"%PDF-") and b"/ByteRange" in content
    assert paper.content["total"]["en"] == Money.rials(25).format("en")
    assert [line["number"] for line in paper.content["lines"]] == [receipt.number]
    assert AuditEntry.select().where((AuditEntry.action == "paper.drawn") & (AuditEntry.account == actor.account)).count() == 1


def test_nobody_else_fetches_it(drawing: Bank) -> None:
    actor, receipt = paid(drawing)
    paper = drawn(actor, receipt.year)
    other, _receipt = paid(drawing)
    with pytest.raises(NotFound):
        own_papers.fetch(other, paper.id)
    assert invoices.statement_of(other, receipt.year) is None


def test_it_is_gone_after_a_day_and_its_file_with_it(drawing: Bank, clock: Clock) -> None:
    actor, receipt = paid(drawing)
    paper = drawn(actor, receipt.year)
    digest = OwnPaper.get().digest
    clock.forward(days=1, minutes=1)
    with pytest.raises(NotFound):
        own_papers.fetch(actor, paper.id)
    assert digest in stored_files.referred([digest])
    own_papers.forget()
    assert not OwnPaper.select().exists() and not stored_files.referred([digest])


def test_asking_again_shows_what_stands_now(drawing: Bank) -> None:
    actor, receipt = paid(drawing)
    first = drawn(actor, receipt.year)
    paid(drawing, actor)
    assert len(first.content["lines"]) == 1
    second = drawn(actor, receipt.year)
    assert len(second.content["lines"]) == 2 and second.id != first.id and OwnPaper.select().count() == 1


def test_who_acts_gets_a_statement_of_that_customer_and_only_while_they_act(drawing: Bank) -> None:
    office = an_office()
    operator, account = an_operator(office), a_person(civil_number="87654321")
    acting = acting_by(operator, agreed(office, account, operator))
    _actor, receipt = paid(drawing, acting)
    paper = drawn(acting, receipt.year)
    assert paper.content["only_filed_by"]["en"] == "Al Waha Office" and paper.content["payer"]["en"] == account.name
    for other in (operator, signed_in(account)):
        with pytest.raises(NotFound):
            own_papers.fetch(other, paper.id)
    own_papers.fetch(acting, paper.id)


def test_a_year_without_payments_has_no_statement(drawing: Bank) -> None:
    actor, receipt = paid(drawing)
    with pytest.raises(NotFound):
        invoices.ask_statement(actor, receipt.year - 1)
