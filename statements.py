"""Statements whose text is composed once. Composing costs peewee several times what a database needs to answer.

    @statement
    def _own(reference, account):
        return Application.select().where((Application.reference == reference) & (Application.account == account))

    row = _own.first(reference, actor.account)

The function is called once for each kind of database, with slots in place of the values; the text it composes is kept. What is decided
inside it is therefore decided once: no branches on values, no lists that differ in length.
"""

from collections.abc import Callable, Iterable
from inspect import signature
from typing import Any

from peewee import Context, DatabaseProxy, Field, Function, JSONField, Model, Node, Query

Converter = Callable[[Any], Any] | None


class Slot(Node):
    """The place of a value in a statement. It is converted as the column it is compared with, or written to, wants it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.converter: Converter = None

    def __sql__(self, ctx: Context) -> Context:
        converter = self.converter or ctx.state.converter
        ctx._values.append(_Bound(self.name, converter))
        mark = ctx.state.param or "?"
        return ctx.literal(f"json({mark})" if _wrapped(converter) else mark)


class _Bound:
    """A slot in the list of values of a composed statement."""

    __slots__ = ("converter", "name")

    def __init__(self, name: str, converter: Converter) -> None:
        self.name, self.converter = name, converter

    def value(self, given: dict[str, Any]) -> Any:
        value = given[self.name]
        if self.converter is not None and value is not None:
            value = self.converter(value)
        return value.arguments[0] if isinstance(value, Function) else value


def _wrapped(converter: Converter) -> bool:
    """Whether this database wants the column's values wrapped: SQLite checks and tidies JSON by json()."""
    field = getattr(converter, "__self__", None)
    return isinstance(field, JSONField) and isinstance(field.db_value({}), Function)


class Kept:
    """One composed statement: runs as often as one likes, in any thread."""

    def __init__(self, query: Query, database: Any) -> None:
        self._query, self._database = query, database
        for column, value in _written(query):
            if isinstance(value, Slot):
                value.converter = column.db_value
        self._text, self._values = database.get_sql_context().parse(query)

    def run(self, given: dict[str, Any]) -> Any:
        values = [value.value(given) if isinstance(value, _Bound) else value for value in self._values]
        return self._query.clone().execute(_Answering(self._database, self._text, values))


def _written(query: Query) -> Iterable[tuple[Field, Any]]:
    """The columns that an INSERT or UPDATE writes, with their values."""
    return (getattr(query, "_insert", None) or getattr(query, "_update", None) or {}).items()


class _Answering:
    """The database as peewee's query meets it when it executes itself: its statement is composed already."""

    def __init__(self, database: Any, text: str, values: list[Any]) -> None:
        self._database, self._text, self._values = database, text, values

    def execute(self, _query: Query, **_options: Any) -> Any:
        return self._database.execute_sql(self._text, self._values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


class Statement:
    """What `@statement` makes of a function that composes a query."""

    def __init__(self, compose: Callable[..., Query]) -> None:
        self._compose, self._names = compose, tuple(signature(compose).parameters)
        self._kept: dict[type, Kept] = {}
        self._database: DatabaseProxy | None = None  # the one its tables are bound to
        self.__doc__ = compose.__doc__

    def run(self, *values: Any) -> Any:
        """As the query's own `execute()`: rows, the number of rows changed, or the key of the new one."""
        return self._for_this_database().run(dict(zip(self._names, values, strict=True)))

    def all(self, *values: Any) -> list[Any]:
        return list(self.run(*values))

    def first(self, *values: Any) -> Any:
        """The first row or None. Says nothing of a limit: compose the statement with one unless only one row can match."""
        return next(iter(self.run(*values)), None)

    def _for_this_database(self) -> Kept:
        kept = self._kept.get(type(self._database.obj)) if self._database else None
        if kept is None:
            query = self._compose(*map(Slot, self._names))
            self._database = query._database
            kept = self._kept[type(self._database.obj)] = Kept(query, self._database)
        return kept


def statement(compose: Callable[..., Query]) -> Statement:
    return Statement(compose)


def locked(query: Any, *, skip: bool = False) -> Any:
    """The query's rows, held until the transaction ends; SQLite holds the whole file already. `skip`: not those somebody else holds."""
    return query.for_update(skip_locked=skip) if query._database.for_update else query


_writing: dict[tuple[type, type, bool, tuple[str, ...]], Kept] = {}


def write(row: Model, values: dict[str, Any], *, changing: bool) -> Any:
    """INSERT or, `changing`, UPDATE by primary key, of a whole row: as `Model.save()` writes it. `values` by field name."""
    model, meta = type(row), row._meta
    key = (type(meta.database.obj), model, changing, tuple(values))
    if key not in _writing:
        slots = {meta.fields[name]: Slot(name) for name in values}
        query = model.update(slots).where(meta.primary_key == Slot("")) if changing else model.insert(slots)
        _writing[key] = Kept(query, meta.database)
    return _writing[key].run({**values, "": row._pk} if changing else values)
