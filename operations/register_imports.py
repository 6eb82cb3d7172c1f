"""Bringing a ministry's extract into a register: batch by batch, each with its own transaction and the place where it ends.

A file of a million rows takes as little memory as one of ten. Whatever kills the worker, the next one goes on behind the last batch; the
same file again changes nothing. A record that the portal changed since the last extract stays as it is.
"""

import csv
import datetime as dt
import hashlib
import io
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from peewee import IntegrityError

from engine import digits
from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotFound, Refusal
from engine.registers import Register, Unreadable
from engine.wording import Words, _
from models import ImportState, RegisterImport, RegisterRecord, RegisterRejection, database
from operations import administering, audit, outbox, registers
from operations.now import now, today
from operations.outside import outside
from operations.rendering import both
from statements import statement

BATCH = 1000
PAGE = 25
SHOWN = 20  # rejected rows on the page; all of them are in the file
AT_ONCE = 10  # seconds of work before other work of the queue has its turn

Source = Callable[[], BinaryIO]
Row = tuple[str, dict[str, Any]]


class Overtaken(Exception):
    """Somebody else brings in the same file and is further on."""


@dataclass
class Read:
    """What one batch of a file holds: records by their number, rows that cannot be read, and where it ends."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    rejected: list[tuple[int, Words]] = field(default_factory=list)
    rows: int = 0
    position: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did so far. `columns`: in how many changed rows each differs. `rejected`: the first of the rows not read."""

    id: int
    register: str
    file: str
    state: ImportState
    at: dt.datetime
    finished_at: dt.datetime | None
    percent: int
    added: int
    changed: int
    unchanged: int
    kept: int
    rejections: int
    columns: dict[str, int]
    problem: str
    rejected: tuple[tuple[int, Words], ...] = ()


# --- From a page -----------------------------------------------------------------------------------------------------------------


def begin(actor: Actor, name: str, stream: BinaryIO) -> int:
    """Keep the file and promise the work. Raises Refusal for a file that is none of the administrator's registers."""
    theirs = administering.authorities_of(actor)
    register = _register_in(stream)
    if register.code.partition(".")[0] not in theirs:
        raise NotFound
    stream.seek(0)
    digest = outside.storage.put(stream)
    try:
        with database.atomic():
            row = _begun(register, name, digest, outside.storage.size(digest), by=actor.account, stored=True)
            audit.record(actor, "register.import-begun", f"register-import:{row.id}", register=register.code, digest=digest)
            outbox.put("register-import", f"register-import:{row.id}", id=row.id)
    except IntegrityError:
        raise Conflict(_("Another file is being brought into this register. Wait until it is done.")) from None
    return int(row.id)


@outbox.handles("register-import")
def work(payload: dict[str, Any]) -> None:
    """Some seconds of it; then other work has its turn."""
    row = RegisterImport.get_by_id(payload["id"])
    until = time.monotonic() + AT_ONCE
    try:
        _go_on(row, lambda: outside.storage.open(row.digest), lambda: time.monotonic() > until)
    except Overtaken:
        raise outbox.Postpone(dt.timedelta(minutes=1)) from None
    except ValueError as problem:  # not text, or no CSV: trying again cannot help
        _fail(row, str(problem))
    if row.state == ImportState.RUNNING:
        raise outbox.Postpone(dt.timedelta(0))
    outside.storage.delete(row.digest)


def page(actor: Actor, before: int | None = None) -> tuple[list[Report], int | None]:
    """Imports into the registers of the administrator's authorities, newest first, and the mark of the next page."""
    mine = RegisterImport.register.in_(registers_of(actor))
    where = mine & (RegisterImport.id < before) if before is not None else mine
    rows = list(RegisterImport.select().where(where).order_by(RegisterImport.id.desc()).limit(PAGE + 1))
    return [_report(row) for row in rows[:PAGE]], rows[PAGE - 1].id if len(rows) > PAGE else None


def of(actor: Actor, number: int) -> Report:
    """One of them. Raises NotAllowed, NotFound."""
    mine = registers_of(actor)
    row = RegisterImport.get_or_none(RegisterImport.id == number)
    if row is None or row.register not in mine:
        raise NotFound
    return _report(row, tuple(_rejections(number, 0, SHOWN)))


def rejected(actor: Actor, number: int) -> Iterator[tuple[int, Words]]:
    """Every row that could not be read, line by line, however many there are. Raises as `of`."""
    of(actor, number)
    return _every_rejection(number)


def registers_of(actor: Actor) -> list[str]:
    """The registers of this administrator's authorities. Raises NotAllowed."""
    theirs = administering.authorities_of(actor)
    return [code for code, register in catalogue.registers.items() if code.partition(".")[0] in theirs and not register.outside]


def _every_rejection(number: int) -> Iterator[tuple[int, Words]]:
    line = 0
    while rows := list(_rejections(number, line, BATCH)):
        yield from rows
        line = rows[-1][0]


