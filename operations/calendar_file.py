"""A calendar file of what is due (RFC 5545): an all-day entry for each that has a day, with an alarm a week before."""

import datetime as dt
from collections.abc import Iterable

from icalendar import Alarm, Calendar, Event

from engine.wording import _
from operations import secrets
from operations.dues import Due
from operations.now import now
from operations.outside import outside
from operations.rendering import shown, time_of_day, translate

BEFORE = dt.timedelta(days=7)


def of(dues: Iterable[Due], locale: str) -> bytes:
    """The same due has the same UID each time, so that a phone that takes the file again has it once."""
    calendar = Calendar()
    calendar.add("prodid", "-//Bawaba//Due//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", translate(_("Bawaba"), locale))
    for due in dues:
        if due.day is not None:
            calendar.add_component(_event(due, due.day, locale))
    return calendar.to_ical()


def _event(due: Due, day: dt.date, locale: str) -> Event:
    said = [due.what, due.note, due.about, time_of_day(due.at) if due.at else None]
    words, link = [str(shown(each, locale)) for each in said if each], f"{outside.portal_url}{due.href}"
    event = Event()
    event.add("uid", f"{secrets.derived('calendar', f'{due.href}:{due.note}:{day}').hex()[:32]}@bawaba")
    event.add("dtstamp", now())
    event.add("dtstart", day)
    event.add("dtend", day + dt.timedelta(days=1))
    event.add("summary", " · ".join(words))
    event.add("description", f"{translate(due.todo, locale)}: {link}")
    event.add("url", link)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words[0])
    alarm.add("trigger", -BEFORE)
    event.add_component(alarm)
    return event
