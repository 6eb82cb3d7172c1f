"""The sponsor of a resident: who confirms a renewal that somebody else files, and what a company gives.

Source: the seed's article of November 2023: the sponsor files, or the person under the sponsor's written authorisation; a company gives the
form of those who may sign for it, issued by the Ministry of Commerce and Industry. Here the authorisation is a link and a code to the
sponsor's phone, a company's to that of whoever holds its registration.
"""

from collections.abc import Iterator

from blueprints.residency import term
from engine.fields import Upload
from engine.service import Agreement, Case, Party, Rows
from engine.wording import _


def sponsor(case: Case) -> Iterator[Party]:
    """Asked where it is not the applicant, and no company of theirs."""
    residence = case.record("residence")
    yield Party(residence.sponsor, residence.sponsor_name, _("sponsor"), residence.sponsor_phone)


def asked(case: Case) -> Rows:
    residence = case.record("residence")
    yield residence.register.number, residence.number
    yield _("Name"), residence.name
    yield _("Kind of residence"), residence.register.column("kind").shown(residence.kind)
    yield _("Renewed until"), term.new_expiry(case)


def is_company(case: Case) -> bool:
    """Whether the sponsor has a commercial registration."""
    return case.find("company") is not None


CONFIRMATION = Agreement(of=sponsor, to=asked)
SIGNATORIES = Upload(
    "signatories",
    _("Form of those who may sign for the company"),
    _("Issued by the Ministry of Commerce and Industry: PDF, JPEG or PNG, up to 10 MB."),
    asked=is_company,
)
