"""An issuer per test and a validator that trusts it."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateways.certificates import CertificateValidator
from sandbox.authority.authority import PERSON_POLICY
from tests.gateways.certificates.issuer import Issuer, running_issuer

MakeValidator = Callable[..., CertificateValidator]


@pytest.fixture
def issuer(tmp_path: Path) -> Iterator[Issuer]:
    with running_issuer(tmp_path / "authority") as running:
        yield running


@pytest.fixture
def trusting(issuer: Issuer) -> MakeValidator:
    """Make a validator: `trusting(policies={…}, revocation=…)`."""

    def make(**changes: Any) -> CertificateValidator:
        settings = {"roots": issuer.roots, "intermediates": issuer.intermediates, "policies": {PERSON_POLICY}}
        return CertificateValidator(**(settings | changes))

    return make


@pytest.fixture
def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
