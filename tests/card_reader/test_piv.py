"""The driver's side of PIV, against virtual cards of every kind and manner. No reader: see test_reader."""

import gzip
import hashlib
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from hypothesis import given, settings
from hypothesis import strategies as st

from card_reader import piv, profiles
from card_reader.errors import CardProblem
from card_reader.piv import Card, Slot
from card_reader.simulator.card import ALGORITHMS, INDEPENDENT, PIN, Manners, VirtualCard
from card_reader.tlv import tlv
from tests.support.card import PIN as SECRET
from tests.support.card import Direct, Pad, card, key

DIGEST = hashlib.sha256(b"what is signed").digest()
GOOD, WRONG = SECRET, "000000"
NAMES = {"P-256": "ES256", "P-384": "ES384", "RSA-2048": "RS256", "RSA-3072": "RS256"}


def speaking(virtual: VirtualCard, wire: type[Direct] = Direct) -> tuple[Card, Direct]:
    line = wire(virtual)
    profiles.recognise(line, virtual.answer_to_reset)
    return Card(line), line


def problem(work: Callable[[], object]) -> CardProblem:
    with pytest.raises(CardProblem) as raised:
        work()
    return raised.value


@pytest.mark.parametrize("manners", [Manners(), INDEPENDENT, Manners(packed=True), Manners(protocol=0), Manners(part=20)])
@pytest.mark.parametrize("kind", ALGORITHMS)
def test_every_kind_of_key_on_every_kind_of_card_signs(kind: str, manners: Manners):
    asked, _ = speaking(card(kind, replace(manners)))
    asked.verify(GOOD)
    public = asked.certificate().public_key()
    for name, algorithm in (("sha256", hashes.SHA256()), ("sha384", hashes.SHA384()), ("sha512", hashes.SHA512())):
        digest = hashlib.new(name, b"x").digest()
        if kind.startswith("P"):
            public.verify(asked.sign(digest), digest, ec.ECDSA(Prehashed(algorithm)))
        else:
            public.verify(asked.sign(digest), digest, padding.PKCS1v15(), Prehashed(algorithm))
    assert asked.algorithm() == NAMES[kind]


def test_each_slot_has_its_own_certificate_and_the_signing_one_wants_the_pin_each_time():
    asked, _ = speaking(card())
    assert asked.certificate(Slot.SIGNATURE) != asked.certificate()
    asked.verify(GOOD)
    asked.sign(DIGEST, Slot.SIGNATURE)
    assert problem(lambda: asked.sign(DIGEST, Slot.SIGNATURE)).detail == "SW 6982"
    asked.sign(DIGEST)


def test_nothing_is_signed_without_a_pin():
    asked, _ = speaking(card())
    assert problem(lambda: asked.sign(DIGEST)).code == "card-answer"


def test_a_wrong_pin_tells_the_tries_left_and_a_right_one_restores_them():
    asked, _ = speaking(card())
    assert asked.tries() == 3
    wrong = problem(lambda: asked.verify(WRONG))
    assert (wrong.code, wrong.tries, asked.tries()) == ("wrong-pin", 2, 2)
    asked.verify(GOOD)
    asked.logout()
    assert asked.tries() == 3


def test_the_last_try_is_spent_only_when_told_to():
    virtual = card()
    virtual.tries[PIN] = 1
    asked, line = speaking(virtual)
    refused = problem(lambda: asked.verify(GOOD))
    assert (refused.code, refused.tries, line.pins_sent) == ("last-try", 1, [])
    blocked = problem(lambda: asked.verify(WRONG, last=True))
    assert (blocked.code, blocked.tries) == ("pin-blocked", 0)
    assert len(line.pins_sent) == 1


def test_a_blocked_pin_is_not_tried():
    virtual = card()
    virtual.tries[PIN] = 0
    asked, line = speaking(virtual)
    assert asked.tries() == 0
    assert problem(lambda: asked.verify(GOOD, last=True)).code == "pin-blocked"
    assert line.pins_sent == []


@pytest.mark.parametrize("pin", ["", "12345", "123456789", "12345a", "12345６7x", "½23456", "1234 6", "-123456", "12345\0"])
def test_what_cannot_be_a_pin_is_not_sent(pin: str):
    asked, line = speaking(card())
    before = len(line.sent)
    assert problem(lambda: asked.verify(pin)).code == "pin-format"
    assert len(line.sent) == before


@pytest.mark.parametrize("pin", ["١٢٣٤٥٦", "۱۲۳۴۵۶", "１２３４５６"])
def test_digits_of_any_script_are_the_same_pin(pin: str):
    asked, line = speaking(card())
    asked.verify(pin)
    assert line.pins_sent == [b"123456\xff\xff"]


