"""A service the engine was not written for: a file, a clerk, a fee after approval. Nothing of it is in the engine."""

import io

import pytest

from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.lifecycle import State
from engine.money import Money
from models import ApplicationEvent, Bill, DecisionMade, Document, Message, Outcome, Upload
from operations import answers, applications, casework, corrections, documents, submission
from operations.answers import Uploaded
from operations.applications import Opened
from operations.outside import outside
from tests.support.builders import a_person, signed_in
from tests.support.renewals import an_owner, answer, step_of

pytestmark = pytest.mark.usefixtures("rules")
PDF = b"%PDF-1.7\n%a deed\n"


def a_clerk(authority: str = "trial") -> Actor:
    actor = signed_in(a_person())
    return Actor(account=actor.account, session=actor.session, roles=frozenset({f"clerk:{authority}"}))


def attach(actor: Actor, opened: Opened, content: bytes = PDF, name: str = "deed.pdf", months: str = "3") -> None:
    answers.answer(actor, opened, step_of(opened, "papers"), {"months": months}, {"deed": Uploaded(name, io.BytesIO(content))})


def submitted(actor: Actor) -> Opened:
    opened = applications.start(actor, "trial.parking")
    answer(actor, opened, "car", plate="B 1234", kind="1")
    attach(actor, opened)
    return submission.submit(actor, opened.reference, submission.offer(opened).seal)


def test_the_whole_life_of_a_service_with_a_clerk(rules: object) -> None:
    _account, actor = an_owner()
    opened = submitted(actor)
    assert opened.state is State.IN_REVIEW
    assert not Bill.select().exists()
    casework.decide(a_clerk(), opened.reference, Outcome.APPROVE)
    assert applications.of(actor, opened.reference).state is State.TO_PAY
    assert Bill.get().total == Money.rials(6)
    applications.paid(applications.lock(actor, opened.reference))
    assert applications.of(actor, opened.reference).state is State.COMPLETED
    assert Document.get().content["named"] == {"ar": "B 1234", "en": "B 1234"}
    templates = {message.template for message in Message.select()}
    assert templates == {"application_received", "application_to_pay", "application_completed"}


def test_a_returned_application_keeps_its_answers_shows_the_remark_and_goes_back() -> None:
    _account, actor = an_owner()
    opened = submitted(actor)
    casework.decide(a_clerk(), opened.reference, Outcome.RETURN, remarks={"plate": "The plate is not readable."})
    back = applications.of(actor, opened.reference)
    assert back.state is State.RETURNED
    assert back.answers["months"] == 3
    assert corrections.remarks_on(back.row) == {"plate": "The plate is not readable."}
    answer(actor, back, "car", plate="B 5678", kind="1")
    assert submission.submit(actor, back.reference, submission.offer(back).seal).state is State.IN_REVIEW


def test_a_refusal_needs_a_reason_and_ends_it() -> None:
    _account, actor = an_owner()
    opened = submitted(actor)
    with pytest.raises(Refusal):
        casework.decide(a_clerk(), opened.reference, Outcome.REFUSE, reason=" ")
    casework.decide(a_clerk(), opened.reference, Outcome.REFUSE, reason="No parking there.")
    assert applications.of(actor, opened.reference).state is State.REFUSED
    assert ApplicationEvent.select().where(ApplicationEvent.kind == "refused").get().details == {"reason": "No parking there."}


def test_nobody_decides_without_the_role_their_own_or_for_another_authority() -> None:
    account, actor = an_owner()
    opened = submitted(actor)
    with pytest.raises(NotAllowed):
        casework.decide(actor, opened.reference, Outcome.APPROVE)
    own = Actor(account=account.id, session=actor.session, roles=frozenset({"clerk"}))
    with pytest.raises(NotAllowed):
        casework.decide(own, opened.reference, Outcome.APPROVE)
    with pytest.raises(NotFound):
        casework.decide(a_clerk("chamber"), opened.reference, Outcome.APPROVE)
    assert not DecisionMade.select().exists()


def test_the_second_clerk_is_told_and_overwrites_nothing() -> None:
    _account, actor = an_owner()
    opened = submitted(actor)
    casework.decide(a_clerk(), opened.reference, Outcome.APPROVE)
    with pytest.raises(Conflict):
        casework.decide(a_clerk(), opened.reference, Outcome.REFUSE, reason="Too late.")
    assert DecisionMade.select().count() == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"MZ\x90 a program", "deed.pdf"), (b"<svg onload=alert(1)>", "deed.png"), (PDF + b"x" * (10 * 1024 * 1024), "deed.pdf")],
    ids=["a program by another name", "markup by another name", "too large"],
)
def test_a_file_is_judged_by_its_content_and_size(content: bytes, name: str) -> None:
    _account, actor = an_owner()
    opened = applications.start(actor, "trial.parking")
    answer(actor, opened, "car", plate="B 1234", kind="1")
    with pytest.raises(Refusal) as refused:
        attach(actor, opened, content, name)
    assert refused.value.field == "deed"
    assert not Upload.select().exists()


def test_a_file_stays_when_the_step_is_saved_without_sending_it_again() -> None:
    _account, actor = an_owner()
    opened = applications.start(actor, "trial.parking")
    answer(actor, opened, "car", plate="B 1234", kind="1")
    attach(actor, opened)
    answer(actor, opened, "papers", months="5")
    assert opened.answers["deed"]["name"] == "deed.pdf"
    assert outside.storage.open(Upload.get().digest).read() == PDF


def test_a_good_file_is_kept_even_when_another_answer_is_refused() -> None:
    _account, actor = an_owner()
    opened = applications.start(actor, "trial.parking")
    answer(actor, opened, "car", plate="B 1234", kind="1")
    with pytest.raises(Refusal) as refused:
        attach(actor, opened, months="99")
    assert refused.value.field == "months"
    assert applications.of(actor, opened.reference).answers["deed"]["name"] == "deed.pdf"


def test_somebody_elses_file_is_not_found(rules: object) -> None:
    _account, actor = an_owner()
    opened = submitted(actor)
    _other, stranger = an_owner("7324674")
    with pytest.raises(NotFound):
        documents.attached(stranger, opened.row, "deed")
    assert documents.attached(actor, opened.row, "deed")[0] == "deed.pdf"
