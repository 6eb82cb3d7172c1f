"""The virtual card's commands:

python -m card_reader.simulator make --data FOLDER      a demo citizen's card, certified by a test authority of its own
python -m card_reader.simulator request --data FOLDER   the same, but only asking: put the answers to FOLDER/9a.pem and 9c.pem
python -m card_reader.simulator insert --data FOLDER --port PORT    into vsmartcard's virtual reader, until Ctrl-C
python -m card_reader.simulator reader --data FOLDER --port PORT    such a reader, with a smart card service of its own
"""

import argparse
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from card_reader.simulator import folder, service
from card_reader.simulator.card import ALGORITHMS, DEMO_PIN, INDEPENDENT, Manners, VirtualCard
from card_reader.simulator.citizen import POLICY, Citizen, TestAuthority
from card_reader.simulator.link import Link

READER = "Virtual reader"
DEMO = Citizen()
PATIENCE = 5  # seconds for a reader to come up


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks."""
    asked = parsed(arguments)
    try:
        return COMMANDS[asked.command](asked)
    except KeyboardInterrupt:
        return 0


def make(asked: argparse.Namespace) -> int:
    request(asked)
    folder.certify(asked.data, TestAuthority(policy=asked.policy, ocsp=asked.ocsp, crl=asked.crl))
    return said(f"authority: {asked.data / 'authority.pem'}")


def request(asked: argparse.Namespace) -> int:
    folder.prepare(asked.data, Citizen(asked.civil_number, asked.given_name, asked.surname), asked.key)
    return said(f"requests: {asked.data / '9a.request.pem'} {asked.data / '9c.request.pem'}")


def insert(asked: argparse.Namespace) -> int:
    manners = INDEPENDENT if asked.independent else Manners()
    manners = replace(manners, packed=asked.packed, seconds=asked.seconds, tries=asked.tries or manners.tries)
    card = folder.card(asked.data, manners, asked.pin)
    try:
        link = inserted(card, asked.port)
    except OSError as error:
        return said(f"There is no empty virtual reader at port {asked.port} ({error}).", to=2)
    said(f"card in the reader at port {asked.port}")
    try:
        link.wait()
    finally:
        link.pull()
    return said("the reader is gone", to=1)


def reader(asked: argparse.Namespace) -> int:
    if lacking := service.missing():
        return said(f"sudo apt-get install --no-install-recommends {' '.join(lacking)}", to=2)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what we started ends with us
    with service.running(asked.data, {READER: asked.port}) as running:
        said(*(f"{name}={value}" for name, value in running.environment.items()))
        return running.process.wait()


def inserted(card: VirtualCard, port: int) -> Link:
    """In the reader, which may still be coming up. Raises OSError."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return Link(card, port)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def said(*lines: str, to: int = 0) -> int:
    """Tell; faults (a result that is not 0) where faults are told."""
    print(*lines, sep="\n", flush=True, file=sys.stderr if to else sys.stdout)
    return to


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m card_reader.simulator", description="A virtual PIV card for demo and tests.")
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make", help="a demo citizen's card, certified by a test authority of its own")
    asking = commands.add_parser("request", help="the same, to be certified by another authority")
    inserting = commands.add_parser("insert", help="put the card into vsmartcard's virtual reader, until Ctrl-C")
    reading = commands.add_parser("reader", help="a virtual reader with a smart card service of its own, until Ctrl-C")
    for command in (making, asking, inserting, reading):
        command.add_argument("--data", type=Path, required=True, help="the folder of the card, or of the reader")
    for command in (inserting, reading):
        command.add_argument("--port", type=int, required=True, help="where the virtual reader listens")
    for command in (making, asking):
        command.add_argument("--civil-number", default=DEMO.civil_number)
        command.add_argument("--given-name", default=DEMO.given_name)
        command.add_argument("--surname", default=DEMO.surname)
        command.add_argument("--key", choices=ALGORITHMS, default="P-256", help="for a card that has none yet (P-256)")
    making.add_argument("--policy", default=POLICY, help=f"certificate policy ({POLICY})")
    making.add_argument("--ocsp", help="URL the certificates name for OCSP")
    making.add_argument("--crl", help="URL the certificates name for the revocation list")
    inserting.add_argument("--pin", default=DEMO_PIN, help=DEMO_PIN)
    inserting.add_argument("--tries", type=int, choices=range(1, 16), metavar="1-15", help="wrong PINs until it is blocked (3)")
    inserting.add_argument("--packed", action="store_true", help="certificates packed by gzip")
    inserting.add_argument("--independent", action="store_true", help="with the manners of another maker's card")
    inserting.add_argument("--seconds", type=float, default=0, help="to think before each answer")
    return parser.parse_args(arguments)


COMMANDS = {"make": make, "request": request, "insert": insert, "reader": reader}

if __name__ == "__main__":
    sys.exit(main())
