"""Review in several stages, second opinions, site visits, and the lists a clerk keeps."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
