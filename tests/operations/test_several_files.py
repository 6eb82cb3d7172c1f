"""One answer, several files: kept, taken away, counted, and read by the clerk, by the version, one by one."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from peewee import Database

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import NotFound, Refusal
from engine.fields import PICTURES, Text, Upload
from engine.service import Authority, Charge, Decision, Service, Step
from engine.wording import _
from models import Outcome
from models import Upload as Row
from operations import answers, applications, casework, corrections, documents, dossiers, own_data, retention, submission
from operations.answers import Uploaded
from operations.applications import Opened
from operations.now import now
from tests.operations.test_casework import a_clerk
from tests.support.builders import a_person, signed_in
from tests.support.renewals import an_owner, step_of

PHOTOS = Upload("photos", _("Photos"), required=False, types=PICTURES, most=3)
SIGHT = Service(
    code="trial.sight",
    title=_("Completed"),
    summary=_("Finished"),
    takes=_("Since"),
    steps=(Step("look", _("Photos"), Text("what", _("Subject")), PHOTOS, Upload("plan", _("Download"), required=False)),),
    charge=Charge.NEVER,
    decision=Decision.CLERK,
)
TRIAL = Authority(code="trial", title=_("Contact"), summary=_("Home"), services=(SIGHT,))
PDF = b"%PDF-1.7\n"


@pytest.fixture(autouse=True)
def offered(rules: Database) -> Iterator[None]:
    before = list(catalogue.authorities.values())
    catalogue.fill([TRIAL])
    yield
    catalogue.fill(before)


def photo(name: str) -> Uploaded:
    """A picture like no other of another name."""
    return Uploaded(f"{name}.jpg", io.BytesIO(b"\xff\xd8\xff" + name.encode()))


def paper(name: str = "plan.pdf") -> Uploaded:
    return Uploaded(name, io.BytesIO(PDF))


def begun() -> tuple[Actor, Opened]:
    _account, actor = an_owner()
    return actor, applications.start(actor, "trial.sight")


def attach(actor: Actor, opened: Opened, *files: Uploaded, without: tuple[str, ...] = ()) -> None:
    gone = [file["digest"] for file in opened.answers.get("photos") or [] if file["name"] in without]
    answers.answer(actor, opened, step_of(opened, "look"), {"what": "A tree"}, {"photos": files}, gone)


def names(opened: Opened) -> list[str]:
    return [file["name"] for file in opened.answers.get("photos") or []]


def kept(opened: Opened) -> list[str]:
    """What the rows say, which retention and the person's copy go by."""
    return sorted(row.name for row in Row.select().where(Row.application == opened.row))


def submitted() -> tuple[Actor, Opened]:
    actor, opened = begun()
    attach(actor, opened, photo("one"), photo("two"))
    return actor, submission.submit(actor, opened.reference, submission.offer(opened).seal)


def read(found: tuple[str, str, Any]) -> tuple[str, bytes]:
    name, _type, stream = found
    return name, stream.read()


def test_what_comes_later_joins_what_came_before_and_each_is_kept_once() -> None:
    actor, opened = begun()
    attach(actor, opened, photo("one"), photo("two"))
    attach(actor, opened, photo("two"), photo("three"))
    again = applications.of(actor, opened.reference)
    assert names(again) == ["one.jpg", "two.jpg", "three.jpg"]
    assert kept(again) == ["one.jpg", "three.jpg", "two.jpg"]


def test_what_is_taken_away_makes_room() -> None:
    actor, opened = begun()
    attach(actor, opened, photo("one"), photo("two"), photo("three"))
    attach(actor, opened, photo("four"), without=("one.jpg", "two.jpg"))
    assert names(opened) == ["three.jpg", "four.jpg"]
    assert kept(opened) == ["four.jpg", "three.jpg"]


def test_all_of_them_may_go_where_none_is_needed() -> None:
    actor, opened = begun()
    attach(actor, opened, photo("one"))
    attach(actor, opened, without=("one.jpg",))
    assert opened.answers["photos"] is None and kept(opened) == []


