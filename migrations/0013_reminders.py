"""When the holder of a record hears next that it ends, and who wants to hear no more. Memberships that stand begin sixty days before their end."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
