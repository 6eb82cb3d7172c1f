"""Starts the bank, or prints its keys; see the package."""

import argparse
import logging
import os
from pathlib import Path

import waitress

from sandbox.bank.app import create_app
from sandbox.bank.courier import Courier
from sandbox.bank.keys import keys_of
from sandbox.bank.orders import Orders


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.bank", description="A bank's hosted checkout for trying the portal out."
    )
    parser.add_argument(
        "command", nargs="?", choices=["serve", "keys"], default="serve", help="serve (default), or print the keys"
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001, help="0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="folder of the orders and of keys.json")
    parser.add_argument("--secret-file", type=Path, help="keys.json in another place; BANK_* variables go before it")
    parser.add_argument("--late-seconds", type=float, default=20, help="how late the card that answers late does so")
    chosen = parser.parse_args()

    keys = keys_of(chosen.secret_file or chosen.data / "keys.json", os.environ)
    if chosen.command == "keys":
        for name, value in keys.as_settings().items():
            print(f"{name}={value}")
        return

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    orders = Orders(chosen.data / "orders.sqlite")
    courier = Courier(orders, keys)
    courier.start()
    application = create_app(orders, keys, courier, chosen.late_seconds)
    server = waitress.create_server(
        application, host=chosen.host, port=chosen.port, threads=8, ipv6=False, clear_untrusted_proxy_headers=True
    )
    print(f"Sandbox bank on http://{chosen.host}:{server.effective_port}/", flush=True)
    server.run()


main()
