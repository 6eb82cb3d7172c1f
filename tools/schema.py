"""The tables of models.py as SQL, for each database: `python -m tools.schema sqlite|postgresql`.

The first migration keeps this text frozen; a later change of models.py needs a migration of its own, and a test tells when it is missing.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from peewee import Database, PostgresqlDatabase, SqliteDatabase, sort_models

import models

DIALECTS = {
    "sqlite": lambda: SqliteDatabase(":memory:"),
    "postgresql": lambda: PostgresqlDatabase("schema", prefer_psycopg3=True),
}

_SQLITE_FROZEN = """CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table} BEGIN
  SELECT RAISE(ABORT, '{table} is append-only');
END"""
_SQLITE_ERASABLE = """CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
WHEN NOT ({same}
  AND EXISTS (SELECT 1 FROM application WHERE id = OLD.application_id AND erased_at IS NOT NULL)) BEGIN
  SELECT RAISE(ABORT, '{table} is append-only');
END"""
_SQLITE_JOURNAL = (
    """CREATE TRIGGER journal_balanced BEFORE INSERT ON journal
WHEN (SELECT count(*) < 2 OR sum(amount) <> 0 FROM journal_entry WHERE journal_id = NEW.id) BEGIN
  SELECT RAISE(ABORT, 'a journal sums to zero');
END""",
    """CREATE TRIGGER journal_entry_closed BEFORE INSERT ON journal_entry
WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.journal_id) BEGIN
  SELECT RAISE(ABORT, 'this journal is closed');
END""",
)
_OPINION_CHANGED = " OR ".join(
    (
        "OLD.closed_at IS NOT NULL",
        *(f"NEW.{name} <> OLD.{name}" for name in ("application_id", "desk", "asked_by_id", "question")),
    )
)
_SQLITE_OPINION = """CREATE TRIGGER opinion_no_update BEFORE UPDATE ON opinion
WHEN ({changed}) AND NOT ({same}
  AND EXISTS (SELECT 1 FROM application WHERE id = OLD.application_id AND erased_at IS NOT NULL)) BEGIN
  SELECT RAISE(ABORT, 'opinion is append-only');
END"""
_POSTGRESQL_FROZEN = """CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"""
_POSTGRESQL_ERASABLE = """CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasing('{blank}')"""
_POSTGRESQL_FUNCTIONS = (
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE FUNCTION refuse_all_but_erasing() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF to_jsonb(NEW) = to_jsonb(OLD) || TG_ARGV[0]::jsonb
     AND EXISTS (SELECT 1 FROM application WHERE id = OLD.application_id AND erased_at IS NOT NULL) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$""",
    """CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF (SELECT count(*) < 2 OR sum(amount) <> 0 FROM journal_entry WHERE journal_id = NEW.id) THEN
    RAISE EXCEPTION 'a journal sums to zero' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$""",
    """CREATE FUNCTION refuse_late_entry() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF EXISTS (SELECT 1 FROM journal WHERE id = NEW.journal_id) THEN
    RAISE EXCEPTION 'this journal is closed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$""",
)
_POSTGRESQL_OPINION = """CREATE TRIGGER opinion_no_update BEFORE UPDATE ON opinion FOR EACH ROW
WHEN ({changed}) EXECUTE FUNCTION refuse_all_but_erasing('{blank}')"""
_POSTGRESQL_JOURNAL = (
    "CREATE TRIGGER journal_balanced BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced()",
    "CREATE TRIGGER journal_entry_closed BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION refuse_late_entry()",
)


def statements(dialect: str) -> Iterator[str]:
    """Every statement that makes the tables, their indexes and their guards, in order."""
    database = DIALECTS[dialect]()
    with database.bind_ctx(models.TABLES, bind_refs=False, bind_backrefs=False):
        for model in sort_models(models.TABLES):
            yield _plain(database, model._schema._create_table(safe=False))
            for index in model._schema._create_indexes(safe=False):
                yield _plain(database, index)
    yield from _POSTGRESQL_FUNCTIONS if dialect == "postgresql" else ()
    for model in models.APPEND_ONLY:
        yield from _guards(dialect, model)
    yield from _POSTGRESQL_JOURNAL if dialect == "postgresql" else _SQLITE_JOURNAL
    yield from _opinion(dialect)


def _guards(dialect: str, model: type[models.Row]) -> Iterator[str]:
    """What keeps a table's rows as they were written; of an erasable one all but what erasing does."""
    frozen = _POSTGRESQL_FROZEN if dialect == "postgresql" else _SQLITE_FROZEN
    erasable = _POSTGRESQL_ERASABLE if dialect == "postgresql" else _SQLITE_ERASABLE
    table, blank = model._meta.table_name, models.ERASABLE.get(model)
    if blank is None:
        yield frozen.format(table=table, verb="update", VERB="UPDATE")
    else:
        yield erasable.format(table=table, blank=json.dumps(blank), same=_same(model, blank))
    yield frozen.format(table=table, verb="delete", VERB="DELETE")


def _opinion(dialect: str) -> Iterator[str]:
    """An opinion is written twice, asked and closed; then only erasing empties it."""
    blank = models.ERASABLE[models.Opinion]
    update, delete = (_POSTGRESQL_OPINION, _POSTGRESQL_FROZEN) if dialect == "postgresql" else (_SQLITE_OPINION, _SQLITE_FROZEN)
    yield update.format(changed=_OPINION_CHANGED, same=_same(models.Opinion, blank), blank=json.dumps(blank))
    yield delete.format(table="opinion", verb="delete", VERB="DELETE")


def _same(model: type[models.Row], blank: dict[str, Any]) -> str:
    """SQLite's words for: nothing is changed but what becomes empty."""
    columns = {field.name: field.column_name for field in model._meta.sorted_fields}
    said = [
        f"NEW.{column} = '{json.dumps(blank[name]) if blank[name] != '' else ''}'"
        if name in blank
        else f"NEW.{column} IS OLD.{column}"
        for name, column in columns.items()
    ]
    return " AND ".join(said)


def _plain(database: Database, context) -> str:  # type: ignore[no-untyped-def]
    sql, parameters = context.query()
    assert not parameters, (sql, parameters)
    return str(sql)


def script(dialect: str) -> str:
    return ";\n\n".join(statements(dialect)) + ";\n"


if __name__ == "__main__":
    sys.stdout.write(script(sys.argv[1]))
