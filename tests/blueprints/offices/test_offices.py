"""An office at work, as browsers without scripts walk it: asking, agreeing, acting, and what nobody else ever sees."""

import io
import re

import pytest
from flask import Flask

from blueprints.operating.commands import routes
from models import Account, Application, Delegation, Document, Message, Office, OneTimeCode, Operator, PaymentAttempt, Role
from operations import applications, casework, delegations, messages, outbox, secrets, sessions
from operations.now import now, today
from operations.outside import outside
from tests.support.builders import a_person, signed_in
from tests.support.client import Client
from tests.support.offices import agreed, an_office
from tests.support.schedule import bring_in_fees

SERVICE = "municipality.general-request"


@pytest.fixture(autouse=True)
def schedule(portal: Flask) -> None:
    bring_in_fees()


def browser_of(portal: Flask, account: Account, language: str = "en") -> Client:
    client = portal.test_client()
    client.set_cookie("language", language)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sessions.begin(account, browser="Firefox", address="192.0.2.1")
    return client  # type: ignore[return-value]


def works_for(office: Office, *, head: bool = False, **person: str) -> Account:
    account = a_person(**{"first_name": "Amal", "arabic_name": "أمل السعدية"} | person)
    Operator.create(office=office, account=account, head=head, since=now())
    return account


@pytest.fixture
def office(portal: Flask) -> Office:
    return an_office(email="office@waha.example")


@pytest.fixture
def amal(portal: Flask, office: Office) -> Client:
    return browser_of(portal, works_for(office, head=True))


def customer_of(office: Office, amal: Client, *services: str, **person: str) -> tuple[Account, Delegation]:
    account = a_person(**{"first_name": "Salim", "arabic_name": "سالم الحارثي"} | person)
    operator = signed_in(Account.get_by_id(Operator.get(Operator.office == office).account_id))
    return account, agreed(office, account, operator, *services)


def act(amal: Client, delegation: Delegation) -> None:
    page = amal.visit("/office").submit(f"/office/customers/{delegation.id}/acting")
    assert page.path == "/dashboard"


def file(browser: Client, subject: str = "A tree") -> str:
    browser.visit(f"/services/{SERVICE}").submit()
    reference = str(Application.select().order_by(Application.id.desc()).get().reference)
    browser.visit(f"/applications/{reference}/steps/request").submit(subject=subject, text="It leans over the road.")
    browser.visit(f"/applications/{reference}/steps/papers").submit(paper=(io.BytesIO(b"%PDF-1.7\n"), "plan.pdf"))
    browser.visit(f"/applications/{reference}/check").submit()
    return reference


# --- Agreeing --------------------------------------------------------------------------------------------------------------------


def test_an_office_asks_the_customer_tells_the_code_and_it_files_for_them(portal: Flask, amal: Client) -> None:
    customer = a_person(email="salim@bawaba.example", first_name="Salim")
    asked = amal.visit("/office/customers/new").submit(
        "ask", kind="email", who="salim@bawaba.example", services=[SERVICE], until=today().isoformat()
    )
    row = Delegation.get()
    assert asked.path == f"/office/requests/{row.id}" and "Salim" not in asked.text
    assert "is not the code" in asked.submit("agree", code="000000").text
    challenge = OneTimeCode.get_by_id(row.challenge)
    agreed_to = asked.submit("agree", code=secrets.one_time_code(challenge.id, challenge.counter))
    assert agreed_to.path == "/office" and "Salim Al-Harthy" in agreed_to.text
    act(amal, row)
    shown = amal.visit("/dashboard")
    assert "You are acting for Salim Al-Harthy — Al Waha Office" in shown.text and "My account" not in shown.text
    reference = file(amal)
    overview = amal.visit(f"/applications/{reference}")
    assert "Filed by Al Waha Office" in overview.text
    assert "Filed by Al Waha Office" in browser_of(portal, customer).visit(f"/applications/{reference}").text
    assert "Submitted for the applicant" in browser_of(portal, customer).visit(f"/applications/{reference}").text