def test_the_pin_of_somebody_before_us_does_not_count():
    virtual = card()
    speaking(virtual)[0].verify(GOOD)
    asked, _ = speaking(virtual)
    assert asked.tries() is None
    assert problem(lambda: asked.verify(WRONG)).code == "wrong-pin"
    assert problem(lambda: asked.sign(DIGEST)).code == "card-answer"


@pytest.mark.parametrize("status", [0x6D00, 0x6A88, 0x6300, 0x9000, 0x6C08, 0x6982])
def test_a_card_that_hides_its_tries_is_given_no_pin(status: int):
    virtual = card()
    asked, line = speaking(virtual)
    virtual.manners.statuses[0x20] = status
    assert problem(lambda: asked.verify(GOOD)).code == "card-answer"
    assert line.pins_sent == []


@pytest.mark.parametrize("status", [0x6C08, 0x6CFF, 0x6108])
def test_no_answer_makes_us_send_the_pin_twice(status: int):
    virtual = card()
    asked, line = speaking(virtual)
    virtual.manners.mangled = lambda answer: (
        status.to_bytes(2, "big") if len(line.sent[-1]) > 5 and line.sent[-1][1] == 0x20 else answer
    )
    problem(lambda: asked.verify(GOOD))
    assert len(line.pins_sent) == 1


def test_the_global_pin_is_given_where_the_card_prefers_it():
    asked, line = speaking(card(manners=Manners(prefers_global_pin=True)))
    asked.verify(GOOD)
    asked.sign(DIGEST)
    assert {command[3] for command in line.sent if command[1] == 0x20} == {0x00}


@pytest.mark.parametrize("status", [0x6A82, 0x6A86, 0x6A88])
def test_an_empty_slot_has_no_certificate(status: int):
    asked, _ = speaking(VirtualCard(Manners(empty_slot=status)))
    assert problem(asked.certificate).code == "no-certificate"


def packed_too_large() -> bytes:
    return tlv(0x53, tlv(0x70, gzip.compress(bytes(10_000_000))), tlv(0x71, b"\1"), tlv(0xFE))


def packed_and_cut_off() -> bytes:
    encoded = speaking(card())[0].certificate().public_bytes(serialization.Encoding.DER)
    return tlv(0x53, tlv(0x70, gzip.compress(encoded)[:-9]), tlv(0x71, b"\1"), tlv(0xFE))


@pytest.mark.parametrize(
    ("container", "code"),
    [
        (lambda: tlv(0x53), "no-certificate"),
        (lambda: tlv(0x53, tlv(0x70), tlv(0x71, b"\0")), "no-certificate"),
        (lambda: tlv(0x53, tlv(0x70, b"no certificate")), "card-answer"),
        (lambda: tlv(0x54, b""), "card-answer"),
        (lambda: b"\x53\x84\xff\xff\xff\xff", "card-answer"),
        (lambda: b"\x53", "card-answer"),
        (packed_too_large, "card-answer"),
        (packed_and_cut_off, "card-answer"),
    ],
)
def test_what_is_no_certificate_is_not_taken_for_one(container: Callable[[], bytes], code: str):
    virtual = card()
    virtual.objects[0x5FC105] = container()
    assert problem(speaking(virtual)[0].certificate).code == code


def test_a_certificate_that_claims_too_much_is_not_unpacked_whole():
    virtual = card()
    virtual.objects[0x5FC105] = packed_too_large()
    asked, _ = speaking(virtual)
    tracemalloc.start()
    try:
        problem(asked.certificate)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_signature_that_does_not_fit_the_certificate_is_refused():
    virtual = card()
    asked, _ = speaking(virtual)
    asked.verify(GOOD)
    virtual.keys[0x9A] = key("P-256", 99)
    assert problem(lambda: asked.sign(DIGEST)).code == "signature-mismatch"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (0x6A82, "no-certificate"),
        (0x6A88, "no-certificate"),
        (0x6D00, "not-supported"),
        (0x6E00, "not-supported"),
        (0x6986, "not-supported"),
        (0x6985, "card-answer"),
        (0x6A80, "card-answer"),
        (0x6F00, "card-answer"),
    ],
)
def test_each_status_word_has_its_meaning(status: int, code: str):
    virtual = card()
    asked, _ = speaking(virtual)
    virtual.manners.statuses[0xCB] = status
    told = problem(asked.certificate)
    assert (told.code, told.detail) == (code, f"SW {status:04X}")


@pytest.mark.parametrize("answer", [b"\x61\x00", b"\x61\x01", b"x\x61\x01", b"x" * 200 + b"\x61\xff", b"\x6c\x10"])
def test_an_endless_answer_ends(answer: bytes):
    virtual = card()
    asked, line = speaking(virtual)
    virtual.manners.mangled = lambda _: answer
    assert problem(asked.certificate).code == "card-answer"
    assert len(line.sent) < 2_000


