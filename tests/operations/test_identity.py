"""Step-up by Mobile ID against the running telecom: one person, one application, one session, once."""

import datetime as dt
from collections.abc import Iterator

import pytest

from engine.actor import Actor
from engine.assurance import Assurance
from engine.errors import Conflict, NotFound, Refusal, TooMany
from gateways.certificates import CertificateValidator
from gateways.mobile_id.rest import RestMobileId
from models import Account, Identifier, IdentifierType, SecurityEvent, Session, StepUp, StepUpState, database
from operations import applications, identity, secrets, sessions
from operations.applications import Opened
from operations.now import now
from operations.outside import outside
from sandbox.authority.authority import Authority
from tests.sandbox.mobile_id.running import ALI, PIN, SHAMSA, RunningTelecom, running_telecom
from tests.support import cards
from tests.support.cards import Card, a_card, serial
from tests.support.renewals import SERVICE, an_owner, step_of

pytestmark = pytest.mark.usefixtures("rules")
ADDRESS = "192.0.2.7"


@pytest.fixture(scope="module")
def telecom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTelecom]:
    with running_telecom(tmp_path_factory.mktemp("telecom")) as running:
        yield running


@pytest.fixture(autouse=True)
def trusted(rules: object, telecom: RunningTelecom) -> None:
    outside.mobile_id = RestMobileId(
        url=telecom.url, relying_party_uuid="00000000-0000-0000-0000-000000000000", relying_party_name="Bawaba"
    )
    outside.certificates = CertificateValidator(
        roots=[telecom.authority / "root.pem"], intermediates=[telecom.authority / "issuing.pem"], policies=["2.999.968.1.1"]
    )
    outside.cards = cards.trusting(telecom.authority)


def asked(civil_number: str = "1526575") -> tuple[Actor, Opened, StepUp]:
    _account, actor = an_owner(civil_number)
    opened = applications.start(actor, SERVICE)
    return actor, opened, identity.ask(actor, opened, step_of(opened, "company"))


def proven(telecom: RunningTelecom) -> tuple[Actor, Opened, StepUp]:
    actor, opened, proof = asked()
    identity.ring(actor, proof.id, ALI, ADDRESS)
    telecom.answer(ALI, pin=PIN)
    return actor, opened, identity.poll(actor, proof.id, ADDRESS)


def test_the_right_person_proves_it_and_comes_back_with_a_new_token(telecom: RunningTelecom) -> None:
    actor, opened, proof = proven(telecom)
    assert proof.state == StepUpState.PROVEN
    before = Session.get_by_id(actor.session).token_hash
    row, token = identity.leave(actor, proof.id)
    assert token
    assert applications.granted(actor, opened) is Assurance.PASSWORD, "it counts with the new token only"
    again = sessions.actor_of(token, "ar")
    assert again and again.assurance is Assurance.SUBSTANTIAL
    assert Session.get_by_id(actor.session).token_hash == secrets.token_hash(token) != before
    assert applications.granted(again, opened) is Assurance.SUBSTANTIAL
    assert identity.leave(again, row.id) == (row, None)


def test_a_second_press_gets_the_token_that_the_first_answer_lost(telecom: RunningTelecom) -> None:
    actor, opened, proof = proven(telecom)
    _row, lost = identity.leave(actor, proof.id)
    _row, token = identity.leave(actor, proof.id)
    assert token and token != lost
    again = sessions.actor_of(token, "ar")
    assert again and applications.granted(again, opened) is Assurance.SUBSTANTIAL


def test_arabic_digits_ring_the_same_phone(telecom: RunningTelecom) -> None:
    actor, _opened, proof = asked()
    assert identity.ring(actor, proof.id, "٩٩٤١٦٦٨٩", ADDRESS).phone == ALI
    telecom.answer(ALI, cancel=True)


def test_both_ends_show_the_same_four_digits(telecom: RunningTelecom) -> None:
    actor, _opened, proof = asked()
    row = identity.ring(actor, proof.id, ALI, ADDRESS)
    assert identity.code(row) in str(telecom.state(ALI))
    telecom.answer(ALI, cancel=True)


def test_another_persons_phone_is_refused_and_recorded(telecom: RunningTelecom) -> None:
    """The account is Ali's by its claim; Shamsa's SIM signs. The provider itself is told Ali's number, so her phone is no client of his."""
    actor, opened, proof = asked()
    Account.update(identity_number="7324674").where(Account.id == actor.account).execute()
    identity.ring(actor, proof.id, SHAMSA, ADDRESS)
    Account.update(identity_number="1526575").where(Account.id == actor.account).execute()
    telecom.answer(SHAMSA, pin=PIN)
    row = identity.poll(actor, proof.id, ADDRESS)
    assert (row.state, row.failure) == (StepUpState.FAILED, "other-person")
    assert identity.failure(row) == identity.OTHER_PERSON
    assert SecurityEvent.select().where(SecurityEvent.kind == "identity-refused").count() == 1
    assert applications.granted(actor, opened) is Assurance.PASSWORD