def test_the_customer_agrees_on_a_page_that_says_what_is_granted_and_ends_it(portal: Flask, amal: Client) -> None:
    customer = a_person(phone="+96892000111")
    amal.visit("/office/customers/new").submit("ask", kind="phone", who="92000111", until=today().isoformat())
    row = Delegation.get()
    salim = browser_of(portal, customer)
    listed = salim.visit("/account/delegations")
    assert "They ask for your leave" in listed.text
    page = salim.visit(f"/account/delegations/{row.id}")
    assert "every service of this portal" in page.text and "Al Waha Office" in page.text
    browser_of(portal, a_person()).visit(f"/account/delegations/{row.id}", status=404)
    page.submit()
    assert Delegation.get().consented_at
    act(amal, row)
    reference = file(amal)
    salim.visit("/account/delegations").submit(f"/account/delegations/{row.id}/end")
    amal.visit(f"/applications/{reference}", status=404)
    assert "You are acting for" not in amal.visit("/dashboard").text
    assert amal.post(f"/office/customers/{row.id}/acting", data=token(amal)).status_code == 404


def test_the_page_after_a_revocation_says_so(office: Office, amal: Client) -> None:
    _account, given = customer_of(office, amal)
    act(amal, given)
    Delegation.update(revoked_at=now()).execute()
    after = amal.visit("/dashboard")
    assert "You no longer act for this customer" in after.text and "You are acting for" not in after.text
    assert "You no longer act" not in amal.visit("/dashboard").text


def test_a_bad_request_is_said_beside_its_field(amal: Client) -> None:
    page = amal.visit("/office/customers/new")
    assert page.submit("ask", kind="civil-number", who="12a", until="").errors.keys() == {"until"}
    assert page.submit("ask", kind="civil-number", who="12a", until=today().isoformat()).errors.keys() == {"who"}


# --- Two windows -----------------------------------------------------------------------------------------------------------------


def test_a_form_drawn_for_somebody_else_does_nothing(office: Office, amal: Client) -> None:
    _salim, first = customer_of(office, amal)
    _shamsa, second = customer_of(office, amal, first_name="Shamsa")
    act(amal, first)
    window = amal.visit(f"/services/{SERVICE}")
    act(amal, second)
    refused = window.submit()
    assert refused.status == 409 and "somebody else than you act for" in refused.text
    assert not Application.select().exists()
    other = amal.visit(f"/services/{SERVICE}")
    amal.post("/office/acting/end", data=token(amal))
    assert other.submit().status == 409
    own = amal.visit(f"/services/{SERVICE}")
    act(amal, first)
    assert own.submit().status == 409
    assert not Application.select().exists()


def test_ones_own_account_and_a_customers_matters_are_not_mixed(office: Office, amal: Client) -> None:
    _salim, given = customer_of(office, amal)
    act(amal, given)
    for path in ("/account", "/account/events", "/account/data", "/account/delegations"):
        page = amal.visit(path)
        assert page.path == "/dashboard" and "Stop acting for the customer first" in page.text


# --- Nobody else sees anything ---------------------------------------------------------------------------------------------------


def things_of(reference: str) -> dict[str, str]:
    row = Application.get(Application.reference == reference)
    document = Document.create(
        serial=f"D-2026-{row.id:06}", code=f"CODE{row.id}", kind="certificate", key=f"k{row.id}", application=row, template="letter.html",
        content={"title": {"ar": "x", "en": "x"}, "named": {"ar": "x", "en": "x"}, "rows": []}, issued_on=today(), created_at=now(),
    )  # fmt: skip
    bill = applications.Bill.create(
        application=row,
        authority=row.authority,
        total=2000,
        quote=row.frozen["quote"],
        state="open",
        created_at=now(),
        good_until=now(),
    )
    attempt = PaymentAttempt.create(
        bill=bill, provider="cybersource", mode="test", amount=2000, created_at=now(), updated_at=now(), expires_at=now()
    )
    return {"reference": reference, "field": "paper", "name": "request", "serial": document.serial, "uuid": attempt.uuid}


