"""Births, deaths, identity cards and registration from asking to the paper, with what the registers say afterwards."""

import datetime as dt
import io
from collections.abc import Iterator

import pytest

from blueprints.residency.registers import deaths
from engine.actor import Actor
from engine.errors import Conflict, NotFound, Refusal
from engine.lifecycle import State
from models import Application, Bill, Document, DocumentState, Outcome, RegisterRecord, database
from operations import answers, applications, casework, desk, documents, register_imports, registers, submission
from operations.answers import Uploaded
from operations.applications import Opened
from operations.now import set_business_day
from tests.support.builders import a_person, signed_in
from tests.support.portraits import a_portrait
from tests.support.processes import ROOT
from tests.support.renewals import step_of
from tests.support.residents import handed_in, staff

pytestmark = pytest.mark.usefixtures("rules", "demo")
ALI, MOZA, SAID, REEM, SHAMSA = "1526575", "3301448", "21556601", "24810077", "7324674"
REEM_IS, MOZA_IS, SAID_IS = "2014/006172", "1982/220310", "2008/118004"  # registration numbers
FILES = {"notice": b"%PDF-1.7\n", "photo": a_portrait()}


@pytest.fixture
def demo() -> Iterator[None]:
    """The families of the demonstration: Ali and Moza with Said and Reem, and their grandfather, who has died."""
    set_business_day(dt.date(2026, 11, 22))
    for name in ("civil_status", "births", "deaths", "identity_cards"):
        register_imports.import_extract(ROOT / "demo" / f"{name}.csv")
    yield
    set_business_day(None)


def somebody(civil_number: str = ALI) -> Actor:
    return signed_in(a_person(civil_number=civil_number), "en")


def begun(actor: Actor, service: str, **steps: dict[str, str]) -> Opened:
    opened = applications.start(actor, f"residency.{service}")
    for name, typed in steps.items():
        step = step_of(opened, name)
        files = {field.name: Uploaded("a", io.BytesIO(FILES[field.name])) for field in step.fields if field.name in FILES}
        answers.answer(actor, opened, step, typed, files)
    return opened


def row_of(opened: Opened) -> Application:
    return Application.get(Application.reference == opened.reference)  # type: ignore[no-any-return]


def approved(opened: Opened, reply: str = "") -> Application:
    return casework.decide(staff(where="residency.civil"), opened.reference, Outcome.APPROVE, reason=reply)


def paid(opened: Opened) -> Application:
    row = row_of(opened)
    assert row.state == State.TO_PAY
    with database.atomic():
        applications.paid(row)
    return row_of(opened)


def paper(opened: Opened) -> Document:
    (document,) = [each for each in documents.of_application(row_of(opened)) if each.kind == "certificate"]
    return document


def kept(register: str, number: str) -> RegisterRecord:
    found = (RegisterRecord.register == f"residency.{register}") & (RegisterRecord.number == number)
    return RegisterRecord.get(found)  # type: ignore[no-any-return]


# --- Births ----------------------------------------------------------------------------------------------------------------------

CHILD = {"name_ar": "سالم علي الجهضمي", "name_en": "Salim Ali Al Jahdhami", "sex": "male"}
BIRTH = {"born": "2026-11-20", "birthplace_ar": "مستشفى صحار", "birthplace_en": "Sohar Hospital"}
BIRTH |= {"nationality_ar": "عماني", "nationality_en": "Omani"}
PARENTS = {"father": ALI, "father_name_ar": "علي سعيد", "father_name_en": "Ali Said"}
PARENTS |= {"mother": MOZA, "mother_name_ar": "موزة خلفان", "mother_name_en": "Moza Khalfan"}


def a_birth(actor: Actor) -> Opened:
    return handed_in(actor, begun(actor, "birth-certificate", child=CHILD, birth=BIRTH, parents=PARENTS))


