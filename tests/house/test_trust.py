"""Whom the portal trusts to say who people are: the demonstration's authority in development, never in production."""

from pathlib import Path
from typing import Any

import pytest

import models
from app import create_app
from config import Settings, Unsafe
from operations.outside import outside
from sandbox.authority.authority import Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "var" / "sandbox" / "authority")


def wired(tmp_path: Path, sqlite_url: str, **settings: Any) -> None:
    try:
        create_app(Settings(portal_var=str(tmp_path / "var"), database_url=sqlite_url, **settings))
    finally:
        models.database.close()


def test_in_development_the_demonstrations_authority_is_trusted_for_both(
    authority: Authority, tmp_path: Path, sqlite_url: str
) -> None:
    wired(tmp_path, sqlite_url)
    assert (
        outside.cards and outside.certificates and outside.certificates.roots == ["Common Name: Bawaba Demo Root CA, Country: OM"]
    )


def test_without_any_authority_nobody_is_trusted(tmp_path: Path, sqlite_url: str) -> None:
    wired(tmp_path, sqlite_url)
    assert outside.cards is None and outside.certificates is None


@pytest.mark.parametrize("setting", ["trust_roots", "card_roots"])
def test_production_refuses_the_demonstrations_authority_wherever_its_file_lies(
    setting: str, authority: Authority, tmp_path: Path, sqlite_url: str
) -> None:
    elsewhere = tmp_path / "national-root.pem"
    elsewhere.write_bytes((authority.folder / "root.pem").read_bytes())
    other = {"trust_roots": "/nowhere.pem", "card_roots": "/nowhere.pem"}
    with pytest.raises(Unsafe, match="Bawaba Demo"):
        wired(tmp_path, sqlite_url, portal_env="production", **other | {setting: str(elsewhere)})


@pytest.mark.parametrize("half", ["ocsp_key", "ocsp_certificate"])
def test_signed_questions_need_both_key_and_certificate(half: str, authority: Authority, tmp_path: Path, sqlite_url: str) -> None:
    with pytest.raises(Unsafe, match="both, or neither"):
        wired(tmp_path, sqlite_url, **{half: str(authority.folder / "issuing.pem")})
    wired(
        tmp_path,
        sqlite_url,
        ocsp_key=str(authority.folder / "issuing.key"),
        ocsp_certificate=str(authority.folder / "issuing.pem"),
    )


def test_cards_and_sims_have_their_own_authorities(authority: Authority, tmp_path: Path, sqlite_url: str) -> None:
    wired(tmp_path, sqlite_url, card_roots="/nowhere.pem")
    assert outside.cards is None and outside.certificates
