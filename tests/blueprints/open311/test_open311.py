"""Open311 GeoReport v2, as its specification has it: both formats, filing with a key, reading without one, and nothing that breaks it."""

import datetime as dt
import io
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask

from engine.numbering import reference
from models import ApiKey, Application, AuditEntry, Message, PublicEntry, Upload
from operations import api_keys, casework, publishing
from operations.casework import Outcome
from tests.support.client import Client
from tests.support.complaints import a_clerk_of, a_complaint, a_guest, a_photo

ROADS = "municipality.roads"
V2 = "/open311/v2"
REPORT = {"service_code": "roads", "lat": "24.36", "long": "56.74", "description": "The lamp is dark."}
FORMS = ("json", "xml")


@pytest.fixture
def key(portal: Flask) -> str:
    return api_keys.add("a town's app")


def asked(client: Client, path: str, form: str = "json", expected: int = 200, **query: Any) -> Any:
    answer = client.get(f"/open311/{path}.{form}", query_string={"locale": "en"} | query)
    assert answer.status_code == expected, answer.text
    return read(answer, form)


def read(answer: Any, form: str) -> Any:
    """The same Python values, whichever format: lists of dictionaries of texts."""
    if form == "json":
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        return answer.get_json()
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    return plain(ElementTree.fromstring(answer.data))


LISTS = {"services", "attributes", "values", "service_requests", "errors", "endpoints", "formats"}


def plain(element: Any) -> Any:
    if element.tag in LISTS:
        return [plain(child) for child in element]
    return {child.tag: plain(child) for child in element} if len(element) else element.text or ""


def texts(value: Any) -> Any:
    """JSON's values as XML writes them."""
    if isinstance(value, dict):
        return {key: texts(each) for key, each in value.items()}
    if isinstance(value, list):
        return [texts(each) for each in value]
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def filed(client: Client, key: str, form: str = "json", status: int = 200, **more: Any) -> Any:
    sent = {name: value for name, value in ({"api_key": key} | REPORT | more).items() if value is not None}
    answer = client.post(f"{V2}/requests.{form}", data=sent)
    assert answer.status_code == status, answer.text
    return read(answer, form)


