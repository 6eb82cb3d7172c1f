"""An event as a calendar file (RFC 5545), for the person's own calendar."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar import Event as Component

MUSCAT = ZoneInfo("Asia/Muscat")


@dataclass(frozen=True, slots=True)
class Event:
    """`uid` stays the same however often it is moved; `sequence` counts that. `starts` and `stamped` are UTC; `point` latitude and longitude."""

    uid: str
    sequence: int
    starts: dt.datetime
    minutes: int
    title: str
    place: str
    point: tuple[float, float]
    text: str
    link: str
    stamped: dt.datetime
    cancelled: bool = False


def calendar_file(event: Event) -> bytes:
    """The file, with its own time zone in it."""
    made = Component()
    starts = event.starts.astimezone(MUSCAT)
    made.add("uid", event.uid)
    made.add("sequence", event.sequence)
    made.add("dtstamp", event.stamped)
    made.add("dtstart", starts)
    made.add("dtend", starts + dt.timedelta(minutes=event.minutes))
    made.add("summary", event.title)
    made.add("location", event.place)
    made.add("geo", event.point)
    made.add("description", event.text)
    made.add("url", event.link)
    made.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Bawaba//appointments//")
    calendar.add("version", "2.0")
    calendar.add_component(made)
    calendar.add_missing_timezones()
    return calendar.to_ical()
