"""The chamber's five services as they are walked: what each changes and issues, and how one leads to another."""

import datetime as dt
from pathlib import Path

import pytest

from engine.actor import Actor
from engine.errors import Conflict, NotFound, Refusal, Start
from engine.lifecycle import State
from models import Application, Bill, Document, RegisterRecord
from operations import applications, documents, prefilling, registers, submission
from operations.applications import Opened
from operations.now import set_business_day
from tests.support.builders import a_person, signed_in
from tests.support.portal_rules import ESTABLISHMENT, MEMBERSHIP, bring_in
from tests.support.renewals import a_submitted_renewal, an_owner, answer, open_to, step_of

pytestmark = pytest.mark.usefixtures("rules")
TODAY = dt.date(2018, 3, 18)
RENEWAL = Start("chamber.renew-membership", {"registration": "1229237", "membership": "91868"})


@pytest.fixture(autouse=True)
def manual_day() -> None:
    set_business_day(TODAY)


def on_file(folder: Path, **data: str) -> None:
    """The chamber's file says this of the manual's company."""
    bring_in(folder, MEMBERSHIP | data)


def begun(actor: Actor, service: str) -> Opened:
    opened = applications.start(actor, f"chamber.{service}")
    answer(actor, opened, "establishment", registration="1229237")
    if service != "register-membership":
        answer(actor, opened, "membership", membership="91868")
    return opened


def done(actor: Actor, opened: Opened) -> Document:
    """Submitted and paid for, as far as there is anything to pay."""
    submitted = submission.submit(actor, opened.reference, submission.offer(opened).seal)
    if submitted.state is State.TO_PAY:
        applications.paid(applications.lock(actor, opened.reference))
    assert applications.of(actor, opened.reference).state is State.COMPLETED
    found: Document = Document.get((Document.application == submitted.row) & (Document.kind == "certificate"))
    return found


def printed(document: Document) -> dict[str, str]:
    return {row["label"]["en"]: row["value"]["en"] for row in document.content["rows"]}


# --- What each does ----------------------------------------------------------------------------------------------------------------


def test_a_new_name_is_taken_over_for_four_rials(tmp_path: Path) -> None:
    on_file(tmp_path, expires="2018-12-13", name_en="", name_ar="AAالمشاريع الواعدة")
    _account, actor = an_owner()
    certificate = done(actor, begun(actor, "change-name"))
    assert Bill.get().total.baisa == 4_000
    member = registers.find("chamber.memberships", "91868")
    assert member and (member.name["en"], member.expires) == ("promising projects", dt.date(2018, 12, 13))
    assert certificate.content["named"]["en"] == "promising projects" and "duplicate" not in certificate.content


def test_a_new_grade_is_taken_over_and_lasts_a_year(tmp_path: Path) -> None:
    on_file(tmp_path, expires="2018-12-13", grade="first")
    _account, actor = an_owner()
    certificate = done(actor, begun(actor, "change-grade"))
    member = registers.find("chamber.memberships", "91868")
    assert member and (member.grade, member.expires) == ("fourth", dt.date(2019, 3, 18))
    assert printed(certificate)["Registered in the grade"] == "Fourth"
    assert certificate.valid_until == dt.date(2019, 3, 18)


def test_a_lost_certificate_that_we_issued_is_named_on_the_one_in_its_place() -> None:
    _account, actor = an_owner()
    lost = a_submitted_renewal(actor)
    applications.paid(applications.lock(actor, lost.reference))
    first = Document.get(Document.kind == "certificate")
    second = done(actor, begun(actor, "get-certificate"))
    assert documents.printed(second)["duplicate_of"] == first.serial
    assert Document.get_by_id(first.id).state == "replaced" and second.state == "valid"
    assert documents.printed(first)["duplicate_of"] is None


def test_a_lost_certificate_from_before_is_marked_too() -> None:
    _account, actor = an_owner()
    assert documents.printed(done(actor, begun(actor, "get-certificate")))["duplicate_of"] == ""


def test_a_company_becomes_a_member_once_submitted_and_nothing_is_charged() -> None:
    RegisterRecord.delete().where(RegisterRecord.register == "chamber.memberships").execute()
    _account, actor = an_owner()
    certificate = done(actor, begun(actor, "register-membership"))
    member = RegisterRecord.get(RegisterRecord.register == "chamber.memberships")
    assert (member.number, member.parent, member.data["expires"]) == ("2000001", "1229237", "2018-09-18")
    assert printed(certificate) | {"Date of issue": ""} == {
        "CR No": "1229237",
        "Registered in the grade": "Fourth",
        "OCCI No": "2000001",
        "Date of issue": "",
        "Date of expiry": "18 September 2018",
        "Head office": "Muscat Governorate",
    }
    assert certificate.subject == "chamber.memberships:2000001" and not Bill.select().exists()


def test_a_company_is_registered_once_though_two_drafts_ask_for_it() -> None:
    RegisterRecord.delete().where(RegisterRecord.register == "chamber.memberships").execute()
    _account, actor = an_owner()
    first = begun(actor, "register-membership")
    second = applications.start_another(actor, "chamber.register-membership")
    answer(actor, second, "establishment", registration="1229237")
    seal = submission.offer(second).seal
    done(actor, first)
    with pytest.raises(Refusal, match="already a member"):
        submission.submit(actor, second.reference, seal)
    assert RegisterRecord.select().where(RegisterRecord.register == "chamber.memberships").count() == 1


