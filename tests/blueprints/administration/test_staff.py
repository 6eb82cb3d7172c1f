"""Staff and roles, as an administrator's browser walks them; and the commands for operators."""

import pytest
from flask import Flask

from models import Account, Role
from tests.support.administrators import browser_of
from tests.support.builders import PASSWORD, a_person, a_solution
from tests.support.client import Client

DESK = "municipality.administration"


pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture
def administrator(portal: Flask) -> Client:
    return browser_of(portal, "administrator", "municipality")


def number_of(first_name: str) -> int:
    return int(Account.get(Account.first_name == first_name).id)


def test_somebody_is_invited_given_a_role_and_loses_it(administrator: Client) -> None:
    assert "maryam@sohar.example.om" in administrator.visit("/administration/staff").text
    page = administrator.visit("/administration/staff/invitation")
    assert page.submit("invite", email="nobody", name="", duty="clerk", where=DESK).errors.keys() == {"name"}
    assert page.submit("invite", email="nobody", name="M", duty="clerk", where=DESK).errors.keys() == {"email"}
    done = page.submit("invite", email="mona@sohar.example.om", name="Mona Al Kindi", duty="clerk", where=DESK)
    address = f"/administration/staff/{number_of('Mona')}"
    assert done.path == address and "Invited." in done.text
    assert "Supervisor" in done.submit("role", duty="supervisor", where="municipality").text
    role = Role.get((Role.account == number_of("Mona")) & (Role.name == "supervisor")).id
    done.submit("role", duty="chief", where="municipality")
    administrator.visit(address).submit(f"{address}/roles/{role}/removal")
    assert not Role.select().where(Role.id == role).exists()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_an_account_is_blocked_and_opened_again(portal: Flask, language: str) -> None:
    address = f"/administration/staff/{number_of('Maryam')}"
    browser = browser_of(portal, "administrator", language=language)
    blocked = browser.visit(address).submit(f"{address}/block")
    assert Account.get(Account.first_name == "Maryam").blocked_at
    blocked.submit(f"{address}/unblock")
    for verb in ("sessions/end", "second-factor/reset"):
        assert browser.visit(address).submit(f"{address}/{verb}").path == address
    assert not Account.get(Account.first_name == "Maryam").blocked_at


def test_a_blocked_person_reads_it_at_the_right_password_only(portal: Flask, client: Client) -> None:
    a_person(email="salma@bawaba.example")
    assert (
        portal.test_cli_runner().invoke(args=["accounts", "block", "salma@bawaba.example"]).output == "salma@bawaba.example: ✓\n"
    )
    page = client.visit("/account/sign-in")
    for password, said in ((PASSWORD, "This account is blocked."), ("something else", "do not match an account here")):
        assert said in page.submit(who="salma@bawaba.example", password=password, altcha=a_solution("sign-in")).text
    portal.test_cli_runner().invoke(args=["accounts", "unblock", "Salma@bawaba.example"])
    page.submit(who="salma@bawaba.example", password=PASSWORD, altcha=a_solution("sign-in"))
    assert client.visit("/dashboard").path == "/dashboard"


def test_the_commands_say_what_they_cannot_do(portal: Flask) -> None:
    run = portal.test_cli_runner().invoke
    nobody = run(args=["accounts", "block", "nobody@bawaba.example"])
    assert nobody.exit_code == 1 and "Nobody here has proven" in nobody.output
    run(args=["accounts", "block", "huda@bawaba.example.om"])
    last = run(args=["accounts", "block", "yusuf@bawaba.example.om"])
    assert last.exit_code == 1 and "last administrator" in last.output
    unknown = run(args=["accounts", "create-staff", "x@bawaba.example", "--name", "X", "--role", "boss"])
    assert unknown.exit_code == 1 and "supervisor" in unknown.output


def test_ones_own_page_offers_nothing_to_change(portal: Flask) -> None:
    browser = browser_of(portal, "administrator", first_name="Moza")
    page = browser.visit(f"/administration/staff/{number_of('Moza')}")
    assert "This is your own account." in page.text and not page.html.xpath("//main//form")


def test_other_duties_are_refused_and_other_authorities_staff_are_not_there(portal: Flask, administrator: Client) -> None:
    portal.config["WTF_CSRF_ENABLED"] = False
    foreign = a_person(first_name="Foreign")
    Role.create(account=foreign, name="clerk", authority="chamber")
    posts = ("roles", "roles/1/removal", "block", "unblock", "second-factor/reset", "sessions/end")
    for duty in (None, "clerk", "supervisor", "cashier", "auditor"):
        other = browser_of(portal, duty)
        for address in ("", "/invitation", f"/{number_of('Maryam')}"):
            other.visit(f"/administration/staff{address}", status=403)
        for end in posts:
            assert other.post(f"/administration/staff/{foreign.id}/{end}").status_code == 403
    for which in (foreign.id, 4040):
        administrator.visit(f"/administration/staff/{which}", status=404)
        for end in posts:
            assert administrator.post(f"/administration/staff/{which}/{end}").status_code == 404
