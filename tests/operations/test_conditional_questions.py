"""A question of some cases only: asked of them, forgotten when the case becomes another, never a hindrance to the others."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from peewee import Database

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Refusal
from engine.fields import Choice, Text, Upload
from engine.service import Authority, Charge, Decision, Service, Step
from engine.wording import _
from models import Outcome
from operations import answers, applications, casework, corrections, submission
from operations.answers import Uploaded
from operations.applications import Opened
from tests.support.renewals import an_owner, step_of
from tests.support.residents import staff

FIRM, PERSON = "firm", "person"
SERVICE = Service(
    code="trial.sponsor",
    title=_("Completed"),
    summary=_("Finished"),
    takes=_("Since"),
    steps=(
        Step("who", _("Number"), Choice("kind", _("For"), options=((FIRM, _("First")), (PERSON, _("Second"))))),
        Step(
            "papers",
            _("Your documents"),
            Upload("form", _("Download"), asked=lambda case: case["kind"] == FIRM),
            Text("note", _("Note"), required=False, asked=lambda case: case["kind"] == FIRM),
        ),
        Step("end", _("Subject"), Text("why", _("Subject"))),
    ),
    charge=Charge.NEVER,
    decision=Decision.CLERK,
)


@pytest.fixture(autouse=True)
def offered(rules: Database) -> Iterator[None]:
    before = list(catalogue.authorities.values())
    catalogue.fill([Authority(code="trial", title=_("Contact"), summary=_("Home"), services=(SERVICE,))])
    yield
    catalogue.fill(before)


def begun(kind: str) -> tuple[Actor, Opened]:
    _account, actor = an_owner()
    opened = applications.start(actor, "trial.sponsor")
    answers.answer(actor, opened, step_of(opened, "who"), {"kind": kind})
    return actor, opened


def attach(actor: Actor, opened: Opened) -> None:
    file = Uploaded("form.pdf", io.BytesIO(b"%PDF-1.7\n"))
    answers.answer(actor, opened, step_of(opened, "papers"), {"note": "Stamped"}, {"form": file})


def steps(opened: Opened) -> list[str]:
    return [step.name for step in corrections.open_steps(opened, {})]


def test_it_is_asked_of_the_cases_it_is_for() -> None:
    actor, opened = begun(FIRM)
    assert steps(opened) == ["who", "papers", "end"]
    assert opened.next_step() == step_of(opened, "papers")
    with pytest.raises(Refusal) as refused:
        answers.answer(actor, opened, step_of(opened, "papers"), {})
    assert refused.value.field == "form"


def test_the_others_pass_it_by() -> None:
    actor, opened = begun(PERSON)
    assert steps(opened) == ["who", "end"]
    assert opened.next_step() == step_of(opened, "end")
    answers.answer(actor, opened, step_of(opened, "end"), {"why": "Because"})
    submitted = submission.submit(actor, opened.reference, submission.offer(opened).seal)
    assert [row["field"] for step in submitted.row.frozen["steps"] for row in step["rows"]] == ["kind", "why"]


def test_before_the_case_is_known_nothing_of_it_is_asked() -> None:
    _account, actor = an_owner()
    opened = applications.start(actor, "trial.sponsor")
    assert step_of(opened, "papers").asked(opened.case()) == ()


def test_who_becomes_another_case_leaves_its_answers_behind() -> None:
    actor, opened = begun(FIRM)
    attach(actor, opened)
    assert {"form", "note"} <= opened.answers.keys()
    answers.answer(actor, opened, step_of(opened, "who"), {"kind": PERSON})
    assert opened.answers == {"kind": PERSON}


def test_nobody_can_answer_what_is_not_asked_of_them() -> None:
    actor, opened = begun(PERSON)
    attach(actor, opened)
    assert "note" not in opened.answers


def test_a_version_is_compared_question_by_question_though_another_case_was_asked_others() -> None:
    actor, opened = begun(FIRM)
    attach(actor, opened)
    answers.answer(actor, opened, step_of(opened, "end"), {"why": "Because"})
    submission.submit(actor, opened.reference, submission.offer(opened).seal)
    clerk = staff(where="trial")
    casework.decide(clerk, opened.reference, Outcome.RETURN, remarks={"kind": "You are a person."})
    back = applications.of(actor, opened.reference)
    answers.answer(actor, back, step_of(back, "who"), {"kind": PERSON})
    again = submission.submit(actor, back.reference, submission.offer(back).seal)
    (before,) = corrections.versions_of(again.row)
    compared = corrections.compare(before.frozen, again.row.frozen)
    assert [title["en"] for title, _rows in compared] == ["Number", "Your documents", "Subject"]
    gone = [(row.before and row.before["en"], row.after) for row in compared[1][1]]
    assert gone == [("form.pdf", None), ("Stamped", None)]
    assert [row.changed for row in compared[2][1]] == [False]
    third = corrections.compare(again.row.frozen, again.row.frozen)
    assert [title["en"] for title, _rows in third] == ["Number", "Subject"], "what neither was asked is left out"


def test_rows_of_a_step_are_compared_by_their_question() -> None:
    def frozen(**rows: str) -> dict[str, Any]:
        said = [{"field": name, "label": {"en": name, "ar": name}, "value": {"en": value}} for name, value in rows.items()]
        return {"steps": [{"title": {"en": "One"}, "rows": said}], "answers": rows}

    ((_title, rows),) = corrections.compare(frozen(first="1", second="2"), frozen(second="2", third="3"))
    assert [(row.label["en"], row.before, row.after) for row in rows] == [
        ("second", {"en": "2"}, {"en": "2"}),
        ("third", None, {"en": "3"}),
        ("first", {"en": "1"}, None),
    ]
