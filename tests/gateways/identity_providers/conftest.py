"""One running provider, and the portal's adapter to it, for every file here."""

import base64
from collections.abc import Callable, Iterator

import pytest

from engine.assurance import Assurance
from gateways.identity_providers import Arrived, Proven
from gateways.identity_providers.saml import SamlProvider
from tests.support.identity_provider import Browser, Pair, RunningProvider, adapter, ours, provider

PORTAL = "http://portal.bawaba.example"


@pytest.fixture(scope="session")
def saml(provider: RunningProvider, ours: Pair) -> SamlProvider:
    return adapter(provider, ours, PORTAL)


@pytest.fixture
def browser(provider: RunningProvider) -> Iterator[Browser]:
    browser = Browser(provider)
    yield browser
    browser.close()


class Answer:
    """An honest answer to a request of ours, and what becomes of it under somebody's hands."""

    def __init__(self, saml: SamlProvider, provider: RunningProvider, login: str = "ali") -> None:
        self.saml, self.provider = saml, provider
        departure = saml.begin(Assurance.SUBSTANTIAL)
        self.request = departure.id
        browser = Browser(provider)
        self.form = browser.goes(departure.url, login).form
        browser.close()
        self.xml = base64.b64decode(self.form["SAMLResponse"]).decode()

    def accept(self, xml: str | bytes | None = None, asked: Callable[[str], bool] | None = None) -> Proven:
        data = self.xml if xml is None else xml
        packed = base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()
        return self.saml.accept(Arrived({"SAMLResponse": packed}), asked or (lambda request: request == self.request))


@pytest.fixture(scope="session")
def answer(saml: SamlProvider, provider: RunningProvider) -> Answer:
    """Good for five minutes; a test changes a copy of its text."""
    return Answer(saml, provider)


__all__ = ["Answer", "answer", "browser", "ours", "provider", "saml"]