def test_a_membership_that_appears_at_the_last_moment_is_not_made_twice() -> None:
    """Between looking and making: the extract was quicker."""
    _account, actor = an_owner()
    RegisterRecord.update(parent="elsewhere").where(RegisterRecord.number == "91868").execute()
    opened = begun(actor, "register-membership")
    effects = list(opened.service.effects(opened.case()))
    RegisterRecord.update(parent="1229237").where(RegisterRecord.number == "91868").execute()
    assert registers.apply(effects, opened.row) is None
    RegisterRecord.delete().where(RegisterRecord.number == "91868").execute()
    assert registers.apply(effects, opened.row)


# --- Refused as early as it is known -------------------------------------------------------------------------------------------------


def test_what_is_refused_is_known_at_the_step_where_it_is_chosen(tmp_path: Path) -> None:
    on_file(tmp_path, expires="2018-01-01", name_ar="قديم")
    _account, actor = an_owner()
    opened = applications.start(actor, "chamber.change-name")
    answer(actor, opened, "establishment", registration="1229237")
    assert submission.refused_at(actor, opened, step_of(opened, "establishment")) == []
    answer(actor, opened, "membership", membership="91868")
    assert submission.refused_at(actor, opened, step_of(opened, "establishment")) == []
    (refused,) = submission.refused_at(actor, opened, step_of(opened, "membership"))
    assert refused.start == RENEWAL
    stands_at = opened.missing()
    assert stands_at and stands_at.name == "membership"
    with pytest.raises(Refusal, match="Please renew the company"):
        submission.submit(actor, opened.reference, submission.offer(opened).seal)


def test_what_was_refused_is_looked_up_again_before_it_is_said_again(tmp_path: Path) -> None:
    on_file(tmp_path, expires="2018-01-01", name_ar="قديم")
    _account, actor = an_owner()
    opened = begun(actor, "change-name")
    on_file(tmp_path, expires="2019-01-01", name_ar="قديم")
    assert submission.refused_at(actor, opened, step_of(opened, "membership")) == []
    assert applications.of(actor, opened.reference).records["membership"].expires == dt.date(2019, 1, 1)


def test_another_company_forgets_what_came_with_the_first(tmp_path: Path) -> None:
    bring_in(tmp_path, ESTABLISHMENT | {"number": "1445820"})
    _account, actor = an_owner()
    opened = begun(actor, "register-membership")
    assert opened.records["membership"].number == "91868"
    answer(actor, opened, "establishment", registration="1445820")
    assert "membership" not in opened.records
    assert submission.refused_at(actor, opened, step_of(opened, "establishment")) == []


# --- Begun with what is known ---------------------------------------------------------------------------------------------------------


def test_the_renewal_begins_at_the_period() -> None:
    _account, actor = an_owner()
    opened = prefilling.begin(actor, RENEWAL)
    assert opened.answers == RENEWAL.answers
    assert opened.records["membership"].number == "91868"
    missing = opened.missing()
    assert missing and missing.name == "period"


def test_the_same_again_is_the_same_application_until_it_has_ended() -> None:
    _account, actor = an_owner()
    opened = prefilling.begin(actor, RENEWAL)
    assert prefilling.begin(actor, RENEWAL).reference == opened.reference
    answer(actor, opened, "period", months="12")
    submission.submit(actor, opened.reference, submission.offer(opened).seal)
    assert prefilling.begin(actor, RENEWAL).reference == opened.reference  # it waits to be paid
    applications.paid(applications.lock(actor, opened.reference))
    assert prefilling.begin(actor, RENEWAL).reference != opened.reference


def test_a_draft_for_another_company_stays_as_it_is(tmp_path: Path) -> None:
    bring_in(tmp_path, ESTABLISHMENT | {"number": "1445820"})
    _account, actor = an_owner()
    other = applications.start(actor, "chamber.renew-membership")
    answer(actor, other, "establishment", registration="1445820")
    opened = prefilling.begin(actor, RENEWAL)
    assert opened.reference != other.reference
    assert applications.of(actor, other.reference).answers == {"registration": "1445820"}


def test_nobody_begins_with_somebody_elses_company() -> None:
    _account, stranger = an_owner("7324674", email="stranger@bawaba.example", phone="+96892345678")
    opened = prefilling.begin(stranger, RENEWAL)
    assert opened.answers == {} and opened.records == {}


def test_a_number_that_was_only_claimed_waits_for_its_proof() -> None:
    actor = signed_in(a_person(civil_number="1526575", verified=False))
    assert prefilling.begin(actor, RENEWAL).answers == {}


def test_answers_beyond_a_step_that_asks_for_proof_are_not_taken_without_it() -> None:
    _account, actor = an_owner()
    start = Start(RENEWAL.service, {**RENEWAL.answers, "months": 24})
    assert "months" not in prefilling.begin(actor, start).answers
    opened = applications.start(actor, RENEWAL.service)
    open_to(actor, opened)
    assert "months" not in opened.answers


def test_a_service_that_is_not_there_is_not_found() -> None:
    _account, actor = an_owner()
    with pytest.raises(NotFound):
        prefilling.begin(actor, Start("chamber.nothing", {"registration": "1229237"}))
    assert not Application.select().exists()


def test_two_applications_may_not_change_one_membership_at_once(tmp_path: Path) -> None:
    on_file(tmp_path, expires="2018-12-13", grade="first")
    _account, actor = an_owner()
    first, second = begun(actor, "change-grade"), applications.start_another(actor, "chamber.change-grade")
    for name, typed in (("establishment", {"registration": "1229237"}), ("membership", {"membership": "91868"})):
        answer(actor, second, name, **typed)
    submission.submit(actor, first.reference, submission.offer(first).seal)
    with pytest.raises(Conflict):
        submission.submit(actor, second.reference, submission.offer(second).seal)
