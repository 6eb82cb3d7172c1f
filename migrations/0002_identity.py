"""The tables of part 2: challenges of cards and phones, second factors, copies of one's data, declarations, visits at a provider."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
