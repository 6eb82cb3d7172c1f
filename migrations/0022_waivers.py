"""Fines that supervisors take off a bill: who asked, why, and what was decided."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
