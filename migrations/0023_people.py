"""People and employers: lists of one's own, the last day of every record, and what a company's owner is told of once a day."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
