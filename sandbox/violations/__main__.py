"""Starts the register; see the package."""

import argparse
import os
from pathlib import Path

import waitress

from sandbox.violations.store import Store
from sandbox.violations.web import DEVELOPMENT_KEY_ID, DEVELOPMENT_SECRET, create_app


def main() -> None:
    options = argparse.ArgumentParser(
        prog="python -m sandbox.violations", description="A register of violations for trying the portal out."
    )
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--data", type=Path, required=True, help="folder in which the register is kept")
    chosen = options.parse_args()

    keys = {os.environ.get("VIOLATIONS_KEY_ID", DEVELOPMENT_KEY_ID): os.environ.get("VIOLATIONS_SECRET", DEVELOPMENT_SECRET)}
    application = create_app(Store(chosen.data), keys)
    waitress.serve(application, host=chosen.host, port=chosen.port, threads=4, clear_untrusted_proxy_headers=True)


main()
