"""Words and pictures that a clerk lets everybody see beside an entry of the public list. Nothing is shown unless somebody chose it."""

from typing import Any, BinaryIO

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import NotFound, Refusal
from engine.fields import files_of
from engine.wording import _
from gateways import pictures
from models import Application, PublicEntry, Upload, database
from operations import audit, staff
from operations.now import now
from operations.outside import outside
from statements import statement

PUBLISHED = "published"  # the field of Uploads that everybody may see; no step asks it
LONGEST = 2000


def offered(row: Application) -> tuple[str, list[dict[str, Any]]] | None:
    """What could be published: the words, and the pictures as they were attached. None where the service is not listed."""
    listing = catalogue.services[row.service].listing
    if listing is None or row.frozen is None:
        return None
    answers = row.frozen["answers"]
    files = [file for name in listing.pictures for file in files_of(answers.get(name))]
    return answers.get(listing.story) or "", [file for file in files if file["type"] in pictures.READABLE]


def standing(row: Application) -> PublicEntry | None:
    """What stands in the list of it."""
    return _entry.first(row)  # type: ignore[no-any-return]


@statement
def _entry(application: Any) -> Any:
    return PublicEntry.select().where(PublicEntry.application == application)


def publish(actor: Actor, reference: str, story: str, chosen: list[int]) -> None:
    """Show these words and, of the pictures offered, these (counted from 0); nothing chosen takes back what was shown.

    Pictures are drawn anew, without what a camera writes into them. Raises as staff.lock does; NotFound for what is not listed, Refusal
    for a picture that cannot be read.
    """
    row = staff.lock(actor, reference)
    found = offered(row)
    if found is None or row.trimmed_at or any(number >= len(found[1]) for number in chosen):
        raise NotFound
    made = [_redrawn(found[1][number]) for number in dict.fromkeys(chosen)]
    stored = [(outside.storage.put(data), len(data)) for data in made]
    with database.atomic():
        row = staff.lock(actor, reference)
        entry = _entry.first(row)
        if entry is None:
            raise NotFound
        Upload.delete().where((Upload.application == row) & (Upload.field == PUBLISHED)).execute()
        entry.pictures = [_keep(row, digest, size) for digest, size in stored]
        entry.story = story.replace("\0", "").strip()[:LONGEST]
        entry.published_at = now() if entry.story or entry.pictures else None
        entry.save()
        audit.record(actor, "entry.published", row.reference, words=bool(entry.story), pictures=len(entry.pictures))


def _redrawn(file: dict[str, Any]) -> bytes:
    with outside.storage.open(file["digest"]) as stream:
        try:
            return pictures.redrawn(stream.read())
        except pictures.Unreadable:
            raise Refusal(_("This picture cannot be shown: %(name)s", name=file["name"])) from None


def _keep(row: Application, digest: str, size: int) -> str:
    kept = {"name": "picture.jpg", "media_type": "image/jpeg", "size": size, "digest": digest, "created_at": now()}
    return str(Upload.create(application=row, field=PUBLISHED, **kept).id)


def picture(reference: str, number: int) -> BinaryIO:
    """A published picture, counted from 0: JPEG. Raises NotFound."""
    entry = PublicEntry.get_or_none(PublicEntry.reference == reference)
    if entry is None or not 0 <= number < len(entry.pictures):
        raise NotFound
    upload = Upload.get_or_none((Upload.id == entry.pictures[number]) & (Upload.field == PUBLISHED))
    if upload is None:
        raise NotFound
    return outside.storage.open(upload.digest)
