"""Complaints in the browser: filed without an account, followed with the key, supported, seen by everybody, published by a clerk."""

import io

import pytest
from flask import Flask

from engine.numbering import reference
from models import Account, Application, Guest, PublicEntry, Role, Support
from operations import casework, sessions
from operations.casework import Outcome
from operations.public_list import entry_of
from tests.support.builders import a_person, a_solution
from tests.support.client import Client, Page
from tests.support.complaints import CODE, a_clerk_of, a_complaint, a_guest, a_photo

ROADS = "municipality.roads"
UNKNOWN = reference("municipality", 2026, 99)


def another(portal: Flask, account: Account | None = None) -> Client:
    """Another browser, signed in to that account."""
    client = portal.test_client()
    client.set_cookie("language", "en")
    if account:
        with client.session_transaction() as cookie:
            cookie["_user_id"] = sessions.begin(account, browser="Firefox", address="192.0.2.1")
    return client  # type: ignore[return-value]


def a_clerk(portal: Flask, desk: str = ROADS, duty: str = "clerk") -> Client:
    account = a_person()
    Role.create(account=account, name=duty, authority=desk)
    return another(portal, account)


def begun(client: Client, **given: str) -> Page:
    form = client.visit(f"/services/{CODE}/without-account")
    return form.submit("guest", altcha=a_solution("guest"), **given)


def filed(client: Client, **given: str) -> str:
    page = begun(client, **given)
    page = page.submit("step", category="roads")
    page = page.submit("step", place="24.36, 56.74")
    page = page.submit("step", story="The <b>lamp</b> is dark.", photos=(io.BytesIO(a_photo()), "lamp.jpg"))
    page = page.submit("/applications/" + page.path.split("/")[2] + "/submission")
    assert page.path.startswith("/applications/MUNICIPALITY-"), page.text
    return page.path.rpartition("/")[2]


def key_on(page: Page) -> str:
    return str(page.html.xpath("string(//dl[@class='key__two']/div[2]/dd)")).strip()


def test_from_the_service_page_to_the_answer_without_an_account(portal: Flask, client: Client):
    service = client.visit(f"/services/{CODE}")
    assert service.html.xpath(f"//a[@href='/services/{CODE}/without-account']") and "it is free" in service.text
    reference = filed(client)
    overview = client.visit(f"/applications/{reference}")
    key = key_on(overview)
    assert "you find the answer on this page" in overview.text
    casework.decide(a_clerk_of(ROADS), reference, Outcome.APPROVE, reason="Mended <i>today</i>.")
    assert "Mended <i>today</i>." in client.visit(f"/applications/{reference}").text
    # from another device, by the link and by hand
    for device, way in ((another(portal), f"/follow/{reference}/{key}"), (another(portal), "/follow")):
        page = device.visit(way)
        if way == "/follow":
            page = page.submit("follow", reference=reference.lower(), key=f" {key.lower()} ")
        assert (page.path, "Mended" in page.text) == (f"/applications/{reference}", True)
    again = client.visit(f"/applications/{reference}/reopening").submit("reopening", reason="Dark again.")
    assert "With the authority" in again.text and "Dark again." in again.text
    casework.decide(a_clerk_of(ROADS), reference, Outcome.REFUSE, reason="Not ours.")
    rated = client.visit(f"/applications/{reference}/satisfaction").submit("satisfaction", points="4", words="Polite.")
    assert "Thank you" in rated.text and "Say how satisfied" not in rated.text
    assert client.get(f"/applications/{reference}/satisfaction").status_code == 404


def test_a_strangers_browser_gets_nowhere(portal: Flask, client: Client):
    reference = filed(client)
    paths = [
        f"/applications/{reference}{more}"
        for more in ("", "/check", "/steps/what", "/files/photos", "/reopening", "/satisfaction")
    ]
    stranger, other, person = another(portal), another(portal), another(portal, a_person())
    begun(other)
    for path in paths:
        assert stranger.get(path).status_code == 303
        assert other.get(path).status_code == person.get(path).status_code == 404
    assert client.get(paths[3]).data == a_photo()


def test_a_wrong_key_says_as_much_as_an_unknown_number(portal: Flask, client: Client):
    reference = filed(client)
    texts = []
    for number in (reference, UNKNOWN):
        device = another(portal)
        page = device.visit("/follow").submit("follow", reference=number, key="7K2M-9QXA-04TD")
        texts.append((page.status, page.text.replace(number, "")))
        assert device.get(f"/follow/{number}/7K2M-9QXA-04TD").status_code == 404
        assert device.get(f"/applications/{number}").status_code == 303
    assert texts[0] == texts[1] and texts[0][0] == 422


