"""Small offices, their operators, the delegations of their customers; who filed an application for its applicant."""

from typing import Any

from databases import run_script


def up(migrator: Any, db: Any) -> None:
    run_script(migrator.database, __file__)
