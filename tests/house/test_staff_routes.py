"""Every staff route, walked with every role: answered exactly as its audience says. What is forbidden looks like what does not exist."""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.operating.commands import routes
from models import AuditEntry, Role
from operations import answers, applications, casework, demonstration, sessions, submission
from operations.answers import Uploaded
from operations.casework import Outcome
from tests.house.test_audience import CLERKS, ITS_CLERKS, READERS, sample
from tests.support.builders import a_person, signed_in
from tests.support.client import Client

PLACES = {CLERKS: 403, ITS_CLERKS: 404, READERS: 404}
NOBODY, ELSEWHERE, HERE = "nobody", "elsewhere", "here"
ROLES = {
    "a citizen": ([], NOBODY),
    "a cashier": ([("cashier", "municipality")], NOBODY),
    "an administrator": ([("administrator", "")], NOBODY),
    "a role that only begins alike": ([("clerkship", "municipality")], NOBODY),
    "a clerk of another authority": ([("clerk", "chamber")], ELSEWHERE),
    "a clerk of another section": ([("clerk", "municipality.building")], ELSEWHERE),
    "a clerk of the section": ([("clerk", "municipality.administration")], HERE),
    "a clerk of the authority": ([("clerk", "municipality")], HERE),
    "a clerk of everything": ([("clerk", "")], HERE),
}
SignIn = Callable[[list[tuple[str, str]]], Client]


@pytest.fixture
def reference(portal: Flask) -> str:
    """An application that was corrected once, so that it has two versions and a file."""
    portal.config["WTF_CSRF_ENABLED"] = False
    demonstration.prepare()
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


@pytest.mark.parametrize("who", ROLES)
def test_a_staff_route_answers_whom_it_says_and_nobody_else(who: str, portal: Flask, reference: str, sign_in: SignIn):
    roles, place = ROLES[who]
    client = sign_in(roles)
    walked = 0
    for methods, rule, whom in routes(portal):
        if whom in PLACES:
            walked += 1
            for method in methods.split(","):
                address = sample(rule).replace("CHAMBER-2026-0000042-2", reference).replace("deed", "paper")
                status = client.open(address, method=method, data={"desk": "municipality.administration"}).status_code
                if place == HERE:
                    assert status in (200, 303, 409, 422), f"{who}: {method} {address}: {status}"
                else:
                    expected = 403 if place == NOBODY else 404
                    asks = f"{address}?desk=municipality.administration" if rule == "/desk" else address
                    assert (
                        client.open(asks, method=method, data={"desk": "municipality.administration"}).status_code == expected
                    ), f"{who}: {method} {address}"
    assert walked == 15


@pytest.mark.parametrize("who", [who for who, (_roles, place) in ROLES.items() if place != HERE])
def test_what_is_forbidden_looks_like_what_does_not_exist(who: str, portal: Flask, reference: str, sign_in: SignIn):
    client = sign_in(ROLES[who][0])
    before = AuditEntry.select().count()
    for _methods, rule, whom in routes(portal):
        if whom in (ITS_CLERKS, READERS):
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
    """Without what differs by itself: the reference, and the form's token, which changes with every second."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text.replace(reference, ""))  # type: ignore[attr-defined]


def test_the_file_of_an_application_is_kept_never_shown(reference: str, sign_in: SignIn):
    answer = sign_in([("clerk", "municipality")]).get(f"/desk/{reference}/versions/1/files/paper")
    assert answer.data == b"%PDF-1.7\n"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=a.pdf"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
