"""What the chamber's services are priced by."""

import shutil
from pathlib import Path

import pytest

import models
from engine.fees import Schedule
from operations import fees
from tests.support.database import opened
from tests.support.processes import ROOT


@pytest.fixture(scope="module")
def schedule(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Schedule:
    """The fee schedule we ship, read as the portal reads it."""
    path = tmp_path_factory.mktemp("schedule") / "bawaba.db"
    shutil.copy(sqlite_template, path)
    before, database = models.database.obj, opened(f"sqlite:///{path}")
    models.database.initialize(database)
    fees.import_schedule(ROOT / "migrations" / "fees.csv")
    read = fees.schedule()
    database.close()
    models.database.initialize(before)
    return read
