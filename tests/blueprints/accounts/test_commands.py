"""flask accounts create-staff."""

from flask import Flask

from models import Role
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
