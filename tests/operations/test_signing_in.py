"""Signing in with a card or Mobile ID, and opening an account by them, against the running telecom and its authority."""

import base64
import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from engine.assurance import Assurance
from engine.errors import Refusal, TooMany, Unavailable
from gateways.certificates import CertificateValidator, Reason, Untrusted
from gateways.mobile_id.rest import RestMobileId
from models import Account, ChallengeState, Identifier, IdentifierType, IdentityChallenge, SecurityEvent, database
from operations import challenges, civil_numbers, entrance, housekeeping, newcomers, outbox, registering, sessions, signing_in
from operations.blocking import BLOCKED
from operations.now import now
from operations.outside import outside
from operations.signing_in import BY_CARD, BY_PHONE, Arrival
from sandbox.authority.authority import Authority
from tests.sandbox.mobile_id.running import ALI, PIN, SHAMSA, RunningTelecom, running_telecom
from tests.support import cards
from tests.support.builders import a_person
from tests.support.cards import Card, a_card
from tests.support.postbox import last_code

pytestmark = pytest.mark.usefixtures("database")
ADDRESS = "192.0.2.7"
UNKNOWN, UNKNOWN_TOO = "+96899999998", "+96899999997"


@pytest.fixture(scope="module")
def telecom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTelecom]:
    with running_telecom(tmp_path_factory.mktemp("telecom")) as running:
        yield running


@pytest.fixture(scope="module")
def alis(telecom: RunningTelecom) -> Card:
    return a_card(Authority(telecom.authority))


@pytest.fixture(autouse=True)
def trusted(database: object, telecom: RunningTelecom) -> Iterator[None]:
    outside.mobile_id = RestMobileId(
        url=telecom.url, relying_party_uuid="00000000-0000-0000-0000-000000000000", relying_party_name="Bawaba"
    )
    roots, between = [telecom.authority / "root.pem"], [telecom.authority / "issuing.pem"]
    outside.certificates = CertificateValidator(roots=roots, intermediates=between, policies=["2.999.968.1.1"])
    outside.cards = cards.trusting(telecom.authority)
    yield
    outside.cards = outside.certificates = None


def card_in(card: Card) -> Arrival:
    handed = signing_in.card_challenge()
    return signing_in.by_card(handed.secret, card.token(handed.nonce), address=ADDRESS)


def ring(phone: str = ALI, civil_number: str = cards.ALI, address: str = ADDRESS) -> str:
    return signing_in.ring(phone, civil_number, locale="en", address=address).secret


def poll(secret: str | None) -> IdentityChallenge | Arrival | None:
    return signing_in.poll(secret, address=ADDRESS)


# --- With a card -----------------------------------------------------------------------------------------------------------------


def test_a_card_finds_its_account_and_enters_with_high_assurance(alis: Card) -> None:
    account = a_person(civil_number=cards.ALI)
    arrival = card_in(alis)
    assert (arrival.account, arrival.assurance, arrival.method, arrival.newcomer) == (account, Assurance.HIGH, "card", None)
    token = entrance.enter(account, browser="", address=ADDRESS, assurance=arrival.assurance, method=arrival.method)
    actor = sessions.actor_of(token, "en")
    assert actor and actor.assurance is Assurance.HIGH
    assert SecurityEvent.get(SecurityEvent.kind == "signed-in").details["method"] == "card"


def test_a_nonce_is_32_random_bytes_for_five_minutes() -> None:
    one, other = signing_in.card_challenge(), signing_in.card_challenge()
    assert len(base64.b64decode(one.nonce)) == 32 and one.nonce != other.nonce and one.secret != other.secret
    row = IdentityChallenge.get(IdentityChallenge.nonce == one.nonce)
    assert row.expires_at - row.created_at == dt.timedelta(minutes=5)
    assert one.secret not in str(row.__data__)


def test_a_nonce_serves_once(alis: Card) -> None:
    a_person(civil_number=cards.ALI)
    handed = signing_in.card_challenge()
    token = alis.token(handed.nonce)
    assert signing_in.by_card(handed.secret, token, address=ADDRESS)
    with pytest.raises(Refusal) as replayed:
        signing_in.by_card(handed.secret, token, address=ADDRESS)
    assert replayed.value.message == challenges.OVER


