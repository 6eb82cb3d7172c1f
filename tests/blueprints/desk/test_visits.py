"""Planning a site visit, moving it, reporting on it."""

import datetime as dt
import io

import pytest
from flask import Flask

from models import Visit
from operations.now import now, today
from tests.blueprints.desk.test_desk import browser_of, citizen, clerk, file
from tests.support.client import Client

__all__ = ["citizen", "clerk"]

pytestmark = pytest.mark.usefixtures("demo")


def test_a_visit_is_planned_moved_and_reported(portal: Flask, citizen: Client, clerk: Client) -> None:
    reference = file(citizen)
    clerk.visit(f"/desk/{reference}/visit", status=409)
    clerk.visit(f"/desk/{reference}").submit(f"/desk/{reference}/hold")
    day = (today() + dt.timedelta(days=3)).isoformat()
    planning = clerk.visit(f"/desk/{reference}/visit")
    wrong = planning.submit("visit", day="tomorrow", time="9", place="", visitor="Salma")
    assert wrong.errors == {"place": "Error: Say where the visit takes place."}
    assert "hours and minutes" in planning.submit("visit", day=day, time="9 o'clock", place="Plot 7", visitor="S").errors["time"]
    planned = planning.submit("visit", day=day, time="٠٩:٣٠", place="Plot 7", visitor="Salma")
    assert "Planned" in planned.text and "9:30" in planned.text
    assert "Plot 7\u2069 · \u2068Salma" in citizen.visit(f"/applications/{reference}").text
    moving = clerk.visit(f"/desk/{reference}/visit")
    assert (moving.values["time"], moving.values["place"]) == ("09:30", "Plot 7")
    assert moving.submit("visit").errors == {"reason": "Error: Say why: the applicant reads it."}
    assert "10:00" in moving.submit("visit", time="10:00", reason="It rains.").text
    assert "It rains." in citizen.visit(f"/applications/{reference}").text
    Visit.update(at=now() - dt.timedelta(hours=1)).execute()
    reporting = clerk.visit(f"/desk/{reference}/visit/report")
    assert reporting.submit("visit").errors.keys() == {"finding", "text"}
    photo = (io.BytesIO(b"\xff\xd8\xff"), "wall.jpg")
    done = reporting.submit("visit", finding="in-order", text="The fig leans.", photos=photo)
    link = done.html.xpath("//section[@id='visits']//a/@href")[0]
    answer = clerk.get(link)
    assert answer.data == b"\xff\xd8\xff" and answer.headers["Content-Disposition"].startswith("attachment")
    assert "The fig leans." not in citizen.visit(f"/applications/{reference}").text
    browser_of(portal, clerk="chamber").visit(link, status=404)


def test_a_visit_is_cancelled_with_a_reason(citizen: Client, clerk: Client) -> None:
    reference = file(citizen)
    clerk.visit(f"/desk/{reference}").submit(f"/desk/{reference}/hold")
    day = (today() + dt.timedelta(days=3)).isoformat()
    clerk.visit(f"/desk/{reference}/visit").submit("visit", day=day, time="09:30", place="Plot 7", visitor="Salma")
    cancelled = clerk.visit(f"/desk/{reference}/visit/cancellation").submit("visit", reason="The road is closed.")
    assert "Cancelled" in cancelled.text
    assert "The road is closed." in citizen.visit(f"/applications/{reference}").text
