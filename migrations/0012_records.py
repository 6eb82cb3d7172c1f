"""Records made by applications: whose they are besides their holder's. Documents handed out again."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
