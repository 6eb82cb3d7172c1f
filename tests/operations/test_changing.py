"""Changing e-mail, mobile and password; and being asked again who is there."""

import pytest

from engine.assurance import Assurance
from engine.errors import Conflict, NotFound, Refusal, TooMany
from models import Account, Identifier, IdentifierType, Purpose, SecurityEvent, Session
from operations import changing, codes, confirming, entrance, recovering, secrets, sessions
from operations.now import now
from tests.support.authenticator import a_clerk, set_up
from tests.support.builders import PASSWORD, a_person, signed_in
from tests.support.clock import Clock
from tests.support.postbox import delivered, last_code

pytestmark = pytest.mark.usefixtures("database")
ADDRESS = "192.0.2.1"
OLD, NEW = "salim@bawaba.example", "salim@falaj.example"
EMAIL, PHONE = Purpose.CHANGE_EMAIL, Purpose.CHANGE_PHONE
OTHER_PASSWORD = "three boats at low tide"


@pytest.fixture
def salim() -> Account:
    return a_person(email=OLD, phone="+96899416689", locale="en")


def confirmed(account: Account):
    actor = signed_in(account, "en")
    confirming.confirm(actor, PASSWORD, "", address=ADDRESS)
    return actor


def verified(account: Account, type_: IdentifierType) -> list[str]:
    theirs = (Identifier.account == account) & (Identifier.type == type_) & Identifier.verified_at.is_null(False)
    return [row.value for row in Identifier.select().where(theirs)]


# --- E-mail and mobile -----------------------------------------------------------------------------------------------------------


def test_a_new_email_counts_once_its_code_came_back_and_the_old_one_is_told(salim: Account) -> None:
    actor = confirmed(salim)
    challenge = changing.begin(actor, EMAIL, "Salim@Falaj.Example", address=ADDRESS)
    assert verified(salim, IdentifierType.EMAIL) == [OLD]
    changing.finish(actor, challenge, EMAIL, last_code(to=NEW), address=ADDRESS)
    assert verified(salim, IdentifierType.EMAIL) == [NEW]
    told = delivered()[-1]
    assert (told["to"], told["subject"]) == (OLD, "The e-mail of your account was changed") and NEW not in told["text"]
    assert entrance.recognise(NEW, PASSWORD, address=ADDRESS).id == salim.id
    with pytest.raises(Refusal):
        entrance.recognise(OLD, PASSWORD, address=ADDRESS)


def test_of_a_new_mobile_the_old_one_and_the_mail_are_told(salim: Account) -> None:
    actor = confirmed(salim)
    challenge = changing.begin(actor, PHONE, "٩٢٧٧٧٧٧٧", address=ADDRESS)
    changing.finish(actor, challenge, PHONE, last_code("sms"), address=ADDRESS)
    assert verified(salim, IdentifierType.PHONE) == ["+96892777777"]
    assert delivered("sms")[-1]["to"] == "+96899416689" and delivered()[-1]["to"] == OLD


def test_an_address_somebody_has_is_asked_for_a_code_like_a_free_one(salim: Account) -> None:
    owner = a_person(email="taken@bawaba.example")
    actor = confirmed(salim)
    free = codes.of(changing.begin(actor, EMAIL, NEW, address=ADDRESS))
    challenge = codes.of(changing.begin(actor, EMAIL, "taken@bawaba.example", address=ADDRESS))
    assert (free.purpose, free.channel, codes.wait(free)) == (challenge.purpose, challenge.channel, codes.wait(challenge))
    with pytest.raises(Refusal, match="not the code"):
        changing.finish(actor, challenge.id, EMAIL, secrets.one_time_code(challenge.id, 0), address=ADDRESS)
    assert "taken@bawaba.example" not in {message["to"] for message in delivered()}
    assert verified(owner, IdentifierType.EMAIL) == ["taken@bawaba.example"]


def test_of_two_who_want_an_address_the_first_to_finish_has_it_and_claims_stay(salim: Account) -> None:
    other = a_person()
    mine, theirs = confirmed(salim), confirmed(other)
    first = changing.begin(mine, EMAIL, NEW, address=ADDRESS)
    code = last_code(to=NEW)
    second = changing.begin(theirs, EMAIL, NEW, address=ADDRESS)
    claim = Identifier.create(account=a_person(), type=IdentifierType.EMAIL, value=NEW)
    changing.finish(theirs, second, EMAIL, last_code(to=NEW), address=ADDRESS)
    with pytest.raises(Conflict):
        changing.finish(mine, first, EMAIL, code, address=ADDRESS)
    assert verified(salim, IdentifierType.EMAIL) == [OLD] and verified(other, IdentifierType.EMAIL) == [NEW]
    assert Identifier.get_by_id(claim.id).verified_at is None


def test_a_code_sent_to_the_old_address_no_longer_sets_a_password(salim: Account) -> None:
    actor = confirmed(salim)
    recovery = recovering.recover(OLD, locale="en", address=ADDRESS)
    old_code = last_code(to=OLD)
    challenge = changing.begin(actor, EMAIL, NEW, address=ADDRESS)
    changing.finish(actor, challenge, EMAIL, last_code(to=NEW), address=ADDRESS)
    with pytest.raises(Refusal, match="expired"):
        recovering.renew_password(recovery, old_code, OTHER_PASSWORD, address=ADDRESS)


