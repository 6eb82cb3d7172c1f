"""A session's new token counts from its first use on: until then it waits beside the old one."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