def test_a_birth_is_entered_once_paid_and_both_parents_find_it() -> None:
    opened = a_birth(somebody(ALI))
    assert row_of(opened).state == State.IN_REVIEW
    assert approved(opened).state == State.TO_PAY
    assert not RegisterRecord.select().where(RegisterRecord.number == "2026/00001").exists()
    row = paid(opened)
    assert (row.state, row.subject) == (State.COMPLETED, "residency.births:2026/00001")
    assert kept("births", "2026/00001").data["name"] == {"ar": CHILD["name_ar"], "en": CHILD["name_en"]}
    document = paper(opened)
    assert (document.template, document.content["named"]["ar"]) == ("birth_certificate.html", CHILD["name_ar"])
    assert document.content["rows"][0]["value"] == {"en": "2026/00001", "ar": "٢٠٢٦/٠٠٠٠١"}
    documents.draw({"serial": document.serial})
    mother = somebody(MOZA)
    copy = begun(mother, "birth-certificate-copy", by={"by": "listed"}, certificate={"certificate": "2026/00001"})
    assert copy.next_step() is None


def test_a_copy_of_what_is_on_file_is_issued_at_once_and_the_lost_one_no_longer_stands() -> None:
    father = somebody(ALI)
    first = a_birth(father)
    approved(first)
    paid(first)
    steps = {"by": {"by": "listed"}, "certificate": {"certificate": "2026/00001"}}
    copy = handed_in(father, begun(father, "birth-certificate-copy", **steps))
    assert paid(copy).state == State.COMPLETED, "no clerk is asked"
    before, after = paper(first), paper(copy)
    assert (before.state, after.state) == (DocumentState.REPLACED, DocumentState.VALID)
    assert documents.printed(after)["duplicate_of"] == before.serial


def test_a_copy_of_a_paper_that_was_not_issued_here_is_marked_too() -> None:
    father = somebody(ALI)
    steps = {"by": {"by": "listed"}, "certificate": {"certificate": "2014/00087"}}
    copy = handed_in(father, begun(father, "birth-certificate-copy", **steps))
    paid(copy)
    assert documents.printed(paper(copy))["duplicate_of"] == ""


def test_a_birth_that_is_not_on_file_is_looked_up_by_a_clerk_who_writes_its_number() -> None:
    actor = somebody("10203040")
    steps = {"by": {"by": "event"}, "child": CHILD, "birth": BIRTH | {"born": "1990-08-17"}, "parents": PARENTS}
    copy = handed_in(actor, begun(actor, "birth-certificate-copy", **steps))
    assert paid(copy).state == State.IN_REVIEW
    before = RegisterRecord.select().count()
    assert approved(copy, "1990/00312").state == State.COMPLETED
    document = paper(copy)
    assert document.content["rows"][0]["value"]["en"] == "1990/00312" and document.content["duplicate"]
    assert RegisterRecord.select().count() == before, "the books have it"


def test_who_chose_a_certificate_and_then_tells_of_a_birth_instead_is_looked_at_by_a_clerk() -> None:
    actor = somebody(ALI)
    begun(actor, "birth-certificate-copy", by={"by": "listed"}, certificate={"certificate": "2014/00087"})
    steps = {"by": {"by": "event"}, "child": CHILD, "birth": BIRTH, "parents": PARENTS}
    copy = begun(actor, "birth-certificate-copy", **steps)
    assert not copy.records and "certificate" not in copy.answers
    assert paid(handed_in(actor, copy)).state == State.IN_REVIEW


def test_what_a_clerk_returned_and_was_corrected_is_not_paid_twice() -> None:
    actor = somebody("10203040")
    steps = {"by": {"by": "event"}, "child": CHILD, "birth": BIRTH, "parents": PARENTS}
    copy = handed_in(actor, begun(actor, "birth-certificate-copy", **steps))
    paid(copy)
    casework.decide(staff(where="residency.civil"), copy.reference, Outcome.RETURN, remarks={"born": "Which year?"})
    back = applications.of(actor, copy.reference)
    answers.answer(actor, back, step_of(back, "birth"), BIRTH | {"born": "1990-08-17"})
    assert row_of(handed_in(actor, back)).state == State.IN_REVIEW
    assert Bill.select().count() == 1


@pytest.mark.parametrize("number", ["2014/00087", "9999/00001"])
def test_anothers_birth_certificate_cannot_be_chosen(number: str) -> None:
    with pytest.raises(Refusal) as refused:
        begun(somebody(SHAMSA), "birth-certificate-copy", by={"by": "listed"}, certificate={"certificate": number})
    assert refused.value.field == "certificate"


