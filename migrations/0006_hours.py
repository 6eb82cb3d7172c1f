"""Working time: holidays and Ramadan, when each application is due, how long each decision took, and what daily figures are made of it."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
