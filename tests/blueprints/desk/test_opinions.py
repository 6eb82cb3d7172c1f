"""Asking another section, and answering as one."""

import pytest
from flask import Flask

from models import Opinion
from tests.blueprints.desk.test_desk import browser_of, citizen, clerk, file
from tests.support.client import Client

__all__ = ["citizen", "clerk"]

pytestmark = pytest.mark.usefixtures("demo")


def test_a_section_is_asked_and_answers(portal: Flask, citizen: Client, clerk: Client) -> None:
    reference = file(citizen)
    clerk.visit(f"/desk/{reference}/opinions", status=409)
    clerk.visit(f"/desk/{reference}").submit(f"/desk/{reference}/hold")
    asking = clerk.visit(f"/desk/{reference}/opinions")
    assert asking.submit("asking", question="Is it ours?").errors == {"desk": "Error: Choose whom to ask."}
    told = asking.submit("asking", desk="municipality.engineering", question="Is it ours?")
    assert "Not answered yet" in told.text and told.path == f"/desk/{reference}"
    engineer = browser_of(portal, clerk="municipality.engineering", first_name="Salma")
    assert reference in engineer.visit("/desk?show=asked").text
    page = engineer.visit(f"/desk/{reference}")
    assert "Is it ours?" in page.text and not page.html.xpath("//form[contains(@action, '/hold') or contains(@action, '/notes')]")
    for link in page.html.xpath("//main//a/@href | //nav[@class='breadcrumbs']//a/@href"):
        if not link.endswith("/paper"):
            engineer.visit(link)  # nothing on it leads to where they may not go
    answering = engineer.visit(f"/desk/{reference}/opinions/{Opinion.get().id}")
    assert answering.submit("opinion", stance="objection").status == 422
    answering.submit("opinion", stance="objection", text="The neighbour's <b>own</b>.")
    engineer.visit(f"/desk/{reference}", status=404)
    assert "Objection" in clerk.visit(f"/desk/{reference}").text
    assert "The neighbour's <b>own</b>." in clerk.visit(f"/desk/{reference}").text
    assert "Is it ours?" not in citizen.visit(f"/applications/{reference}").text
