"""Readers and cards by the true PC/SC: pcscd, vsmartcard's virtual reader, our virtual cards."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from card_reader.errors import CardProblem
from card_reader.reader import Connection, Readers, Status
from card_reader.simulator.card import INDEPENDENT, PIN, Manners, VirtualCard
from card_reader.simulator.citizen import Citizen
from tests.card_reader.watching import DIGEST, log_in, seen
from tests.support.card import PIN as SECRET
from tests.support.card import VirtualReader, card, until

FIRST, SECOND = VirtualReader.names
IAS_CLASSIC = bytes.fromhex("3B7A9700008065B08520040272D641")


class Answering(VirtualCard):
    """A card with another answer to reset."""

    said = b""

    @property
    def answer_to_reset(self) -> bytes:
        return self.said


def problem(work: Callable[[], object]) -> CardProblem:
    with pytest.raises(CardProblem) as raised:
        work()
    return raised.value


def can(work: Callable[[], object]) -> bool:
    try:
        work()
    except CardProblem:
        return False
    return True


def opened(readers: Readers, reader: str | None = None) -> Callable[[], object]:
    def work() -> None:
        with readers.open(reader):
            pass

    return work


@pytest.mark.parametrize("manners", [Manners(), INDEPENDENT, Manners(protocol=0)], ids=["plain", "independent", "T=0"])
def test_a_card_is_noticed_logs_in_and_is_gone_when_pulled(readers: Readers, slots: VirtualReader, manners: Manners):
    seen(readers, "empty", "empty")
    virtual = card("RSA-2048", manners)
    slots.insert(virtual)
    seen(readers, "card", "empty")
    asked = log_in(readers)
    assert (asked.reader, asked.pin_pad) == (FIRST, False)
    slots.pull(wait=0)
    seen(readers, "empty", "empty")
    assert problem(opened(readers)).code == "no-card"


def test_waiting_ends_with_what_was_seen_when_nothing_changes(readers: Readers, pcsc: VirtualReader):
    status = seen(readers, "empty", "empty")
    start = time.monotonic()
    assert readers.wait_for_change(status, 0.1) == status
    assert time.monotonic() - start >= 0.1
    assert readers.wait_for_change(Status(False, ()), 5) == status


def until_open(readers: Readers):
    seen(readers, "card", "empty")
    return readers.open()


def test_afterwards_the_card_knows_no_pin_and_is_free(readers: Readers, plugged: VirtualCard):
    seen(readers, "card", "empty")
    with readers.open() as asked:
        asked.verify(SECRET)
        assert asked.tries() is None
        asked.sign(DIGEST)
        assert plugged.selected
    assert plugged.commands[-1] == 0x20, "logged out, for cards that a reset leaves as they were"
    assert not plugged.selected, "reset, for cards that cannot log out"
    log_in_again = log_in(readers)
    assert log_in_again.reader == FIRST
    with readers.open() as asked:
        assert asked.tries() == 3


def test_the_pin_is_forgotten_even_when_our_work_ends_in_an_error(readers: Readers, plugged: VirtualCard):
    with pytest.raises(ZeroDivisionError), until_open(readers) as asked:
        asked.verify(SECRET)
        raise ZeroDivisionError
    with readers.open() as asked:
        assert asked.tries() == 3


def test_pulled_midway_is_told_and_the_next_card_works(readers: Readers, slots: VirtualReader):
    virtual = card(manners=Manners(pulled_at=0x87))
    slots.insert(virtual)
    seen(readers, "card", "empty")
    assert problem(lambda: log_in(readers)).code == "card-removed"
    assert virtual.tries[PIN] == 3
    slots.pull()
    slots.insert(card())
    seen(readers, "card", "empty")
    log_in(readers)


def test_a_card_that_does_not_answer_in_time_is_given_up(readers: Readers, plugged: VirtualCard):
    seen(readers, "card", "empty")
    connection = Connection(FIRST)
    plugged.manners.seconds = 0.6
    start = time.monotonic()
    assert problem(lambda: connection.transmit(b"\x00\x20\x00\x80", 0.1)).code == "timeout"
    assert problem(lambda: connection.transmit(b"\x00\x20\x00\x80", 5)).code == "timeout", "it is good for nothing else"
    connection.close()
    assert time.monotonic() - start < 0.4, "nobody waits for it"
    plugged.manners.seconds = 0
    until(lambda: can(opened(readers)))
    log_in(readers)


def test_a_card_another_program_holds_is_busy(readers: Readers, plugged: VirtualCard):
    seen(readers, "card", "empty")
    other = Connection(FIRST)
    try:
        seen(readers, "busy", "empty")
        assert problem(opened(readers)).code == "reader-busy"
    finally:
        other.close()
    seen(readers, "card", "empty")
    log_in(readers)


def test_eight_at_once_all_get_their_turn(readers: Readers, plugged: VirtualCard):
    seen(readers, "card", "empty")
    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(lambda _: log_in(readers), range(24)))) == 24
    assert plugged.tries[PIN] == 3


def test_a_forked_child_has_no_card(readers: Readers, plugged: VirtualCard):
    seen(readers, "card", "empty")
    with readers.open() as asked:
        asked.verify(SECRET)
        child = os.fork()
        if child == 0:
            try:
                asked.sign(DIGEST)
                os._exit(1)
            except CardProblem as refused:
                os._exit(0 if refused.detail == "another process" else 2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        asked.sign(DIGEST)


def test_of_two_cards_the_first_is_taken_unless_named(readers: Readers, slots: VirtualReader):
    slots.insert(card(citizen=Citizen("11")), 0)
    slots.insert(card(citizen=Citizen("22")), 1)
    assert [each.name for each in seen(readers, "card", "card").readers] == [FIRST, SECOND]
    for asked, number in ((None, "11"), (FIRST, "11"), (SECOND, "22")):
        with readers.open(asked) as one:
            assert f"PNOOM-{number}" in one.certificate().subject.rfc4514_string()


def test_a_card_we_know_is_found_beside_one_we_do_not(readers: Readers, slots: VirtualReader):
    slots.insert(VirtualCard(Manners(statuses={0xA4: 0x6A82})), 0)
    slots.insert(card(), 1)
    seen(readers, "unknown-card", "card")
    assert problem(opened(readers, FIRST)).code == "not-supported"
    assert log_in(readers).reader == SECOND


@pytest.mark.parametrize(
    ("said", "state", "code", "detail"),
    [(IAS_CLASSIC, "unknown-card", "not-supported", "ias-classic"), (b"\xff\xff", "mute", "mute-card", "")],
)
def test_cards_we_cannot_speak_with(readers: Readers, slots: VirtualReader, said: bytes, state: str, code: str, detail: str):
    silent = Answering()
    silent.said = said
    slots.insert(silent)
    seen(readers, state, "empty")
    told = problem(opened(readers, FIRST))
    assert told.code == code
    assert detail in told.detail
    assert 0x20 not in silent.commands


def test_a_reader_that_is_not_there(readers: Readers, pcsc: VirtualReader):
    assert problem(opened(readers, "Somebody's reader")).code == "no-reader"


def test_the_service_may_crash_and_come_back_with_readers_plugged_in_later(readers: Readers, slots: VirtualReader):
    slots.insert(card())
    seen(readers, "card", "empty")
    with readers.open() as asked:
        slots.crash()
        assert problem(asked.certificate).code in ("no-service", "card-removed")
    until(lambda: not readers.status().service)
    assert problem(opened(readers)).code == "no-service"
    slots.start_again(readers=False)
    until(lambda: readers.status() == Status(True, ()))
    assert problem(opened(readers)).code == "no-reader"
    slots.crash()
    slots.start_again()
    slots.insert(card())
    seen(readers, "card", "empty")
    log_in(readers)


def test_without_a_service_all_is_told_politely(tmp_path: Path):
    ask = "from card_reader.reader import Readers\nr = Readers()\nprint(r.status())\nr.close()\nwith r.open(): pass"
    environment = os.environ | {"PCSCLITE_CSOCK_NAME": str(tmp_path / "nobody")}
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, env=environment)
    assert told.stdout.strip() == "Status(service=False, readers=())"
    assert "CardProblem: no-service" in told.stderr