def test_one_that_is_refused_costs_none_of_the_others() -> None:
    actor, opened = begun()
    with pytest.raises(Refusal, match="picture") as refused:
        attach(actor, opened, photo("one"), paper(), photo("two"))
    assert refused.value.field == "photos"
    again = applications.of(actor, opened.reference)
    assert names(again) == ["one.jpg", "two.jpg"] and again.answers["what"] == "A tree"


def test_too_many_are_said_and_the_first_are_kept() -> None:
    actor, opened = begun()
    attach(actor, opened, photo("one"))
    with pytest.raises(Refusal, match="Up to 3"):
        attach(actor, opened, photo("two"), photo("three"), photo("four"))
    assert names(opened) == ["one.jpg", "two.jpg", "three.jpg"]
    assert kept(opened) == ["one.jpg", "three.jpg", "two.jpg"]


def test_a_single_file_is_replaced_or_taken_away() -> None:
    actor, opened = begun()
    step = step_of(opened, "look")
    answers.answer(actor, opened, step, {"what": "x"}, {"plan": paper("old.pdf")})
    answers.answer(actor, opened, step, {"what": "x"}, {"plan": Uploaded("new.pdf", io.BytesIO(PDF + b"new"))})
    assert opened.answers["plan"]["name"] == "new.pdf" and kept(opened) == ["new.pdf"]
    answers.answer(actor, opened, step, {"what": "x"}, {}, [opened.answers["plan"]["digest"]])
    assert opened.answers["plan"] is None and kept(opened) == []


def test_a_price_is_reckoned_with_the_files_that_are_there() -> None:
    actor, opened = begun()
    attach(actor, opened, photo("one"))
    assert names(answers.preview(actor, opened, step_of(opened, "look"), {"what": "y"})) == ["one.jpg"]


def test_the_applicant_gets_each_back_and_nobody_else_any() -> None:
    actor, opened = submitted()
    assert read(documents.attached(actor, opened.row, "photos", 1)) == ("two.jpg", b"\xff\xd8\xfftwo")
    with pytest.raises(NotFound):
        documents.attached(actor, opened.row, "photos", 2)
    with pytest.raises(NotFound):
        documents.attached(signed_in(a_person()), opened.row, "photos", 0)


def test_the_clerk_reads_each_of_each_version() -> None:
    actor, opened = submitted()
    clerk = a_clerk()
    assert read(dossiers.file_of(clerk, opened.reference, 1, "photos", 1)) == ("two.jpg", b"\xff\xd8\xfftwo")
    with pytest.raises(NotFound):
        dossiers.file_of(clerk, opened.reference, 1, "photos", 2)
    casework.decide(clerk, opened.reference, Outcome.RETURN, remarks={"photos": "The second shows nothing."})
    back = applications.of(actor, opened.reference)
    attach(actor, back, photo("better"), without=("two.jpg",))
    corrected = submission.submit(actor, back.reference, submission.offer(back).seal)
    assert [read(dossiers.file_of(clerk, opened.reference, version, "photos", 1))[0] for version in (1, 2)] == [
        "two.jpg",
        "better.jpg",
    ]
    before, after = corrections.versions_of(corrected.row)[0].frozen, corrected.row.frozen
    changed = [row for _title, rows in corrections.compare(before, after) for row in rows if row.changed]
    assert [(row.before and row.before["en"], row.after and row.after["en"]) for row in changed] == [
        ("one.jpg · two.jpg", "one.jpg · better.jpg")
    ]


def test_they_are_in_the_persons_copy_and_go_when_their_time_is_over() -> None:
    _actor, opened = submitted()
    held = own_data.everything(opened.row.account)
    assert {row["name"] for row in held["uploads"]} == {"one.jpg", "two.jpg"}
    assert json.dumps(held["applications"], default=str).count("one.jpg") > 0
    assert [name.split("-", 1)[1] for name, _digest in own_data._files(opened.row.account)] == ["one.jpg", "two.jpg"]
    opened.row.closed_at = now()
    retention._trim(opened.row)
    assert kept(opened) == []
