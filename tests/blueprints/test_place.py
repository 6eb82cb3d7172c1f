"""The page that asks for a place and for several pictures: what it sends without scripts, what it tells the map, and to whom."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from lxml import html
from werkzeug.datastructures import MultiDict

from app import create_app
from blueprints.municipality.gazetteer import AREAS, place
from config import Settings
from engine.catalogue import catalogue
from engine.fields import PICTURES, Upload
from engine.service import Authority, Charge, Decision, Service, Step
from engine.wording import _
from models import Application, Role
from operations import applications
from tests.blueprints.documents.test_downloads import enter
from tests.operations.test_casework import a_clerk
from tests.support.client import Client
from tests.support.renewals import an_owner

SIGHT = Service(
    code="trial.sight",
    title=_("Completed"),
    summary=_("Finished"),
    takes=_("Since"),
    steps=(
        Step("look", _("Photos"), place("spot", _("Map")), Upload("photos", _("Photos"), required=False, types=PICTURES, most=2)),
    ),
    charge=Charge.NEVER,
    decision=Decision.CLERK,
)
TRIAL = Authority(code="trial", title=_("Contact"), summary=_("Home"), services=(SIGHT,))
SALLAN = {"latitude": 24.383, "longitude": 56.733}


@pytest.fixture
def step(portal: Flask, client: Client) -> Iterator[str]:
    """The address of the step, in the browser of who began it."""
    before = list(catalogue.authorities.values())
    catalogue.fill([TRIAL])
    _account, actor = an_owner()
    enter(client, actor.account)
    yield f"/applications/{applications.start(actor, 'trial.sight').reference}/steps/look"
    catalogue.fill(before)


def answers() -> dict[str, Any]:
    return dict(Application.get().answers)


def told(page: str) -> dict[str, Any]:
    return dict(json.loads(html.fromstring(page).xpath("//@data-place")[0]))


def pictures(*names: str) -> list[tuple[str, Any]]:
    return [("photos", (io.BytesIO(b"\xff\xd8\xff" + name.encode()), name)) for name in names]


def send(client: Client, step: str, *parts: tuple[str, Any]) -> Any:
    return client.post(
        step,
        data=MultiDict([("csrf_token", client.visit(step).values["csrf_token"]), *parts]),
        content_type="multipart/form-data",
    )


def test_an_area_from_the_list_is_its_point(client: Client, step: str):
    assert send(client, step, ("spot", ""), ("spot-area", "sallan")).status_code == 303
    assert answers()["spot"] == SALLAN
    assert 'value="24.383, 56.733"' in client.get(step).text


def test_an_area_that_was_chosen_takes_the_place_of_what_stood_there(client: Client, step: str):
    send(client, step, ("spot", "24.4, 56.7"))
    send(client, step, ("spot", "24.4, 56.7"), ("spot-area", "sallan"))
    assert answers()["spot"] == SALLAN


def test_coordinates_alone_are_as_good(client: Client, step: str):
    assert send(client, step, ("spot", "٢٤٫٤، ٥٦٫٧"), ("spot-area", "")).status_code == 303
    assert answers()["spot"] == {"latitude": 24.4, "longitude": 56.7}


@pytest.mark.parametrize("area", ["", "atlantis"])
def test_no_place_is_refused_beside_the_field(client: Client, step: str, area: str):
    answer = send(client, step, ("spot", area), ("spot-area", area))
    assert answer.status_code == 422
    shown = html.fromstring(answer.text).xpath("//input[@name='spot']")[0]
    assert shown.get("aria-invalid") == "true" and "spot-error" in shown.get("aria-describedby")


def test_the_map_is_told_what_to_draw_and_nothing_of_other_sites(client: Client, step: str):
    page = client.get(step)
    known = told(page.text)
    assert known["sketch"].startswith("/static/maps/sohar.json?v=") and known["tiles"] is None
    assert [area["title"] for area in known["areas"]] == [area.title["en"] for area in AREAS]
    assert "img-src 'self' data:;" in page.headers["Content-Security-Policy"]
    assert "geolocation=(self)" in page.headers["Permissions-Policy"]
    for address in (known["sketch"], known["leaflet"], known["style"]):
        assert client.get(address).status_code == 200


def test_tiles_come_only_from_where_the_settings_say(client: Client, portal: Flask, step: str, tmp_path: Path, sqlite_url: str):
    url = "https://tiles.example.om/{z}/{x}/{y}.png"
    portal.config.update(MAP_TILES=url, MAP_ATTRIBUTION="<b>Survey</b>")
    assert told(client.get(step).text)["tiles"] == {"url": url, "thanks": "<b>Survey</b>"}
    other = create_app(Settings(portal_var=str(tmp_path / "other"), database_url=sqlite_url, map_tiles=url))
    assert "img-src 'self' data: https://tiles.example.om;" in other.test_client().get("/").headers["Content-Security-Policy"]


def test_other_pages_bring_no_map(client: Client):
    for address in ("/", "/account/sign-in"):
        assert "leaflet" not in (page := client.get(address).text) and "place.js" not in page and "place.css" not in page


def test_several_pictures_at_once_each_to_be_had_again_and_taken_away(client: Client, step: str):
    assert send(client, step, ("spot-area", "sallan"), *pictures("one.jpg", "two.jpg")).status_code == 303
    page = html.fromstring(client.get(step).text)
    assert page.xpath("//input[@name='photos'][@multiple]/@accept") == ["image/jpeg,image/png"]
    saved = page.xpath("//*[@class='upload__saved']/a/@href")
    assert [client.get(address).data for address in saved] == [b"\xff\xd8\xffone.jpg", b"\xff\xd8\xfftwo.jpg"]
    assert client.get(f"{saved[0][:-1]}2").status_code == 404
    first = page.xpath("//input[@name='without']/@value")[0]
    assert send(client, step, ("spot-area", "sallan"), ("without", first)).status_code == 303
    assert [file["name"] for file in answers()["photos"]] == ["two.jpg"]


def test_too_many_pictures_are_said_beside_the_field_and_the_first_stay(client: Client, step: str):
    answer = send(client, step, ("spot-area", "sallan"), *pictures("one.jpg", "two.jpg", "three.jpg"))
    assert answer.status_code == 422 and "Up to 2 files" in answer.text
    assert [file["name"] for file in answers()["photos"]] == ["one.jpg", "two.jpg"]


def test_the_clerk_is_shown_the_point_and_given_each_picture(client: Client, step: str):
    send(client, step, ("spot-area", "sallan"), *pictures("one.jpg", "two.jpg"))
    opened = applications.work_on(Application.get())
    shown = client.get(f"/applications/{opened.reference}/check").text
    assert "24.383, 56.733" in shown and "near Sallan" in shown and "one.jpg · two.jpg" in shown
    client.visit(f"/applications/{opened.reference}/check").submit(f"/applications/{opened.reference}/submission")
    enter(client, clerk_of(opened.row))
    page = client.get(f"/desk/{opened.reference}").text
    assert told(page)["point"] == [24.383, 56.733] and "geo:24.383,56.733" in page
    files = html.fromstring(page).xpath("//a[@class='answer__file']/@href")
    assert [client.get(address).data for address in files] == [b"\xff\xd8\xffone.jpg", b"\xff\xd8\xfftwo.jpg"]
    assert client.get(files[0]).headers["Content-Disposition"].startswith("attachment")


def clerk_of(row: Application) -> int:
    clerk = a_clerk()
    Role.create(account=clerk.account, name="clerk", authority=row.desk)
    assert clerk.account
    return clerk.account
