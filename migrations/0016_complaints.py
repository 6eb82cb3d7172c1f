"""Complaints: filed without an account, seen and supported by everybody, rated by who filed them; keys of programs that file."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