BREACHES = {
    "acting for another customer": lambda: None,
    "of another office": lambda: None,
    "not acting": lambda: None,
    "revoked": lambda: Delegation.update(revoked_at=now()).execute(),
    "run out": lambda: Delegation.update(until="2020-01-01").execute(),
    "another service": lambda: Delegation.update(services=["chamber.renew-membership"]).execute(),
    "left the office": lambda: Operator.update(ended_at=now()).execute(),
    "blocked office": lambda: Office.update(blocked_at=now()).execute(),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_no_route_shows_or_does_anything_with_another_customers_matter(
    breach: str, portal: Flask, office: Office, amal: Client
) -> None:
    _salim, given = customer_of(office, amal)
    _shamsa, other = customer_of(office, amal, first_name="Shamsa")
    act(amal, given)
    things = things_of(file(amal, "The secret tree"))
    assert amal.get(f"/applications/{things['reference']}").status_code == 200
    portal.config["WTF_CSRF_ENABLED"] = False
    browser = amal
    if breach == "acting for another customer":
        browser.post(f"/office/customers/{other.id}/acting")
    elif breach == "of another office":
        second = an_office()
        browser = browser_of(portal, works_for(second))
        theirs = agreed(second, _salim, signed_in(Account.get_by_id(Operator.get(Operator.office == second).account_id)))
        browser.post(f"/office/customers/{theirs.id}/acting")
    elif breach == "not acting":
        browser.post("/office/acting/end")
    BREACHES[breach]()
    browser.get("/dashboard")
    before = list(Application.select().dicts())
    walked = 0
    for methods, rule, whom in routes(portal):
        names = set(re.findall(r"<(?:[^:>]+:)?(\w+)>", rule))
        if not names or not names <= things.keys() or not whom.startswith(("its applicant", "its owner", "its payer")):
            continue
        path = re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda found: things[found[1]], rule)
        nothing = re.sub(r"[A-Z]+-2026-[0-9-]+|[0-9a-f]{32}", lambda found: "0" * len(found[0]), path)
        for method in methods.split(","):
            acting = browser.get("/dashboard").text
            mark = re.search(r'name="acting" value="(\d+)"', acting)
            data = {"acting": mark[1]} if mark else {}
            answers = [
                browser.open(address, method=method, data=data if method == "POST" else None) for address in (path, nothing)
            ]
            assert [answer.status_code for answer in answers] == [404, 404], f"{breach}: {method} {rule}"
            assert "secret tree" not in answers[0].text and main_of(answers[0].text) == main_of(answers[1].text)
            walked += 1
    assert walked > 20
    assert list(Application.select().dicts()) == before
    for path in ("/dashboard", "/office", f"/?q={things['reference']}", f"/services/{SERVICE}"):
        assert "secret tree" not in browser.get(path, follow_redirects=True).text
        assert things["reference"] not in main_of(browser.get(path, follow_redirects=True).text).replace(
            f'value="{things["reference"]}"', ""
        )


def main_of(html: str) -> str:
    return html.partition("<main")[2].partition("</main>")[0]


OFFICE_ROUTES = [
    ("GET", "/office/statement"), ("GET", "/office/statement.csv"),
    ("GET", "/office"), ("GET", "/office/customers/new"), ("POST", "/office/customers/new"),
    ("GET", "/office/operators"), ("POST", "/office/operators"), ("POST", "/office/operators/1/end"),
    ("POST", "/office/customers/{row}/end"), ("GET", "/office/requests/{row}"), ("POST", "/office/requests/{row}"),
    ("GET", "/office/requests/{row}/card"), ("POST", "/office/requests/{row}/card/challenge"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), OFFICE_ROUTES)
