"""The checkout's pages: Billing, Payment, Review, Receipt, the way back to the merchant, and a page for whoever tries it out.

An order is opened by the merchant's signed form and then known by an unguessable address, so no cookie is needed.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.bank import amounts, forms
from sandbox.bank.cards import BRANDS, CARDS
from sandbox.bank.courier import Courier
from sandbox.bank.keys import Keys
from sandbox.bank.orders import Order, Orders
from sandbox.bank.rest import rest
from sandbox.bank.wire import Refused, checked_request, reply
from sandbox.bank.words import COUNTRIES, WORDS

STEPS = ("billing", "payment", "review", "receipt")
Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


def create_app(orders: Orders, keys: Keys, courier: Courier, late_seconds: float) -> Flask:
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.jinja_env.globals.update(STEPS=STEPS, COUNTRIES=COUNTRIES, BRANDS=BRANDS, CARDS=CARDS, shown=amounts.shown)
    app.register_blueprint(rest(orders, keys, courier))

    @app.get("/")
    def home() -> Page:
        _speak(request.args.get("lang", "ar"))
        return render_template("home.html", orders=[(order, orders.posts_of(order)) for order in orders.recent()])

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/pay")
    def pay() -> Page:
        _speak(request.form.get("locale", "ar")[:2])
        try:
            fields = checked_request(list(request.form.items(multi=True)), keys)
        except Refused as refused:
            return render_template("refused.html", why=str(refused)), 403
        billing = {name: fields.get(name, "") for name in forms.BILLING}
        order = orders.open(fields, billing, g.locale)
        if order.amount != fields["amount"] or order.reference != fields["reference_number"]:
            return render_template("refused.html", why="not_once"), 403
        return _to("receipt" if order.decision else "billing", order)

    @app.get("/checkout/<token>/billing")
    def billing(token: str) -> Page:
        order = _open(token)
        return render_template("billing.html", order=order, typed=order.billing, errors={})

    @app.post("/checkout/<token>/billing")
    def save_billing(token: str) -> Page:
        order = _open(token)
        typed = forms.billing_of(request.form)
        if errors := forms.billing_errors(typed):
            return render_template("billing.html", order=order, typed=typed, errors=errors), 422
        orders.bill(order, typed)
        return _to("payment", order)

    @app.get("/checkout/<token>/payment")
    def payment(token: str) -> Page:
        order = _open(token)
        return _payment_page(order, {"card_type": order.card.get("type", "")}, {})

    @app.post("/checkout/<token>/payment")
    def save_payment(token: str) -> Page:
        order = _open(token)
        card, expiry, errors = forms.card_of(request.form)
        if card is None or errors:
            typed = {name: request.form.get(name, "") for name in ("card_type", "card_expiry_month", "card_expiry_year")}
            return _payment_page(order, typed, errors), 422
        orders.present(order, card, expiry)
        return _to("review", order)

    @app.get("/checkout/<token>/review")
    def review(token: str) -> Page:
        order = _open(token)
        if forms.billing_errors(order.billing):
            return _to("billing", order)
        return render_template("review.html", order=order) if order.card else _to("payment", order)

    @app.post("/checkout/<token>/review")
    def confirm(token: str) -> Page:
        order = _open(token)
        card = next(
            (card for card in CARDS if (card.does, card.masked) == (order.card.get("does"), order.card.get("masked"))), None
        )
        if card is None:
            return _to("payment", order)
        orders.decide(order, card, late_seconds)
        courier.ring()
        return _to("receipt", order)

    @app.post("/checkout/<token>/cancel")
    def cancel(token: str) -> Page:
        order = _open(token)
        orders.give_up(order)
        return _to("receipt", order)

    @app.get("/checkout/<token>/receipt")
    def receipt(token: str) -> Page:
        order = _order(token)
        if not order.decision:
            return _to("billing", order)
        if order.card.get("does") == "never":
            return render_template("lost.html", order=order)
        if not order.answered:
            return render_template("wait.html", order=order), 200, {"Refresh": "3"}
        page = "override_custom_cancel_page" if order.decision == "CANCEL" else "override_custom_receipt_page"
        g.way_back = order.request[page]
        return render_template("receipt.html", order=order, address=g.way_back, fields=reply(order, keys))

    def _order(token: str) -> Order:
        order = orders.by_token(token)
        if order is None:
            _speak("ar")
            abort(404)
        wanted = request.args.get("lang", order.locale)
        if wanted != order.locale and wanted in WORDS:
            orders.speak(order, wanted)
        _speak(wanted if wanted in WORDS else order.locale)
        g.way_back = order.request["override_custom_receipt_page"]
        return order

    def _open(token: str) -> Order:
        """The order while it can still be changed; once decided, every page of it leads to its receipt."""
        order = _order(token)
        if order.decision:
            abort(_to("receipt", order))
        return order

    def _payment_page(order: Order, typed: dict[str, str], errors: dict[str, str]) -> str:
        return render_template("payment.html", order=order, typed=typed, errors=errors, years=forms.expiry_years())

    def _to(page: str, order: Order) -> Response:
        return redirect(url_for(page, token=order.token), 303)

    @app.errorhandler(404)
    def not_found(_error: Exception) -> Page:
        _speak(getattr(g, "locale", "ar"))
        return render_template("refused.html", why="no_order"), 404

    @app.context_processor
    def words() -> dict[str, Any]:
        locale = getattr(g, "locale", "ar")
        return {"locale": locale, "t": WORDS[locale], "other": "en" if locale == "ar" else "ar"}

    @app.after_request
    def guarded(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {_origin(getattr(g, 'way_back', ''))}"
        ).strip()
        response.headers["Cache-Control"] = "no-cache" if request.endpoint == "static" else "no-store"
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app


def _speak(locale: str) -> None:
    g.locale = locale if locale in WORDS else "ar"


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