def _rejections(number: int, after: int, most: int) -> Iterator[tuple[int, Words]]:
    further = (RegisterRejection.extract == number) & (RegisterRejection.line > after)
    return (
        (row.line, row.reason) for row in RegisterRejection.select().where(further).order_by(RegisterRejection.line).limit(most)
    )


def _report(row: RegisterImport, rejected: tuple[tuple[int, Words], ...] = ()) -> Report:
    return Report(
        id=row.id,
        register=row.register,
        file=row.file,
        state=ImportState(row.state),
        at=row.at,
        finished_at=row.finished_at,
        percent=100 if row.state == ImportState.DONE else row.position * 100 // max(row.size, 1),
        added=row.added,
        changed=row.changed,
        unchanged=row.unchanged,
        kept=row.kept,
        rejections=row.rejected,
        columns=row.columns,
        problem=row.problem,
        rejected=rejected,
    )


# --- From a command --------------------------------------------------------------------------------------------------------------


def import_extract(file: Path, progress: Callable[[int], object] = lambda _percent: None) -> Report:
    """Bring in a file of this computer, CSV in UTF-8; its headings tell which register it is. Goes on where a killed one stopped.

    Rows that cannot be read are kept with their line number and change nothing. Raises ValueError for unknown headings and for what is
    no such file, Conflict while another file is on its way into that register.
    """
    with file.open("rb") as stream:
        register = _register_of(_headings(stream))
        stream.seek(0)
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    row = _running(register, digest) or _begin_here(register, file, digest)

    def told() -> bool:
        progress(_report(row).percent)
        return False

    try:
        _go_on(row, lambda: file.open("rb"), told)
    except ValueError as problem:
        _fail(row, str(problem))
        raise
    return _report(row, tuple(_every_rejection(row.id)))


def _running(register: Register, digest: str) -> RegisterImport | None:
    """The one that was killed in the middle."""
    same = (RegisterImport.register == register.code) & (RegisterImport.digest == digest)
    return RegisterImport.get_or_none(same & (RegisterImport.state == ImportState.RUNNING))  # type: ignore[no-any-return]


def _begin_here(register: Register, file: Path, digest: str) -> RegisterImport:
    try:
        with database.atomic():
            return _begun(register, file.name, digest, file.stat().st_size, by=None, stored=False)
    except IntegrityError:
        raise Conflict(_("Another file is being brought into this register. Wait until it is done.")) from None


def _begun(register: Register, name: str, digest: str, size: int, *, by: int | None, stored: bool) -> RegisterImport:
    counts = dict.fromkeys(("added", "changed", "unchanged", "kept", "rejected"), 0)
    return RegisterImport.create(
        register=register.code,
        file=name[:200],
        digest=digest,
        size=size,
        at=now(),
        by=by,
        state=ImportState.RUNNING,
        stored=stored,
        **counts,
    )


# --- Batch by batch --------------------------------------------------------------------------------------------------------------


def _go_on(row: RegisterImport, source: Source, enough: Callable[[], bool]) -> None:
    """From behind its last batch to the end, or until it is enough for now. Raises ValueError for what is no CSV in UTF-8, Overtaken."""
    register = catalogue.registers[row.register]
    with source() as stream:
        for batch in _batches(stream, register, row.position, row.line):
            with database.atomic():
                _bring(row, register, batch)
            if enough():
                return
    with database.atomic():
        row.state, row.finished_at = ImportState.DONE, now()
        row.save()
        audit.record(None, "register.imported", f"register-import:{row.id}", register=row.register)


def _bring(row: RegisterImport, register: Register, batch: Read) -> None:
    """Its records and where it ends, together or not at all. Raises Overtaken when somebody else did it meanwhile."""
    before = (RegisterImport.id == row.id) & (RegisterImport.position == row.position)
    if not RegisterImport.update(position=batch.position).where(before).execute():
        raise Overtaken
    counts, columns = _merge(register, batch.records)
    if batch.rejected:
        lines = [{"extract": row.id, "line": line, "reason": reason} for line, reason in batch.rejected]
        RegisterRejection.insert_many(lines).execute()
    for name, count in counts.items():
        setattr(row, name, getattr(row, name) + count)
    row.unchanged += batch.rows - len(batch.records)  # the same number again within the batch: the last one counts
    row.rejected += len(batch.rejected)
    row.columns = dict(Counter(row.columns) + columns)
    row.position, row.line = batch.position, batch.line
    row.save()


def _merge(register: Register, records: dict[str, dict[str, Any]]) -> tuple[Counter[str], Counter[str]]:
    """How many were added, changed, unchanged, kept; and in how many changed rows each column differs."""
    counts: Counter[str] = Counter()
    columns: Counter[str] = Counter()
    these = (RegisterRecord.register == register.code) & RegisterRecord.number.in_(list(records))
    known = {row.number: row for row in RegisterRecord.select().where(these)}
    for number, data in records.items():
        row = known.get(number)
        if row is None:
            counts["added"] += 1
        elif row.data == data:
            counts["unchanged"] += 1
        elif row.changed_by_id is not None:
            counts["kept"] += 1
        else:
            counts["changed"] += 1
            columns.update(name for name in data if data[name] != row.data.get(name))
            reminder = registers.next_reminder(register, data, row.data, row.remind_on)
            _change.run(row.id, *register.hangs_on(data), data, reminder, register.last_day(data), now())
    fresh = [
        dict(zip(COLUMNS, _values(register, number, data), strict=True))
        for number, data in records.items()
        if number not in known
    ]
    if fresh:
        RegisterRecord.insert_many(fresh).execute()
    if register.parties:
        for row in RegisterRecord.select().where(these):
            registers.keep_parties(register, row)
    return counts, columns


