"""The tables of part 1, and the triggers that keep append-only rows as they are. The SQL lies beside this file, one per database."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