def test_cancelling_on_the_phone_is_told_and_may_be_tried_again(telecom: RunningTelecom) -> None:
    actor, _opened, proof = asked()
    identity.ring(actor, proof.id, ALI, ADDRESS)
    telecom.answer(ALI, cancel=True)
    row = identity.poll(actor, proof.id, ADDRESS)
    assert row.failure == "USER_CANCELLED"
    identity.ring(actor, proof.id, ALI, ADDRESS)
    telecom.answer(ALI, pin=PIN)
    assert identity.poll(actor, proof.id, ADDRESS).state == StepUpState.PROVEN


def test_the_fourth_request_in_ten_minutes_is_refused(telecom: RunningTelecom) -> None:
    actor, _opened, proof = asked()
    for _request in range(3):
        identity.ring(actor, proof.id, ALI, ADDRESS)
        telecom.answer(ALI, cancel=True)
        identity.poll(actor, proof.id, ADDRESS)
    with pytest.raises(TooMany):
        identity.ring(actor, proof.id, ALI, "192.0.2.200")
    with pytest.raises(TooMany):
        identity.ring(actor, proof.id, SHAMSA, ADDRESS)
    assert SecurityEvent.select().where(SecurityEvent.kind == "mobile-id-too-often").count() == 2


def test_a_proof_belongs_to_its_session_and_person(telecom: RunningTelecom) -> None:
    actor, _opened, proof = proven(telecom)
    token = sessions.begin(actor.account or 0, browser="elsewhere", address=ADDRESS)
    other_session = sessions.actor_of(token, "ar")
    _account, stranger = an_owner("7324674")
    for somebody in (other_session, stranger, Actor()):
        assert somebody
        with pytest.raises(NotFound):
            identity.leave(somebody, proof.id)


def test_a_proof_is_spent_once_and_opens_no_other_application(telecom: RunningTelecom) -> None:
    actor, _opened, proof = proven(telecom)
    identity.leave(actor, proof.id)
    other = applications.start(actor, "trial.parking")
    assert applications.granted(actor, other) is Assurance.PASSWORD
    StepUp.update(state=StepUpState.ENDED).where(StepUp.id == proof.id).execute()
    with pytest.raises(Conflict):
        identity.leave(actor, proof.id)


def test_a_proof_that_waited_too_long_is_worth_nothing(telecom: RunningTelecom) -> None:
    actor, opened, proof = proven(telecom)
    StepUp.update(expires_at=now() - dt.timedelta(seconds=1)).where(StepUp.id == proof.id).execute()
    with pytest.raises(Conflict):
        identity.leave(actor, proof.id)
    assert applications.granted(actor, opened) is Assurance.PASSWORD


def test_an_answer_to_an_older_request_proves_nothing(telecom: RunningTelecom) -> None:
    actor, _opened, proof = asked()
    identity.ring(actor, proof.id, ALI, ADDRESS)
    old = StepUp.get_by_id(proof.id).provider_session
    telecom.answer(ALI, pin=PIN)
    StepUp.update(nonce="another").where(StepUp.id == proof.id).execute()
    row = identity.poll(actor, proof.id, ADDRESS)
    assert (row.provider_session, row.failure) == (old, "certificate:bad-signature")


def test_the_first_proof_makes_the_civil_number_theirs_for_good(telecom: RunningTelecom) -> None:
    actor, _opened, proof = asked()
    Identifier.delete().where(Identifier.type == IdentifierType.CIVIL_NUMBER).execute()
    identity.ring(actor, proof.id, ALI, ADDRESS)
    telecom.answer(ALI, pin=PIN)
    identity.poll(actor, proof.id, ADDRESS)
    mine = Identifier.get(Identifier.type == IdentifierType.CIVIL_NUMBER)
    assert (mine.account_id, mine.value) == (actor.account, "1526575")
    assert mine.verified_at


def test_a_civil_number_proven_by_another_account_is_not_given_twice(telecom: RunningTelecom) -> None:
    actor, _opened, proof = asked()
    Identifier.update(account=an_owner("7324674")[0]).where(Identifier.value == "1526575").execute()
    identity.ring(actor, proof.id, ALI, ADDRESS)
    telecom.answer(ALI, pin=PIN)
    assert identity.poll(actor, proof.id, ADDRESS).failure == "civil-number-taken"


# --- With a card -----------------------------------------------------------------------------------------------------------------


def alis(telecom: RunningTelecom, **changes: str) -> Card:
    return a_card(Authority(telecom.authority), **changes)


def shown(actor: Actor, proof: StepUp, card: Card) -> StepUp:
    handed = identity.challenge(actor, proof.id)
    return identity.prove_by_card(actor, proof.id, handed.secret, card.token(handed.nonce), ADDRESS)


def test_a_card_proves_it_with_high_assurance(telecom: RunningTelecom) -> None:
    actor, opened, proof = asked()
    row = shown(actor, proof, alis(telecom))
    assert (row.state, row.method, row.reached) == (StepUpState.PROVEN, "card", Assurance.HIGH)
    _row, token = identity.leave(actor, proof.id)
    again = sessions.actor_of(token or "", "en")
    assert again and applications.granted(again, opened) is Assurance.HIGH
    assert again.assurance is Assurance.HIGH and sessions.idle_seconds(again.assurance) == 15 * 60


