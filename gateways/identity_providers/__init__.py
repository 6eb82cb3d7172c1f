"""Somebody else's log-in, such as a national identity provider. The port; `saml` is the adapter to SAML 2.0.

The browser carries every message: nothing here talks to the network. Whose browser it is, and that an answer serves once,
the operations know; whether to believe a message is said here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from xml.etree import ElementTree

from engine.assurance import Assurance
from gateways.identity_providers.refusals import Reason, Untrusted

METADATA = "{urn:oasis:names:tc:SAML:2.0:metadata}"


class Misconfigured(Exception):
    """The provider cannot be used as it is set up; the message says what is missing and what mends it."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes next. `id` is the message's own: what comes back names it."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as the browser brought it: the form's fields, or for a redirect the raw query, over which its signature goes."""

    form: Mapping[str, str] = field(default_factory=dict)
    query: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Under which name the provider knows the person, and in which of its sessions. Kept, to log out there."""

    name_id: str
    session_index: str


@dataclass(frozen=True, slots=True)
class Proven:
    """What a believed answer says. `request` is the Departure it answers; `assertion` may be accepted once, ever."""

    request: str
    assertion: str
    civil_number: str
    name: str
    assurance: Assurance
    known: Known


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """The provider's answer to our log-out; `failure` is empty when it has ended every session there."""

    request: str
    failure: str


@dataclass(frozen=True, slots=True)
class LogOutAsked:
    """The provider asks us to end its sessions; without `session_indexes`, all of that name. `relay_state` goes back as it came."""

    id: str
    name_id: str
    session_indexes: tuple[str, ...]
    relay_state: str


class IdentityProvider(Protocol):
    """An external provider. What arrives and is not believed raises Untrusted; a faulty set-up raises Misconfigured."""

    def metadata(self) -> str:
        """Who we are, for the provider's operator to load (XML)."""

    def begin(self, needed: Assurance) -> Departure:
        """Send the person there to prove themselves anew, even when they are logged in there."""

    def accept(self, arrived: Arrived, asked: Callable[[str], bool]) -> Proven:
        """Judge the answer. `asked` says whether a Departure of that id still waits for one."""

    def log_out(self, known: Known) -> Departure:
        """Send the person there to end that session."""

    def accept_log_out(self, arrived: Arrived) -> LoggedOut | LogOutAsked:
        """Judge a message at the log-out address: the answer to ours, or the provider's own request."""

    def answer_log_out(self, asked: LogOutAsked) -> Departure:
        """Tell the provider that its session is ended here."""


def origins(metadata: Path) -> list[str]:
    """The web origins a browser is sent to, for the content security policy. Empty if the file cannot be read: the adapter says why."""
    try:
        root = ElementTree.parse(metadata).getroot()
    except (OSError, ElementTree.ParseError):
        return []
    services = (*root.iter(f"{METADATA}SingleSignOnService"), *root.iter(f"{METADATA}SingleLogoutService"))
    parts = [urlsplit(service.get("Location", "")) for service in services]
    return sorted({f"{part.scheme}://{part.netloc}" for part in parts if part.netloc})


__all__ = [
    "Arrived",
    "Departure",
    "IdentityProvider",
    "Known",
    "LogOutAsked",
    "LoggedOut",
    "Misconfigured",
    "Proven",
    "Reason",
    "Untrusted",
    "origins",
]
