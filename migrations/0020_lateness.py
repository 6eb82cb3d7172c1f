"""Fees that are due for being late: once, or for each month. (SQLite: as 0014 explains.)"""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
