"""Papers drawn for one person alone, such as a statement of a year: asked for, drawn and sealed by the queue, there for a day.

They are not issued: nobody verifies them by a code, and nothing keeps them. What one says is fixed when it is asked for, by what whoever
asked may see at that moment.
"""

import datetime as dt
from typing import Any, BinaryIO

from peewee import IntegrityError

from engine.actor import Actor
from engine.errors import NotFound
from gateways.pdf import papers
from models import OwnPaper, database
from operations import audit, outbox, rendering
from operations.now import now
from operations.outside import outside
from operations.rendering import both

KEPT_FOR = dt.timedelta(days=1)


def ask(actor: Actor, name: str, template: str, content: dict[str, Any]) -> OwnPaper:
    """Have it drawn; one of the same name that was there is replaced. `content` is what its template is given, as JSON."""
    try:
        with database.atomic():
            OwnPaper.delete().where(_same(actor, name)).execute()
            paper = OwnPaper.create(
                account=actor.account,
                applicant=actor.applicant,
                name=name,
                template=template,
                content=content,
                created_at=now(),
                expires_at=now() + KEPT_FOR,
            )
            audit.record(actor, "paper.drawn", name)
            outbox.put("own-paper", f"own-paper:{paper.id}", id=paper.id)
    except IntegrityError:  # a double click: the other one has just asked
        return OwnPaper.get(_same(actor, name))  # type: ignore[no-any-return]
    return paper  # type: ignore[no-any-return]


def of(actor: Actor, name: str) -> OwnPaper | None:
    """The one that is being drawn or lies ready."""
    return OwnPaper.get_or_none(_same(actor, name) & (OwnPaper.expires_at > now()))  # type: ignore[no-any-return]


def fetch(actor: Actor, paper_id: str) -> tuple[OwnPaper, BinaryIO]:
    """Its file. Raises NotFound for anybody else's, also for another customer's, and for one that has run out or is not ready."""
    row = OwnPaper.get_or_none((OwnPaper.id == paper_id) & (OwnPaper.expires_at > now()))
    if row is None or row.digest is None or (row.account_id, row.applicant_id) != (actor.account, actor.applicant):
        raise NotFound
    return row, outside.storage.open(row.digest)


def _same(actor: Actor, name: str) -> Any:
    return (OwnPaper.account == actor.account) & (OwnPaper.applicant == actor.applicant) & (OwnPaper.name == name)


def forget() -> None:
    """Those whose day is over; their files go when nothing refers to them. For the sweeper."""
    OwnPaper.delete().where(OwnPaper.expires_at < now()).execute()


@outbox.handles("own-paper")
def draw(payload: dict[str, Any]) -> None:
    """Draw and seal it. A second run finds it drawn; one that was replaced meanwhile is not."""
    paper = OwnPaper.get_or_none(OwnPaper.id == payload["id"])
    if paper is None or paper.digest:
        return
    labels = {name: both(label) for name, label in papers.LABELS.items()}
    html = rendering.papers().get_template(f"documents/{paper.template}").render(**paper.content, labels=labels)
    pdf = outside.renderer.render(html, created=paper.created_at)
    sealed = outside.seal.sign(pdf, reason=paper.content["title"]["en"], signed_at=now())
    digest = outside.storage.put(sealed)
    OwnPaper.update(digest=digest, size=len(sealed)).where((OwnPaper.id == paper.id) & OwnPaper.digest.is_null()).execute()
