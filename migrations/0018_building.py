"""Slots: the seats that applications hold. Deposits on their way back."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
