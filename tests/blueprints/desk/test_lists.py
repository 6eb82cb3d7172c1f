"""Several at once, and lists that are narrowed and kept: as a browser without scripts does it."""

import pytest
from flask import Flask

from models import Application, SavedFilter
from tests.blueprints.desk.test_desk import browser_of, citizen, clerk, file
from tests.support.client import Client, Page

__all__ = ["citizen", "clerk"]

pytestmark = pytest.mark.usefixtures("demo")


def choose(page: Page, chosen: list[str], **typed: str) -> Page:
    """As a browser sends boxes that stand outside their form."""
    form = page.html.get_element_by_id("bulk")
    data = dict(form.form_values()) | typed | {"chosen": chosen}
    return Page(
        page.client, page.client.post(form.get("action"), data=data, headers={"Referer": f"http://localhost{page.address}"})
    )


def test_the_chosen_are_dealt_with_and_a_summary_says_what_was_not(portal: Flask, citizen: Client, clerk: Client) -> None:
    first, second = file(citizen), file(citizen)
    browser_of(portal, clerk=True, first_name="Hamad").visit(f"/desk/{first}").submit(f"/desk/{first}/hold")
    page = clerk.visit("/desk?show=in-review")
    assert page.html.xpath("//input[@name='chosen']/@value") == [first, second]
    done = choose(page, [first, second], action="refuse", reason="Not ours.")
    assert done.status == 200 and "Done: 1" in done.text and "Not done: 1" in done.text and "Hamad" in done.text
    links = done.html.xpath("//main//li/a/@href")
    assert links == [f"/desk/{first}", f"/desk/{second}"]
    assert done.html.xpath("//main//a[text()[contains(., 'Back')] or span[contains(., 'Back')]]/@href") == [
        "/desk?show=in-review"
    ]
    assert {row.reference: row.state for row in Application.select()} == {first: "in-review", second: "refused"}


def test_what_was_chosen_and_typed_is_still_there_after_a_mistake(citizen: Client, clerk: Client) -> None:
    first, second = file(citizen), file(citizen)
    page = clerk.visit("/desk?show=waiting&since=2020-01-01")
    again = choose(page, [second], action="refuse", reason=" ")
    assert again.status == 422 and again.errors.keys() == {"reason"}
    assert again.html.xpath("//input[@name='chosen'][@checked]/@value") == [second]
    assert again.values["action"] == "refuse"
    assert again.html.xpath("//input[@name='since']/@value") == ["2020-01-01"]
    assert choose(clerk.visit("/desk"), [], action="take").status == 422
    assert choose(clerk.visit("/desk"), [first], action="nonsense").status == 422
    assert choose(again, [second], action="refuse", reason="Not ours.").status == 200


def test_a_list_is_narrowed_by_its_address_and_kept_under_a_name(citizen: Client, clerk: Client) -> None:
    reference = file(citizen)
    desk, service = "municipality.administration", "municipality.general-request"
    for query, there in (
        (f"show=waiting&service={service}", True),
        ("show=waiting&until=2020-01-01", False),
        ("show=waiting&since=٢٠٢٠-٠١-٠١", True),
        ("show=waiting&since=yesterday&service=nothing&holder=x", True),
        ("show=in-review&holder=999999", False),
    ):
        assert (reference in clerk.visit(f"/desk?desk={desk}&{query}").text) == there, query
    narrow = clerk.visit(f"/desk?desk={desk}&show=waiting&service={service}")
    assert narrow.submit("keep", name=" ").status == 422
    kept = narrow.submit("keep", name="Requests")
    assert kept.address == f"/desk?desk={desk}&show=waiting&service={service}"
    link = clerk.visit("/desk").html.xpath("//nav/a[text()='Requests']/@href")[0]
    assert reference in clerk.visit(link).text
    removal = kept.html.xpath("//form[contains(@action, '/removal')]/@action")[0]
    clerk.visit("/desk").submit(removal)
    assert not SavedFilter.select().exists()


def test_the_next_page_stays_narrowed(citizen: Client, clerk: Client, monkeypatch) -> None:
    from operations import desk

    monkeypatch.setattr(desk, "PAGE", 1)
    references = [file(citizen) for _ in range(2)]
    first = clerk.visit("/desk?show=waiting&since=2020-01-01")
    onwards = first.html.xpath("//a[@rel='next']/@href")[0]
    assert "since=2020-01-01" in onwards
    assert references[1] in clerk.visit(onwards).text


def test_strangers_and_other_desks_are_refused(portal: Flask, citizen: Client) -> None:
    file(citizen)
    portal.config["WTF_CSRF_ENABLED"] = False
    elsewhere = browser_of(portal, clerk="chamber")
    for address in ("/desk", "/desk/filters"):
        assert citizen.post(address, data={"action": "take"}).status_code == 403
        assert elsewhere.post(address, data={"desk": "municipality.administration"}).status_code == 404
    assert citizen.post("/desk/filters/1/removal").status_code == 403
    assert elsewhere.post("/desk/filters/1/removal").status_code == 404
