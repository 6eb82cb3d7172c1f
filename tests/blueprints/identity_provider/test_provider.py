"""To the provider and back, page by page; the cookie of the portal does not come along on the provider's posts."""

import datetime as dt
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from config import Settings, Unsafe
from models import ProviderVisit, SecurityEvent, Session, StepUp, StepUpState
from operations import demonstration
from operations.now import set_business_day
from tests.support.builders import a_solution
from tests.support.client import Client, Page
from tests.support.identity_provider import Browser, Landed, RunningProvider


@pytest.fixture(autouse=True)
def business_day(demo: None) -> None:
    set_business_day(dt.date(2018, 3, 18))


def asked_for_proof(client: Client) -> Page:
    client.visit("/account/sign-in").submit(
        "sign-in", who="ali@example.om", password=demonstration.PASSWORD, altcha=a_solution("sign-in"), noscript=None
    )
    establishment = client.visit("/services/chamber.renew-membership").submit()
    establishment.submit(registration="1229237").submit(membership="91868")
    return client.visit(f"/identity/{StepUp.get().id}")


def sent_there(page: Page, form: str) -> str:
    answer = page.submit(form, follow=False).response
    assert answer.status_code == 303
    return answer.headers["Location"]


def comes_back(portal: Flask, client: Client, landed: Landed) -> TestResponse:
    """The provider's post or redirect as a browser sends it: a cross-site post without our cookie, everything after it with it."""
    path = urlsplit(landed.url).path
    if not landed.form:
        return client.get(f"{path}?{landed.query}")
    stranger = portal.test_client()
    answer = stranger.post(path, data=landed.form)
    assert answer.status_code == 303, answer.text
    assert "Set-Cookie" not in answer.headers, "it would take the place of the person's own"
    return client.get(answer.headers["Location"])


def test_the_road_through_the_provider_to_the_company(portal: Flask, client: Client, browser: Browser, provider: RunningProvider):
    choice = asked_for_proof(client)
    assert choice.heading == "Prove who you are"
    there = sent_there(choice, f"/identity/provider/step-up/{StepUp.get().id}")
    assert there.startswith(provider.url)
    arrived = comes_back(portal, client, browser.goes(there, "ali"))
    farewell = client.visit(arrived.headers["Location"])
    assert farewell.heading == "Single log out"

    out = farewell.submit(follow=False).response.headers["Location"]
    assert out.startswith(provider.url)
    back = comes_back(portal, client, browser.goes(out))
    company = client.visit(back.headers["Location"])
    assert company.path.endswith("/steps/company") and "promising projects" in company.text
    assert StepUp.get().state == StepUpState.OPEN


def test_a_log_out_that_failed_there_shows_a_retry(portal: Flask, client: Client, browser: Browser):
    there = sent_there(asked_for_proof(client), f"/identity/provider/step-up/{StepUp.get().id}")
    arrived = comes_back(portal, client, browser.goes(there, "ali"))
    farewell = client.visit(arrived.headers["Location"])
    farewell.submit(follow=False)
    ProviderVisit.update(failure="urn:oasis:names:tc:SAML:2.0:status:PartialLogout", log_out=None).execute()
    again = client.visit(f"/identity/provider/left/{StepUp.get().id}")
    assert again.heading == "Single log out" and "did not confirm that you are logged out" in again.text
    out = again.submit(follow=False).response.headers["Location"]
    back = comes_back(portal, client, browser.goes(out))
    assert client.visit(back.headers["Location"]).path.endswith("/steps/company")


def test_signing_in_and_out_through_the_provider(portal: Flask, client: Client, browser: Browser, provider: RunningProvider):
    there = sent_there(client.visit("/account/sign-in"), "/identity/provider/sign-in")
    arrived = comes_back(portal, client, browser.goes(there, "shamsa"))
    assert arrived.headers["Location"] == "/dashboard"
    dashboard = client.visit("/dashboard")
    token = dashboard.values["csrf_token"]
    left = client.post("/account/sign-out", data={"csrf_token": token}, headers={"Referer": "http://localhost/"})
    out = client.get(left.headers["Location"])
    assert out.headers["Location"].startswith(provider.url)
    assert Session.get().ended_at

    ProviderVisit.update(failure="failed there").execute()
    sorry = client.visit(left.headers["Location"])
    assert sorry.heading == "You are still logged in at the identity provider"
    home = comes_back(portal, client, browser.goes(sorry.submit(follow=False).response.headers["Location"]))
    assert client.visit(home.headers["Location"]).path == "/"


def test_an_answer_brought_home_by_another_browser_is_not_taken(portal: Flask, client: Client, browser: Browser):
    there = sent_there(client.visit("/account/sign-in"), "/identity/provider/sign-in")
    landed = browser.goes(there, "shamsa")
    victim = portal.test_client()
    assert comes_back(portal, victim, landed).status_code == 404  # type: ignore[arg-type]
    assert not Session.select().exists()


def test_an_unbelieved_answer_says_so_on_a_page_and_leaves_the_session_alone(portal: Flask, client: Client):
    asked_for_proof(client)
    for path, field in (("acs", "SAMLResponse"), ("logout", "SAMLRequest")):
        sorry = comes_back(portal, client, Landed(f"http://portal/identity/provider/{path}", {field: "PHg+"}))
        assert sorry.status_code == 422 and "is not as it should be" in sorry.text
    assert client.visit("/account").status == 200
    assert SecurityEvent.select().where(SecurityEvent.kind == "identity-refused").exists()
    assert client.get("/identity/provider/refused/anything").status_code == 404


def test_forms_may_lead_to_the_provider(client: Client, provider: RunningProvider):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert f"form-action 'self' http://localhost:8001 {provider.url};" in policy


def test_setting_out_needs_the_forms_token(client: Client):
    assert client.post("/identity/provider/sign-in").status_code == 400


def test_the_doctor_says_what_is_missing(settings: Settings, portal: Flask):
    assert "identity provider" not in portal.test_cli_runner().invoke(args=["doctor"]).output
    for change, named in (({"saml_key": "/nowhere.pem"}, "SAML_KEY"), ({"saml_contexts": ""}, "SAML_CONTEXTS")):
        said = create_app(replace(settings, **change)).test_cli_runner().invoke(args=["doctor"]).output
        assert f"the identity provider cannot be used: {named}" in said


def test_production_refuses_half_a_provider():
    with pytest.raises(Unsafe) as refused:
        Settings.from_env({"PORTAL_ENV": "production", "SAML_IDP_METADATA": "idp.xml", "SAML_CONTEXTS": "urn:x=4"})
    for name in ("SAML_KEY", "SAML_CERTIFICATE", "SAML_CIVIL_NUMBER_ATTRIBUTE", "SAML_CONTEXTS"):
        assert f"{name}:" in str(refused.value)


def test_without_a_provider_nothing_of_it_is_offered(settings: Settings):
    plain = create_app(replace(settings, saml_idp_metadata=""))
    plain.test_client_class = Client
    client = plain.test_client()
    client.set_cookie("language", "en")
    assert "identity provider" not in client.visit("/account/sign-in").text  # type: ignore[attr-defined]
    for path in ("metadata", "logout", "arrival/x"):
        assert client.get(f"/identity/provider/{path}").status_code == 404
    assert client.post("/identity/provider/acs").status_code == 404
