"""Fines on every page that explains a price, and waivers as supervisor and applicant walk them, without scripts."""

import datetime as dt
from collections.abc import Iterator

import pytest
from flask import Flask

from engine.assurance import Assurance
from models import Account, Application, AuditEntry, Document, Message, Role, StepUp, StepUpState
from operations import applications, demonstration, identity, sessions, waivers
from operations.now import set_business_day
from operations.rendering import render
from tests.support.builders import a_person, signed_in
from tests.support.client import Client
from tests.support.residents import filled, handed_in, paying_fines, renewing

WIFE_CARD = "70000002"  # ended on 31 July 2026: late from Monday, 31 August
MONTHLY, ONCE = "Late since 31 August 2026: 3 months begun × OMR 5.000", "Late since 31 August 2026"


@pytest.fixture(autouse=True)
def demo(portal: Flask) -> Iterator[None]:
    demonstration.prepare()
    set_business_day(dt.date(2026, 11, 22))
    yield
    set_business_day(None)


def rajesh() -> Account:
    return Account.get(Account.first_name == "Rajesh")  # type: ignore[no-any-return]


def browser_of(portal: Flask, account: Account | None = None, *roles: tuple[str, str]) -> Client:
    account = account or a_person()
    for duty, where in roles:
        Role.create(account=account, name=duty, authority=where)
    client = portal.test_client()
    client.set_cookie("language", "en")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sessions.begin(account, browser="Firefox", address="192.0.2.1")
    return client  # type: ignore[return-value]


@pytest.fixture
def citizen(portal: Flask) -> Client:
    return browser_of(portal, rajesh())


@pytest.fixture
def supervisor(portal: Flask) -> Client:
    return browser_of(portal, None, ("supervisor", "residency"))


# --- Notes -------------------------------------------------------------------------------------------------------------------------


def test_how_a_fine_was_counted_stands_wherever_it_is_to_be_paid(portal: Flask, citizen: Client) -> None:
    opened = renewing(signed_in(rajesh()), card=WIFE_CARD)
    assert MONTHLY in citizen.visit(f"/applications/{opened.reference}").text
    cashier = browser_of(portal, None, ("cashier", "residency"))
    assert MONTHLY in cashier.visit(f"/counter/{opened.reference}").text
    clerk = browser_of(portal, None, ("clerk", "residency"))
    assert MONTHLY in clerk.visit(f"/desk/{opened.reference}").text


def test_it_stands_beside_the_questions_and_on_the_check_page(citizen: Client) -> None:
    opened = filled(signed_in(rajesh()), "renew-resident-card", card={"card": WIFE_CARD}, years={"years": "2"})
    prove(citizen, opened.reference)
    for page in ("steps/years", "check"):
        shown = citizen.visit(f"/applications/{opened.reference}/{page}").text
        assert MONTHLY in shown and "OMR 25.000" in shown, page


def prove(client: Client, reference: str) -> None:
    """As if Mobile ID had just proven the person for this application, in this browser."""
    with client.session_transaction() as cookie:
        actor = sessions.actor_of(cookie["_user_id"], "en")
    assert actor
    opened = applications.of(actor, reference)
    proof = identity.ask(actor, opened, opened.service.steps[-1])
    StepUp.update(state=StepUpState.OPEN, reached=Assurance.SUBSTANTIAL).where(StepUp.id == proof.id).execute()


def test_the_receipt_says_it_on_paper_and_on_the_page(portal: Flask, citizen: Client) -> None:
    opened = paying_fines(signed_in(rajesh()), card=WIFE_CARD)
    cashier = browser_of(portal, None, ("cashier", "residency"))
    cashier.visit(f"/counter/{opened.reference}").submit(kind="cash")
    shown = citizen.visit(f"/applications/{opened.reference}").text
    assert shown.count(ONCE) == 3 and MONTHLY in shown
    content = Document.get(Document.kind == "receipt").content
    assert [note["en"].replace("\xa0", " ") for note in content["notes"]] == [ONCE, ONCE, MONTHLY]
    assert all(note["ar"] for note in content["notes"])


@pytest.mark.parametrize(
    ("language", "once", "monthly"),
    [
        ("en", "OMR 10.000 once, after 30 days of grace", "OMR 5.000 for each month begun, after 30 days of grace"),
        ("ar", "مرة واحدة، بعد مهلة ٣٠ يومًا", "عن كل شهر يبدأ، بعد مهلة ٣٠ يومًا"),
    ],
)
def test_the_price_list_of_the_service_says_how_often_and_after_which_grace(
    client: Client, language: str, once: str, monthly: str
) -> None:
    client.set_cookie("language", language)
    page = client.visit("/services/residency.pay-residence-fines").text
    assert once in page and monthly in page


def test_administrators_read_the_grace_as_grace(portal: Flask) -> None:
    admin = browser_of(portal, None, ("administrator", "residency"))
    front = admin.visit("/administration/fees").submit(authority="residency")
    (row,) = [row for row in front.html.xpath("//tr") if "residency.resident-card-late" in row.text_content()]
    assert "OMR 5.000 for each month begun, after 30 days of grace" in " ".join(row.text_content().split())
    assert "from 30 on" not in row.text_content()
    change = admin.visit(row.xpath(".//a/@href")[0])
    then = change.submit("change", amount="7", effective_from="2027-01-01", source="A decree")
    assert "OMR 7.000 for each month begun, after 30 days of grace" in then.text
    assert "One year, half a year late" in then.text, "the preview prices the samples of those who are late"


