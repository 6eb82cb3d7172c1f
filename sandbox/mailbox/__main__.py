"""Starts the mail server and the page; see the package."""

import argparse
from pathlib import Path

import waitress
from aiosmtpd.controller import Controller

from sandbox.mailbox.smtp import Inbox
from sandbox.mailbox.store import Store
from sandbox.mailbox.web import create_app


def main() -> None:
    options = argparse.ArgumentParser(
        prog="python -m sandbox.mailbox", description="A mailbox and a phone for trying the portal out."
    )
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--http-port", type=int, required=True)
    options.add_argument("--smtp-port", type=int, required=True)
    options.add_argument("--data", type=Path, required=True, help="folder in which messages are kept")
    chosen = options.parse_args()

    store = Store(chosen.data)
    mail_server = Controller(Inbox(store), chosen.host, chosen.smtp_port)
    mail_server.start()
    waitress.serve(create_app(store), host=chosen.host, port=chosen.http_port, threads=4, clear_untrusted_proxy_headers=True)


main()
