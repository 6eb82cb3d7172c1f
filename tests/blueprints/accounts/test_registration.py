"""Registering, from the form to the dashboard, and what can go wrong on the way."""

import datetime as dt
import re

import pytest

from models import Account, OneTimeCode
from operations.now import now
from operations.outside import outside
from operations.registering import TERMS
from tests.support.builders import PASSWORD, a_person, a_solution
from tests.support.client import Client, Page
from tests.support.postbox import delivered, last_code, last_link

FORM = "/account/registration"
TYPED = {
    "first_name": "Shmoouqa",
    "middle_name": "mohamed",
    "family_name": "AL-hashmi",
    "arabic_name": "شموخة محمد الهاشمي",
    "email": "iamsa@bawaba.example",
    "phone": "٩٩٤١٦٦٨٩",
    "registration": "1 / 52285 / 0",
    "identity_number": "٧٣٢٤٦٧٤",
    "password": PASSWORD,
    "confirmation": PASSWORD,
    "terms": "y",
}


def registering(client: Client, path: str = FORM, **typed: str) -> Page:
    """The form sent with a solved CAPTCHA."""
    return client.visit(path).submit(**{"altcha": a_solution("registration"), "noscript": None, **TYPED, **typed})


def test_a_person_registers_and_lands_signed_in_on_the_dashboard(client: Client) -> None:
    email = registering(client)
    assert (email.path, email.heading) == ("/account/registration/email", "Confirm your e-mail")
    phone = email.submit(code=last_code())
    assert (phone.path, phone.heading) == ("/account/registration/phone", "Confirm your mobile number")
    arrived = phone.submit(code=last_code("sms"))
    assert (arrived.status, arrived.path) == (200, "/dashboard")
    assert "Your account is open" in arrived.text
    account = Account.get()
    assert (account.name, account.registration, account.identity_number, account.locale) == (
        "Shmoouqa mohamed AL-hashmi",
        "1/52285/0",
        "7324674",
        "en",
    )


def test_a_person_goes_on_to_where_they_were_going(client: Client) -> None:
    email = registering(client, f"{FORM}?next=/services/chamber.renew-membership")
    arrived = email.submit(code=last_code()).submit(code=last_code("sms"), follow=False)
    assert arrived.response.headers["Location"] == "/services/chamber.renew-membership"


def test_the_link_of_the_mail_asks_before_it_does_anything(client: Client) -> None:
    registering(client)
    link = last_link()
    for _scanner in range(3):
        page = client.visit(link)
    assert "Shmoouqa" in page.text and not OneTimeCode.get().used_at
    assert page.submit().path == "/account/registration/phone"
    assert client.visit(link, status=404).heading == "This link no longer counts"


def test_the_link_may_be_opened_in_another_browser(client: Client, portal) -> None:  # type: ignore[no-untyped-def]
    registering(client)
    elsewhere = portal.test_client()
    phone = elsewhere.visit(last_link()).submit()
    assert phone.submit(code=last_code("sms")).path == "/dashboard"
    assert client.get("/account").status_code == 303


def test_what_is_wrong_is_said_beside_each_field_and_nothing_typed_is_lost(client: Client) -> None:
    page = registering(
        client,
        first_name="",
        family_name="الهاشمي",
        email="nobody",
        phone="+447911123456",
        identity_number="1234567890",
        registration="abc",
        confirmation="x",
    )
    assert page.status == 422
    assert set(page.errors) == {"first_name", "family_name", "email", "phone", "identity_number", "registration", "confirmation"}
    assert "inside Oman only" in page.errors["phone"]
    assert (page.values["middle_name"], page.values["arabic_name"]) == ("mohamed", "شموخة محمد الهاشمي")
    assert (page.values["password"], page.values["confirmation"]) == ("", "")
    summary = page.html.xpath("//*[@role='alert']//a/@href")
    assert {f"#{id_}" for id_ in page.errors} == set(summary)


@pytest.mark.parametrize("typed", ["1229237", "1/52285/0", "١٢٢٩٢٣٧", ""])
def test_a_commercial_registration_is_read_forgivingly(client: Client, typed: str) -> None:
    assert registering(client, registration=typed).path == "/account/registration/email"


def test_a_passport_has_letters(client: Client) -> None:
    assert (
        registering(client, identity_type="passport", identity_number="a1234567", country="IN").path
        == "/account/registration/email"
    )
    assert Account.get().identity_number == "A1234567"


@pytest.mark.parametrize("name", ["Win at www.evil.example", "Call 99416689", "x<b>y", "evil.com"])
def test_a_name_carries_no_message_into_a_strangers_mail(client: Client, name: str) -> None:
    assert "first_name" in registering(client, first_name=name).errors


def test_a_guessable_password_is_refused_beside_its_field(client: Client) -> None:
    page = registering(client, password="Shmoouqa1", confirmation="Shmoouqa1")
    assert page.status == 422 and "your own" in page.errors["password"]


def test_switching_the_language_keeps_what_was_typed(client: Client) -> None:
    page = client.visit(FORM).submit(**TYPED, language="ar", noscript=None)
    assert page.status == 200 and page.html.get("lang") == "ar" and not page.errors
    assert page.values["family_name"] == "AL-hashmi"
    assert client.visit(FORM).html.get("lang") == "ar"


