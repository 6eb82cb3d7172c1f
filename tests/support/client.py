"""A browser without a screen, for tests of pages: it follows forms as people do, and looks at every page it gets with a reviewer's eye."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import models
from operations import demonstration
from operations.outside import outside
from tests.support.database import opened
from tests.support.postbox import Postbox


class Client(FlaskClient):
    """`visit` and `submit` speak HTML; `get` and `post` are Flask's own."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data and not 300 <= response.status_code < 400:
            review(response)
        return response

    def visit(self, path: str, *, status: int = 200, **options: Any) -> "Page":
        """The page at that path, redirects followed."""
        response = self.get(path, follow_redirects=True, **options)
        assert response.status_code == status, f"{path}: {response.status_code}\n{words(response)}"
        return Page(self, response)


class Page:
    """A page as shown, with its forms."""

    def __init__(self, client: Client, response: TestResponse) -> None:
        self.client, self.response = client, response
        self.status, self.path = response.status_code, response.request.path
        self.address = response.request.full_path.rstrip("?")
        self.html = lxml.html.fromstring(response.text)
        self.title = self.html.findtext(".//title") or ""

    @property
    def heading(self) -> str:
        return " ".join(self.html.find(".//h1").text_content().split())

    @property
    def text(self) -> str:
        return words(self.response)

    @property
    def errors(self) -> dict[str, str]:
        """The error beside each field, by the field's id."""
        said = self.html.xpath("//*[contains(@class, 'field__error')][@id]")
        return {error.get("id").removesuffix("-error"): " ".join(error.text_content().split()) for error in said}

    @property
    def values(self) -> dict[str, str]:
        """What the page's forms hold, as a browser would send it."""
        return {name: value for form in self.html.forms for name, value in form.form_values()}

    def submit(self, form: str | None = None, *, follow: bool = True, **typed: Any) -> "Page":
        """Send a form (by id or by action; else the first of the page's own) with what it holds and what is typed; None takes a field out."""
        chosen = self._form(form)
        data = {name: value for name, value in (dict(chosen.form_values()) | typed).items() if value is not None}
        target = chosen.get("action") or self.address
        return Page(
            self.client,
            self.client.post(target, data=data, follow_redirects=follow, headers={"Referer": f"http://localhost{self.address}"}),
        )

    def _form(self, wanted: str | None) -> Any:
        forms = self.html.xpath("//main//form")
        return next(form for form in forms if wanted is None or wanted in (form.get("id"), form.get("action")))


def words(response: TestResponse) -> str:
    """The text of a page, its scripts left out."""
    html = lxml.html.fromstring(response.text)
    return " ".join(html.find("body").text_content().split()) if html.find("body") is not None else response.text


def review(response: TestResponse) -> None:
    """What must be true of every page."""
    where = f"{response.request.method} {response.request.path}"
    policy = response.headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy and "unsafe" not in policy, f"{where}: no strict content security policy"
    html = lxml.html.fromstring(response.text)
    if html.tag != "html" or "<html" not in response.text:
        return  # a fragment
    root = html.getroottree().getroot()
    assert (root.get("lang"), root.get("dir")) in {("ar", "rtl"), ("en", "ltr")}, f"{where}: language and direction"
    assert (html.findtext(".//title") or "").strip(" ·"), f"{where}: no title"
    assert len(html.xpath("//h1")) == 1, f"{where}: {len(html.xpath('//h1'))} headings of first rank"
    twice = [id_ for id_, times in Counter(element.get("id") for element in html.xpath("//*[@id]")).items() if times > 1]
    assert not twice, f"{where}: ids used twice: {twice}"
    assert not [script for script in html.xpath("//script") if not script.get("src")], f"{where}: a script in the page"
    assert not html.xpath("//style|//*[@style]"), f"{where}: a style in the page"
    assert not [name for element in html.iter() for name in element.attrib if name.startswith("on")], (
        f"{where}: an inline handler"
    )
    for control in html.xpath("//input[not(@type='hidden')]|//select|//textarea"):
        labelled = (
            control.get("aria-label")
            or html.xpath("//label[@for=$id]", id=control.get("id") or "")
            or control.getparent().tag == "label"
        )
        assert labelled, f"{where}: {control.get('name')} has no label"
    for form in html.xpath("//form[@method='post'][not(starts-with(@action, 'http'))]"):
        assert form.xpath(".//input[@name='csrf_token']"), f"{where}: a form without its token"


@pytest.fixture(scope="session")
def standing_portal(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One application for all tests of a worker, as one serves everybody in production: its 250 addresses are compiled once."""
    from app import create_app

    portal = create_app(as_tested("sqlite:///", tmp_path_factory.mktemp("standing")))
    portal.test_client_class = Client
    return portal


@pytest.fixture
def portal(standing_portal: Flask, sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The whole portal on a fresh SQLite database; mails and SMS stay in a Postbox each. What a test changes of its config is put back."""
    from app import wire

    settings = as_tested(sqlite_url, tmp_path / "var")
    wire(settings)
    models.database.initialize(opened(sqlite_url))
    outside.mailer, outside.texter = Postbox(), Postbox()
    before = dict(standing_portal.config)
    standing_portal.config["SETTINGS"] = settings
    for limiter in standing_portal.extensions["limiter"]:
        limiter.reset()
    yield standing_portal
    standing_portal.config.clear()
    standing_portal.config.update(before)
    models.database.close()


@pytest.fixture(scope="session")
def demo_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from app import wire

    folder = tmp_path_factory.mktemp("demo")
    path = folder / "template.db"
    shutil.copy(sqlite_template, path)
    wire(as_tested(f"sqlite:///{path}", folder))
    demonstration.prepare()
    models.database.close()
    return path


@pytest.fixture
def demo(portal: Flask, demo_template: Path) -> None:
    """What `flask demo` makes: people, staff, registers, fees. It takes half a second, so it is made once and copied."""
    models.database.close()
    shutil.copy(demo_template, models.database.obj.database)


@pytest.fixture
def own_portal(portal: Flask) -> Flask:
    """An application of the test's own, for tests that give it further addresses."""
    from app import create_app

    made = create_app(portal.config["SETTINGS"])
    made.test_client_class = Client
    return made


def as_tested(database_url: str, folder: Path) -> Any:
    from config import Settings

    return Settings(portal_var=str(folder), database_url=database_url, altcha_cost=20)


@pytest.fixture
def client(portal: Flask) -> Client:
    """A visitor's browser, in English so that tests read like their author."""
    client = portal.test_client()
    client.set_cookie("language", "en")
    return client  # type: ignore[return-value]