def test_an_attempt_that_fails_has_used_its_nonce_up(alis: Card) -> None:
    handed = signing_in.card_challenge()
    with pytest.raises(Untrusted):
        signing_in.by_card(handed.secret, alis.token(handed.nonce, format="other"), address=ADDRESS)
    with pytest.raises(Refusal) as again:
        signing_in.by_card(handed.secret, alis.token(handed.nonce), address=ADDRESS)
    assert again.value.message == challenges.OVER


def test_another_browsers_nonce_is_worth_nothing(alis: Card) -> None:
    """An attacker's page asked for it; the victim's card signed it."""
    theirs, mine = signing_in.card_challenge(), signing_in.card_challenge()
    with pytest.raises(Untrusted) as caught:
        signing_in.by_card(mine.secret, alis.token(theirs.nonce), address=ADDRESS)
    assert caught.value.reason is Reason.BAD_SIGNATURE
    for secret in (None, "", "planted"):
        with pytest.raises(Refusal):
            signing_in.by_card(secret, alis.token(theirs.nonce), address=ADDRESS)


def test_a_nonce_asked_for_linking_does_not_sign_in(alis: Card) -> None:
    handed = challenges.begin("link:1:1")
    with pytest.raises(Refusal):
        signing_in.by_card(handed.secret, alis.token(handed.nonce), address=ADDRESS)


def test_a_nonce_that_is_too_old_is_refused(alis: Card) -> None:
    handed = signing_in.card_challenge()
    IdentityChallenge.update(expires_at=now() - dt.timedelta(seconds=1)).execute()
    with pytest.raises(Refusal):
        signing_in.by_card(handed.secret, alis.token(handed.nonce), address=ADDRESS)


def test_of_two_who_spend_a_nonce_at_once_one_gets_it() -> None:
    handed = signing_in.card_challenge()
    row = challenges.find(handed.secret, BY_CARD)
    assert row
    moved = [challenges.move(row, ChallengeState.OPEN, ChallengeState.SPENT) for _each in range(2)]
    assert moved == [True, False]


def test_a_refused_card_is_recorded_with_the_reason(telecom: RunningTelecom) -> None:
    with pytest.raises(Untrusted):
        card_in(a_card(Authority(telecom.authority), policy="2.999.968.1.1"))
    event = SecurityEvent.get(SecurityEvent.kind == "card-refused")
    assert (event.details, event.address) == ({"why": "wrong-policy"}, ADDRESS)


def test_without_an_authority_to_trust_no_card_is_accepted(alis: Card) -> None:
    outside.cards = None
    with pytest.raises(Unavailable):
        card_in(alis)


def test_a_card_is_never_verified_inside_a_transaction() -> None:
    with pytest.raises(RuntimeError), database.atomic():
        _touched = outside.cards


def test_a_claimed_number_is_not_entered(alis: Card) -> None:
    a_person(civil_number=cards.ALI, verified=False)
    assert card_in(alis).account is None


def test_the_owner_of_a_blocked_account_is_told_so(alis: Card) -> None:
    account = a_person(civil_number=cards.ALI)
    Account.update(blocked_at=now()).where(Account.id == account.id).execute()
    with pytest.raises(Refusal) as refused:
        card_in(alis)
    assert refused.value.message == BLOCKED


def test_a_number_noted_but_not_verified_opens_nothing_and_may_be_proven_later(alis: Card) -> None:
    account = a_person()
    Identifier.create(account=account, type=IdentifierType.CIVIL_NUMBER, value=cards.ALI)
    assert card_in(alis).account is None
    civil_numbers.remember(account.id, cards.ALI)
    assert card_in(alis).account == account


# --- With Mobile ID --------------------------------------------------------------------------------------------------------------