def test_a_taken_address_gets_the_very_same_answer(client: Client, portal) -> None:  # type: ignore[no-untyped-def]
    a_person(email="taken@bawaba.example")
    pages = []
    for email, phone in (("taken@bawaba.example", "92000001"), ("tidal@bawaba.example", "92000002")):
        visitor = portal.test_client()
        answer = registering(visitor, email=email, phone=phone)
        wrong = answer.submit(code="000000")
        pages.append([(page.status, page.path, _without_tokens(page)) for page in (answer, wrong)])
    assert pages[0] == pages[1]


def _without_tokens(page: Page) -> str:
    return re.sub(r'value="[^"]{20,}"', "", page.response.text).replace("1:00", "0:59").replace('"60"', '"59"')


def test_without_a_solved_captcha_nothing_is_registered(client: Client) -> None:
    page = registering(client, altcha="")
    assert page.status == 422 and "not a robot" in page.text
    assert registering(client, altcha="rubbish").status == 422
    assert not Account.select().exists()


def test_a_solved_captcha_serves_once(client: Client) -> None:
    solution = a_solution("registration")
    assert registering(client, altcha=solution).path == "/account/registration/email"
    assert registering(client, altcha=solution, email="b@bawaba.example").status == 422


def test_without_scripts_the_mailed_code_stands_in_and_limits_are_tighter(client: Client) -> None:
    sent = [registering(client, altcha="", noscript="1", email=f"p{number}@bawaba.example").status for number in range(7)]
    assert sent == [200] * 6 + [429]


def test_another_code_may_not_be_asked_for_at_once(client: Client) -> None:
    page = registering(client).submit("resend")
    assert "Seconds left" in page.text and page.path == "/account/registration/email"
    assert OneTimeCode.get().counter == 0


def test_another_code_replaces_the_first(client: Client) -> None:
    page = registering(client)
    first = last_code()
    row = OneTimeCode.get()
    OneTimeCode.update(sent_at=row.sent_at.replace(year=row.sent_at.year - 1)).execute()
    page = page.submit("resend")
    assert "on its way" in page.text
    assert page.submit(code=first).status == 422
    assert page.submit(code=last_code()).path == "/account/registration/phone"


def test_a_lost_flow_says_so_and_begins_again(client: Client) -> None:
    page = client.visit("/account/registration/phone")
    assert (page.path, "begin again" in page.text) == (FORM, True)


def test_when_the_budget_for_sms_is_spent_the_mails_code_still_counts(client: Client) -> None:
    page = registering(client)
    outside.sms_hourly_budget = 0
    refused = page.submit(code=last_code())
    assert refused.status == 422 and "cannot send SMS" in refused.text
    outside.sms_hourly_budget = 500
    assert refused.submit(code=last_code()).path == "/account/registration/phone"


def test_the_mail_speaks_the_language_of_the_page(client: Client) -> None:
    client.set_cookie("language", "ar")
    registering(client)
    assert 'dir="rtl"' in delivered()[0]["html"]


# --- The door: kinds and terms ---------------------------------------------------------------------------------------------------


def test_the_kind_and_the_terms_with_version_and_moment_are_kept(client: Client) -> None:
    registering(client, kind="contractor")
    account = Account.get()
    assert (account.kind, account.terms_version) == ("contractor", TERMS)
    assert abs(account.terms_at - now()) < dt.timedelta(minutes=1)


def test_nobody_registers_without_agreeing_and_nothing_typed_is_lost(client: Client) -> None:
    page = registering(client, terms=None, kind="resident")  # type: ignore[arg-type]
    assert (page.status, set(page.errors), Account.select().count()) == (422, {"terms"}, 0)
    assert (page.values["first_name"], page.values["kind"]) == ("Shmoouqa", "resident")
    assert f"Version {TERMS}" in page.text, "the terms are read on the very page"


@pytest.mark.parametrize("kind", ["consulting-office", "contractor", "institution"])
def test_a_business_names_its_commercial_registration(client: Client, kind: str) -> None:
    assert set(registering(client, kind=kind, registration="").errors) == {"registration"}


@pytest.mark.parametrize("kind", ["citizen", "resident"])
def test_anybody_else_may_leave_it_out(client: Client, kind: str) -> None:
    assert registering(client, kind=kind, registration="").status == 200
    assert Account.get().kind == kind


def test_an_unknown_kind_is_refused(client: Client) -> None:
    assert set(registering(client, kind="minister").errors) == {"kind"}


def test_the_kind_is_shown_and_changed_on_the_page_of_the_account(client: Client) -> None:
    registering(client).submit(code=last_code()).submit(code=last_code("sms"))
    page = client.visit("/account")
    assert "Omani citizen" in page.text and f"Version {TERMS}" in page.text
    form = client.visit("/account/kind")
    assert form.values["kind"] == "citizen"
    assert set(form.submit("account-kind", kind="institution", registration="").errors) == {"registration"}
    page = form.submit("account-kind", kind="institution", registration="1229237")
    assert page.path == "/account" and "Institution" in page.text
    assert (Account.get().kind, Account.get().registration) == ("institution", "1229237")
    assert "You changed the kind of the account" in client.visit("/account/events").text
