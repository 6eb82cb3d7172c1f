"""The road of an application page by page, as a browser without scripts walks it, and as htmx asks for its parts."""

import datetime as dt

import pytest
from flask import Flask

from engine.actor import Actor
from engine.lifecycle import State
from models import Application, Bill, KeptForm, RegisterRecord, Session, StepUp, StepUpState
from operations import demonstration, kept_forms
from operations.now import now, set_business_day
from tests.support.builders import a_solution
from tests.support.client import Client, Page

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(autouse=True)
def business_day(demo: None) -> None:
    set_business_day(dt.date(2018, 3, 18))


def sign_in(client: Client, who: str = "ali@example.om") -> Page:
    form = client.visit("/account/sign-in")
    return form.submit(who=who, password=demonstration.PASSWORD, altcha=a_solution("sign-in"), noscript=None)


def begin(client: Client) -> str:
    client.visit("/services/chamber.renew-membership").submit()
    return str(Application.select().order_by(Application.id.desc()).get().reference)


def prove() -> None:
    """As if Mobile ID had proven the person and they had returned."""
    StepUp.update(state=StepUpState.OPEN, reached=2).where(StepUp.state == StepUpState.CHOOSING).execute()


def walked_to_check(client: Client, months: str = "24") -> tuple[str, Page]:
    sign_in(client)
    reference = begin(client)
    client.visit(f"/applications/{reference}/steps/establishment").submit(registration="1229237")
    client.visit(f"/applications/{reference}/steps/membership").submit(membership="91868")
    prove()
    client.visit(f"/applications/{reference}/steps/company").submit()
    return reference, client.visit(f"/applications/{reference}/steps/period").submit(months=months)


def test_a_second_press_whose_first_answer_was_lost_keeps_the_person_signed_in(client: Client) -> None:
    """A browser that is cut off by a second click may never see the cookie of its first."""
    sign_in(client)
    reference = begin(client)
    client.visit(f"/applications/{reference}/steps/establishment").submit(registration="1229237")
    client.visit(f"/applications/{reference}/steps/membership").submit(membership="91868")
    StepUp.update(state=StepUpState.PROVEN, reached=2, method="card").where(StepUp.state == StepUpState.CHOOSING).execute()
    leaving = client.visit(f"/identity/{StepUp.get().id}/single-log-out")
    cookie = client.get_cookie("session")
    leaving.submit(follow=False)
    assert cookie and client.get_cookie("session") != cookie
    client.set_cookie("session", cookie.value)
    assert leaving.submit().path == f"/applications/{reference}/steps/company"
    assert client.visit("/dashboard").path == "/dashboard"


def test_the_whole_road_without_scripts(client: Client) -> None:
    reference, check = walked_to_check(client)
    assert "OMR 50.000" in check.text and "19 March 2020" in check.text
    overview = check.submit()
    assert overview.path == f"/applications/{reference}"
    assert Bill.get().total.baisa == 50_000
    assert "Waiting for payment" in overview.text


def test_the_company_page_asks_for_proof_first_and_returns_to_the_exact_step(client: Client) -> None:
    sign_in(client)
    reference = begin(client)
    client.visit(f"/applications/{reference}/steps/establishment").submit(registration="1229237")
    asked = client.visit(f"/applications/{reference}/steps/membership").submit(membership="91868")
    assert asked.path.startswith("/identity/")
    assert StepUp.get().step == "company"
    prove()
    assert client.visit(asked.path).path == f"/applications/{reference}/steps/company"


@pytest.mark.parametrize("name", ["membership", "company", "period"])
def test_a_step_out_of_turn_leads_to_the_first_missing_one(name: str, client: Client) -> None:
    sign_in(client)
    reference = begin(client)
    assert client.visit(f"/applications/{reference}/steps/{name}").path == f"/applications/{reference}/steps/establishment"


def test_a_wrong_answer_is_said_beside_its_field_and_above_and_nothing_is_lost(client: Client) -> None:
    sign_in(client)
    reference = begin(client)
    page = client.visit(f"/applications/{reference}/steps/establishment").submit(registration=None)
    assert page.status == 422
    assert "registration" in page.errors
    assert page.html.xpath("//*[@role='alert']//a[@href='#registration']")


def test_htmx_gets_the_content_alone_and_the_browser_the_whole_page(client: Client) -> None:
    sign_in(client)
    reference = begin(client)
    whole = client.get(f"/applications/{reference}/steps/establishment")
    part = client.get(f"/applications/{reference}/steps/establishment", headers=HTMX)
    assert "<html" in whole.text and "<html" not in part.text
    assert "HX-Request-Type" in part.headers["Vary"]
    assert 'name="registration"' in part.text


def test_the_price_follows_every_choice_without_saving_it(client: Client) -> None:
    reference, _check = walked_to_check(client, "12")
    form = client.visit(f"/applications/{reference}/steps/period")
    token = form.html.xpath("//main//input[@name='csrf_token']/@value")[0]
    for months, total, expiry in (
        ("12", "25.000", "19 March 2019"),
        ("18", "37.500", "19 September 2019"),
        ("24", "50.000", "19 March 2020"),
    ):
        quote = client.post(f"/applications/{reference}/steps/period/quote", data={"months": months, "csrf_token": token})
        assert f"OMR\xa0{total}" in quote.text and expiry in quote.text
    assert Application.get().answers["months"] == 12


