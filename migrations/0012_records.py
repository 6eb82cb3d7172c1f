"""Records made by applications: whose they are besides their holder's. Documents handed out again.

The indexes of a desk's two lists hold all that is counted from them.
"""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
