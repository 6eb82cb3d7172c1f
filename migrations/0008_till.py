"""Several bills paid at once: who went to pay, and which attempt the others follow. Lists of an office."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