def test_another_citizens_card_is_refused_and_recorded(telecom: RunningTelecom) -> None:
    actor, opened, proof = asked()
    row = shown(actor, proof, a_card(Authority(telecom.authority), cards.SHAMSA, cards.SHAMSAS_NAME))
    assert (row.state, identity.failure(row)) == (StepUpState.FAILED, identity.OTHER_CARD)
    event = SecurityEvent.get(SecurityEvent.kind == "identity-refused")
    assert (event.account_id, event.details["why"]) == (actor.account, "other-person")
    with pytest.raises(Conflict):
        identity.leave(actor, proof.id)
    assert applications.granted(actor, opened) is Assurance.PASSWORD
    assert shown(actor, row, alis(telecom)).state == StepUpState.PROVEN, "one's own may follow"


def test_a_bad_card_is_refused_with_its_reason(telecom: RunningTelecom) -> None:
    actor, _opened, proof = asked()
    revoked = alis(telecom)
    Authority(telecom.authority).revoke(serial(revoked))
    assert shown(actor, proof, revoked).failure == "certificate:revoked"
    assert shown(actor, proof, alis(telecom, policy="2.999.968.1.1")).failure == "certificate:wrong-policy"


def test_what_a_card_signs_for_one_application_proves_nothing_for_another(telecom: RunningTelecom) -> None:
    actor, _opened, proof = asked()
    other = applications.start(actor, "trial.parking")
    second = identity.ask(actor, other, step_of(other, next(iter(other.service.steps)).name))
    handed = identity.challenge(actor, proof.id)
    token = alis(telecom).token(handed.nonce)
    with pytest.raises(Refusal):
        identity.prove_by_card(actor, second.id, handed.secret, token, ADDRESS)
    assert identity.of(actor, second.id).state == StepUpState.CHOOSING
    assert identity.prove_by_card(actor, proof.id, handed.secret, token, ADDRESS).state == StepUpState.PROVEN


def test_a_token_is_good_for_one_proof(telecom: RunningTelecom) -> None:
    actor, _opened, proof = asked()
    handed = identity.challenge(actor, proof.id)
    wrong = alis(telecom).token(handed.nonce, format="other")
    assert identity.prove_by_card(actor, proof.id, handed.secret, wrong, ADDRESS).state == StepUpState.FAILED
    with pytest.raises(Refusal):
        identity.prove_by_card(actor, proof.id, handed.secret, alis(telecom).token(handed.nonce), ADDRESS)


def test_a_card_cannot_be_shown_for_somebody_elses_proof_or_a_spent_one(telecom: RunningTelecom) -> None:
    actor, _opened, proof = asked()
    _account, stranger = an_owner("7324674")
    with pytest.raises(NotFound):
        identity.challenge(stranger, proof.id)
    shown(actor, proof, alis(telecom))
    identity.leave(actor, proof.id)
    with pytest.raises(Conflict):
        identity.challenge(actor, proof.id)


def test_where_only_the_card_is_enough_no_phone_rings(telecom: RunningTelecom) -> None:
    actor, _opened, proof = asked()
    StepUp.update(needed=Assurance.HIGH).where(StepUp.id == proof.id).execute()
    with pytest.raises(Refusal) as refused:
        identity.ring(actor, proof.id, ALI, ADDRESS)
    assert refused.value.message == identity.CARD_ALONE
    assert identity.card_alone(identity.of(actor, proof.id))
    assert shown(actor, proof, alis(telecom)).state == StepUpState.PROVEN


def test_a_late_answer_of_the_phone_does_not_count_for_the_card(telecom: RunningTelecom) -> None:
    """The phone rings, the person takes the card instead and it is somebody else's; then the phone answers."""
    actor, _opened, proof = asked()
    identity.ring(actor, proof.id, ALI, ADDRESS)
    telecom.answer(ALI, pin=PIN)
    row = shown(actor, proof, a_card(Authority(telecom.authority), cards.SHAMSA, cards.SHAMSAS_NAME))
    assert identity.poll(actor, row.id, ADDRESS).state == StepUpState.FAILED


def test_a_passport_account_is_told_what_to_do_instead() -> None:
    actor, _opened, proof = asked()
    Account.update(identity_type="passport").where(Account.id == actor.account).execute()
    with pytest.raises(Refusal) as refused:
        identity.ring(actor, proof.id, ALI, ADDRESS)
    assert refused.value.message == identity.UNPROVABLE


def test_what_is_signed_names_the_application_and_the_session() -> None:
    actor, opened, proof = asked()
    other = identity._nonce(actor, opened.reference, "company")
    assert proof.nonce != other
    assert len(proof.nonce) == 44


def test_the_network_is_never_used_inside_a_transaction(rules: object) -> None:
    with pytest.raises(RuntimeError), database.atomic():
        _touched = outside.mobile_id