def test_an_answer_cut_off_by_pulling_the_card_is_told_as_that():
    virtual = card()
    asked, _ = speaking(virtual)
    virtual.manners.mangled = lambda _: b""
    assert problem(asked.certificate).code == "card-removed"


def test_a_card_that_takes_longer_than_its_time_for_all_parts_is_given_up():
    virtual = card("RSA-3072", Manners(part=1, seconds=0.002))
    started = Direct(virtual)
    profiles.recognise(started, virtual.answer_to_reset)
    ended = problem(lambda: piv.exchange(started, 0xCB, 0x3F, 0xFF, tlv(0x5C, b"\x5f\xc1\x05"), answers=True, seconds=0.05))
    assert ended.code == "timeout"


@pytest.mark.parametrize(
    ("typed", "code"), [(GOOD, None), (WRONG, "wrong-pin"), (None, "cancelled"), ("", "timeout"), ("1234", "pin-format")]
)
def test_on_a_reader_with_keys_the_pin_is_typed_there(typed: str | None, code: str | None):
    virtual = card()
    asked, line = speaking(virtual, lambda each: Pad(each, typed))
    assert asked.pin_pad
    if code:
        assert problem(lambda: asked.verify(None)).code == code
    else:
        asked.verify(None)
        asked.sign(DIGEST)
        assert line.pins_sent == [b"123456\xff\xff"]


def test_the_last_try_is_not_spent_on_a_pad_either():
    virtual = card()
    virtual.tries[PIN] = 1
    asked, line = speaking(virtual, lambda each: Pad(each, GOOD))
    assert problem(lambda: asked.verify(None)).code == "last-try"
    assert line.pins_sent == []


def test_without_a_pad_a_pin_is_needed():
    assert problem(lambda: speaking(card())[0].verify(None)).code == "pin-format"


def test_no_pin_is_in_what_is_told_of_a_problem():
    asked, _ = speaking(card())
    told = problem(lambda: asked.verify("000111"))
    assert "000111" not in f"{told!r} {told} {told.detail} {told.args} {vars(told)}"


Mangling = Callable[[bytes], bytes]
STATUSES = [0x9000, 0x6100, 0x61FF, 0x6C00, 0x6CFF, 0x63C0, 0x63C1, 0x63CF, 0x6983, 0x6982, 0x6A82, 0x6D00, 0x6F00]
statuses = st.sampled_from(STATUSES) | st.integers(0, 0xFFFF)
manglings = st.one_of(
    st.binary(max_size=300).map(lambda other: lambda answer: other),
    st.integers(0, 2_000).map(lambda size: lambda answer: answer[:size]),
    st.integers(1, 2_000).map(lambda size: lambda answer: answer[size:]),
    statuses.map(lambda status: lambda answer: answer[:-2] + status.to_bytes(2, "big")),
    statuses.map(lambda status: lambda answer: status.to_bytes(2, "big")),
    st.binary(min_size=1, max_size=300).map(lambda more: lambda answer: answer[:-2] + more + answer[-2:]),
    st.tuples(st.integers(0, 1_000), st.integers(1, 255)).map(lambda flip: lambda answer: flipped(answer, *flip)),
)


def flipped(answer: bytes, at: int, bits: int) -> bytes:
    at %= len(answer)
    return answer[:at] + bytes([answer[at] ^ bits]) + answer[at + 1 :]


@settings(max_examples=500)  # of two answers at least, each
@given(
    st.sampled_from(["P-256", "P-256", "P-256", "RSA-2048"]),
    st.dictionaries(st.integers(0, 12), manglings, min_size=2, max_size=4),
)
def test_mangled_answers_crash_nothing_and_cost_no_try(kind: str, mangled: dict[int, Mangling]):
    virtual = PRISTINE.setdefault(kind, card(kind))
    virtual.reset()
    line = Direct(virtual)
    virtual.manners.mangled = lambda answer: mangled.get(len(line.sent) - 1, lambda whole: whole)(answer)
    signature = None
    try:
        profiles.recognise(line, virtual.answer_to_reset)
        asked = Card(line)
        asked.verify(GOOD)
        asked.certificate()
        signature = asked.sign(DIGEST)
        asked.logout()
    except CardProblem:
        pass
    public = virtual.keys[0x9A].public_key()
    if signature is not None and kind == "P-256":
        public.verify(signature, DIGEST, ec.ECDSA(Prehashed(hashes.SHA256())))
    elif signature is not None:
        public.verify(signature, DIGEST, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
    assert virtual.tries[PIN] == 3
    assert line.pins_sent in ([], [b"123456\xff\xff"])
    assert len(line.sent) < 100


PRISTINE: dict[str, VirtualCard] = {}