# --- Services --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_it_lists_the_kinds_of_complaints_and_what_else_may_be_told(client: Client, form: str):
    services = asked(client, "v2/services", form)
    assert [service["service_code"] for service in services] == ["cleanliness", "building", "food", "roads", "animals", "other"]
    assert set(services[0]) == {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
    assert (services[3]["service_name"], services[3]["type"]) == ("Roads and lighting", "realtime")
    definition = asked(client, "v2/services/roads", form)
    assert definition["service_code"] == "roads"
    (attribute,) = definition["attributes"]
    assert (attribute["code"], attribute["datatype"]) == ("addressing", "string")
    assert set(attribute) == {
        "variable",
        "code",
        "datatype",
        "required",
        "datatype_description",
        "order",
        "description",
        "values",
    }


@pytest.mark.parametrize("path", ["v2/services", "v2/services/roads", "discovery"])
def test_both_formats_say_the_same(client: Client, path: str):
    assert texts(asked(client, path)) == asked(client, path, "xml")


@pytest.mark.parametrize("form", FORMS)
def test_discovery_says_where_and_in_which_formats(client: Client, form: str):
    found = asked(client, "discovery", form)
    (endpoint,) = found["endpoints"]
    assert endpoint["url"].endswith("/open311/v2") and endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["formats"] == ["text/xml", "application/json"] and endpoint["type"] == "production"


def test_words_are_arabic_unless_english_is_asked_for(client: Client):
    arabic = client.get(f"{V2}/services.json", query_string={"locale": "ar"}).get_json()
    assert arabic[3]["service_name"] == "الطرق والإنارة"


# --- Filing ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_what_a_program_files_lies_on_the_right_desk_with_all_it_said(client: Client, key: str, form: str):
    more = {"first_name": "Umm", "last_name": "Said", "email": "umm@example.om", "phone": "+968 9234 5678"}
    more |= {
        "attribute[addressing]": "1234",
        "address_string": "Behind the school",
        "media_url": "https://pictures.example/1.jpg",
    }
    media = (io.BytesIO(a_photo()), "lamp.jpg")
    (answer,) = filed(client, key, form, **more, media=media)
    row = Application.get()
    assert answer["service_request_id"] == row.reference and "account_id" in answer and "token" not in answer
    assert (row.state, row.desk, row.frozen["applicant"]["en"]) == ("in-review", ROADS, "Umm Said")
    said = row.answers
    assert (said["category"], said["address"], said["addressing"]) == ("roads", "Behind the school", "1234")
    assert said["story"] == "The lamp is dark.\n\nhttps://pictures.example/1.jpg"
    assert said["place"] == {"latitude": 24.36, "longitude": 56.74} and Upload.get().name == "lamp.jpg"
    assert {message.destination for message in Message.select()} == {"umm@example.om", "+96892345678"}
    assert AuditEntry.get(AuditEntry.action == "application.filed-by-program").details == {"program": "a town's app"}


def test_little_is_enough(client: Client, key: str):
    filed(client, key, description=None)
    assert Application.get().answers["story"] == "Roads and lighting"
    filed(client, key, lat=None, long=None, address_string="Behind the school")
    filed(client, key, lat=None, long=None, address_id="1234")
    assert Application.select().count() == 3


def test_a_number_from_abroad_does_not_lose_the_report(client: Client, key: str):
    (answer,) = filed(client, key, phone="555-5555")
    assert answer["service_notice"] and Application.get().guest.phone == ""


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("given", ["", "wrong", None])
def test_without_a_key_nothing_is_filed(client: Client, key: str, form: str, given: str | None):
    (error,) = filed(client, given or "", form, 403, api_key=given)
    assert str(error["code"]) == "403" and error["description"]
    api_keys.revoke("a town's app")
    filed(client, key, form, 403)
    assert not Application.select().exists()


MALFORMED: tuple[tuple[dict[str, Any], int], ...] = (
    ({"service_code": None}, 400),
    ({"service_code": "nothing"}, 404),
    ({"service_code": "roads\0"}, 404),
    ({"lat": None}, 400),
    ({"lat": None, "long": None}, 400),
    ({"lat": "north", "long": "east"}, 400),
    ({"lat": "nan", "long": "inf"}, 400),
    ({"lat": "1e300", "long": "56"}, 400),
    ({"lat": "0", "long": "0"}, 400),
    ({"lat": "٢٤٫٣٦", "long": "56.74"}, 200),
    ({"description": "x" * 4001}, 400),
    ({"description": "a\0b"}, 200),
    ({"first_name": "a\0b", "last_name": "c" * 500}, 200),
    ({"email": "nobody"}, 400),
    ({"phone": "9" * 5000}, 200),
    ({"address_string": "x" * 501}, 400),
    ({"attribute[addressing]": "'; DROP TABLE"}, 400),
    ({"address_id": "<x>"}, 400),
    ({"attribute[nothing]": "x", "unknown": "y"}, 200),
    ({"jurisdiction_id": "boston.gov"}, 404),
    ({"jurisdiction_id": "municipality"}, 200),
    ({"media": "text where a file should be"}, 200),
)


@pytest.mark.parametrize("form", FORMS)
def test_what_is_malformed_is_said_in_the_format_that_was_asked_for_and_leaves_nothing(client: Client, key: str, form: str):
    for given, status in MALFORMED:
        before = Application.select().count()
        answer = filed(client, key, form, status, **given)
        if status != 200:
            assert [str(error["code"]) for error in answer] == [str(status)] and answer[0]["description"], given
        assert Application.select().count() - before == (status == 200), given


def test_a_file_that_is_no_picture_and_too_many_are_refused(client: Client, key: str):
    (error,) = filed(client, key, status=400, media=(io.BytesIO(b"GIF89a"), "x.gif"))
    assert error["description"]
    many = [(io.BytesIO(a_photo(color)), f"{color}.jpg") for color in ("red", "blue", "green", "white", "black", "gray")]
    filed(client, key, status=400, media=many)
    assert not Application.select().exists()


def test_what_cannot_be_read_at_all_is_no_error_of_ours(client: Client, key: str):
    for sent in (
        {"data": b"\xff\xfe\0{]", "content_type": "application/json"},
        {"data": b"--x", "content_type": "multipart/form-data"},
    ):
        assert client.post(f"{V2}/requests.json", **sent).status_code == 403
    assert client.post(f"{V2}/services.json").status_code in (400, 405)


def test_another_sites_page_cannot_file_with_somebodys_session(client: Client):
    """The cookie counts for nothing here: only the key does."""
    assert client.post(f"{V2}/requests.json", data=REPORT, headers={"Origin": "https://evil.example"}).status_code == 403


def test_a_key_has_its_share_of_an_hour(portal: Flask, client: Client, key: str, monkeypatch: pytest.MonkeyPatch):
    statuses = [client.post(f"{V2}/requests.json", data={"api_key": key}).status_code for _each in range(121)]
    assert statuses[:120] == [400] * 120 and statuses[120] == 429
    assert filed(client, "", "xml", 403)  # another's share is untouched
    other = api_keys.add("another")
    filed(client, other)


# --- Reading ---------------------------------------------------------------------------------------------------------------------

FIELDS = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_request_is_read_back_without_anything_personal(client: Client, key: str, form: str):
    more = {
        "first_name": "Umm",
        "last_name": "Said",
        "email": "umm@example.om",
        "phone": "92345678",
        "address_string": "House of Said",
    }
    (answer,) = filed(client, key, **more, media=(io.BytesIO(a_photo()), "lamp.jpg"))
    reference = answer["service_request_id"]
    (one,) = asked(client, f"v2/requests/{reference}", form)
    assert set(one) == FIELDS
    assert (one["status"], one["service_code"], str(one["lat"]), str(one["long"])) == ("open", "roads", "24.36", "56.74")
    assert (one["description"], one["media_url"]) == ("", "")
    assert not [secret for secret in ("Said", "umm@", "92345678", "lamp") if secret in str(one)]
    moment = dt.datetime.fromisoformat(one["requested_datetime"])
    assert moment.utcoffset() == dt.timedelta(hours=4)
    assert asked(client, "v2/requests", form) == [one]
    assert asked(client, f"v2/tokens/{reference}", form) == [{"service_request_id": reference, "token": reference}]
    assert texts(asked(client, f"v2/requests/{reference}")) == asked(client, f"v2/requests/{reference}", "xml")


def test_words_and_pictures_come_once_they_are_published(client: Client):
    _actor, reference = a_complaint(photo=a_photo())
    publishing.publish(a_clerk_of(ROADS), reference, "A lamp\x0b is dark.", [0])
    for form in FORMS:
        (one,) = asked(client, f"v2/requests/{reference}", form)
        assert one["description"].startswith("A lamp") and one["media_url"].endswith(f"/complaints/{reference}/pictures/0")
        assert client.get(one["media_url"]).mimetype == "image/jpeg"


def numbers(client: Client, **query: Any) -> list[str]:
    return [one["service_request_id"] for one in asked(client, "v2/requests", **query)]


def test_requests_are_found_by_kind_state_number_and_day(client: Client):
    lamp, fish, dog = (a_complaint(a_guest(), category=category)[1] for category in ("roads", "food", "animals"))
    casework.decide(a_clerk_of("municipality.health"), fish, Outcome.APPROVE, reason="Closed.")
    assert numbers(client) == [dog, fish, lamp]
    assert numbers(client, service_code="roads,animals") == [dog, lamp]
    assert numbers(client, service_code="nothing") == []
    assert numbers(client, status="closed") == [fish]
    assert numbers(client, status="open,closed", service_code="food") == [fish]
    assert numbers(client, service_request_id=f"{lamp},{fish},nonsense", status="open") == [fish, lamp]
    assert [numbers(client, page=page, page_size=2) for page in (1, 2, 3)] == [[dog, fish], [lamp], []]
    assert numbers(client, per_page=1) == [dog]
    PublicEntry.update(submitted_at=dt.datetime(2026, 1, 10, 20, 30, tzinfo=dt.UTC)).where(
        PublicEntry.reference == lamp
    ).execute()
    assert numbers(client) == [dog, fish]
    assert numbers(client, start_date="2026-01-01T00:00:00Z") == numbers(client, end_date="2026-01-31T00:00:00Z") == [lamp]
    for start, found in (("2026-01-11T00:30:00+04:00", [lamp]), ("2026-01-11T00:31:00 04:00", []), ("2026-01-10", [lamp])):
        assert numbers(client, start_date=start, end_date="2026-02-01T00:00:00Z") == found


WRONG: tuple[dict[str, str], ...] = (
    {"start_date": "yesterday"},
    {"start_date": "2026-13-01T00:00:00Z"},
    {"end_date": "0001-01-01T00:00:00Z"},
    {"start_date": "9999-12-31T23:59:59-12:00"},
    {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-05-01T00:00:00Z"},
    {"status": "half"},
    {"page": "0"},
    {"page": "x"},
    {"page": "٣"},
    {"page_size": "-1"},
    {"page": "999999"},
    {"service_request_id": ",".join(["x"] * 1001)},
    {"jurisdiction_id": "boston.gov"},
)


@pytest.mark.parametrize("form", FORMS)
def test_a_question_that_makes_no_sense_is_said_so(client: Client, form: str):
    for query in WRONG:
        answer = client.get(f"{V2}/requests.{form}", query_string=query)
        (error,) = read(answer, form)
        assert answer.status_code in (400, 404) and str(error["code"]) == str(answer.status_code), query


@pytest.mark.parametrize("form", FORMS)
def test_what_does_not_exist_is_404_in_both_formats(client: Client, form: str):
    for path in ("requests/nothing", f"requests/{reference('municipality', 2026, 99)}", "tokens/1", "services/nothing"):
        (error,) = asked(client, f"v2/{path}", form, 404)
        assert str(error["code"]) == "404"


def test_any_site_may_read_and_none_may_file(client: Client):
    read_ = client.get(f"{V2}/services.json", headers={"Origin": "https://town.example"})
    assert read_.headers["Access-Control-Allow-Origin"] == "*" and read_.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Origin" not in client.post(f"{V2}/requests.json").headers
    assert "Set-Cookie" not in read_.headers


# --- Keys ------------------------------------------------------------------------------------------------------------------------


def test_keys_are_made_shown_once_listed_and_taken_away_by_command(portal: Flask, client: Client):
    run = portal.test_cli_runner().invoke
    made = run(args=["open311", "add", "the town's app"])
    key = made.output.strip().splitlines()[-1]
    assert made.exit_code == 0 and len(key) > 40
    filed(client, key)
    assert run(args=["open311", "add", "the town's app"]).exit_code == 1
    listed = run(args=["open311", "list"])
    assert "the town's app" in listed.output and key not in listed.output
    assert key not in str(list(ApiKey.select().dicts())) + str(list(AuditEntry.select().dicts()))
    assert run(args=["open311", "revoke", "the town's app"]).exit_code == 0
    assert run(args=["open311", "revoke", "the town's app"]).exit_code == 1
    filed(client, key, status=403)
    actions = {entry.action for entry in AuditEntry.select()}
    assert {"api-key.added", "api-key.revoked"} <= actions
    assert run(args=["open311", "add", "the town's app"]).exit_code == 0
