"""Every service of the three authorities' tables is in the catalogue, and each says where its rules come from."""

import pytest

from app import AUTHORITIES
from blueprints.operating.catalogue_page import source
from engine.service import Service

# The tables of the design, code by code.
CHAMBER = {"register-membership", "renew-membership", "get-certificate", "change-name", "change-grade"}
MUNICIPALITY = {
    *("register-lease", "renew-lease", "amend-lease", "cancel-lease", "print-lease", "print-renewal", "print-supplement"),
    *("add-address", "print-address-card"),
    *("start-building", "major-permit", "deposit-refund", "service-letter", "completion-duplicate", "completion-letter"),
    *("issue-licence", "renew-licence", "cancel-licence", "engineer-registration"),
    *("general-request", "complaint", "pay-fines"),
}
RESIDENCY = {
    *("renew-work-residence", "renew-family-residence", "renew-study-residence", "renew-government-residence"),
    *("issue-resident-card", "renew-resident-card", "replace-resident-card", "issue-id-card", "replace-id-card"),
    *("birth-certificate", "birth-certificate-copy", "death-certificate", "death-certificate-copy", "proof-of-registration"),
    *("first-passport", "renew-passport", "pay-residence-fines"),
}
SERVICES = [service for authority in AUTHORITIES for service in authority.services]


@pytest.mark.parametrize(
    ("authority", "codes", "count"), [("chamber", CHAMBER, 5), ("municipality", MUNICIPALITY, 22), ("residency", RESIDENCY, 17)]
)
def test_every_service_of_the_table_is_offered(authority: str, codes: set[str], count: int):
    offered = {service.code.partition(".")[2] for service in SERVICES if service.authority == authority}
    assert (offered, len(offered)) == (codes, count)


def test_nothing_is_only_announced():
    assert [(authority.code, *authority.announced) for authority in AUTHORITIES if authority.announced] == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.code)
def test_a_service_names_its_source(service: Service):
    """In its file's docstring, after "Source:"; docs/services.md prints it."""
    assert len(source(service)) > 10
