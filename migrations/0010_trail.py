"""The chain over the audit, its indexes for the auditor, and what retention needs: when a case was trimmed and erased."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