def test_somebody_elses_challenge_is_not_there(salim: Account) -> None:
    challenge = changing.begin(confirmed(salim), EMAIL, NEW, address=ADDRESS)
    with pytest.raises(NotFound):
        changing.finish(confirmed(a_person()), challenge, EMAIL, last_code(to=NEW), address=ADDRESS)


def test_the_same_address_again_is_refused_and_codes_are_limited(salim: Account) -> None:
    actor = confirmed(salim)
    with pytest.raises(Refusal, match="already"):
        changing.begin(actor, EMAIL, OLD.upper(), address=ADDRESS)
    for _n in range(5):
        changing.begin(actor, EMAIL, NEW, address=ADDRESS)
    with pytest.raises(TooMany):
        changing.begin(actor, EMAIL, NEW, address=ADDRESS)


def test_a_british_mobile_is_refused(salim: Account) -> None:
    with pytest.raises(Refusal, match="inside Oman"):
        changing.begin(confirmed(salim), PHONE, "+447911123456", address=ADDRESS)


# --- Password --------------------------------------------------------------------------------------------------------------------


def test_a_new_password_ends_the_other_sessions_and_is_told(salim: Account) -> None:
    here, _there = signed_in(salim), signed_in(salim)
    changing.password(here, PASSWORD, OTHER_PASSWORD, address=ADDRESS)
    assert [session.id for session in sessions.of(here)] == [here.session]
    assert entrance.recognise(OLD, OTHER_PASSWORD, address=ADDRESS)
    assert delivered()[-1]["subject"] == "Your password was changed"


def test_the_old_password_must_be_right_and_is_guessed_five_times_at_most(salim: Account) -> None:
    here = signed_in(salim)
    for _n in range(5):
        with pytest.raises(Refusal) as refused:
            changing.password(here, "wrong", OTHER_PASSWORD, address=ADDRESS)
        assert refused.value.field == "old"
    with pytest.raises(TooMany):
        changing.password(here, PASSWORD, OTHER_PASSWORD, address=ADDRESS)
    assert SecurityEvent.select().where(SecurityEvent.kind == "password-refused").count() == 5


@pytest.mark.parametrize("weak", ["short", "salim@bawaba", "oman1234"])
def test_a_weak_password_is_refused_beside_its_field(salim: Account, weak: str) -> None:
    with pytest.raises(Refusal) as refused:
        changing.password(signed_in(salim), PASSWORD, weak, address=ADDRESS)
    assert refused.value.field == "password"


# --- Confirming ------------------------------------------------------------------------------------------------------------------


def test_nothing_is_changed_before_it_was_confirmed(salim: Account) -> None:
    for purpose, typed in ((EMAIL, NEW), (PHONE, "92777777")):
        with pytest.raises(Refusal, match="Confirm first"):
            changing.begin(signed_in(salim), purpose, typed, address=ADDRESS)


def test_a_confirmation_holds_ten_minutes_in_its_own_session(salim: Account, clock: Clock) -> None:
    actor, elsewhere = confirmed(salim), signed_in(salim)
    assert confirming.fresh(actor) and not confirming.fresh(elsewhere)
    clock.forward(minutes=11)
    assert not confirming.fresh(actor)


def test_a_session_that_is_over_confirms_nothing(salim: Account) -> None:
    actor = confirmed(salim)
    sessions.end(actor)
    assert not confirming.fresh(actor)


@pytest.mark.parametrize(
    ("assurance", "fresh"), [(Assurance.PASSWORD, False), (Assurance.SUBSTANTIAL, True), (Assurance.HIGH, True)]
)
def test_a_card_or_mobile_id_just_shown_confirms_and_a_password_at_sign_in_does_not(
    salim: Account, assurance: Assurance, fresh: bool
) -> None:
    actor = sessions.actor_of(sessions.begin(salim, browser="", address=ADDRESS, assurance=assurance), "en")
    assert confirming.fresh(actor) is fresh


def test_a_step_up_confirms(salim: Account) -> None:
    actor = sessions.actor_of(sessions.rotate(signed_in(salim), Assurance.SUBSTANTIAL), "en")
    assert confirming.fresh(actor)


def test_staff_confirm_with_both_factors() -> None:
    clerk = a_clerk()
    app, _codes = set_up(clerk)
    actor = signed_in(clerk)
    with pytest.raises(Refusal) as refused:
        confirming.confirm(actor, PASSWORD, "", address=ADDRESS)
    assert refused.value.field == "code" and not confirming.fresh(actor)
    confirming.confirm(actor, PASSWORD, app.code(), address=ADDRESS)
    assert confirming.fresh(actor)


def test_a_wrong_password_confirms_nothing(salim: Account) -> None:
    actor = signed_in(salim)
    with pytest.raises(Refusal):
        confirming.confirm(actor, "wrong", "", address=ADDRESS)
    assert not confirming.fresh(actor) and Session.get().seen_at <= now()
