"""How many statements something sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from models import database


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Their texts, as long as it lasts."""
    sent: list[str] = []
    real = database.obj.execute_sql

    def noting(sql: str, *rest: object, **options: object) -> object:
        if not sql.lstrip().upper().startswith(("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")):
            sent.append(sql)
        return real(sql, *rest, **options)

    with monkeypatch.context() as patch:
        patch.setattr(database.obj, "execute_sql", noting)
        yield sent
