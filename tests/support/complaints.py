"""Complaints as tests need them: filed by a guest or an account, somewhere, some time ago."""

import io
from typing import Any

from PIL import Image

from engine.actor import Actor
from operations import answers, applications, guests, submission
from operations.answers import Uploaded
from operations.applications import Opened
from tests.support.builders import a_person, signed_in

CODE = "municipality.complaint"
HERE = (24.36, 56.74)


def a_guest(**given: str) -> Actor:
    return guests.begin(locale="en", address="192.0.2.1", **given)


def a_photo(color: str = "red") -> bytes:
    """JPEG, with a note of its owner in it."""
    picture, written = Image.new("RGB", (40, 30), color), io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = "Ali the photographer"
    picture.save(written, "JPEG", exif=exif)
    return written.getvalue()


def a_draft(
    actor: Actor | None = None, *, category: str = "roads", place: tuple[float, float] | None = HERE, **typed: Any
) -> tuple[Actor, Opened]:
    """Answered, not submitted."""
    actor = actor or a_guest()
    opened = applications.start(actor, CODE)
    photo = typed.pop("photo", None)
    written = {"category": category, "place": f"{place[0]}, {place[1]}" if place else "", "story": "The lamp is dark."} | typed
    files = {"photos": [Uploaded("lamp.jpg", io.BytesIO(photo))]} if photo else {}
    for step in opened.service.steps:
        answers.answer(actor, opened, step, written, files)
    return actor, applications.of(actor, opened.reference)


def a_complaint(actor: Actor | None = None, **said: Any) -> tuple[Actor, str]:
    """Submitted; who filed it, and its number."""
    actor, opened = a_draft(actor, **said)
    submission.submit(actor, opened.reference, submission.offer(opened).seal)
    return actor, opened.reference


def a_clerk_of(*desks: str) -> Actor:
    actor = signed_in(a_person())
    return Actor(account=actor.account, session=actor.session, roles=frozenset(f"clerk:{desk}" for desk in desks))


def north_of(place: tuple[float, float], metres: float) -> tuple[float, float]:
    return round(place[0] + metres / 111_195, 6), place[1]
