"""flask accounts create-staff and end-sessions."""

from flask import Flask

from models import AuditEntry, Role, Session
from tests.support.builders import a_person, signed_in
from tests.support.client import Client


def test_a_command_makes_staff_and_prints_a_link(portal: Flask, client: Client) -> None:
    done = portal.test_cli_runner().invoke(
        args=[
            "accounts",
            "create-staff",
            "clerk@bawaba.example",
            "--name",
            "Muna Al-Kindi",
            "--role",
            "clerk",
            "--authority",
            "chamber",
        ]
    )
    assert done.exit_code == 0, done.output
    link = done.output.split()[-1]
    page = client.visit(link.removeprefix("http://127.0.0.1:8000"))
    assert page.submit(password="short pass", confirmation="short pass").errors.keys() == {"password"}
    assert page.submit(password="three boats at low tide", confirmation="three boats at low tide").path == "/account/sign-in"
    assert Role.get().name == "clerk"


def test_a_weak_password_is_refused_in_both_languages(portal: Flask) -> None:
    done = portal.test_cli_runner().invoke(
        args=["accounts", "create-staff", "clerk@bawaba.example", "--name", "Muna", "--role", "clerk", "--ask-password"],
        input="short pass\nshort pass\n",
    )
    assert done.exit_code == 1 and "15" in done.output


def test_an_operator_ends_the_sessions_of_one_person_or_of_everybody(portal: Flask) -> None:
    muna, salim = a_person(email="muna@bawaba.example"), a_person()
    for person in (muna, muna, salim):
        signed_in(person)
    run = portal.test_cli_runner().invoke
    assert run(args=["accounts", "end-sessions", "Muna@bawaba.example"]).output == "2 ✓\n"
    assert [row.account for row in Session.select().where(Session.ended_at.is_null())] == [salim]
    assert run(args=["accounts", "end-sessions", "--everybody"]).output == "1 ✓\n"
    assert not Session.select().where(Session.ended_at.is_null()).exists()
    assert [entry.subject for entry in AuditEntry.select().order_by(AuditEntry.id)] == ["Muna@bawaba.example", "everybody"]


def test_ending_sessions_needs_to_know_whose(portal: Flask) -> None:
    run = portal.test_cli_runner().invoke
    assert run(args=["accounts", "end-sessions"]).exit_code == 2
    assert run(args=["accounts", "end-sessions", "muna@bawaba.example", "--everybody"]).exit_code == 2
    nobody = run(args=["accounts", "end-sessions", "nobody@bawaba.example"])
    assert nobody.exit_code == 1 and "Nobody here has proven" in nobody.output