# --- Deaths ----------------------------------------------------------------------------------------------------------------------

PERSON = {"name_ar": "حمد سالم الهاشمي", "name_en": "Hamed Salim", "civil": "1204411", "sex": "male", "born": ""}
EVENT = {"died": "2026-11-20", "deathplace_ar": "صحار", "deathplace_en": "Sohar"}
EVENT |= {"nationality_ar": "عماني", "nationality_en": "Omani"}


def a_death(actor: Actor, **person: str) -> Opened:
    steps = {"person": PERSON | person, "event": EVENT, "you": {"relation": "child"}}
    return handed_in(actor, begun(actor, "death-certificate", **steps))


def test_a_death_costs_nothing_and_marks_the_person_in_civil_status() -> None:
    opened = a_death(somebody(SHAMSA), civil=REEM)
    assert approved(opened).state == State.COMPLETED and not Bill.select().exists()
    assert kept("deaths", "2026/00001").holder == SHAMSA
    assert kept("people", REEM_IS).data["died"] == "2026-11-20"
    assert kept("people", REEM_IS).data["name"]["en"] == "Reem Ali Al Jahdhami", "nothing else changed"
    assert kept("people", MOZA_IS).data["died"] == ""
    assert paper(opened).template == "death_certificate.html"


def test_who_is_not_in_civil_status_or_has_no_number_is_entered_all_the_same() -> None:
    reporter = somebody(SHAMSA)
    for number in ("", "88000001"):
        assert approved(a_death(reporter, civil=number)).state == State.COMPLETED


def test_a_death_that_is_entered_already_is_looked_at_by_a_person() -> None:
    grandfather = a_death(somebody(SHAMSA), civil="90012")
    row = approved(grandfather)
    assert row.state == State.IN_REVIEW
    assert kept("people", "1951/000733").data["died"] == "2025-12-09"
    assert not RegisterRecord.select().where(RegisterRecord.number == "2026/00001").exists()
    assert "register-changed" in [event.kind for event in applications.events_of(row)]


def test_a_copy_of_a_death_certificate_is_the_same_file_and_its_familys_alone() -> None:
    reporter = somebody(SHAMSA)
    first = a_death(reporter)
    approved(first)
    copy = handed_in(reporter, begun(reporter, "death-certificate-copy", certificate={"certificate": "2026/00001"}, data={}))
    assert paid(copy).state == State.COMPLETED
    assert paper(copy).serial == paper(first).serial
    assert documents.file_of(reporter, paper(copy).serial)
    with pytest.raises(Refusal, match="We do not find this number"):
        begun(somebody(ALI), "death-certificate-copy", certificate={"certificate": "2026/00001"})


def test_another_of_the_family_gets_the_same_file_once_they_asked_for_it() -> None:
    entered = kept("deaths", "2025/00902")
    entered.data = entered.data | {"spouse": MOZA}
    entered.save()
    registers.keep_parties(deaths, entered)
    son, wife = somebody(ALI), somebody(MOZA)
    first = handed_in(son, begun(son, "death-certificate-copy", certificate={"certificate": "2025/00902"}, data={}))
    paid(first)
    serial = paper(first).serial
    with pytest.raises(NotFound):
        documents.file_of(wife, serial)
    second = handed_in(wife, begun(wife, "death-certificate-copy", certificate={"certificate": "2025/00902"}, data={}))
    paid(second)
    assert documents.file_of(wife, serial)[0].serial == paper(second).serial == serial


def test_a_death_that_was_entered_elsewhere_has_its_paper_drawn_now() -> None:
    son = somebody(ALI)
    copy = handed_in(son, begun(son, "death-certificate-copy", certificate={"certificate": "2025/00902"}, data={}))
    paid(copy)
    assert paper(copy).content["named"]["en"] == "Said Rashid Al Jahdhami"


# --- Identity cards --------------------------------------------------------------------------------------------------------------


def a_card(actor: Actor, person: str = REEM_IS) -> Opened:
    return handed_in(actor, begun(actor, "issue-id-card", person={"person": person}, photo={}))


