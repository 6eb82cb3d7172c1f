"""Step-up, signing in and log-out at a real external provider: one browser, one answer, once."""

import datetime as dt
from dataclasses import replace
from functools import partial

import pytest

from engine.actor import Actor
from engine.assurance import Assurance
from engine.errors import Conflict, NotFound, Refusal
from gateways.identity_providers import Arrived, Known, LoggedOut, Proven, Reason, Untrusted
from gateways.identity_providers.saml import SamlProvider
from models import Account, Identifier, ProviderVisit, SecurityEvent, Session, StepUp, StepUpState, database
from operations import applications, entrance, identity, identity_providers, sessions
from operations.applications import Opened
from operations.identity_providers import begin_sign_in, begin_step_up, hear_log_out, leave_step_up, receive
from operations.now import now
from operations.outside import outside
from tests.support.builders import a_person, signed_in
from tests.support.identity_provider import Browser, Landed, Pair, RunningProvider, adapter
from tests.support.renewals import SERVICE, an_owner, step_of

pytestmark = pytest.mark.usefixtures("rules")
ADDRESS = "192.0.2.7"
arrive = partial(identity_providers.arrive, address=ADDRESS)


@pytest.fixture(scope="module")
def saml(provider: RunningProvider, ours: Pair) -> SamlProvider:
    return adapter(provider, ours, "http://portal.bawaba.example")


@pytest.fixture(autouse=True)
def trusted(rules: object, saml: SamlProvider):
    outside.identity_provider = saml
    yield
    outside.identity_provider = None


@pytest.fixture
def browser(provider: RunningProvider):
    browser = Browser(provider)
    yield browser
    browser.close()


def asked(civil_number: str = "1526575") -> tuple[Actor, Opened, StepUp]:
    _account, actor = an_owner(civil_number)
    opened = applications.start(actor, SERVICE)
    return actor, opened, identity.ask(actor, opened, step_of(opened, "company"))


def answered(actor: Actor, proof: StepUp, browser: Browser, login: str = "ali") -> tuple[str, str]:
    """The visit this browser keeps, and the ticket it comes home with."""
    visit, there = begin_step_up(actor, proof.id)
    ticket = receive(heard(browser.goes(there, login)), ADDRESS)
    assert not isinstance(ticket, Reason), ticket
    return visit, ticket


def heard(landed: Landed) -> Arrived:
    return Arrived(landed.form, landed.query)


def proven(browser: Browser, login: str = "ali", civil_number: str = "1526575") -> tuple[Actor, Opened, StepUp]:
    actor, opened, proof = asked(civil_number)
    visit, ticket = answered(actor, proof, browser, login)
    row = arrive(actor, ticket, visit)
    assert isinstance(row, StepUp)
    return actor, opened, row


def events() -> set[str]:
    return {event.kind for event in SecurityEvent.select()}


def reason(kind: str) -> list[str]:
    return [event.details["why"] for event in SecurityEvent.select().where(SecurityEvent.kind == kind)]


# --- Step-up -----------------------------------------------------------------------------------------------------------------------


def test_the_right_person_proves_it_logs_out_there_and_comes_back_to_the_application(browser: Browser):
    actor, opened, row = proven(browser)
    assert (row.state, row.reached, row.method) == (StepUpState.PROVEN, Assurance.HIGH, "provider")
    there = leave_step_up(actor, row.id)
    assert there
    visit = hear_log_out(heard(browser.goes(there)), ADDRESS)
    assert isinstance(visit, ProviderVisit) and visit.step_up_id == row.id
    assert leave_step_up(actor, row.id) is None
    _row, token = identity.leave(actor, row.id)
    assert token and sessions.actor_of(token, "en")
    assert applications.granted(actor, opened) is Assurance.HIGH
    assert "identity-proven" in events()


def test_the_application_stays_closed_until_the_provider_has_ended_its_session(browser: Browser):
    actor, opened, row = proven(browser)
    with pytest.raises(Conflict) as refused:
        identity.leave(actor, row.id)
    assert refused.value.message == identity.STILL_THERE
    assert applications.granted(actor, opened) is Assurance.PASSWORD


def test_a_failed_log_out_is_recorded_shown_and_tried_again(browser: Browser):
    actor, _opened, row = proven(browser)
    assert leave_step_up(actor, row.id)
    visit = ProviderVisit.get()
    said = identity_providers._answered(LoggedOut(visit.log_out, "urn:oasis:names:tc:SAML:2.0:status:PartialLogout"), ADDRESS)
    assert said.id == visit.id
    assert identity_providers.failed(visit.id)
    assert "identity-log-out-failed" in events()
    with pytest.raises(Conflict):
        identity.leave(actor, row.id)
    there = leave_step_up(actor, row.id)
    assert there
    hear_log_out(heard(browser.goes(there)), ADDRESS)
    assert not identity_providers.failed(visit.id)
    assert identity.leave(actor, row.id)[1]


