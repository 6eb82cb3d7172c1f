"""What is refused is said where it is known first, with the service that helps one press away."""

import datetime as dt

import pytest

from models import Application, StepUp, StepUpState
from operations import demonstration
from operations.now import set_business_day
from tests.support.builders import a_solution
from tests.support.client import Client, Page

LAPSED = {"registration": "1330118", "membership": "1131207"}


@pytest.fixture(autouse=True)
def ali(demo: None, client: Client) -> None:
    set_business_day(dt.date(2026, 11, 22))
    form = client.visit("/account/sign-in")
    form.submit(who="ali@example.om", password=demonstration.PASSWORD, altcha=a_solution("sign-in"), noscript=None)


def refused(client: Client) -> tuple[str, Page]:
    """A lapsed company whose name is to be changed: its draft and what the membership's step answers."""
    client.visit("/services/chamber.change-name").submit()
    reference = str(Application.get().reference)
    client.visit(f"/applications/{reference}/steps/establishment").submit(registration=LAPSED["registration"])
    return reference, client.visit(f"/applications/{reference}/steps/membership").submit("step", membership=LAPSED["membership"])


def test_a_lapsed_company_is_told_at_once_and_its_renewal_begins_at_the_period(client: Client) -> None:
    reference, page = refused(client)
    assert (page.status, page.path) == (422, f"/applications/{reference}/steps/membership")
    assert "Please renew the company first: its membership ended on 30 September 2026." in page.text
    asked = page.submit("/applications")
    renewal = Application.select().order_by(Application.id.desc()).get()
    assert (renewal.service, renewal.answers) == ("chamber.renew-membership", LAPSED)
    assert asked.path.startswith("/identity/") and StepUp.get().step == "period"
    StepUp.update(state=StepUpState.OPEN, reached=2).where(StepUp.state == StepUpState.CHOOSING).execute()
    period = client.visit(asked.path)
    assert period.path == f"/applications/{renewal.reference}/steps/period"
    check = period.submit("step", months="12")
    assert "30 September 2027" in check.text and "OMR 25.000" in check.text


def test_pressing_twice_begins_one(client: Client) -> None:
    _reference, page = refused(client)
    page.submit("/applications")
    page.submit("/applications")
    assert Application.select().where(Application.service == "chamber.renew-membership").count() == 1


def test_it_is_said_again_on_the_step_and_the_overview_and_going_on_leads_there(client: Client) -> None:
    reference, page = refused(client)
    for path in (page.path, f"/applications/{reference}"):
        again = client.visit(path)
        assert "Please renew the company" in again.text
        assert again.html.xpath("//main//input[@name='answer.membership']/@value") == [LAPSED["membership"]]
    assert client.visit(f"/applications/{reference}/continue").path == page.path


def test_once_renewed_the_same_draft_goes_on(client: Client) -> None:
    reference, page = refused(client)
    set_business_day(dt.date(2026, 9, 1))
    assert client.visit(page.path).submit("step").path.startswith("/identity/")
    assert client.visit(f"/applications/{reference}").html.xpath("//main//input[@name='answer.membership']") == []


def test_a_member_is_not_registered_again_but_led_to_the_renewal(client: Client) -> None:
    client.visit("/services/chamber.register-membership").submit()
    reference = Application.get().reference
    page = client.visit(f"/applications/{reference}/steps/establishment").submit(registration="1229237")
    assert page.status == 422 and "OCCI number 91868" in page.text
    assert page.html.xpath("//main//form[@action='/applications']//button")[0].text_content().strip() == "Membership renewal"
    assert page.submit("step", registration="1445820").path.startswith("/identity/")


def test_known_answers_are_judged_as_if_they_were_typed(client: Client) -> None:
    page = client.visit("/services/chamber.renew-membership")
    sent = {"service": "chamber.renew-membership", "answer.registration": "1279531", "answer.membership": "1128046"}
    page.submit("/applications", **sent)
    assert Application.get().answers == {}  # another person's company
