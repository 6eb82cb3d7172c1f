"""The page that plays the phone, for a person; and the same address as a door for tests and demo scripts that speak JSON.

POST /phone/<number>/answer    {"pin": "1234"} or {"cancel": true}
POST /phone/<number>/settings  {"confirm_after_ms": 300}, null to answer by hand again
GET  /phone/<number>/state     what rings, for the page's script
"""

from typing import Any

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sandbox.mobile_id.people import Customer, normal
from sandbox.mobile_id.telecom import ENDS_AT_ONCE, Request, Telecom
from sandbox.mobile_id.texts import texts_in

DIRECTIONS = {"ar": "rtl", "en": "ltr"}


def served(telecom: Telecom, customers: dict[str, Customer]) -> Blueprint:
    """The phones of these customers."""
    blueprint = Blueprint("phone", __name__)

    @blueprint.get("/")
    def home() -> ResponseReturnValue:
        return redirect(url_for("phone.choose"))

    @blueprint.get("/phone")
    def choose() -> ResponseReturnValue:
        return _page("choose.html", customers=customers.values())

    @blueprint.get("/phone/<number>")
    def show(number: str) -> ResponseReturnValue:
        owner = customer(number)
        return _page(
            "phone.html",
            owner=owner,
            others=[other for other in customers.values() if other is not owner],
            ringing=telecom.ringing(owner.phone),
            last=telecom.last(owner.phone),
            rings=owner.behaviour not in ENDS_AT_ONCE,
            by_itself=telecom.confirms_after(owner.phone) is not None,
        )

    @blueprint.get("/phone/<number>/state")
    def state(number: str) -> ResponseReturnValue:
        return jsonify(_state(telecom.ringing(customer(number).phone)))

    @blueprint.post("/phone/<number>/answer")
    def answer(number: str) -> ResponseReturnValue:
        owner, given = customer(number), request.get_json() if request.is_json else request.form
        answered = (
            telecom.refuse(owner.phone) if given.get("cancel") else telecom.enter_pin(owner.phone, str(given.get("pin", "")))
        )
        if not request.is_json:
            return redirect(url_for("phone.show", number=owner.phone, lang=_language()), 303)
        if answered is None:
            return jsonify(error="nothing rings"), 409
        wrong = not answered.result or answered.tries_left == 0
        return (jsonify(error="wrong PIN", tries_left=answered.tries_left), 422) if wrong else jsonify(result=answered.result)

    @blueprint.post("/phone/<number>/settings")
    def settings(number: str) -> ResponseReturnValue:
        after = request.get_json()["confirm_after_ms"]
        telecom.confirm_by_itself(customer(number).phone, None if after is None else float(after) / 1000)
        return "", 204

    def customer(number: str) -> Customer:
        return customers.get(normal(number)) or abort(404)

    return blueprint


def _page(template: str, **values: Any) -> str:
    language = _language()
    return render_template(
        template,
        t=texts_in(language),
        lang=language,
        dir=DIRECTIONS[language],
        other="en" if language == "ar" else "ar",
        **values,
    )


def _state(ringing: Request | None) -> dict[str, Any]:
    return {"request": ringing.id, "code": ringing.code, "tries_left": ringing.tries_left} if ringing else {"request": None}


def _language() -> str:
    return "en" if request.values.get("lang") == "en" else "ar"
