"""Administration: proposals of fees, announcements, the words of messages, and imports of registers that can go on where they stopped."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
