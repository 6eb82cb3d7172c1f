"""The authority's commands:

python -m sandbox.authority make --data FOLDER --url http://localhost:PORT     make it (as often as you like)
python -m sandbox.authority issue --data FOLDER REQUEST.pem --out FILE.pem     answer a card's request; --signing: for documents
python -m sandbox.authority revoke --data FOLDER CIVIL_NUMBER                  revoke a person's certificates
"""

import argparse
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from sandbox.authority.authority import DEFAULT_URL, Authority


def main() -> None:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.authority", description="A demo certification authority.")
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="make the root and the issuing authority, unless they are there")
    issue = commands.add_parser("issue", help="answer a card's certificate request")
    issue.add_argument("request", type=Path, help="PKCS#10, PEM")
    issue.add_argument("--out", type=Path, required=True, help="where the certificate goes")
    issue.add_argument("--signing", action="store_true", help="for signing documents, not for logging in")
    revoke = commands.add_parser("revoke", help="revoke all certificates of a person")
    revoke.add_argument("civil_number")
    for command in (make, issue, revoke):
        command.add_argument("--data", type=Path, required=True, help="the folder of its keys and certificates")
        command.add_argument("--url", help=f"where OCSP and lists are served (as before; at first {DEFAULT_URL})")
    asked = parser.parse_args()
    authority = Authority(asked.data, asked.url)
    if asked.command == "make":
        print(f"root: {authority.folder / 'root.pem'}\nintermediate: {authority.folder / 'issuing.pem'}")
    elif asked.command == "issue":
        certificate = authority.answer_request(asked.request.read_bytes(), signing=asked.signing)
        asked.out.write_bytes(certificate.public_bytes(Encoding.PEM))
        print(f"issued {certificate.serial_number:x}")
    else:
        for certificate in authority.issued_to(asked.civil_number):
            authority.revoke(certificate.serial_number)
            print(f"revoked {certificate.serial_number:x}")


if __name__ == "__main__":
    main()