def test_a_second_complaint_of_the_same_browser_is_somebody_elses(client: Client):
    first = filed(client)
    second = filed(client)
    assert first != second and Guest.select().count() == 2
    assert client.get(f"/applications/{first}").status_code == 404
    assert client.get(f"/applications/{second}").status_code == 200


def test_a_draft_is_gone_on_with_and_a_shared_device_forgets_it(client: Client):
    step = begun(client)
    reference = step.path.split("/")[2]
    assert client.visit(f"/services/{CODE}/without-account").path == step.path
    assert reference in client.visit(f"/services/{CODE}").html.xpath("string(//main//a[contains(@href, 'continue')]/@href)")
    client.visit("/follow").client.post("/follow/end", data={"csrf_token": token(client)})
    assert client.get(f"/applications/{reference}").status_code == 303


def token(client: Client) -> str:
    return client.visit("/follow").values["csrf_token"]


def test_without_the_captcha_nobody_begins_and_it_serves_once(client: Client):
    form = client.visit(f"/services/{CODE}/without-account")
    assert form.submit("guest", noscript=None).status == 422
    solution = a_solution("guest")
    assert form.submit("guest", altcha=a_solution("support")).status == 422
    assert form.submit("guest", altcha=solution).path.endswith("/steps/what")
    assert Guest.select().count() == 1


def test_without_scripts_a_few_are_let_in_an_hour(client: Client):
    statuses = [
        client.visit("/follow").client.post(
            f"/services/{CODE}/without-account", data={"csrf_token": token(client), "noscript": "1", "email": "wrong"}
        ).status_code
        for _each in range(8)
    ]  # fmt: skip
    assert set(statuses[:7]) == {422} and statuses[7] == 429


def test_other_services_want_an_account(client: Client):
    assert client.get("/services/municipality.general-request/without-account").status_code == 404
    assert "without-account" not in client.get("/services/municipality.general-request").text


def test_with_an_account_it_is_in_the_dashboard(portal: Flask):
    person = another(portal, a_person())
    page = person.visit(f"/services/{CODE}").submit("/applications")
    page = page.submit("step", category="food").submit("step", address="The market").submit("step", story="Old fish.")
    page = page.submit("/applications/" + page.path.split("/")[2] + "/submission")
    assert "Keep these two" not in page.text
    assert page.path in person.get("/dashboard").text


# --- Near ------------------------------------------------------------------------------------------------------------------------


def test_who_is_about_to_write_the_same_is_offered_to_support_it_and_need_not_write(portal: Flask, client: Client):
    _actor, reference = a_complaint()
    step = begun(client).submit("step", category="roads").submit("step", place="24.3601, 56.74")
    assert "Is it one of these?" in step.text and "about 10 metres away" in step.text and "1 person reported this" in step.text
    draft = step.path.split("/")[2]
    thanks = step.submit(f"/complaints/{reference}/support")
    assert thanks.path == f"/complaints/{reference}" and "2 people" in thanks.text
    assert Application.get(Application.reference == draft).state == "withdrawn"
    assert Support.get().account_id is None


def test_a_draft_of_somebody_else_opens_no_door(portal: Flask, client: Client):
    _actor, reference = a_complaint()
    step = begun(client)
    stranger = another(portal)
    page = stranger.post(
        f"/complaints/{reference}/support", data={"csrf_token": token(stranger), "draft": step.path.split("/")[2]}
    )
    assert page.status_code == 404 and entry_of(reference).supporters == 0


def test_me_too_from_the_public_page_needs_a_person_and_counts_a_browser_once(portal: Flask, client: Client):
    _actor, reference = a_complaint()
    page = client.visit(f"/complaints/{reference}")
    assert page.submit(f"/complaints/{reference}/support", noscript=None).status == 422
    for said in ("it counts. You see", "it counts once"):
        assert said in page.submit(f"/complaints/{reference}/support", altcha=a_solution("support")).text
    person = another(portal, a_person()).visit(f"/complaints/{reference}")
    assert "We tell you" in person.text
    person.submit(f"/complaints/{reference}/support")
    assert entry_of(reference).supporters == 2


# --- What everybody sees ---------------------------------------------------------------------------------------------------------