def test_an_offices_pages_refuse_who_does_not_work_there(
    method: str, path: str, portal: Flask, office: Office, amal: Client
) -> None:
    portal.config["WTF_CSRF_ENABLED"] = False
    _salim, given = customer_of(office, amal)
    asked = Delegation.create(office=office, until=today(), asked_for="x", asked_by=given.asked_by, created_at=now())
    address = path.format(row=asked.id)
    clerk = a_person()
    Role.create(account=clerk, name="clerk", authority="municipality")
    for account in (a_person(), clerk):
        assert browser_of(portal, account).open(address, method=method).status_code == 403
    stranger = browser_of(portal, works_for(an_office()))
    open_ = {"/office": 200, "/office/statement": 200, "/office/statement.csv": 200}
    expected = (open_ | {"/office/customers/new": 200 if method == "GET" else 422}).get(path, 403 if "operators" in path else 404)
    assert stranger.open(address, method=method).status_code == expected
    assert Delegation.get_by_id(asked.id).revoked_at is None


# --- The day ---------------------------------------------------------------------------------------------------------------------


def test_the_daily_statement_is_read_printed_and_taken_along(portal: Flask, office: Office, amal: Client) -> None:
    _salim, given = customer_of(office, amal, first_name="=Salim", arabic_name="")
    act(amal, given)
    reference = file(amal)
    page = amal.visit("/office").text
    assert "/office/statement" in page or "Daily statement" in page
    shown = amal.visit("/office/statement").text
    assert reference in shown and "=Salim Al-Harthy" in shown and "OMR 0.000" in shown.replace("\xa0", " ")
    table = amal.get("/office/statement.csv")
    assert "text/csv" in table.headers["Content-Type"] and "'=Salim Al-Harthy," in table.text and reference in table.text
    assert "Nothing was filed" in amal.visit("/office/statement?day=2020-01-01").text
    assert reference in amal.visit("/office/statement?day=x").text
    Delegation.update(revoked_at=now()).execute()
    for path in ("/office/statement", "/office/statement.csv"):
        after = amal.get(path).text
        assert "Salim Al-Harthy" not in after and "No longer your customer" in after


# --- What both are told ----------------------------------------------------------------------------------------------------------


def test_customer_and_office_are_told_and_the_paper_names_the_office(portal: Flask, office: Office, amal: Client) -> None:
    customer, given = customer_of(office, amal)
    act(amal, given)
    reference = file(amal)
    copy = Message.get(Message.destination == "office@waha.example")
    assert (copy.template, copy.account_id) == ("application_received", None)
    outbox.drain()
    sent = next(mail for mail in outside.mailer.sent if mail["to"] == "office@waha.example")
    assert "سالم الحارثي" in sent["text"]
    clerk = a_person()
    Role.create(account=clerk, name="clerk", authority="municipality")
    casework.decide(signed_in(clerk), reference, casework.Outcome.APPROVE, reason="Yes")
    applications.paid(Application.get())
    rows = Document.get(Document.kind == "certificate").content["rows"]
    assert "Filed by" in [row["label"]["en"] for row in rows]
    assert "Al Waha Office · Amal Al-Harthy" in browser_of(portal, clerk).visit(f"/desk/{reference}").text
    before = Message.select().where(Message.destination == "office@waha.example").count()
    delegations.end(signed_in(customer), given.id, address="")
    messages.tell(Application.get(), "application_received", cause="again", title={"ar": "x", "en": "x"})
    assert Message.select().where(Message.destination == "office@waha.example").count() == before


def token(browser: Client) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/dashboard").text)
    assert found
    return {"csrf_token": found[1]}


def test_its_commands_open_list_and_block(portal: Flask, amal: Client) -> None:
    head = a_person(email="head@bawaba.example")
    run = portal.test_cli_runner()
    opening = ["offices", "open", "7788", "--arabic", "مكتب النور", "--english", "Noor", "--email", "o@noor.example", "--head"]
    assert run.invoke(args=[*opening, "head@bawaba.example"]).exit_code == 0
    assert Operator.get(Operator.account == head).head
    assert run.invoke(args=[*opening, "nobody@bawaba.example"]).exit_code == 1
    assert "7788  Noor · مكتب النور" in run.invoke(args=["offices", "list"]).output
    assert run.invoke(args=["offices", "block", "7788"]).exit_code == 0
    assert "blocked" in run.invoke(args=["offices", "list"]).output
    assert run.invoke(args=["offices", "block", "1"]).exit_code == 1
