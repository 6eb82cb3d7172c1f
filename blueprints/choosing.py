"""Choosing when and where to come: the centres of a field as links, and of the chosen one its next free times by day.

Without scripts each link is the page again; with htmx the times follow the centre by themselves.
"""

import datetime as dt
from itertools import groupby
from typing import Any

from flask import request
from wtforms import RadioField

from engine.clock import business_day
from engine.fields import Slot
from operations import appointments
from operations.appointments import Offer
from operations.rendering import on_weekday, time_of_day


class SlotField(RadioField):  # type: ignore[misc]
    """The free times of one centre; `chooser` says which centres there are beside it."""

    def __init__(self, *args: Any, chooser: "Chooser", **kwargs: Any) -> None:
        super().__init__(*args, choices=chooser.choices, validate_choice=False, **kwargs)
        self.chooser = chooser

    def show(self, chooser: "Chooser") -> None:
        self.chooser, self.choices = chooser, chooser.choices


class Chooser:
    """What a page draws of an offer: links to the centres (and to later days), and the days with their times."""

    def __init__(self, offer: Offer) -> None:
        self.offer = offer
        self.centre = offer.centre
        self.choices = [(_sent(offer, at), time_of_day(at)) for at in offer.times]
        self.centres = [
            {
                "code": each.code,
                "title": each.name,
                "hint": each.address,
                "href": _href(each.code),
                "current": each == offer.centre,
            }
            for each in offer.centres
        ]
        code = offer.centre.code if offer.centre else ""
        later = business_day(offer.times[-1]) + dt.timedelta(days=1) if offer.more else None
        self.later = _href(code, later) if later else None
        self.first = _href(code) if offer.since else None

    def days(self, drawn: Any) -> list[tuple[Any, list[Any]]]:
        """The choices as drawn (value, label, checked …), under their days."""
        drawn_times = zip(self.offer.times, drawn, strict=True)
        return [
            (on_weekday(times[0][0]), [choice for _at, choice in times])
            for _day, group in groupby(drawn_times, key=lambda pair: business_day(pair[0]))
            if (times := list(group))
        ]


def offer(field: Slot, mine: Any) -> Offer:
    """What this page offers: of the centre that the address asks for, or that was sent."""
    sent = request.form.get(field.name, "").rpartition(" ")[0]
    return appointments.offer(field, mine, request.args.get("centre") or sent, _since(request.args.get("since", "")))


def _since(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _sent(offer: Offer, at: dt.datetime) -> str:
    return f"{offer.centre.code} {at.isoformat()}" if offer.centre else ""


def _href(centre: str, since: dt.date | None = None) -> str:
    return f"?centre={centre}" + (f"&since={since.isoformat()}" if since else "")
