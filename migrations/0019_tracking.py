"""Applications followed by the numbers of what they are about; kinds of accounts, and the terms somebody agreed to."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
