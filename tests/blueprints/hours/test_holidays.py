"""The page of holidays, as a browser without scripts walks it; and the command."""

import pytest
from flask import Flask

from models import Role, SpecialDays
from operations import office_hours, sessions
from tests.support.builders import a_person
from tests.support.client import Client


def browser_of(portal: Flask, duty: str, where: str = "", language: str = "en") -> Client:
    account = a_person()
    if duty:
        Role.create(account=account, name=duty, authority=where)
    client = portal.test_client()
    client.set_cookie("language", language)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sessions.begin(account, browser="Firefox", address="192.0.2.1")
    return client  # type: ignore[return-value]


@pytest.fixture
def admin(portal: Flask) -> Client:
    return browser_of(portal, "administrator")


NAMED = {"name_ar": "عطلة", "name_en": "A holiday"}


def test_days_are_added_corrected_and_removed(admin: Client) -> None:
    empty = admin.visit("/administration/holidays?year=2027")
    assert "Nothing is known of this year yet" in empty.text
    added = empty.submit("days", **NAMED, first="٢٠٢٧-٠٤-٠٤", last="2027-04-05", kind="closed")
    assert "Added." in added.text and "4 April 2027 – 5 April 2027" in added.text and "not confirmed" not in added.text
    row = SpecialDays.get()
    page = admin.visit(f"/administration/holidays/{row.id}")
    assert page.values["first"] == "2027-04-04" and page.values["kind"] == "closed"
    changed = page.submit("days", kind="open", opens="09:00", closes="١٢:٣٠")
    assert "09:00–12:30" in changed.text
    removed = changed.submit(f"/administration/holidays/{row.id}/removal")
    assert "Removed." in removed.text and "A holiday" not in removed.text
    admin.visit(f"/administration/holidays/{row.id}", status=404)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"first": "soon", "last": "2027-04-05"}, "first"),
        ({"first": "2027-04-05", "last": "2027-04-04"}, "last"),
        ({"kind": "closed", "opens": "9", "first": "", "last": "2027-04-04"}, "first"),
        ({"first": "2027-04-04", "last": "2027-04-04", "kind": "open"}, "opens closes"),
        ({"first": "2027-04-04", "last": "2027-04-04", "kind": "open", "opens": "25:00", "closes": "12:00"}, "opens"),
        ({"first": "2027-04-04", "last": "2027-04-04", "kind": "open", "opens": "13:00", "closes": "12:00"}, "closes"),
        ({"first": "2027-04-04", "last": "2027-04-04", "name_ar": " "}, "name_ar"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(admin: Client, typed: dict[str, str], wrong: str) -> None:
    answer = admin.visit("/administration/holidays").submit("days", **(NAMED | {"kind": "closed"} | typed))
    assert answer.status == 422 and list(answer.errors) == wrong.split()
    assert not SpecialDays.select().exists()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_filled_year_says_what_is_not_confirmed(portal: Flask, language: str) -> None:
    runner = portal.test_cli_runner()
    assert runner.invoke(args=["holidays", "fill", "2027", "2028"]).output.startswith("2027: 9 added, 0 already there\n2028: ")
    assert runner.invoke(args=["holidays", "fill", "1812"]).exit_code == 1
    page = browser_of(portal, "administrator", language=language).visit("/administration/holidays?year=2027")
    assert len(page.html.xpath("//main//tbody/tr")) == 9 == page.text.count({"ar": "غير مؤكد", "en": "not confirmed"}[language])
    assert {"ar": "٠٩:٠٠–١٤:٠٠", "en": "09:00–14:00"}[language] in page.text


@pytest.mark.parametrize("duty", ["", "clerk", "supervisor", "cashier", "auditor"])
def test_nobody_but_administrators_may(portal: Flask, demo: None, duty: str) -> None:
    portal.config["WTF_CSRF_ENABLED"] = False
    office_hours.fill(2027)
    client = browser_of(portal, duty)
    for path in ("/administration/holidays", f"/administration/holidays/{SpecialDays.get().id}", "/administration/holidays/999"):
        for method in ("GET", "POST"):
            assert client.open(path, method=method).status_code == 403, f"{method} {path}"
        assert client.post(f"{path}/removal").status_code in (403, 404, 405)
    assert client.post(f"/administration/holidays/{SpecialDays.get().id}/removal").status_code == 403
    assert SpecialDays.select().where(SpecialDays.removed_at.is_null()).count() == 9


def test_what_does_not_exist_is_not_found(portal: Flask, admin: Client) -> None:
    portal.config["WTF_CSRF_ENABLED"] = False
    assert admin.post("/administration/holidays/9/removal").status_code == 404