def test_a_log_out_is_answered_once_and_only_when_it_was_asked_for(browser: Browser):
    actor, _opened, row = proven(browser)
    there = leave_step_up(actor, row.id)
    assert there
    landed = browser.goes(there)
    ProviderVisit.update(log_out="_another").execute()
    assert hear_log_out(heard(landed), ADDRESS) is Reason.UNASKED
    assert reason("identity-log-out-refused") == ["provider:unasked"]
    with pytest.raises(Conflict):
        identity.leave(actor, row.id)


def test_another_persons_proof_is_refused_and_recorded(browser: Browser):
    _actor, _opened, row = proven(browser, "shamsa")
    assert (row.state, row.failure) == (StepUpState.FAILED, "other-person")
    assert identity.failure(row) == identity.OTHER_NAME
    assert reason("identity-refused") == ["other-person"]


def test_a_weaker_proof_than_the_step_asks_for_opens_nothing(browser: Browser):
    actor, _opened, proof = asked("7324674")
    visit, ticket = answered(actor, proof, browser, "shamsa")
    StepUp.update(needed=Assurance.HIGH).execute()
    row = arrive(actor, ticket, visit)
    assert isinstance(row, StepUp) and row.state == StepUpState.FAILED
    assert identity.failure(row) == Untrusted(Reason.WEAK_CONTEXT).message


def test_a_used_or_forgotten_proof_is_not_sent_there_nor_taken_back(browser: Browser):
    actor, _opened, proof = asked()
    visit, ticket = answered(actor, proof, browser)
    StepUp.update(expires_at=now() - dt.timedelta(seconds=1)).execute()
    with pytest.raises(Conflict):
        arrive(actor, ticket, visit)
    with pytest.raises(Conflict):
        begin_step_up(actor, proof.id)
    StepUp.update(expires_at=now() + dt.timedelta(hours=1), state=StepUpState.OPEN).execute()
    with pytest.raises(Conflict):
        begin_step_up(actor, proof.id)


# --- One answer, one browser, once -------------------------------------------------------------------------------------------------


def test_a_replayed_answer_is_refused_and_recorded(browser: Browser):
    actor, _opened, proof = asked()
    _visit, there = begin_step_up(actor, proof.id)
    landed = browser.goes(there, "ali")
    assert isinstance(receive(heard(landed), ADDRESS), str)
    assert receive(heard(landed), ADDRESS) is Reason.UNASKED
    assert reason("identity-refused") == ["provider:unasked"]


def test_two_copies_that_arrive_at_once_are_one_answer_and_never_serve_another_visit():
    """As both would find their visit waiting before either is kept."""
    here, other = begin_sign_in()[0], begin_sign_in()[0]
    said = Proven(here, "_assertion", "1526575", "", Assurance.HIGH, Known("name", "session"))
    identity_providers._keep(said)
    for again in (said, replace(said, request=other), replace(said, assertion="_second")):
        with pytest.raises(Untrusted) as refused:
            identity_providers._keep(again)
        assert refused.value.reason is Reason.USED


def test_an_answer_after_a_quarter_of_an_hour_is_too_late(browser: Browser):
    actor, _opened, proof = asked()
    _visit, there = begin_step_up(actor, proof.id)
    landed = browser.goes(there, "ali")
    ProviderVisit.update(expires_at=now() - dt.timedelta(seconds=1)).execute()
    assert receive(heard(landed), ADDRESS) is Reason.UNASKED


def test_only_the_browser_that_set_out_takes_the_answer_home_once_and_soon(browser: Browser):
    """A phisher who sends somebody there on his own request gets nothing: the ticket is in the other browser, the visit in his."""
    actor, _opened, proof = asked()
    visit, ticket = answered(actor, proof, browser)
    for wrong in ((ticket, "_another"), (ticket, ""), ("another", visit), ("", visit)):
        with pytest.raises(NotFound):
            arrive(actor, *wrong)
    ProviderVisit.update(expires_at=now() - dt.timedelta(seconds=1)).execute()
    with pytest.raises(NotFound):
        arrive(actor, ticket, visit)
    ProviderVisit.update(expires_at=now() + dt.timedelta(seconds=30)).execute()
    assert isinstance(arrive(actor, ticket, visit), StepUp)
    with pytest.raises(NotFound):
        arrive(actor, ticket, visit)


def test_the_answer_belongs_to_the_session_that_was_asked(browser: Browser):
    actor, _opened, proof = asked()
    visit, ticket = answered(actor, proof, browser)
    elsewhere = sessions.actor_of(sessions.begin(actor.account or 0, browser="elsewhere", address=ADDRESS), "ar")
    assert elsewhere
    with pytest.raises(NotFound):
        arrive(elsewhere, ticket, visit)
    assert StepUp.get().state == StepUpState.CHOOSING


# --- Signing in --------------------------------------------------------------------------------------------------------------------


