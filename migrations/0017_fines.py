"""Records of outside registers that applications pay or are about. Papers drawn for one account alone."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
