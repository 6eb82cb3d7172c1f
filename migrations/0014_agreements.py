"""Applications that wait for another person's agreement; who was asked, and what they answered.

SQLite has no ALTER for a check that allows one value more: its text is changed in the schema, as its own documentation advises, which
neither copies the table nor touches what refers to it.
"""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
