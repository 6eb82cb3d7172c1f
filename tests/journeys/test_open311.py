"""Existing Open311 clients, unchanged, against the running portal: one lists and reads in JSON and XML, one posts with a photo.

`three` is of 2013 and asks Python 2's itertools for one name, which is given to it.
"""

import io
import itertools
from typing import Any

import pytest
from georeport import GeoReport

from models import Upload
from operations import api_keys
from tests.support.complaints import a_photo
from tests.support.portal import Portal

itertools.ifilter = filter  # type: ignore[attr-defined]
from three import Three  # noqa: E402


@pytest.fixture
def key(portal: Portal) -> str:
    with portal.tables():
        return api_keys.add("three")


def test_public_clients_list_the_services_post_a_request_with_a_photo_and_read_it_back(portal: Portal, key: str) -> None:
    endpoint = f"{portal.url}/open311/v2"
    three, json, xml = Three(endpoint, api_key=key), GeoReport(endpoint), GeoReport(endpoint, output_format="xml")
    codes = [service["service_code"] for service in three.services()]
    for client in (json, xml):
        assert codes == [service["service_code"] for service in client.get_service_list()]
    assert (
        three.services("roads")["attributes"][0]["code"] == xml.get_service_definition("roads")["attributes"]["attribute"]["code"]
    )

    photo = io.BytesIO(a_photo())
    photo.name = "lamp.jpg"
    place: dict[str, Any] = {"lat": 24.36, "long": 56.74, "address": "Behind the school"}
    (made,) = three.post("roads", name="Umm Said", phone="92345678", description="The lamp is dark.", media=photo, **place)
    number = made["service_request_id"]
    (read,) = three.request(number)
    assert (read["status"], read["service_code"], read["lat"], read["long"]) == ("open", "roads", 24.36, 56.74)
    assert number in {request["service_request_id"] for request in three.requests("roads")}
    with portal.tables():
        kept = [(each.application.reference, each.size) for each in Upload.select().where(Upload.name == "lamp.jpg")]
    assert (number, len(a_photo())) in kept
    assert json.get_service_request(number)["service_request_id"] == number
    assert xml.get_service_request(number)["status"] == "open"
    assert json.get_service_requests(service_code="roads", status="open")[0]["service_request_id"] == number
    assert xml.get_service_requests(service_request_id=number)["service_request_id"] == number
    assert "Said" not in str(read) and read["media_url"] == ""
    assert three.post("roads", api_key="wrong", **place)[0]["code"] == 403