COLUMNS = ("register", "number", "holder", "parent", "data", "remind_on", "ends_on", "changed_at")


def _values(register: Register, number: str, data: dict[str, Any]) -> tuple[Any, ...]:
    days = register.first_reminder(data, today()), register.last_day(data)
    return register.code, number, *register.hangs_on(data), data, *days, now()


@statement
def _change(record: Any, holder: Any, parent: Any, data: Any, reminder: Any, end: Any, moment: Any) -> Any:
    values = {
        RegisterRecord.holder: holder,
        RegisterRecord.parent: parent,
        RegisterRecord.data: data,
        RegisterRecord.remind_on: reminder,
        RegisterRecord.ends_on: end,
        RegisterRecord.changed_at: moment,
    }
    return RegisterRecord.update(values).where(RegisterRecord.id == record)


def _fail(row: RegisterImport, problem: str) -> None:
    row.state, row.finished_at, row.problem = ImportState.FAILED, now(), problem[:500]
    row.save()


# --- Reading the file --------------------------------------------------------------------------------------------------------------


class _Lines:
    """The lines of a file from a place on, and where the next one begins: a CSV reader takes just as many as a row needs."""

    def __init__(self, stream: BinaryIO, position: int) -> None:
        stream.seek(position)
        self._stream, self.position = stream, position

    def __iter__(self) -> Iterator[str]:
        while line := self._stream.readline():
            text = line.decode("utf-8-sig" if self.position == 0 else "utf-8")  # UnicodeDecodeError is a ValueError
            self.position += len(line)
            yield text


def _batches(stream: BinaryIO, register: Register, position: int, line: int) -> Iterator[Read]:
    """What comes behind that place. Raises ValueError for what cannot be read as CSV."""
    headings = _headings(stream)
    lines = _Lines(stream, position)
    reader = csv.DictReader(lines, headings)
    batch, rows = Read(), iter(_rows(reader))
    if position == 0:
        next(rows, None)  # the headings
    for row in rows:
        at = line + reader.line_num
        batch.rows += 1
        try:
            number, data = _record(register, row)
        except Unreadable as reason:
            batch.rejected.append((at, both(reason.message)))
            batch.rows -= 1
        else:
            batch.records[number] = data
        batch.position, batch.line = lines.position, at
        if batch.rows + len(batch.rejected) == BATCH:
            yield batch
            batch = Read()
    if batch.position:
        yield batch


def _rows(reader: "csv.DictReader[str]") -> Iterable[dict[str, Any]]:
    try:
        yield from reader
    except csv.Error as problem:
        raise ValueError(f"line {reader.line_num}: {problem}") from None


def _record(register: Register, row: dict[str, Any]) -> Row:
    number = digits.fold(whole(row)["number"].strip())
    if not number:
        raise Unreadable(_("%(column)s: missing", column="number"))
    return number, register.read(row)


def whole(row: dict[str, Any]) -> dict[str, str]:
    """The row of a CSV file. Raises Unreadable when it has more or fewer cells than the file has headings."""
    given = [cell for name, cell in row.items() if name is not None and cell is not None]
    more = row.get(None, [])  # type: ignore[call-overload]
    headings = len(row) - bool(more)
    if len(given) + len(more) != headings:
        raise Unreadable(
            _("%(cells)s cells where the headings have %(headings)s", cells=len(given) + len(more), headings=headings)
        )
    return row


def _headings(stream: BinaryIO) -> list[str]:
    """The first row of the file."""
    stream.seek(0)
    text = io.StringIO(stream.readline(64 * 1024).decode("utf-8-sig"))
    try:
        return next(csv.reader(text), [])
    except csv.Error as problem:
        raise ValueError(str(problem)) from None


def _register_of(headings: list[str]) -> Register:
    """Raises ValueError."""
    given, ours = set(headings), [register for register in catalogue.registers.values() if not register.outside]
    fitting = (register for register in ours if register.needed_headers <= given <= register.headers)
    found = max(fitting, key=lambda register: len(register.needed_headers), default=None)
    if found is None:
        known = "; ".join(f"{register.code}: {', '.join(sorted(register.headers))}" for register in ours)
        raise ValueError(f"no register has these headings: {', '.join(headings)}. Known: {known}")
    return found


def _register_in(stream: BinaryIO) -> Register:
    """Of a file that somebody sent. Raises Refusal."""
    try:
        return _register_of(_headings(stream))
    except ValueError:
        raise Refusal(
            _(
                "No register has the headings of this file. Send its extract as CSV in UTF-8, with the headings in its first line."
            ),
            field="file",
        ) from None
