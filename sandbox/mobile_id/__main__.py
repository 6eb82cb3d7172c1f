"""Run it: python -m sandbox.mobile_id --port 8002 --data var/sandbox/mobile_id"""

import argparse
from pathlib import Path

import waitress

from sandbox.mobile_id.web import DEMO_RELYING_PARTY, create_app

PEOPLE = Path(__file__).with_name("people.csv")

# A relying party holds a thread for each poll it waits on.
THREADS = 32


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.mobile_id", description="A demo telecom with its phones.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--data", type=Path, required=True, help="keeps the SIMs")
    parser.add_argument("--authority", type=Path, help="the demo authority's folder (authority/, beside the data folder)")
    parser.add_argument("--people", type=Path, default=PEOPLE, help="CSV: civil_number, phone, name_en, name_ar, pin, behaviour")
    parser.add_argument("--url", help="where others reach it, written into certificates (http://localhost:PORT)")
    parser.add_argument("--relying-party-uuid", default=DEMO_RELYING_PARTY, help="the secret shared with the portal")
    parser.add_argument("--rings", type=float, default=120, help="seconds until an unanswered request times out")
    asked = parser.parse_args()
    url = asked.url or f"http://localhost:{asked.port}"
    authority = asked.authority or asked.data.resolve().parent / "authority"
    app = create_app(asked.data, authority, asked.people, url, relying_party_uuid=asked.relying_party_uuid, rings=asked.rings)
    print(f"phones: {url}/phone", flush=True)
    waitress.serve(app, host=asked.host, port=asked.port, threads=THREADS, ident=None)


if __name__ == "__main__":
    main()
