"""In production the residency's services open only with confirmed fees, and say which are missing."""

from collections.abc import Iterator

import pytest

from blueprints.residency import authority
from engine.errors import Refusal
from engine.service import Service
from models import Application, FeeRule
from operations import applications, fees
from operations.outside import outside
from tests.support.processes import ROOT
from tests.support.residents import a_resident

pytestmark = pytest.mark.usefixtures("rules", "production")
CONFIRMED = {rule.code for rule in fees.written(ROOT / "migrations" / "fees.csv") if rule.confirmed and rule.priced}


@pytest.fixture
def production() -> Iterator[None]:
    before, outside.demo_fees = outside.demo_fees, False
    yield
    outside.demo_fees = before


@pytest.mark.parametrize("service", authority.services, ids=lambda service: service.code)
def test_a_service_with_an_unconfirmed_fee_does_not_open_and_names_it(service: Service) -> None:
    missing = [code for code in service.fee_codes if code not in CONFIRMED]
    if not missing:
        assert applications.start(a_resident(), service.code).row.service == service.code
        return
    with pytest.raises(Refusal) as refused:
        applications.start(a_resident(), service.code)
    assert refused.value.message.values["fees"] == ", ".join(missing)
    assert not Application.select().exists()
    assert set(fees.unset()) >= {f"{service.code}: {code}" for code in missing}


@pytest.mark.parametrize("service", authority.services, ids=lambda service: service.code)
def test_it_opens_once_its_authority_has_confirmed_every_fee(service: Service) -> None:
    FeeRule.update(confirmed=True).execute()
    assert applications.start(a_resident(), service.code).row.service == service.code


def test_some_wait_for_their_authority() -> None:
    """So that the tests above can fail."""
    assert any(set(service.fee_codes) - CONFIRMED for service in authority.services)
    assert any(set(service.fee_codes) <= CONFIRMED for service in authority.services)
