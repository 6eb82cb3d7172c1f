"""The floors that pages are measured against, in the server and the process model of the portal.

`/b` is Flask and Jinja with a page of 20 rows, about 15 KB. `/c` adds what every portal has: the session cookie, flask-login with its
user loaded by peewee, a CSRF token, and 60 texts in Arabic by Flask-Babel, as one usually does it.
"""

import os
from pathlib import Path

import jinja2
from babel.messages.pofile import read_po
from flask import Flask, render_template
from flask_babel import Babel
from flask_login import LoginManager, UserMixin, login_required, login_user
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from peewee import CharField, Model, SqliteDatabase

from tests.support.processes import ROOT

STRINGS = 60
ROWS = [
    {"number": number, "name": f"المشاريع الواعدة {number}", "state": "بانتظار السداد", "day": "١٩ مارس ٢٠١٨"}
    for number in range(20)
]
FILLING = "<p>" + "و" * 2300 + "</p>"  # up to the size of a usual page
PAGE = """<!doctype html><html lang="{{ lang }}" dir="{{ dir }}"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<header><nav>{% for each in range(8) %}<a href="/{{ each }}">{{ title }} {{ each }}</a>{% endfor %}</nav></header><main>
<table>{% for row in rows %}<tr><td><a href="/applications/{{ row.number }}" class="table__link">{{ row.number }}</a></td>
<td><span class="table__name" data-number="{{ row.number }}">{{ row.name }}</span></td><td>
<span class="tag tag--waiting">{{ row.state }}</span></td>
<td><time datetime="2018-03-19">{{ row.day }}</time></td><td><form method="get" action="/applications/{{ row.number }}/continue">
<button class="button button--small" aria-label="{{ row.name }}">{{ row.state }}</button></form></td></tr>
{% endfor %}</table>%MORE%</main></body></html>"""

database = SqliteDatabase(None, pragmas={"journal_mode": "wal"})


class User(UserMixin, Model):  # type: ignore[misc]
    name = CharField()

    class Meta:
        database = database


def create_app() -> Flask:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="of the floor", WTF_CSRF_TIME_LIMIT=None)
    folder = Path(os.environ["PORTAL_VAR"])
    folder.mkdir(parents=True, exist_ok=True)
    database.init(str(folder / "floor.db"))
    with database.connection_context():
        database.create_tables([User])
        User.get_or_create(id=1, defaults={"name": "سالم"})
    CSRFProtect(app)
    login = LoginManager(app)
    login.session_protection = None
    Babel(app, default_locale="ar", default_translation_directories=str(ROOT / "translations"))
    app.jinja_loader = jinja2.DictLoader({"b.html": PAGE.replace("%MORE%", FILLING), "c.html": _translated()})
    plain = {"title": "بوابة", "lang": "ar", "dir": "rtl", "rows": ROWS}

    @app.before_request
    def connect_once() -> None:
        database.connect(reuse_if_open=True)

    @login.user_loader  # type: ignore[untyped-decorator]
    def load(number: str) -> User | None:
        return User.get_or_none(User.id == int(number))  # type: ignore[no-any-return]

    @app.get("/")
    def enter() -> str:
        login_user(User.get_by_id(1))
        return "in"

    @app.get("/b")
    def b() -> str:
        return render_template("b.html", **plain)

    @app.get("/c")
    @login_required
    def c() -> str:
        return render_template("c.html", csrf_token=generate_csrf, **plain)

    return app


def _translated() -> str:
    """The page with 60 texts of ours, and its token."""
    with (ROOT / "translations" / "ar" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        texts = [message.id for message in read_po(file) if isinstance(message.id, str) and message.id]
    plain = sorted((text for text in texts if not set(text) & set('%"\n')), key=len)[:STRINGS]
    strings = "".join(f'<p>{{{{ _("{text}") }}}}</p>' for text in plain)
    return PAGE.replace("%MORE%", FILLING + strings + '<input type="hidden" name="csrf_token" value="{{ csrf_token() }}">')
