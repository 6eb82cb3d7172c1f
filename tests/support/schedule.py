"""The fee schedule we ship, in a test's database by one statement: importing its file costs a thousand tests forty milliseconds each."""

from typing import Any

from models import FeeRule, database
from operations import fees
from tests.support.processes import ROOT

_composed: dict[type, tuple[str, list[Any]]] = {}
"""By the kind of database: the statement that writes what the import has written there the first time, and its values."""


def bring_in_fees() -> None:
    """As `fees.import_schedule` does; a second fixture of a test that asks for it finds it there."""
    if FeeRule.select().exists():
        return
    kind = type(database.obj)
    if kind in _composed:
        database.execute_sql(*_composed[kind])
        return
    fees.import_schedule(ROOT / "migrations" / "fees.csv")
    written = list(
        FeeRule.select(*[field for field in FeeRule._meta.sorted_fields if field.name != "id"]).order_by(FeeRule.id).dicts()
    )
    _composed[kind] = FeeRule.insert_many(written).sql()
