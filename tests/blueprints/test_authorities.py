"""The page of an authority: its services sorted for people, its door, what was asked for already."""

from flask import Flask

from blueprints.municipality import authority
from blueprints.municipality.groups import GROUPS
from engine.service import OTHER, Authority, Group
from engine.wording import _
from tests.support.client import Client


def test_services_stand_in_their_groups_and_the_rest_under_other(client: Client) -> None:
    page = client.visit("/authorities/municipality")
    headings = [heading.text_content() for heading in page.html.xpath("//main//h2")]
    named = [str(group.title) for group in GROUPS]
    assert headings[headings.index(named[0]) :][: len(named) + 1] == [*named, str(OTHER)]
    assert page.html.xpath("//a[@href='/services/municipality.general-request']")
    assert client.visit("/authorities/harbour", status=404).status == 404


def test_a_group_without_services_is_not_shown_and_none_is_lost() -> None:
    grouped = authority.grouped()
    assert sorted(service.code for _title, services in grouped for service in services) == sorted(
        service.code for service in authority.services
    )
    assert all(services for _title, services in grouped)
    only = authority.grouped(lambda code: code == "municipality.issue-licence")
    assert [(str(title), [service.code for service in services]) for title, services in only] == [
        ("Licences", ["municipality.issue-licence"])
    ]
    plain = Authority(code="x", title=_("Home"), summary=_("Home"), services=authority.services[:2])
    assert plain.grouped() == [(None, list(authority.services[:2]))]
    first = Authority(
        code="x",
        title=_("Home"),
        summary=_("Home"),
        services=authority.services[:2],
        groups=(Group(_("Home"), (authority.services[0].code.partition(".")[2],)),),
    )
    assert [title for title, _services in first.grouped()] == [_("Home"), OTHER]


def test_a_service_is_in_one_group_at_most() -> None:
    named = [name for group in GROUPS for name in group.services]
    assert len(named) == len(set(named))


def test_its_services_are_searched_by_the_words_people_use(client: Client) -> None:
    found = client.visit("/authorities/municipality?q=فتح محل")
    assert found.html.xpath("//a[@href='/services/municipality.issue-licence']")
    assert not found.html.xpath("//a[@href='/services/municipality.general-request']")
    assert "No service has these words" in client.visit("/authorities/chamber?q=ورشة").text


def test_its_door_offers_the_kinds_of_account_and_the_form_remembers_which(client: Client, portal: Flask) -> None:
    page = client.visit("/authorities/municipality")
    (door,) = page.html.xpath("//a[text()='Building contractor']/@href")
    assert client.visit(door).values["kind"] == "contractor"