def comes_in(browser: Browser, login: str = "ali") -> str:
    visit, there = begin_sign_in()
    ticket = receive(heard(browser.goes(there, login)), ADDRESS)
    assert not isinstance(ticket, Reason)
    arrived = arrive(Actor(), ticket, visit)
    assert isinstance(arrived, ProviderVisit)
    account, assurance = identity_providers.account_of(arrived, ADDRESS), Assurance(arrived.assurance)
    token = entrance.enter(account, browser="Firefox", address=ADDRESS, assurance=assurance, method=identity.PROVIDER)
    came = sessions.actor_of(token, "en")
    assert came
    identity_providers.stays(arrived, came)
    return token


def test_who_has_proven_the_number_signs_in_with_that_much_assurance(browser: Browser):
    account = a_person(civil_number="1526575")
    actor = sessions.actor_of(comes_in(browser), "en")
    assert actor and (actor.account, actor.assurance) == (account.id, Assurance.HIGH)
    assert "signed-in" in events()


@pytest.mark.parametrize("who", ["nobody", "claimed", "blocked"])
def test_a_number_nobody_has_proven_opens_no_account(browser: Browser, who: str):
    if who != "nobody":
        a_person(civil_number="1526575", verified=who != "claimed")
    if who == "blocked":
        Account.update(blocked_at=now()).execute()
    with pytest.raises(Refusal) as refused:
        comes_in(browser)
    assert refused.value.message == identity_providers.NO_ACCOUNT
    assert not Session.select().exists()
    assert "sign-in-refused" in events()


def test_signing_out_here_leads_to_the_log_out_there(browser: Browser):
    a_person(civil_number="1526575")
    actor = sessions.actor_of(comes_in(browser), "en")
    assert actor
    visit = identity_providers.left_behind(actor)
    assert visit
    there = identity_providers.leave(visit)
    assert there
    hear_log_out(heard(browser.goes(there)), ADDRESS)
    assert identity_providers.left_behind(actor) is None
    assert identity_providers.leave(visit) is None


def test_who_came_with_a_password_leaves_nothing_behind(browser: Browser):
    comes_in_elsewhere = a_person(civil_number="1526575")
    comes_in(browser)
    assert identity_providers.left_behind(signed_in(comes_in_elsewhere)) is None
    assert identity_providers.left_behind(Actor()) is None


# --- The provider logs out ---------------------------------------------------------------------------------------------------------


def test_logging_out_there_ends_the_session_here_and_no_other(browser: Browser, provider: RunningProvider):
    account = a_person(civil_number="1526575")
    password = signed_in(account)
    second = Browser(provider)
    ended, stays = comes_in(browser), comes_in(second)
    there = hear_log_out(heard(browser.logs_out_there()), ADDRESS)
    assert isinstance(there, str)
    browser.goes_home(there)
    second.close()
    assert sessions.actor_of(ended, "en") is None
    assert sessions.actor_of(stays, "en")
    assert Session.get_by_id(password.session).ended_at is None
    assert "signed-out" in events()


def test_logging_out_there_undoes_a_proof_that_was_not_used_yet(browser: Browser):
    actor, _opened, row = proven(browser)
    assert isinstance(hear_log_out(heard(browser.logs_out_there()), ADDRESS), str)
    row = identity.of(actor, row.id)
    assert row.state == StepUpState.FAILED
    assert identity.failure(row) == Untrusted(Reason.NOT_CONFIRMED).message
    assert Session.get_by_id(actor.session).ended_at is None


def test_a_forged_log_out_ends_nothing_and_is_recorded(browser: Browser):
    a_person(civil_number="1526575")
    token = comes_in(browser)
    query = browser.logs_out_there().query.partition("&Signature=")[0]
    assert hear_log_out(Arrived(query=query), ADDRESS) is Reason.UNSIGNED
    assert sessions.actor_of(token, "en")
    assert reason("identity-log-out-refused") == ["provider:unsigned"]


# --- The rest ----------------------------------------------------------------------------------------------------------------------


def test_without_a_provider_there_is_nothing_to_find():
    outside.identity_provider = None
    assert not identity_providers.offered()
    for ask in (
        identity_providers.metadata,
        begin_sign_in,
        partial(receive, Arrived(), ""),
        partial(hear_log_out, Arrived(), ""),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_provider_is_not_asked_inside_a_transaction():
    with pytest.raises(RuntimeError, match="inside a transaction"), database.atomic():
        begin_sign_in()


def test_old_visits_are_forgotten_and_a_running_one_is_not():
    old, new = begin_sign_in()[0], begin_sign_in()[0]
    ProviderVisit.update(expires_at=now() - dt.timedelta(days=2)).where(ProviderVisit.id == old).execute()
    identity_providers.forget_old_visits()
    assert [visit.id for visit in ProviderVisit.select()] == [new]


def test_why_is_said_by_a_known_word_only():
    assert identity_providers.refusal("used").reason is Reason.USED
    with pytest.raises(NotFound):
        identity_providers.refusal("<script>")
    assert not Identifier.select().exists()
