"""Acting for a customer: whose things are meant, what is seen, and when it ends."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from peewee import IntegrityError

from engine.actor import Actor
from engine.errors import NotAllowed, NotFound
from models import (
    Account,
    Application,
    ApplicationEvent,
    AuditEntry,
    Delegation,
    Office,
    Operator,
    Outcome,
    Role,
    Session,
    database,
)
from operations import (
    acting,
    answers,
    applications,
    casework,
    desk,
    documents,
    dossiers,
    ownership,
    payments,
    sessions,
    submission,
)
from operations.now import now, today
from tests.operations.test_desk import SERVICE, a_clerk, asked, attach
from tests.support.builders import a_person, signed_in
from tests.support.offices import acting_by, again, agreed, an_office, an_operator
from tests.support.renewals import an_answered_renewal, an_owner, answer, step_of

pytestmark = pytest.mark.usefixtures("rules")


def test_what_is_filed_is_the_customers_and_names_who_filed_it() -> None:
    office, customer = an_office(), a_person(first_name="Salim")
    operator = an_operator(office)
    amal = acting_by(operator, agreed(office, customer, operator))
    opened = asked(amal)
    row = Application.get()
    assert (row.account_id, row.filed_by_id, row.office_id) == (customer.id, operator.account, office.id)
    assert row.frozen["applicant"]["en"] == "Salim Al-Harthy"
    assert row.frozen["filed_by"] == {
        "office": {"ar": "مكتب الواحة", "en": "Al Waha Office"},
        "operator": {"ar": "أمل السعدية", "en": "Amal Al-Harthy"},
    }
    assert {event.by_id for event in ApplicationEvent.select()} == {operator.account}
    assert AuditEntry.get(AuditEntry.action == "application.submitted").account_id == operator.account
    assert applications.of(signed_in(customer), opened.reference).row == row


def test_an_office_has_drafts_of_its_own() -> None:
    office, customer = an_office(), a_person()
    operator, own = an_operator(office), signed_in(customer)
    mine = applications.start(own, SERVICE)
    amal = acting_by(operator, agreed(office, customer, operator))
    theirs = applications.start(amal, SERVICE)
    assert theirs.reference != mine.reference
    assert applications.start(amal, SERVICE).reference == theirs.reference
    assert applications.start(own, SERVICE).reference == mine.reference
    operators_own = applications.start(operator, SERVICE)
    assert operators_own.row.account_id == operator.account
    assert [row.reference for row in applications.all_of(amal)] == [theirs.reference]
    assert {row.reference for row in applications.all_of(own)} == {mine.reference, theirs.reference}
    assert [row.reference for row in applications.all_of(operator)] == [operators_own.reference]


def test_a_draft_of_the_office_that_its_customer_submits_is_the_customers_own() -> None:
    office, customer = an_office(), a_person()
    operator, own = an_operator(office), signed_in(customer)
    amal = acting_by(operator, agreed(office, customer, operator))
    draft = applications.start(amal, SERVICE)
    answer(amal, draft, "request", subject="A tree", text="It leans.")
    taken = applications.of(own, draft.reference)
    attach(own, taken, None)
    submission.submit(own, draft.reference, submission.offer(taken).seal)
    row = Application.get()
    assert (row.filed_by_id, row.office_id, row.frozen["filed_by"]) == (None, None, None)
    with pytest.raises(NotFound):
        applications.of(amal, draft.reference)


def test_companies_are_listed_by_the_customers_proven_number_and_never_by_the_operators() -> None:
    office = an_office()
    customer, _own = an_owner()
    operator = an_operator(office, civil_number="777")
    amal = acting_by(operator, agreed(office, customer, operator))
    opened = applications.start(amal, "chamber.renew-membership")
    listed = answers.offered(amal, opened, step_of(opened, "establishment"))
    assert [record.number for record in listed["registration"]] == ["1229237"]
    unproven = a_person(civil_number="1526575", verified=False)
    other = acting_by(operator, agreed(office, unproven, operator))
    again_opened = applications.start(other, "chamber.renew-membership")
    assert answers.offered(other, again_opened, step_of(again_opened, "establishment")) == {"registration": []}


# --- What an operator does not see -----------------------------------------------------------------------------------------------

Breach = Callable[[Office, Account, Actor, Delegation], Actor]


def somebody_else(office: Office, _customer: Account, amal: Actor, _given: Delegation) -> Actor:
    return acting_by(amal, agreed(office, a_person(), amal))


def another_office(_office: Office, customer: Account, _amal: Actor, _given: Delegation) -> Actor:
    other = an_office()
    operator = an_operator(other)
    return acting_by(operator, agreed(other, customer, operator))


def not_acting(_office: Office, _customer: Account, amal: Actor, _given: Delegation) -> Actor:
    acting.stop(amal)
    return again(amal)


def revoked(_office: Office, _customer: Account, amal: Actor, given: Delegation) -> Actor:
    Delegation.update(revoked_at=now()).where(Delegation.id == given.id).execute()
    return again(amal)


def run_out(_office: Office, _customer: Account, amal: Actor, given: Delegation) -> Actor:
    Delegation.update(until=today() - dt.timedelta(days=1)).where(Delegation.id == given.id).execute()
    return again(amal)


def never_agreed(_office: Office, _customer: Account, amal: Actor, given: Delegation) -> Actor:
    Delegation.update(consent="", consented_at=None).where(Delegation.id == given.id).execute()
    return again(amal)


def out_of_scope(_office: Office, _customer: Account, amal: Actor, given: Delegation) -> Actor:
    Delegation.update(services=["chamber.renew-membership"]).where(Delegation.id == given.id).execute()
    return again(amal)


def left_the_office(_office: Office, _customer: Account, amal: Actor, _given: Delegation) -> Actor:
    Operator.update(ended_at=now()).where(Operator.account == amal.account).execute()
    return again(amal)


def office_blocked(office: Office, _customer: Account, amal: Actor, _given: Delegation) -> Actor:
    Office.update(blocked_at=now()).where(Office.id == office.id).execute()
    return again(amal)


def customer_gone(_office: Office, customer: Account, amal: Actor, _given: Delegation) -> Actor:
    Account.update(blocked_at=now()).where(Account.id == customer.id).execute()
    return again(amal)


BREACHES: list[Breach] = [
    somebody_else, another_office, not_acting, revoked, run_out, never_agreed, out_of_scope, left_the_office, office_blocked, customer_gone,
]  # fmt: skip


@pytest.mark.parametrize("breach", BREACHES)
def test_without_that_delegation_in_force_nothing_is_found(breach: Breach) -> None:
    office, customer = an_office(), a_person()
    operator = an_operator(office)
    given = agreed(office, customer, operator)
    amal = acting_by(operator, given)
    opened = asked(amal, paper=b"a plan")
    draft = applications.start(amal, SERVICE)
    assert all(look(amal, opened.reference, draft.reference) for look in LOOKS)
    outsider = breach(office, customer, amal, given)
    for look in LOOKS:
        with pytest.raises(NotFound):
            look(outsider, opened.reference, draft.reference)
    assert applications.all_of(outsider) == []
    assert applications.draft_of(outsider, SERVICE) is None


def _answered(actor: Actor, draft: str) -> bool:
    opened = applications.of(actor, draft)
    answer(actor, opened, "request", subject="X", text="Y")
    return True


LOOKS: list[Callable[[Actor, str, str], Any]] = [
    lambda actor, filed, _draft: applications.of(actor, filed),
    lambda actor, _filed, draft: applications.of(actor, draft),
    lambda actor, _filed, draft: applications.lock(actor, draft),
    lambda actor, _filed, draft: _answered(actor, draft),
    lambda actor, filed, _draft: documents.attached(actor, Application.get(Application.reference == filed), "paper"),
]


def test_what_the_customer_did_alone_stays_theirs() -> None:
    office, customer = an_office(), a_person()
    operator, own = an_operator(office), signed_in(customer)
    alone = asked(own)
    amal = acting_by(operator, agreed(office, customer, operator))
    with pytest.raises(NotFound):
        applications.of(amal, alone.reference)
    assert applications.all_of(amal) == []
    with pytest.raises(NotFound):
        applications.withdraw(amal, applications.start(own, SERVICE).reference)


def test_a_paper_of_what_the_customer_did_alone_is_theirs_too() -> None:
    office, customer = an_office(), a_person()
    operator, own = an_operator(office), signed_in(customer)
    alone = asked(own)
    row = casework.decide(a_clerk(), alone.reference, Outcome.APPROVE, reason="It will be cut.")
    with database.atomic():
        applications.paid(row)
    (letter,) = documents.of_application(row)
    amal = acting_by(operator, agreed(office, customer, operator))
    assert documents.file_of(own, letter.serial)[0] == letter
    with pytest.raises(NotFound):
        documents.file_of(amal, letter.serial)


@pytest.mark.usefixtures("bank")
def test_a_payment_of_the_customer_is_not_the_offices_and_the_banks_page_names_who_pays() -> None:
    office = an_office()
    customer, own = an_owner()
    operator = an_operator(office)
    alone = an_answered_renewal(own, 12)
    submission.submit(own, alone.reference, submission.offer(alone).seal)
    uuid = payments.begin(own, alone.reference)
    amal = acting_by(operator, agreed(office, customer, operator))
    with pytest.raises(NotFound):
        payments.standing(amal, uuid)
    attempt = payments.PaymentAttempt.get()
    charge = payments._charge(attempt, attempt.amount, amal)
    assert charge.payer.email == payments.Identifier.get(payments.Identifier.account == operator.account).value


@pytest.mark.parametrize("breach", [None, somebody_else, another_office, out_of_scope])
def test_the_rule_and_its_condition_for_lists_agree(breach: Breach | None) -> None:
    office, customer = an_office(), a_person()
    operator, own = an_operator(office), signed_in(customer)
    given = agreed(office, customer, operator)
    amal = acting_by(operator, given)
    for actor in (own, amal, operator):
        applications.start(actor, SERVICE)
    looking = breach(office, customer, amal, given) if breach else amal
    for actor in (own, operator, looking):
        listed = {row.id for row in Application.select().where(ownership.theirs(actor))}
        assert listed == {row.id for row in Application.select() if ownership.owns(actor, row)}


# --- When it ends ----------------------------------------------------------------------------------------------------------------


def test_the_very_next_request_after_a_revocation_is_the_operators_own_and_says_so() -> None:
    office, customer = an_office(), a_person()
    account = a_person()
    Operator.create(office=office, account=account, since=now())
    token = sessions.begin(account, browser="Firefox", address="192.0.2.1")
    actor = sessions.actor_of(token, "en")
    assert actor and actor.office == office.id
    given = agreed(office, customer, actor)
    acting.begin(actor, given.id)
    now_acting = sessions.actor_of(token, "en")
    assert now_acting and now_acting.acting_for and now_acting.acting_for.office_name == "Al Waha Office"
    assert (now_acting.applicant, now_acting.account) == (customer.id, account.id)
    revoked(office, customer, actor, given)
    quiet = sessions.actor_of(token, "en", quiet=True)
    after = sessions.actor_of(token, "en")
    for seen in (quiet, after):
        assert seen and seen.acting_for is None and seen.acting_ended
    assert Session.get().delegation_id is None
    once_more = sessions.actor_of(token, "en")
    assert once_more and not once_more.acting_ended


def test_nobody_acts_by_what_is_not_theirs() -> None:
    office, customer = an_office(), a_person()
    operator = an_operator(office)
    given = agreed(office, customer, operator)
    for stranger in (an_operator(an_office()), signed_in(customer), signed_in(a_person())):
        with pytest.raises(NotFound):
            acting.begin(stranger, given.id)
    with pytest.raises(NotFound):
        acting.begin(operator, given.id + 1)


def test_a_clerk_acts_at_the_counter_of_their_desk_alone_and_sees_what_they_filed_there() -> None:
    customer, clerk = a_person(), a_person()
    Role.create(account=clerk, name="clerk", authority="municipality")
    maryam = signed_in(clerk)
    given = Delegation.create(
        customer=customer, desk="municipality.administration", until=today(), consent="counter",
        asked_by=clerk, created_at=now(), consented_at=now(), evidence="card", session=maryam.session,
        ends_at=now() + dt.timedelta(minutes=30),
    )  # fmt: skip
    there = acting_by(maryam, given)
    opened = asked(there)
    assert (opened.row.filed_by_id, opened.row.office_id) == (clerk.id, None)
    with pytest.raises(NotFound):
        applications.of(there, asked(signed_in(customer)).reference)
    Role.delete().execute()
    assert acting.in_force(replace(maryam, roles=frozenset()), given.id) is None


def test_nobody_decides_what_they_or_their_office_filed() -> None:
    office, customer = an_office(), a_person()
    operator = an_operator(office)
    amal = acting_by(operator, agreed(office, customer, operator))
    opened = asked(amal)
    colleague = an_operator(office)
    for account in (operator.account, colleague.account):
        Role.create(account=account, name="clerk", authority="municipality")
        clerk = signed_in(Account.get_by_id(account))
        with pytest.raises(NotAllowed):
            casework.take(clerk, opened.reference)
        assert desk.take_next(clerk, "municipality.administration") is None
        assert dossiers.of(clerk, opened.reference).own


# --- What the tables refuse ------------------------------------------------------------------------------------------------------


def test_the_tables_refuse_what_cannot_be() -> None:
    office, customer = an_office(), a_person()
    operator = an_operator(office)
    given = agreed(office, customer, operator)
    row = {"until": today(), "asked_by": operator.account, "created_at": now()}
    agreed_to = {"consent": "code", "consented_at": now()}
    for wrong in (
        row | agreed_to | {"customer": customer, "office": office},  # a second one in force
        row | {"customer": operator.account, "office": office},  # for oneself
        row | {"customer": customer},  # neither office nor desk
        row | {"customer": customer, "office": office, "desk": "municipality.administration"},
        row | agreed_to | {"office": office},  # nobody agreed
        row | {"customer": customer, "office": office, "consent": "code"},  # agreed, but when?
        row | {"customer": customer, "office": office, "revoked_by": customer},
        row | {"customer": customer, "desk": "municipality.administration", "session": 1, "ends_at": now()},
        row | {"customer": customer, "desk": "municipality.administration", "evidence": "card", "ends_at": now()},
        row | {"customer": customer, "desk": "municipality.administration", "evidence": "card", "session": 1},
        row | {"customer": customer, "office": office, "evidence": "card"},
    ):
        with pytest.raises(IntegrityError):
            Delegation.create(**wrong)
    Delegation.update(revoked_at=now()).where(Delegation.id == given.id).execute()
    agreed(office, customer, operator)
    with pytest.raises(IntegrityError):
        Operator.create(office=an_office(), account=operator.account, since=now())


def test_an_attachment_is_uploaded_for_the_customer() -> None:
    office, customer = an_office(), a_person()
    operator = an_operator(office)
    amal = acting_by(operator, agreed(office, customer, operator))
    asked(amal, paper=b"a plan")
    row = Application.get()
    assert documents.attached(signed_in(customer), row, "paper")[0] == "paper.pdf"
