"""The clerks' desk: who has taken what, earlier versions, notes, and the words by which staff find an application."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
