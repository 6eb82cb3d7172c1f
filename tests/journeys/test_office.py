"""Three browsers: an office files for a customer who agreed, a clerk returns and approves it, the office pays; then the customer ends it."""

import datetime as dt
from pathlib import Path

from playwright.sync_api import expect

from models import Account, Operator
from operations import identifiers
from operations.now import now
from tests.journeys.conftest import Visit
from tests.journeys.story import said
from tests.journeys.test_desk import DESK, SERVICE, ask, compare_and_approve, correct, give_back, pay, receive, take
from tests.journeys.traveller import Traveller
from tests.support.offices import an_office
from tests.support.portal import TODAY, Person, Portal, eventually

CODE = SERVICE.removeprefix("/services/")
CUSTOMER, OFFICE = "زهراء الكندية", "مكتب الواحة"
OF_THEIRS = (CUSTOMER, "Zahra", "The old fig", "leans over")
"""What only the customer's matter says."""


def test_an_office_files_corrects_and_pays_for_a_customer_and_sees_nothing_once_they_end_it(
    visit: Visit, portal: Portal, tmp_path: Path
) -> None:
    """The operator and the customer in Arabic with scripts, the clerk in English without."""
    operator, customer = visit("ar", person=portal.member()), visit("ar", person=portal.member())
    clerk = visit("en", scripts=False, person=portal.clerk(DESK))
    post = open_office(portal, operator.person, customer.person)
    request_leave(operator, customer.person)
    agree(customer)
    act(operator)
    reference = ask(operator, tmp_path)
    everywhere_in_their_name(operator, reference)
    take(clerk, reference)
    give_back(clerk, reference)
    expect(clerk.page.locator("main")).to_contain_text("Al Waha Office")
    correct(operator, reference)
    compare_and_approve(clerk, reference)
    pay(operator, reference)
    letter = receive(operator, tmp_path)
    assert "The fig will be cut." in said(letter) and "Al Waha Office" in said(letter)
    both_were_told(portal, customer.person.email, post, reference)
    both_have_the_papers(customer, reference)
    end_while_the_office_looks(customer, operator, reference)


def open_office(portal: Portal, head: Person, customer: Person) -> str:
    """An office and who works there, and a customer with a name of their own; returns the office's address."""
    with portal.tables():
        office = an_office()
        Operator.create(office=office, account=identifiers.account_of(head.email), head=True, since=now())
        named = {"first_name": "Zahra", "family_name": "Al Kindi", "arabic_name": CUSTOMER}
        Account.update(**named).where(Account.id == identifiers.account_of(customer.email)).execute()
    return str(office.email)


def request_leave(operator: Traveller, customer: Person) -> None:
    """For one service; nothing is shown of the customer before they agree."""
    operator.go("/office")
    operator.page.locator("main a[href$='/customers/new']").click()
    operator.at("/office/customers/new")
    operator.page.check("[name=kind][value=email]")
    operator.page.fill("[name=who]", customer.email)
    operator.page.check(f"[name=services][value='{CODE}']")
    operator.page.fill("[name=until]", (TODAY + dt.timedelta(days=30)).isoformat())
    operator.send("#ask")
    operator.at(r"/office/requests/\d+")
    expect(operator.page.locator("body")).not_to_contain_text(CUSTOMER)


def agree(customer: Traveller) -> None:
    """By the link of the mail, signed in."""
    mail = customer.portal.message(customer.person.email)
    customer.go(next(link for link in mail["links"] if "/account/delegations/" in link))
    expect(customer.page.locator("main")).to_contain_text(OFFICE)
    customer.page.locator("main form:not([action$='/end']) button.button--primary").click()
    customer.at("/account/delegations")
    expect(customer.page.locator("main")).to_contain_text(OFFICE)


def act(operator: Traveller) -> None:
    operator.go("/office")
    operator.send("/acting")
    operator.at("/dashboard")
    expect(operator.page.locator("#header .acting")).to_contain_text(CUSTOMER)


def everywhere_in_their_name(operator: Traveller, reference: str) -> None:
    """Every page says for whom, also one of nobody's and one that is not there; one's own account waits until one has stopped."""
    for path in (
        "/",
        "/dashboard",
        SERVICE,
        f"/applications/{reference}",
        "/office",
        "/verify",
        "/about/privacy",
        "/nowhere",
        "/account",
    ):
        page = operator.page.request.get(f"{operator.portal.url}{path}").text()
        assert 'class="acting"' in page and CUSTOMER in page, path


def both_were_told(portal: Portal, customer: str, office: str, reference: str) -> None:
    """Every mail about it that the customer got, the office got too."""

    def subjects(address: str) -> set[str]:
        mails = [mail for mail in portal.messages(address) if reference in mail["subject"] + mail["text"]]
        return {mail["subject"] for mail in mails}

    eventually(lambda: len(subjects(customer)) >= 5 and len(subjects(office)) >= 5)
    assert subjects(customer) == subjects(office)


def both_have_the_papers(customer: Traveller, reference: str) -> None:
    """The letter and the receipt stand on the customer's own page, which says who filed it."""
    customer.go(f"/applications/{reference}")
    expect(customer.page.locator("main")).to_contain_text(OFFICE)
    expect(customer.page.locator("#documents a[download]")).to_have_count(2)


def end_while_the_office_looks(customer: Traveller, operator: Traveller, reference: str) -> None:
    """The operator stands before the list, a link under their finger; papers they had open are gone too."""
    operator.go(f"/applications/{reference}")
    papers = [link.get_attribute("href") for link in operator.page.locator("#documents a[download]").all()]
    operator.go("/dashboard")
    expect(operator.page.locator("main")).to_contain_text(reference)
    customer.go("/account/delegations")
    customer.page.locator("main form[action$='/end'] button").click()
    expect(customer.page.locator("main form[action$='/end']")).to_have_count(0)
    operator.page.locator(f"main a[href$='{reference}']").first.click()
    expect(operator.page.locator("#header .acting")).to_have_count(0)
    expect(operator.page.locator("h1")).to_have_count(1)
    shows_nothing(operator.page.locator("body").inner_text(), reference)
    for path in (f"/applications/{reference}", *papers):
        answer = operator.page.request.get(f"{operator.portal.url}{path}")
        assert answer.status == 404, path
        shows_nothing(answer.text().replace(str(path), ""), reference)
    for path in ("/dashboard", "/office", "/office?q=الكندية"):
        shows_nothing(operator.page.request.get(f"{operator.portal.url}{path}").text(), reference)


def shows_nothing(page: str, reference: str) -> None:
    assert [word for word in (*OF_THEIRS, reference) if word in page] == []
