"""Every staff route, walked with every role: answered exactly as its audience says. What is forbidden looks like what does not exist."""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.operating.commands import routes
from models import AuditEntry, Role
from operations import answers, applications, casework, sessions, submission
from operations.answers import Uploaded
from operations.casework import Outcome
from operations.staff import Duty
from tests.house.test_audience import CLERKS, DUTIES, ITS_CLERKS, PORTAL_ADMINISTRATORS, PUBLISHERS, READERS, duties, sample
from tests.support.builders import a_person, signed_in
from tests.support.client import Client
from tests.support.schedule import bring_in_fees

DESK = "municipality.administration"
OF_ONE_APPLICATION = (ITS_CLERKS, PUBLISHERS, READERS)
FURTHER_FILE = "/desk/<reference>/versions/<int:number>/files/<field>/<int:which>"  # the sample has one file in its field
UNHELD = ("/arrivals/", "/centres/")  # the sample has no centre; tests/blueprints/appointments says who may
PLACES = {"elsewhere": "chamber", "in another section": "municipality.building"}
HERE = {"of the section": DESK, "of the authority": "municipality", "of everything": ""}
CITIZEN: list[tuple[str, str]] = []
ROLES: dict[str, dict[str, list[tuple[str, str]]]] = {
    "nobody": {"a citizen": [], "a role that only begins alike": [(f"{duty}ship", DESK) for duty in Duty]}
} | {duty: {f"{duty} {where}": [(str(duty), place)] for where, place in (PLACES | HERE).items()} for duty in Duty}
SignIn = Callable[[list[tuple[str, str]]], Client]


@pytest.fixture
def reference(portal: Flask) -> str:
    """An application that was corrected once, so that it has two versions and a file."""
    portal.config["WTF_CSRF_ENABLED"] = False
    bring_in_fees()
    person = signed_in(a_person())
    opened = applications.start(person, "municipality.general-request")
    papers = {"paper": Uploaded("a.pdf", io.BytesIO(b"%PDF-1.7\n"))}
    for step, typed, files in (("request", {"subject": "A tree", "text": "It leans."}, {}), ("papers", {}, papers)):
        answers.answer(person, opened, opened.service.step(step), typed, files)
    submission.submit(person, opened.reference, submission.offer(opened).seal)
    clerk = a_person()
    Role.create(account=clerk, name="clerk")
    casework.decide(signed_in(clerk), opened.reference, Outcome.RETURN, remarks={"subject": "Which?"})
    casework_again = applications.of(person, opened.reference)
    submission.submit(person, opened.reference, submission.offer(casework_again).seal)
    casework.release(signed_in(clerk), opened.reference)
    return opened.reference


@pytest.fixture
def sign_in(portal: Flask) -> SignIn:
    def make(roles: list[tuple[str, str]]) -> Client:
        account = a_person()
        for name, authority in roles:
            Role.create(account=account, name=name, authority=authority)
        client = portal.test_client()
        client.set_cookie("language", "en")
        with client.session_transaction() as cookie:
            cookie["_user_id"] = sessions.begin(account, browser="Firefox", address="192.0.2.1")
        return client  # type: ignore[return-value]

    return make


@pytest.mark.parametrize("kind", ROLES)
def test_a_staff_route_answers_whom_it_says_and_nobody_else(kind: str, portal: Flask, reference: str, sign_in: SignIn):
    for who, roles in ROLES[kind].items():
        client, walked = sign_in(roles), set()
        for methods, rule, whom in routes(portal):
            if asked := duties(whom):
                walked |= asked
                expected = answers_of(who, whom, kind in asked) + (
                    (404,) if rule == FURTHER_FILE or rule.startswith(UNHELD) else ()
                )
                for method in methods.split(","):
                    status = client.open(address(rule, reference), method=method, data={"desk": DESK}).status_code
                    assert status in expected, f"{who}: {method} {rule} for {whom}: {status}"
        assert walked == set(DUTIES.values())


def answers_of(who: str, whom: str, has: bool) -> tuple[int, ...]:
    """What a person may be answered: by role only 403; a thing of another place is not there; where they work, anything but those two.

    A thing that the samples do not hold is not there for anybody.
    """
    if not has or (whom == PORTAL_ADMINISTRATORS and not who.endswith("of everything")):
        return (403,)
    if any(who.endswith(where) for where in PLACES):
        return (404,) if whom in OF_ONE_APPLICATION else (200, 303, 404, 422)
    return (200, 303, 409, 422) if whom in (CLERKS, ITS_CLERKS, READERS) else (200, 303, 404, 409, 422)


def address(rule: str, reference: str) -> str:
    """Where a route is walked: the application that was made for it, and the desk it lies on."""
    found = sample(rule).replace("CHAMBER-2026-0000042-2", reference).replace("deed", "paper")
    return f"{found}?desk={DESK}" if rule == "/desk" else found


@pytest.mark.parametrize(("kind", "who"), [("nobody", "a citizen"), (Duty.CLERK, "clerk elsewhere")])
def test_what_is_forbidden_looks_like_what_does_not_exist(kind: str, who: str, portal: Flask, reference: str, sign_in: SignIn):
    client = sign_in(ROLES[kind][who])
    before = AuditEntry.select().count()
    for _methods, rule, whom in routes(portal):
        if whom in OF_ONE_APPLICATION:
            there, nowhere = (
                client.open(sample(rule).replace("CHAMBER-2026-0000042-2", name))
                for name in (reference, "MUNICIPALITY-2026-9999999-1")
            )
            assert (there.status_code, said(there, reference)) == (
                nowhere.status_code,
                said(nowhere, "MUNICIPALITY-2026-9999999-1"),
            )
    assert AuditEntry.select().count() == before


def said(answer: object, reference: str) -> str:
    """The page without what differs anyway: the number that was asked for, and the form's token, which tells the second."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text.replace(reference, ""))  # type: ignore[attr-defined]


def test_the_file_of_an_application_is_kept_never_shown(reference: str, sign_in: SignIn):
    answer = sign_in([("clerk", "municipality")]).get(f"/desk/{reference}/versions/1/files/paper")
    assert answer.data == b"%PDF-1.7\n"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=a.pdf"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
