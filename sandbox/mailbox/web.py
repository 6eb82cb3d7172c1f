"""The telecom's door (Kannel's `sendsms`), the page that shows what arrived, and the same as JSON for scripts."""

import re
from typing import Any

from flask import Flask, Response, abort, jsonify, make_response, render_template, request

from sandbox.mailbox.store import Message, Store
from sandbox.mailbox.words import LANGUAGES, WORDS

PHONE = re.compile(r"\+?\d{8,15}")
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A mail's own HTML is a stranger's: nothing runs, nothing is fetched, no form, no cookie.
MAIL_POLICY = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"


def create_app(store: Store) -> Flask:
    app = Flask(__name__)

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @app.route("/cgi-bin/sendsms", methods=["GET", "POST"])
    def sendsms() -> tuple[str, int]:
        sent = request.values
        if store.fail == "sms":
            return "Temporal failure, try again later.", 503
        if not (sent.get("username") and sent.get("password")):
            return "Authorization failed for sendsms", 403
        if not PHONE.fullmatch(sent.get("to", "")) or not sent.get("text"):
            return "Missing receiver number or text, rejected", 400
        text = sent["text"]
        if sent.get("coding", "0") != "2":
            text = text.encode("latin-1", "replace").decode("latin-1")  # as a phone would show it
        store.add(Message(kind="sms", recipient=sent["to"], sender=sent.get("from", ""), text=text, key=sent.get("binfo", "")))
        return "0: Accepted for delivery", 202

    @app.get("/")
    def inbox() -> Response:
        language = request.args.get("lang", request.cookies.get("lang"))
        language = language if language in LANGUAGES else LANGUAGES[0]
        to = request.args.get("to", "").strip()
        everything = store.messages()
        shown = [message for message in everything if to.lower() in message.recipient.lower()]
        page = render_template(
            "inbox.html",
            language=language,
            words=WORDS[language],
            to=to,
            messages=shown,
            newest=everything[0].id if everything else 0,
            recipients=sorted({message.recipient for message in everything}),
            fail=store.fail,
        )
        response = make_response(page)
        response.set_cookie("lang", language, samesite="Lax", httponly=True)
        return response

    @app.get("/mails/<int:number>")
    def mail(number: int) -> Response:
        """A mail as its HTML wants to look."""
        message = store.message(number)
        if message is None or not message.html:
            abort(404)
        return Response(message.html, headers={"Content-Security-Policy": MAIL_POLICY})

    @app.get("/messages.json")
    def messages() -> Response:
        return jsonify([message.as_json() for message in store.messages(request.args.get("to", ""))])

    @app.post("/control")
    def control() -> Any:
        wish = request.get_json().get("fail")  # JSON only: no other site's form can send it
        if wish not in ("sms", "mail", None):
            abort(400)
        store.fail = wish
        return {"fail": store.fail}

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return app