def test_a_parent_gets_a_card_for_a_child_and_a_second_one_only_by_replacing_it() -> None:
    father = somebody(ALI)
    opened = a_card(father)
    approved(opened)
    paid(opened)
    (made,) = registers.hanging("residency.identity-cards", REEM_IS)
    assert (made.civil, made.expires, made.state) == (REEM, dt.date(2036, 11, 22), "valid")
    assert paper(opened).template == "slip.html"
    with pytest.raises(Refusal, match="valid card stands") as refused:
        a_card(father)
    assert refused.value.start and refused.value.start.answers == {"card": made.number}

    reason = {"card": {"card": made.number}, "reason": {"reason": "lost"}}
    loss = {"lost_on": "2026-11-21", "loss": "In the market.", "declared": "yes"}
    again = handed_in(father, begun(father, "replace-id-card", **reason, loss=loss, photo={}))
    approved(again)
    paid(again)
    (new,) = registers.hanging("residency.identity-cards", REEM_IS)
    assert new.number != made.number and new.expires == made.expires
    assert kept("identity-cards", made.number).data["state"] == "lost"
    with pytest.raises(Refusal, match="another one stands"):
        handed_in(father, begun(father, "replace-id-card", **reason, loss=loss, photo={}))


def test_a_card_near_its_end_gives_way_to_a_new_one() -> None:
    opened = a_card(somebody(SAID), SAID_IS)
    approved(opened)
    paid(opened)
    (new,) = registers.hanging("residency.identity-cards", SAID_IS)
    assert new.expires == dt.date(2036, 11, 22) and kept("identity-cards", "10000231").data["state"] == "ended"


def test_a_card_is_asked_for_by_the_person_or_a_parent_and_nobody_else() -> None:
    begun(somebody(REEM), "issue-id-card", person={"person": REEM_IS})
    begun(somebody(MOZA), "issue-id-card", person={"person": REEM_IS})
    for stranger, person in ((ALI, MOZA_IS), (SHAMSA, REEM_IS)):  # one's wife; another's child
        actor = somebody(stranger)
        opened = applications.start(actor, "residency.issue-id-card")
        listed = answers.offered(actor, opened, step_of(opened, "person"))["person"]
        assert person not in {record.number for record in listed}  # type: ignore[union-attr]
        with pytest.raises(Refusal):
            begun(actor, "issue-id-card", person={"person": person})


def test_two_parents_do_not_get_two_first_cards() -> None:
    father, mother = somebody(ALI), somebody(MOZA)
    opened = a_card(father)
    with pytest.raises(Conflict):
        a_card(mother)
    approved(opened)
    Application.update(subject=None).where(Application.id == row_of(opened).id).execute()  # as if it were not held
    second = a_card(mother)
    approved(second)
    assert paid(opened).state == State.COMPLETED
    assert paid(second).state == State.IN_REVIEW, "a card stands meanwhile: a person looks at it"
    assert len(registers.hanging("residency.identity-cards", REEM_IS)) == 1


# --- Registration ----------------------------------------------------------------------------------------------------------------


def test_a_statement_is_given_of_oneself_husband_or_wife_and_child() -> None:
    father = somebody(ALI)
    for person in ("1979/104221", MOZA_IS, REEM_IS):
        opened = handed_in(father, begun(father, "proof-of-registration", person={"person": person}, purpose={"purpose": "bank"}))
        approved(opened)
        assert paid(opened).state == State.COMPLETED
        assert paper(opened).content["rows"][0]["value"]["en"] == person
    assert {row.state for row in Document.select().where(Document.template == "registration_statement.html")} == {"valid"}
    with pytest.raises(Refusal):
        begun(somebody(SHAMSA), "proof-of-registration", person={"person": REEM_IS})


def test_they_wait_with_the_clerks_of_civil_status() -> None:
    opened = a_birth(somebody(ALI))
    lines = desk.queue(staff(where="residency.civil"), "residency.civil", "waiting").lines
    assert [line.reference for line in lines] == [opened.reference]
    assert submission.offer(opened).quote.total.baisa == 2_000
