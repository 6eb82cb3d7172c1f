"""What is signed and how it is written. That a token is one of Web eID's, test_agent.py says of whole ones."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from card_reader.token import flat, signed_digest
from tests.card_reader.shelf import certificate


@pytest.mark.parametrize(
    ("algorithm", "name"), [("ES256", "sha256"), ("RS256", "sha256"), ("ES384", "sha384"), ("PS512", "sha512")]
)
def test_origin_and_nonce_are_hashed_apart_and_then_together(algorithm: str, name: str):
    apart = hashlib.new(name, b"https://ria.ee").digest() + hashlib.new(name, b"bm9uY2U=").digest()
    assert signed_digest("https://ria.ee", "bm9uY2U=", algorithm) == hashlib.new(name, apart).digest()
    assert signed_digest("https://ria.e", "ebm9uY2U=", algorithm) != signed_digest("https://ria.ee", "bm9uY2U=", algorithm)


def test_a_short_number_of_a_curves_signature_is_filled_up():
    assert flat(encode_dss_signature(1, 2), certificate("A")) == bytes(31) + b"\1" + bytes(31) + b"\2"