def test_the_phone_signs_in_and_both_ends_show_the_same_digits(telecom: RunningTelecom) -> None:
    account = a_person(civil_number=cards.ALI)
    secret = ring("٩٩٤١٦٦٨٩")
    waiting = poll(secret)
    assert isinstance(waiting, IdentityChallenge)
    assert signing_in.code(waiting) in str(telecom.state(ALI))
    telecom.answer(ALI, pin=PIN)
    arrival = poll(secret)
    assert isinstance(arrival, Arrival)
    assert (arrival.account, arrival.assurance, arrival.method) == (account, Assurance.SUBSTANTIAL, "mobile-id")
    assert poll(secret) is None, "the answer serves once"


def test_only_the_browser_that_asked_hears_the_answer(telecom: RunningTelecom) -> None:
    secret = ring()
    telecom.answer(ALI, pin=PIN)
    assert poll("another") is None and poll(None) is None
    assert isinstance(poll(secret), Arrival)


def test_a_cancelled_request_is_told(telecom: RunningTelecom) -> None:
    secret = ring()
    telecom.answer(ALI, cancel=True)
    failed = poll(secret)
    assert isinstance(failed, IdentityChallenge) and failed.state == ChallengeState.FAILED
    assert "cancelled" in str(signing_in.failure(failed))


@pytest.mark.parametrize(("phone", "number"), [(UNKNOWN, "1"), (UNKNOWN_TOO, cards.ALI), (SHAMSA, cards.ALI)])
def test_who_has_no_mobile_id_looks_like_a_phone_that_nobody_answers(phone: str, number: str, telecom: RunningTelecom) -> None:
    """Also a phone and a number that do not belong together: nobody learns whose is which."""
    unknown, known = ring(phone, number), ring()
    for _look in range(3):
        there, here = poll(unknown), poll(known)
        assert isinstance(there, IdentityChallenge) and isinstance(here, IdentityChallenge)
        assert there.state == here.state == ChallengeState.WAITING
    IdentityChallenge.update(expires_at=now() - dt.timedelta(seconds=1)).execute()
    assert poll(unknown) is None and poll(known) is None
    telecom.answer(ALI, cancel=True)


def test_ringing_takes_no_notice_of_accounts(telecom: RunningTelecom) -> None:
    """One answer for people with an account here and without."""
    a_person(civil_number=cards.ALI)
    with_account, without = ring(), ring(SHAMSA, cards.SHAMSA)
    rows = [challenges.find(secret, BY_PHONE) for secret in (with_account, without)]
    assert {row.state for row in rows if row} == {ChallengeState.WAITING}
    assert {row.expires_at - row.created_at for row in rows if row} == {signing_in.PHONE_LASTS}
    telecom.answer(ALI, cancel=True)
    telecom.answer(SHAMSA, cancel=True)


def test_the_fourth_ring_in_ten_minutes_is_refused(telecom: RunningTelecom) -> None:
    """Push bombing, from one address or from many."""
    for step in range(3):
        ring(address=f"192.0.2.{step}")
        telecom.answer(ALI, cancel=True)
    with pytest.raises(TooMany):
        ring(address="192.0.2.100")
    for phone, number in ((SHAMSA, cards.SHAMSA), (UNKNOWN_TOO, "2"), (UNKNOWN, "1")):
        ring(phone, number, address="192.0.2.50")
    with pytest.raises(TooMany):
        ring("+96891112233", "10203040", address="192.0.2.50")


def test_a_sim_that_names_another_person_is_refused(telecom: RunningTelecom) -> None:
    secret = ring()
    telecom.answer(ALI, pin=PIN)
    IdentityChallenge.update(civil_number=cards.SHAMSA).execute()
    failed = poll(secret)
    assert isinstance(failed, IdentityChallenge) and failed.state == ChallengeState.FAILED


def test_an_answer_over_another_nonce_is_refused(telecom: RunningTelecom) -> None:
    secret = ring()
    telecom.answer(ALI, pin=PIN)
    IdentityChallenge.update(nonce="another").execute()
    failed = poll(secret)
    assert isinstance(failed, IdentityChallenge) and failed.failure == "certificate:bad-signature"


def test_cancelling_ends_the_waiting(telecom: RunningTelecom) -> None:
    secret = ring()
    signing_in.cancel(secret)
    assert poll(secret) is None
    signing_in.cancel(secret)
    signing_in.cancel(None)


