"""What the agent is told at its start: by option, or by the environment."""

import argparse
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

PORT = 8006
LANGUAGES = ("ar", "en")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")

DESCRIPTION = """يقرأ بطاقة الهوية في القارئ الموصول بهذا الجهاز للبوابات التي تسميها، ولا يعمل لغيرها.
Reads the ID card in this computer's reader for the portals you name, and for nobody else."""

EXAMPLE = """مثال · example:
  card-reader --portal https://portal.example.om"""


@dataclass(frozen=True)
class Settings:
    """`portals` are origins as browsers write them; `browser` is a name or a command with %s for the address; None: the computer's own."""

    portals: frozenset[str]
    port: int = PORT
    language: str = "ar"
    reader: str | None = None
    browser: str | None = None
    patience: float = 120  # seconds until an unanswered PIN window expires


def settings_from(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Ends the program with words where they make no sense (argparse)."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    portals = asked.portal or re.split(r"[\s,]+", environment.get("CARD_READER_PORTALS", "").strip())
    try:
        origins = frozenset(origin(portal) for portal in portals if portal)
    except ValueError as problem:
        parser.error(str(problem))
    if not origins:
        parser.error("أي بوابة؟ · which portal? --portal https://portal.example.om")
    return Settings(origins, asked.port, asked.lang, asked.reader, asked.browser)


def origin(portal: str) -> str:
    """The address as given, if it is an origin exactly as a browser writes it: lower case, no path, no default port.

    Raises ValueError. Only on this computer may a portal speak http: elsewhere anybody on the way could speak in its name.
    """
    parts = urlsplit(portal)
    host = parts.netloc.removesuffix(f":{parts.port}") if parts.port else parts.netloc
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    written = f"{parts.scheme}://{host.lower()}" + (f":{parts.port}" if parts.port not in (None, usual) else "")
    if usual is None or not re.fullmatch(r"[a-z0-9.-]+|\[[0-9a-f:]+\]", host.lower()):
        raise ValueError(f"ليس عنوان بوابة · not a portal's address: {portal}")
    if parts.scheme == "http" and host.lower() not in LOOPBACK:
        raise ValueError(f"يجب أن يبدأ العنوان بـ https · must begin with https: {portal}")
    if portal != written:
        raise ValueError(f"يُكتب هكذا · write it like this: {written}")
    return written


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="card-reader",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--portal",
        action="append",
        metavar="ORIGIN",
        help="عنوان بوابة يُسمح لها، ويمكن تكراره · a portal that may ask; repeatable (CARD_READER_PORTALS)",
    )
    parser.add_argument(
        "--port", type=_port, default=PORT, help="المنفذ، وهو نفسه في البوابة · the port, the same at the portal (%(default)s)"
    )
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        default="ar",
        help="اللغة إن لم تحددها البوابة · language where the portal names none (%(default)s)",
    )
    parser.add_argument(
        "--reader", metavar="NAME", help="القارئ، إن كان في الجهاز أكثر من واحد · which reader, where there are several"
    )
    parser.add_argument(
        "--browser",
        metavar="COMMAND",
        help="برنامج نافذة الرقم السري، وفيه %%s مكان العنوان · what opens the PIN window, %%s standing for the address",
    )
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise ValueError
    return port
