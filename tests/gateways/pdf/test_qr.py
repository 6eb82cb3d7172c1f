"""The line in the QR code is believed only as the seal wrote it."""

import base64
import urllib.parse
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import segno
from PIL import Image

from gateways.pdf import qr
from gateways.pdf.development_seal import make_development_seal
from gateways.pdf.qr import NotGenuine, Payload, sign_payload, verify_payload
from gateways.pdf.seal import Seal

PAYLOAD = Payload("K7QM-4T2X", "OCCI-2018-000123", "membership-certificate", date(2018, 3, 19), date(2020, 3, 19))


@pytest.fixture(scope="module")
def signed(seal: Seal) -> str:
    return sign_payload(PAYLOAD, seal)


def test_a_checker_without_a_network_reads_what_was_signed(signed: str, seal: Seal) -> None:
    assert verify_payload(signed, seal.certificate) == PAYLOAD


def test_a_document_without_an_end_has_none(seal: Seal) -> None:
    payload = replace(PAYLOAD, expires=None)
    assert verify_payload(sign_payload(payload, seal), seal.certificate) == payload


@pytest.mark.parametrize("field", range(7))
def test_changing_any_field_is_noticed(signed: str, seal: Seal, field: int) -> None:
    parts = signed.split(qr.BETWEEN)
    parts[field] = ("B" if parts[field][0] == "A" else "A") + parts[field][1:]
    with pytest.raises(NotGenuine):
        verify_payload(qr.BETWEEN.join(parts), seal.certificate)


def test_there_is_one_way_to_write_a_signature(signed: str, seal: Seal) -> None:
    line, _, signature = signed.rpartition(qr.BETWEEN)
    raw = base64.urlsafe_b64decode(signature + "==")
    longer = base64.urlsafe_b64encode(raw[:32] + bytes(3) + raw[32:]).rstrip(b"=").decode()
    with pytest.raises(NotGenuine):
        verify_payload(f"{line}~{longer}", seal.certificate)


def test_a_later_day_of_expiry_is_noticed(signed: str, seal: Seal) -> None:
    with pytest.raises(NotGenuine):
        verify_payload(signed.replace("2020-03-19", "2030-03-19"), seal.certificate)


@pytest.mark.parametrize("line", ["", "~", "1~a~b~c~2018-03-19~~", "نص", "1~~~~~~AAAA", "x" * 5000])
def test_what_is_not_a_signed_line_is_not_genuine(line: str, seal: Seal) -> None:
    with pytest.raises(NotGenuine):
        verify_payload(line, seal.certificate)


@pytest.mark.parametrize(
    "line", [b"2~a~b~c~2018-03-19~", b"1~a~b~c~2018-03-19", b"1~a~b~c~19.03.2018~", b"1~a b~b~c~2018-03-19~"]
)
def test_a_line_of_another_form_is_not_genuine_though_signed(line: bytes, seal: Seal) -> None:
    signature = base64.urlsafe_b64encode(seal.sign_text(line)).rstrip(b"=")
    with pytest.raises(NotGenuine):
        verify_payload((line + b"~" + signature).decode(), seal.certificate)


def test_another_seal_is_not_ours(signed: str, tmp_path: Path) -> None:
    files = make_development_seal(tmp_path)
    with pytest.raises(NotGenuine):
        verify_payload(signed, Seal.from_files(files.key, files.certificate).certificate)


@pytest.mark.parametrize("field", ["", "a~b", "a b", "é", "a" * 65, "a#b"])
def test_a_field_that_would_break_the_line_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a QR code"):
        replace(PAYLOAD, serial=field)


def test_the_address_keeps_the_line_behind_the_hash_and_needs_no_escaping(signed: str) -> None:
    address = qr.address("https://bawaba.example/verify/K7QM-4T2X", signed)
    parts = urllib.parse.urlsplit(address)
    assert (parts.path, parts.fragment) == ("/verify/K7QM-4T2X", signed)
    assert urllib.parse.quote(signed, safe="") == signed


def test_the_picture_holds_the_address(signed: str, seal: Seal) -> None:
    """No reader at hand: the drawing is compared with the code's own modules, drawn row by row."""
    text = qr.address("https://bawaba.example/verify/K7QM-4T2X", signed)
    uri = qr.draw(text)
    assert uri.startswith("data:image/svg+xml")
    size = segno.make_qr(text, error="m").symbol_size(border=0)[0]
    assert f"0 0 {size} {size}" in urllib.parse.unquote(uri) or f"width='{size}mm'" in urllib.parse.unquote(uri)


def test_each_module_is_printed_as_it_was_drawn(drawn: Callable[[str], bytes], picture: Callable[..., Image.Image]) -> None:
    """The receipt's own code, read back from the picture of the page."""
    from tests.gateways.pdf.sample_papers import SIGNED

    matrix = segno.make_qr(qr.address("https://bawaba.example/verify/K7QM-4T2X", SIGNED), error="m").matrix
    page = picture(drawn("receipt_short"), 300).convert("L")
    left, top, side = (round(length / 25.4 * 300) for length in (12, 172, 24))
    module = side / len(matrix)
    wrong = sum(
        (page.getpixel((round(left + (column + 0.5) * module), round(top + (row + 0.5) * module))) < 128) != bool(dark)
        for row, line in enumerate(matrix)
        for column, dark in enumerate(line)
    )
    assert wrong == 0