# --- Waivers -----------------------------------------------------------------------------------------------------------------------


def test_a_waiver_is_asked_for_read_and_granted(citizen: Client, supervisor: Client) -> None:
    opened = renewing(signed_in(rajesh()), card=WIFE_CARD)
    where = f"/applications/{opened.reference}"
    assert f"{where}/waiver" in citizen.visit(where).response.text
    form = citizen.visit(f"{where}/waiver")
    assert MONTHLY in form.text and "Resident card, for each year" not in form.text
    assert list(form.submit("waiver", reason=" ").errors) == ["reason"]
    asked = form.submit("waiver", reason="She was in hospital.")
    assert "You asked for the fine to be waived." in asked.text and "Pay by card" in asked.text
    assert citizen.visit(f"{where}/waiver", status=409)

    waiting = supervisor.visit("/supervision/waivers?desk=residency.residence")
    assert opened.reference in waiting.text and "She was in hospital." in waiting.text and "OMR 15.000" in waiting.text
    assert "She was in hospital." in supervisor.visit(f"/supervision/{opened.reference}").text
    decide = supervisor.visit(f"/supervision/{opened.reference}/waiver")
    assert decide.values["lines"] == "1" and MONTHLY in decide.text and "She was in hospital." in decide.text
    assert list(decide.submit("waiver", grant="1", reason="").errors) == ["reason"]
    assert list(decide.submit("waiver", grant="1", lines=None, reason="Seen.").errors) == ["lines"]
    done = decide.submit("waiver", grant="1", reason="The hospital's paper was seen.")
    assert "Waived." in done.text and "She was in hospital." in done.text
    assert "OMR 5.000" in done.text and "OMR 15.000" not in done.text
    told = citizen.visit(where).text
    assert "The hospital's paper was seen." in told and "OMR 5.000" in told and MONTHLY not in told
    assert "Nobody asks for a waiver" in supervisor.visit("/supervision/waivers?desk=residency.residence").text
    assert AuditEntry.select().where(AuditEntry.action == "application.viewed", AuditEntry.subject == opened.reference).exists()


def test_what_was_declined_is_told_with_its_reason_and_may_be_paid(citizen: Client, supervisor: Client) -> None:
    opened = renewing(signed_in(rajesh()), card=WIFE_CARD)
    waivers.ask(signed_in(rajesh()), opened.reference, "I forgot.")
    done = supervisor.visit(f"/supervision/{opened.reference}/waiver").submit(
        "waiver", decline="1", reason="We wrote to you twice."
    )
    assert "Declined." in done.text
    shown = citizen.visit(f"/applications/{opened.reference}").text
    assert "The fine was not waived" in shown and "We wrote to you twice." in shown and "Pay by card" in shown


def test_who_supervises_nothing_there_finds_nothing(portal: Flask, citizen: Client) -> None:
    opened = renewing(signed_in(rajesh()), card=WIFE_CARD)
    for duty, where, status in (
        ("clerk", "residency", 403),
        ("cashier", "residency", 403),
        ("supervisor", "municipality", 404),
        ("supervisor", "residency.passports", 404),
    ):
        browser = browser_of(portal, None, (duty, where))
        browser.visit(f"/supervision/{opened.reference}/waiver", status=status)
        browser.visit("/supervision/waivers?desk=residency.residence", status=status)
    citizen.visit(f"/supervision/{opened.reference}/waiver", status=403)
    stranger = browser_of(portal)
    stranger.visit(f"/applications/{opened.reference}/waiver", status=404)
    own = browser_of(portal, rajesh(), ("supervisor", "residency"))
    own.visit(f"/supervision/{opened.reference}/waiver", status=404)


def test_a_bill_without_fines_offers_no_waiver(citizen: Client, supervisor: Client) -> None:
    opened = renewing(signed_in(rajesh()), card="70000001")
    assert "/waiver" not in citizen.visit(f"/applications/{opened.reference}").response.text
    citizen.visit(f"/applications/{opened.reference}/waiver", status=409)
    assert "/waiver" not in supervisor.visit(f"/supervision/{opened.reference}").html.xpath("string(//main)")
    supervisor.visit(f"/supervision/{opened.reference}/waiver", status=404)


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("outcome", ["granted", "declined"])
def test_the_messages_read_in_both_languages(language: str, outcome: str) -> None:
    resident, one = signed_in(rajesh()), signed_in(a_supervisor())
    opened = handed_in(resident, filled(resident, "renew-resident-card", card={"card": WIFE_CARD}, years={"years": "1"}))
    waivers.ask(resident, opened.reference, "I was ill.")
    bill = Application.get(Application.reference == opened.reference).bills.get().id
    if outcome == "granted":
        waivers.grant(one, opened.reference, bill, (1,), "Seen.")
    else:
        waivers.decline(one, opened.reference, bill, "Not seen.")
    sent = list(Message.select().where(Message.template == f"waiver_{outcome}"))
    assert {message.channel for message in sent} == {"mail", "sms"}
    for message in sent:
        body = render(
            f"messages/{message.template}.{message.channel}.txt", language, **message.context, portal_url="https://example.om"
        )
        assert opened.reference in body and ("Seen." in body or "Not seen." in body or message.channel == "sms")


def a_supervisor() -> Account:
    account = a_person()
    Role.create(account=account, name="supervisor", authority="residency")
    return account
