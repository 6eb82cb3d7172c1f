"""The portal's catalogue, fees, registers and papers for tests of operations: as `app.wire` fills them, without a network."""

import csv
import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from peewee import Database

import blueprints.chamber
import blueprints.municipality
import blueprints.residency
from engine.catalogue import catalogue
from engine.money import Money
from gateways.pdf.development_seal import make_development_seal
from gateways.pdf.seal import Seal
from gateways.pdf.xhtml import XhtmlRenderer
from gateways.storage.folder import FolderStorage
from models import FeeRule
from operations import register_imports
from operations.now import set_business_day
from operations.outside import outside
from tests.support import trial
from tests.support.builders import registered
from tests.support.processes import ROOT
from tests.support.schedule import bring_in_fees

ESTABLISHMENT = {
    "number": "1229237",
    "holder": "1526575",
    "name_en": "promising projects",
    "name_ar": "المشاريع الواعدة",
    "address_en": "Ruwi, Muttrah, Muscat Governorate, 423, 30",
    "address_ar": "روي، مطرح، محافظة مسقط، ٤٢٣، ٣٠",
    "head_office_en": "Muscat Governorate",
    "head_office_ar": "محافظة مسقط",
    "grade": "fourth",
}
MEMBERSHIP = {key: value for key, value in ESTABLISHMENT.items() if key != "holder"} | {
    "number": "91868",
    "establishment": "1229237",
    "expires": "2018-03-19",
}


@pytest.fixture
def rules(database: Database, tmp_path: Path) -> Iterator[Database]:
    """Our authorities and the trial one, the first fee schedule and the manual's company, with a store and a seal of their own."""
    catalogue.fill(
        [blueprints.chamber.authority, blueprints.municipality.authority, blueprints.residency.authority, trial.authority]
    )
    bring_in_fees()
    FeeRule.create(
        code="trial.parking",
        label={"ar": "موقف", "en": "Parking"},
        kind="flat",
        amount=Money.rials(2),
        effective_from="2000-01-01",
        source="test",
        confirmed=True,
    )
    registered("chamber.establishments", ESTABLISHMENT["number"], ESTABLISHMENT)
    registered("chamber.memberships", MEMBERSHIP["number"], MEMBERSHIP)
    outside.storage = FolderStorage(tmp_path / "documents")
    outside.renderer = XhtmlRenderer(ROOT / "static" / "documents")
    outside.seal = a_seal()
    yield database
    set_business_day(None)


@cache
def a_seal() -> Seal:
    """One for all tests of a worker."""
    with TemporaryDirectory() as folder:
        made = make_development_seal(Path(folder) / "seal")
        return Seal.from_files(made.key, made.certificate, [made.authority])


def bring_in(folder: Path, *records: dict[str, str]) -> register_imports.Report:
    """Import records as an extract of the ministry would bring them."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(records[0]))
    writer.writeheader()
    writer.writerows(records)
    file = folder / "extract.csv"
    file.write_text(text.getvalue(), encoding="utf-8")
    return register_imports.import_extract(file)
