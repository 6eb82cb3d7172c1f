"""The desk's pages, as a browser without scripts walks them."""

import io

import pytest
from flask import Flask

from models import Application, Bill, Note, Role
from operations import applications, desk, documents, sessions
from tests.support.builders import a_person
from tests.support.client import Client

SERVICE = "municipality.general-request"


pytestmark = pytest.mark.usefixtures("demo")


def browser_of(portal: Flask, *, clerk: bool | str, language: str = "en", **person: str) -> Client:
    account = a_person(**person)
    if clerk:
        Role.create(account=account, name="clerk", authority=clerk if isinstance(clerk, str) else "municipality.administration")
    client = portal.test_client()
    client.set_cookie("language", language)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sessions.begin(account, browser="Firefox", address="192.0.2.1")
    return client  # type: ignore[return-value]


def file(citizen: Client, subject: str = "A tree <b>leans</b>") -> str:
    citizen.visit(f"/services/{SERVICE}").submit()
    reference = str(Application.select().order_by(Application.id.desc()).get().reference)
    citizen.visit(f"/applications/{reference}/steps/request").submit(subject=subject, text="It leans over the road.")
    paper = (io.BytesIO(b"%PDF-1.7\n"), "plan.pdf")
    citizen.visit(f"/applications/{reference}/steps/papers").submit(paper=paper)
    citizen.visit(f"/applications/{reference}/check").submit()
    return reference


@pytest.fixture
def citizen(portal: Flask) -> Client:
    return browser_of(portal, clerk=False)


@pytest.fixture
def clerk(portal: Flask) -> Client:
    return browser_of(portal, clerk=True, first_name="Maryam", arabic_name="مريم الشيدي")


def test_a_request_goes_from_the_applicant_to_the_letter(citizen: Client, clerk: Client) -> None:
    reference = file(citizen)
    opened = clerk.visit("/desk").submit("/desk/next")
    assert opened.path == f"/desk/{reference}"
    assert "A tree <b>leans</b>" in opened.text and "plan.pdf" in opened.text
    asked = clerk.visit(f"/desk/{reference}/decision/return").submit("decision", **{"remark-subject": "Which tree?"})
    assert "Returned." in asked.text
    step = citizen.visit(f"/applications/{reference}/continue")
    assert step.path == f"/applications/{reference}/steps/request"
    assert "Which tree?" in step.text and "Stays as it is It leans" in step.text.replace("Your request ", "")
    assert [name for name in ("subject", "text") if step.html.xpath("//main//*[@name=$name]", name=name)] == ["subject"]
    check = step.submit("step", subject="The old fig")
    assert check.path == f"/applications/{reference}/check"
    check.submit()
    mine = clerk.visit("/desk?show=mine")
    assert reference in mine.text
    both = clerk.visit(f"/desk/{reference}/versions/1")
    assert "The old fig" in both.text and len(both.html.xpath("//tr[@class='is-changed']")) == 1
    approving = clerk.visit(f"/desk/{reference}/decision/approve")
    assert approving.submit("decision", reason=" ").errors == {
        "reason": "Error: Write your reply: it is what the applicant receives."
    }
    done = approving.submit("decision", reason="The fig will be cut.\n\nThank you.")
    assert "Approved." in done.text and "Billed; not paid yet." in done.text
    assert Bill.get().total.baisa == 2000
    applications.paid(Application.get())
    letter = documents.of_application(Application.get())[0]
    assert letter.content["body"] == {"lines": ["The fig will be cut.", "Thank you."], "direction": "ltr"}
    assert letter.content["named"] == {"ar": "سالم الحارثي", "en": "Salim Al-Harthy"}


def test_a_step_that_was_not_asked_stays_closed_and_a_forged_post_changes_nothing(citizen: Client, clerk: Client) -> None:
    reference = file(citizen)
    clerk.visit(f"/desk/{reference}/decision/return").submit("decision", **{"remark-subject": "Which tree?"})
    assert citizen.visit(f"/applications/{reference}/steps/papers").path == f"/applications/{reference}/steps/request"
    step = citizen.visit(f"/applications/{reference}/steps/request")
    step.submit("step", subject="The old fig", text="Something else")
    assert Application.get().answers["text"] == "It leans over the road."
    links = citizen.visit(f"/applications/{reference}/check").html.xpath("//a[contains(@href, '/steps/papers')]")
    assert not links


def test_a_refusal_says_why_and_what_one_may_do(citizen: Client, clerk: Client) -> None:
    reference = file(citizen)
    refusing = clerk.visit(f"/desk/{reference}/decision/refuse")
    assert refusing.submit("decision").status == 422
    refusing.submit("decision", reason="The tree is not ours.")
    told = citizen.visit(f"/applications/{reference}").text
    assert "The tree is not ours." in told and "write to the director" in told


def test_the_second_clerk_reads_who_has_it_and_loses_nothing_typed(portal: Flask, citizen: Client, clerk: Client) -> None:
    reference = file(citizen)
    second = browser_of(portal, clerk=True)
    typed = second.visit(f"/desk/{reference}/decision/refuse")
    clerk.visit(f"/desk/{reference}").submit(f"/desk/{reference}/hold")
    told = typed.submit("decision", reason="A long reason")
    assert told.status == 422 and "Maryam Al-Harthy has taken this application" in told.text
    assert told.values["reason"].strip() == "A long reason"
    assert "Maryam Al-Harthy has taken" in second.visit(f"/desk/{reference}").text
    assert second.visit(f"/desk/{reference}").html.xpath("//form[contains(@action, '/hold')]") == []


def test_a_note_is_for_colleagues_only(citizen: Client, clerk: Client) -> None:
    reference = file(citizen)
    page = clerk.visit(f"/desk/{reference}")
    assert page.submit("note", text=" ").status == 422
    assert "Ask the engineer" in page.submit("note", text="Ask the engineer").text
    assert Note.select().count() == 1
    for address in (f"/applications/{reference}", "/dashboard"):
        assert "Ask the engineer" not in citizen.visit(address).text


def test_search_and_lists_are_addresses_one_can_keep(citizen: Client, clerk: Client) -> None:
    reference = file(citizen)
    for address in ("/desk?show=waiting", f"/desk?q={reference.lower()}", "/desk?q=الحارثى"):
        assert reference in clerk.visit(address).text, address
    assert "Nothing here is known by" in clerk.visit("/desk?q=camel").text
    assert reference not in clerk.visit("/desk?show=refused").text
    clerk.visit("/desk?show=nonsense", status=404)
    assert reference in clerk.visit("/desk?after=nonsense").text


def test_a_long_list_goes_on(citizen: Client, clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "PAGE", 1)
    references = [file(citizen) for _ in range(2)]
    first = clerk.visit("/desk")
    assert references[0] in first.text and references[1] not in first.text
    onwards = first.html.xpath("//a[@rel='next']/@href")[0]
    assert references[1] in clerk.visit(onwards).text


@pytest.mark.parametrize("language", ["ar", "en"])
def test_each_page_costs_few_statements(language: str, portal: Flask, citizen: Client) -> None:
    reference = file(citizen)
    client = browser_of(portal, clerk=True, language=language)
    for address, most in (("/desk", 8), ("/desk?q=tree", 8), (f"/desk/{reference}", 12)):
        seen: list[str] = []
        hooks = Application._meta.database.obj.query_hooks
        hooks.append(lambda event, seen=seen: seen.append(event.sql))
        client.visit(address)
        hooks.clear()
        assert len(seen) <= most, "\n".join(seen)
