"""Filing at the counter: what showed the clerk who stands there, and until when. The day of an office: what it filed, what it paid."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
