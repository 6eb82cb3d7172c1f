"""Others, who know nothing of us: their programs take our card for a real one, and their card is told from one of ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from card_reader.errors import CardProblem
from card_reader.reader import Readers
from card_reader.simulator.card import INDEPENDENT, PIN, VirtualCard
from tests.card_reader.watching import seen
from tests.support.card import PIN as SECRET
from tests.support.card import VirtualReader, card
from tests.support.processes import ROOT, stop

YKMAN = str(Path(sys.executable).with_name("ykman"))
OF_PIV = "PIV AUTH key"


def told(reader: VirtualReader, *command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | reader.environment, timeout=30)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256"])
def test_opensc_yubico_and_ykman_accept_our_card(readers: Readers, slots: VirtualReader, kind: str, tmp_path: Path):
    virtual = card(kind)
    slots.insert(virtual)
    seen(readers, "card", "empty")
    reader = slots.names[0]

    said = told(slots, "yubico-piv-tool", "--reader", reader, "--action", "status")
    assert "PIN tries left:\t3" in said
    assert "serialNumber=PNOOM-1526575" in said
    said = told(slots, YKMAN, "--reader", reader, "piv", "info")
    assert "PIN tries remaining:" in said
    assert "PNOOM-1526575" in said or "Al Jahdhami" in said
    told(slots, "yubico-piv-tool", "--reader", reader, "--action", "verify-pin", "--pin", SECRET)

    said = told(slots, "pkcs11-tool", "--test", "--login", "--pin", SECRET)
    assert "No errors" in said
    assert OF_PIV in said
    if kind == "P-256":  # which the test passes over
        (tmp_path / "data").write_bytes(b"what is signed")
        signing = ("--sign", "--mechanism", "ECDSA-SHA256", "--id", "01", "--login", "--pin", SECRET)
        told(slots, "pkcs11-tool", *signing, "-i", str(tmp_path / "data"), "-o", str(tmp_path / "signature"))
        assert (tmp_path / "signature").stat().st_size == 64
    assert virtual.tries[PIN] == 3


def test_opensc_accepts_a_card_with_other_manners_and_the_largest_curve(readers: Readers, slots: VirtualReader):
    slots.insert(card("P-384", INDEPENDENT))
    seen(readers, "card", "empty")
    assert OF_PIV in told(slots, "pkcs11-tool", "--list-objects", "--type", "privkey", "--login", "--pin", SECRET)


def test_others_change_and_unblock_the_pin(readers: Readers, slots: VirtualReader):
    virtual: VirtualCard = card()
    slots.insert(virtual)
    seen(readers, "card", "empty")
    yubico = ("yubico-piv-tool", "--reader", slots.names[0])
    told(slots, *yubico, "--action", "change-pin", "--pin", SECRET, "--new-pin", "654321")
    virtual.tries[PIN] = 0
    told(slots, *yubico, "--action", "unblock-pin", "--pin", "12345678", "--new-pin", "111222")
    told(slots, *yubico, "--action", "verify-pin", "--pin", "111222")


def test_a_card_of_another_standard_is_refused_politely(readers: Readers, slots: VirtualReader, tmp_path: Path):
    command = [sys.executable, "-m", "tests.support.cac", str(slots.port), str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    try:
        seen(readers, "unknown-card", "empty")
        assert "Common Access Card" in told(slots, "pkcs11-tool", "--list-slots"), "it works, for those who know it"
        with pytest.raises(CardProblem, match="not-supported"), readers.open():
            pass
    finally:
        stop(process)
    seen(readers, "empty", "empty")
