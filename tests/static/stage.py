"""A stage for the layout and the macros: a small Flask application of their own, under the portal's content policy."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from flask import Flask, Response, make_response, redirect, request, url_for
from jinja2 import ChoiceLoader, DictLoader, Environment
from werkzeug.serving import make_server
from wtforms import BooleanField, Form, PasswordField, RadioField, StringField, TelField, TextAreaField
from wtforms.validators import InputRequired, Optional

from blueprints.security import POLICY
from engine.wording import Text, _
from operations import rendering
from static.build import STATIC

PERIODS = [("12", {"title": "One", "hint": "until", "aside": "25"}), ("24", Text("Two"))]


class Sample(Form):
    period = RadioField(_("Period"), [InputRequired(Text("Choose a period"))], choices=PERIODS, validate_choice=False)
    name = StringField(
        _("Name"), [InputRequired(Text("Write your name"))], description=_("As on your card"), render_kw={"autocomplete": "name"}
    )
    phone = TelField(_("Phone"), [Optional()])
    secret = PasswordField(_("Password"))
    remarks = TextAreaField(_("Remarks"))
    agree = BooleanField(_("I agree"))


TEMPLATES = {
    "step.html": """
{% extends layout %}
{% set language_form = "step" %}
{% from "components/button.html" import button %}
{% from "components/error_summary.html" import error_summary %}
{% from "components/field.html" import field %}
{% from "components/form.html" import post %}
{% from "components/way.html" import back_link %}
{% block title %}Step{% endblock %}
{% block before_main %}{{ back_link("/") }}{% endblock %}
{% block main %}
{{ error_summary(form) }}
{% call post(id="step") %}
{{ field(form.period, legend_is_heading=True) }}{{ field(form.name) }}{{ field(form.phone, before="+968") }}
{{ field(form.secret) }}{{ field(form.remarks) }}{{ field(form.agree) }}
{{ button("Go", attributes={"id": "go"}) }}
{% endcall %}
{% endblock %}""",
    "home.html": """
{% extends layout %}
{% block title %}Home{% endblock %}
{% block main %}<h1 tabindex="-1">Home</h1><a id="next" href="/step">Step</a>{% endblock %}""",
    "done.html": """
{% extends layout %}
{% from "components/panel.html" import panel %}
{% block title %}Done{% endblock %}
{% block main %}{{ panel("Done", "N-1", "Number") }}{% endblock %}""",
}


def environment(locale: str) -> Environment:
    """One of its own: the portal's environments are shared by the whole process."""
    made = rendering.environment.__wrapped__(locale)
    made.loader = ChoiceLoader([DictLoader(TEMPLATES), made.loader])
    made.globals.update(url_for=url_for, asset=asset, csrf_token=lambda: "the-token", acting_mark=lambda: "")
    return made


def asset(path: str) -> str:
    return f"/static/{path}?v={hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]}"


def frame(**more: Any) -> dict[str, Any]:
    """What the portal hands to every page."""
    portal = {"home_url": "/", "sign_in_url": "/in", "sign_out_url": "/out", "session_stay_url": "/stay", "session_seconds": 1800}
    return {
        "layout": "layouts/page.html",
        "actor": SimpleNamespace(signed_in=True, name="سالم", acting_for=None),
        "notices": [],
        "announcements": [],
        "development": False,
        "other_locale_url": "/other",
        "portal": portal,
    } | more


def application() -> Flask:
    app = Flask(__name__, static_folder=str(STATIC), template_folder=None)
    environments = {locale: environment(locale) for locale in ("ar", "en")}
    app.config["POSTS"] = []

    def page(template: str, status: int = 200, **context: Any) -> Response:
        partial = request.headers.get("HX-Request-Type") == "partial"
        layout = "layouts/fragment.html" if partial else "layouts/page.html"
        chosen = environments[request.form.get("language", "ar")]
        portal = frame()["portal"] | {"session_seconds": int(request.args.get("seconds", 1800))}
        return make_response(chosen.get_template(template).render(**frame(layout=layout, portal=portal, **context)), status)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY.format(bank="", tiles="", agent="")
        return response

    @app.get("/")
    def home() -> Response:
        return page("home.html")

    @app.get("/done")
    def done() -> Response:
        return page("done.html")

    @app.get("/stay")
    def stay() -> tuple[str, int]:
        return "", 204

    @app.route("/step", methods=["GET", "POST"])
    def step() -> Any:
        form = Sample(request.form)
        if request.method == "GET" or "language" in request.form:
            return page("step.html", form=form)
        app.config["POSTS"].append(request.form.to_dict())
        if form.remarks.data == "break":
            return "<h1 data-problem>The register does not answer.</h1>", 503
        return redirect("/done", 303) if form.validate() else page("step.html", 422, form=form)

    return app


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
