"""Run it: python -m card_reader --portal https://portal.example.om"""

import logging
import sys
import webbrowser
from collections.abc import Callable, Sequence

import waitress

from card_reader.agent import create_app
from card_reader.guards import KNOWS_USERS
from card_reader.operations import Desk
from card_reader.reader import Readers
from card_reader.settings import Settings, settings_from

log = logging.getLogger("card_reader")

LARGEST_BODY = 8 * 1024  # bytes
# One operation at most holds a thread; the others answer at once.
SERVER = {
    "host": "127.0.0.1",
    "threads": 8,
    "ident": None,
    "connection_limit": 64,
    "channel_timeout": 30,
    "max_request_header_size": 16 * 1024,
    "max_request_body_size": LARGEST_BODY,
    "channel_request_lookahead": 1,  # or waitress does not notice that a page was closed
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until told to stop."""
    settings = settings_from(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    readers = Readers()
    desk = Desk(readers, window_opener(settings), reader=settings.reader, patience=settings.patience)
    try:
        server = waitress.create_server(create_app(settings, readers, desk), port=settings.port, **SERVER)
    except OSError:
        sys.exit(f"المنفذ {settings.port} مستخدم · port {settings.port} is taken: is the card reader running already?")
    log.info("http://127.0.0.1:%s · %s", settings.port, " · ".join(sorted(settings.portals)))
    if not KNOWS_USERS:
        log.info("this system does not tell whose program calls: other users of this computer are not kept out")
    try:
        server.run()
    finally:
        readers.close()


def window_opener(settings: Settings) -> Callable[[str], bool]:
    """Opens an address in the person's browser; False where there is none."""

    def show(address: str) -> bool:
        try:
            return webbrowser.get(settings.browser).open(address)
        except webbrowser.Error:
            return False

    return show


if __name__ == "__main__":
    main()