# --- Opening an account ----------------------------------------------------------------------------------------------------------


def opened(secret: str, **data: str) -> Account:
    given = {"email": "ali@bawaba.example", "phone": "99123456", "arabic_name": "علي"} | data
    challenge = newcomers.register(secret, **given, locale="en", address=ADDRESS)
    following = registering.verify_email(challenge, last_code(), locale="en", address=ADDRESS)
    return registering.verify_phone(following, last_code("sms"), address=ADDRESS)


def newcomer(card: Card) -> str:
    handed = card_in(card).newcomer
    assert handed
    return handed.secret


def test_a_card_opens_an_account_with_its_own_name_and_number(alis: Card) -> None:
    secret = newcomer(alis)
    person = newcomers.of(secret)
    assert person and (person.civil_number, person.first_name, person.family_name) == (cards.ALI, "Ali", "Said Al Jahdhami")
    account = opened(secret)
    assert (account.name, account.identity_number, account.arabic_name) == ("Ali Said Al Jahdhami", cards.ALI, "علي")
    assert card_in(alis).account == account


def test_nothing_is_taken_before_mail_and_mobile_were_verified(alis: Card) -> None:
    newcomers.register(newcomer(alis), email="ali@bawaba.example", phone="99123456", arabic_name="", locale="en", address=ADDRESS)
    assert card_in(alis).account is None


def test_a_newcomer_is_known_in_that_browser_for_half_an_hour_and_in_no_other(alis: Card) -> None:
    secret = newcomer(alis)
    assert newcomers.of("another") is None and newcomers.of(None) is None
    with pytest.raises(Refusal):
        opened("another")
    IdentityChallenge.update(expires_at=now() - dt.timedelta(seconds=1)).execute()
    assert newcomers.of(secret) is None


def test_the_challenge_of_the_card_is_not_the_newcomers(alis: Card) -> None:
    """Whoever planted the cookie before has nothing after."""
    handed = signing_in.card_challenge()
    arrival = signing_in.by_card(handed.secret, alis.token(handed.nonce), address=ADDRESS)
    assert arrival.newcomer and arrival.newcomer.secret != handed.secret
    assert newcomers.of(handed.secret) is None


def test_of_two_registrations_of_one_civil_number_one_succeeds(alis: Card) -> None:
    one, two = newcomer(alis), newcomer(alis)
    opened(one)
    with pytest.raises(Refusal, match="opened meanwhile"):
        opened(two, email="second@bawaba.example", phone="99123457")


def test_a_registration_with_a_password_does_not_prove_the_number(alis: Card) -> None:
    """Somebody may claim Ali's number; Ali's card does not open that account."""
    a_person(civil_number=cards.ALI, verified=False)
    assert card_in(alis).account is None


def test_what_is_over_is_swept_up() -> None:
    signing_in.card_challenge()
    kept = signing_in.card_challenge()
    IdentityChallenge.update(expires_at=now() - dt.timedelta(minutes=6)).where(IdentityChallenge.nonce != kept.nonce).execute()
    with pytest.raises(outbox.Postpone):
        housekeeping.sweep({})
    assert [row.nonce for row in IdentityChallenge.select()] == [kept.nonce]


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        ({"name": "Ali Said Al Jahdhami", "given_name": "", "surname": ""}, ("Ali", "Said Al Jahdhami")),
        ({"name": "Ali Said Al Jahdhami", "given_name": "Ali Said", "surname": "Al Jahdhami"}, ("Ali Said", "Al Jahdhami")),
        ({"name": "Ali", "given_name": "", "surname": ""}, ("Ali", "")),
    ],
)
def test_a_name_is_taken_apart_as_the_certificate_has_it(
    attributes: dict[str, str], named: tuple[str, str], person_of: Callable[..., str]
) -> None:
    person = newcomers.of(person_of(**attributes))
    assert person and (person.first_name, person.family_name) == named


@pytest.fixture
def person_of() -> Callable[..., str]:
    def remembered(**attributes: str) -> str:
        handed = challenges.begin(newcomers.NEWCOMER, state=ChallengeState.PROVEN, person={"civil_number": "1", **attributes})
        return handed.secret

    return remembered
