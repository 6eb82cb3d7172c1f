"""The program put together: the telecom's API, the phones, and the demo authority's OCSP and lists."""

from pathlib import Path

from flask import Flask, Response, jsonify
from flask.typing import ResponseReturnValue

from sandbox.authority import web as authority_web
from sandbox.authority.authority import Authority
from sandbox.mobile_id import api, phone
from sandbox.mobile_id.people import customers_in
from sandbox.mobile_id.sim import Sim
from sandbox.mobile_id.telecom import Telecom

DEMO_RELYING_PARTY = "00000000-0000-0000-0000-000000000000"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create_app(
    data: Path,
    authority_folder: Path,
    people: Path,
    url: str,
    *,
    relying_party_uuid: str = DEMO_RELYING_PARTY,
    rings: float = 120,
    lives: float = 300,
) -> Flask:
    """The whole sandbox. `data` keeps the SIMs, `authority_folder` the demo authority; `url` is where others reach it."""
    app = Flask(__name__)
    customers, telecom, authority = customers_in(people), Telecom(rings=rings, lives=lives), Authority(authority_folder, url)
    sims = {customer.phone: Sim(data / "sims", customer, authority) for customer in customers.values()}
    app.register_blueprint(api.served(telecom, customers, sims, relying_party_uuid))
    app.register_blueprint(phone.served(telecom, customers))
    app.register_blueprint(authority_web.served(authority))

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return jsonify(status="ok")

    @app.after_request
    def guarded(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    return app