def test_the_price_is_not_told_to_somebody_who_has_not_proven_who_they_are(client: Client) -> None:
    reference, _check = walked_to_check(client)
    token = client.visit(f"/applications/{reference}/steps/period").html.xpath("//main//input[@name='csrf_token']/@value")[0]
    StepUp.update(state=StepUpState.ENDED).execute()
    assert (
        client.post(f"/applications/{reference}/steps/period/quote", data={"months": "12", "csrf_token": token}).status_code
        == 404
    )


def test_switching_the_language_in_a_form_keeps_what_was_typed(client: Client) -> None:
    sign_in(client)
    reference = begin(client)
    page = client.visit(f"/applications/{reference}/steps/establishment").submit(registration="1229237", language="ar")
    assert page.status == 200
    assert page.html.get("lang") == "ar"
    assert page.html.xpath("//input[@name='registration'][@value='1229237'][@checked]")
    assert Application.get().answers == {}


def test_the_service_starts_where_it_was_left(client: Client) -> None:
    sign_in(client)
    reference = begin(client)
    client.visit(f"/applications/{reference}/steps/establishment").submit(registration="1229237")
    Session.delete().execute()
    sign_in(client)
    assert client.visit(f"/applications/{reference}/continue").path == f"/applications/{reference}/steps/membership"
    assert reference in client.visit("/dashboard").text


def test_another_persons_application_and_an_unknown_one_look_alike(client: Client, portal: Flask) -> None:
    sign_in(client)
    reference = begin(client)
    other: Client = portal.test_client()  # type: ignore[assignment]
    other.set_cookie("language", "en")
    sign_in(other, "shamsa@example.om")
    for path in ("", "/check", "/steps/establishment", "/continue", "/documents", "/withdrawal"):
        theirs, unknown = other.get(f"/applications/{reference}{path}"), other.get(f"/applications/CHAMBER-2018-9999999-9{path}")
        assert theirs.status_code == unknown.status_code == 404


def test_the_submit_button_agrees_to_what_was_shown_only(client: Client) -> None:
    reference, check = walked_to_check(client)
    row = RegisterRecord.get(RegisterRecord.number == "91868")
    row.data = {**row.data, "expires": "2016-03-19"}
    row.save()
    again = check.submit()
    assert again.status == 422
    assert "The price or the data changed" in again.text
    assert "OMR 75.000" in again.text
    assert Application.get(Application.reference == reference).state == State.DRAFT


def test_a_signed_out_visitor_is_asked_to_sign_in_and_comes_back(client: Client) -> None:
    asked = client.visit("/dashboard")
    assert asked.path == "/account/sign-in" and "next=/dashboard" in asked.address


def test_the_bank_form_leads_only_to_the_bank_and_carries_no_token_of_ours(client: Client) -> None:
    reference, check = walked_to_check(client)
    overview = check.submit()
    checkout = overview.submit(f"/applications/{reference}/payments")
    (form,) = checkout.html.xpath("//main//form[@data-onwards]")
    assert form.get("action").startswith("http://localhost:8001/pay")
    assert not form.xpath(".//input[@name='csrf_token']")
    assert form.xpath(".//input[@name='amount']/@value") == ["50.000"]
    policy = checkout.response.headers["Content-Security-Policy"]
    assert "form-action 'self' http://localhost:8001;" in policy


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(client: Client) -> None:
    sign_in(client)
    reference = begin(client)
    form = client.visit(f"/applications/{reference}/steps/establishment")
    Session.delete().execute()
    asked = form.submit(registration="1229237")
    assert asked.path == "/account/sign-in"
    assert f"{reference}/steps/establishment" in asked.address.replace("%2F", "/")


def test_what_was_typed_while_the_session_ran_out_is_there_again_after_signing_in(client: Client) -> None:
    sign_in(client)
    reference = begin(client)
    here = f"/applications/{reference}/steps/establishment"
    form = client.visit(here)
    Session.update(seen_at=now() - dt.timedelta(minutes=31)).execute()
    asked = form.submit(registration="1229237")
    assert "What you typed is kept" in asked.text
    asked.submit(who="ali@example.om", password=demonstration.PASSWORD, altcha=a_solution("sign-in"), noscript=None)
    again = client.visit(here)
    assert again.html.xpath("//input[@name='registration'][@checked]/@value") == ["1229237"]
    assert again.submit().path.endswith("/steps/membership")
    assert KeptForm.select().count() == 0


def test_what_one_person_typed_is_not_shown_to_the_next(client: Client) -> None:
    sign_in(client)
    reference = begin(client)
    here = f"/applications/{reference}/steps/establishment"
    Session.update(seen_at=now() - dt.timedelta(minutes=31)).execute()
    client.post(here, data={"registration": "1229237"})
    sign_in(client, "shamsa@example.om")
    assert kept_forms.back(Actor(account=Session.select().order_by(Session.id.desc()).get().account_id), here) == {}


def test_a_number_typed_into_the_search_opens_ones_own_application(client: Client) -> None:
    sign_in(client)
    reference = begin(client)
    typed = reference.lower().replace("-", " ").replace("2018", "٢٠١٨")
    assert client.visit(f"/?q={typed}").path == f"/applications/{reference}"