def test_the_list_has_nothing_personal_and_the_map_the_same_points(client: Client):
    _guest, reference = a_complaint(
        a_guest(name="Umm Said", email="umm@example.om", phone="92345678"), story="Said broke it", photo=a_photo()
    )
    for path in ("/complaints", f"/complaints/{reference}"):
        text = client.get(path).text
        assert reference in text and "24.36" in text
        assert not [secret for secret in ("Said", "umm@", "92345678", "lamp.jpg", "broke") if secret in text], path
    assert client.get(f"/complaints/{reference}/pictures/0").status_code == 404


def test_the_list_is_narrowed_and_a_number_leads_to_its_page(client: Client):
    _actor, roads = a_complaint()
    _actor, food = a_complaint(category="food")
    casework.decide(a_clerk_of("municipality.health"), food, Outcome.APPROVE, reason="Closed the kitchen.")
    assert listed(client, "?kind=food") == listed(client, "?state=closed") == [food]
    assert listed(client, "?state=open&kind=roads") == [roads]
    assert listed(client, "?kind=x&state=y&after=z") == [food, roads]
    assert listed(client, "?kind=roads&state=closed") == []
    assert client.visit(f"/complaints?number={roads.lower().replace('-', ' ')}").path == f"/complaints/{roads}"
    wrong = client.visit("/complaints?number=12", status=422)
    assert "An application number looks like" in wrong.errors["number"]


def listed(client: Client, query: str) -> list[str]:
    hrefs = client.visit(f"/complaints{query}").html.xpath("//main//li[@class='reports__one']//a/@href")
    return [href.rpartition("/")[2] for href in hrefs]


@pytest.mark.parametrize(
    "after", ["2026-01-01,1", "9999-12-31T23:59:59+00:00,99999999999", "0001-01-01T00:00:00+14:00,1", "x,1", ","]
)
def test_a_page_that_cannot_be_read_begins_somewhere(client: Client, after: str):
    assert client.get("/complaints", query_string={"after": after}).status_code == 200


def test_what_was_refused_or_withdrawn_cannot_be_supported(client: Client):
    _actor, reference = a_complaint()
    casework.decide(a_clerk_of(ROADS), reference, Outcome.REFUSE, reason="No.")
    page = client.visit(f"/complaints/{reference}")
    assert "Not taken up" in page.text and "Me too" not in page.text


# --- Publishing ------------------------------------------------------------------------------------------------------------------


def test_a_clerk_chooses_what_is_public(portal: Flask, client: Client):
    _actor, reference = a_complaint(photo=a_photo())
    clerk = a_clerk(portal)
    page = clerk.visit(f"/desk/{reference}")
    assert "1 person reported this" in page.text
    form = clerk.visit(f"/desk/{reference}/publication")
    assert "The lamp is dark." in form.text and not form.values["story"].strip()
    form.submit("publication", story="A <b>lamp</b> is dark.", picture="0")
    public = client.visit(f"/complaints/{reference}")
    assert "A <b>lamp</b> is dark." in public.text
    picture = client.get(f"/complaints/{reference}/pictures/0")
    assert (picture.mimetype, picture.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "Words or pictures of it are public." in clerk.visit(f"/desk/{reference}").text


def test_only_clerks_of_its_desk_come_to_that_page(portal: Flask, client: Client):
    _actor, reference = a_complaint()
    path = f"/desk/{reference}/publication"
    assert client.get(path).status_code == 303
    assert another(portal, a_person()).get(path).status_code == 403
    assert a_clerk(portal, duty="auditor").get(path).status_code == 403
    assert a_clerk(portal, "municipality.health").get(path).status_code == 404
    assert a_clerk(portal).get(path).status_code == 200
    assert a_clerk(portal).get(f"/desk/{UNKNOWN}/publication").status_code == 404
    assert PublicEntry.get().published_at is None


def test_clerk_and_supervisor_read_what_was_thought_of_the_answer(portal: Flask, client: Client):
    reference = filed(client)
    casework.decide(a_clerk_of(ROADS), reference, Outcome.APPROVE, reason="Mended.")
    client.visit(f"/applications/{reference}/satisfaction").submit("satisfaction", points="2", words="It took long.")
    assert "It took long." in a_clerk(portal).visit(f"/desk/{reference}").text
    supervisor = a_clerk(portal, duty="supervisor")
    assert "It took long." in supervisor.visit(f"/supervision/{reference}").text
    figures = supervisor.visit(f"/supervision/figures?desk={ROADS}")
    assert "How satisfied applicants are" in figures.text and "2.0" in figures.text
