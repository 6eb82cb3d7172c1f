"""Texts and their translations.

    python -m tools.translations check               every text has its Arabic, complete and up to date
    python -m tools.translations update [file.po …]  brings new texts into the catalogues, and finished ones from the files
    python -m tools.translations compile             .mo files, as programs read them

English is the key. translations/ar must be whole; translations/en holds only what differs from the key.
"""

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

PYTHON = ("app.py", "tasks.py", "models.py", "engine", "gateways", "operations", "blueprints")
TEMPLATES = "templates"
GETTEXT_FUNCTIONS = ["_", "gettext", "ngettext"]
JINJA_OPTIONS = {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
HEADER: dict[str, Any] = {"project": "Bawaba", "version": "1", "charset": "utf-8", "fuzzy": False, "header_comment": "# Bawaba"}
HEADER |= {"msgid_bugs_address": "-", "last_translator": "Bawaba", "language_team": "Bawaba"}
# none, one, two, 3-10, 11-99, hundreds: gettext's own order; Babel's would swap the last two
ARABIC_PLURALS = "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")

Found = tuple[int, str | tuple[str, str]]  # line; text, or one and many


def main(task: str, *files: str) -> int:
    if task == "check":
        problems = list(check(Path()))
        print(*problems, sep="\n", end="\n" if problems else "")
        return 1 if problems else 0
    if task == "update":
        update(Path(), [Path(file) for file in files])
    elif task == "compile":
        compile_all(Path())
    else:
        print(__doc__)
        return 2
    return 0


def check(root: Path) -> Iterator[str]:
    """What is wrong with the Arabic catalogue, a line each."""
    wanted, arabic = extracted(root), read(root, "ar")
    for message in wanted:
        if not message.id:
            continue
        translation = arabic.get(message.id)
        where = message.locations[0][0]
        if translation is None:
            yield f"{where}: no Arabic yet: {shown(message)}"
        else:
            yield from (f"{where}: {problem}: {shown(message)}" for problem in faults(translation, arabic.num_plurals))
    for message in arabic:
        if message.id and wanted.get(message.id) is None:
            yield f"translations/ar: no longer used: {shown(message)}"


def faults(translation: Message, forms: int) -> Iterator[str]:
    sentences = strings(translation.string)
    if not all(sentences) or (translation.pluralizable and len(sentences) != forms):
        yield "the Arabic is not complete"
    if translation.fuzzy:
        yield "the Arabic is only a guess (fuzzy)"
    asked = set(PLACEHOLDER.findall(" ".join(strings(translation.id))))
    may_miss = {"num"} if translation.pluralizable else set()  # «يومان» needs no figure
    for sentence in filter(None, sentences):
        has = set(PLACEHOLDER.findall(sentence))
        if has - asked or asked - has - may_miss:
            yield "the placeholders differ"
            break


def update(root: Path, files: list[Path]) -> None:
    """Bring the catalogues to the code's texts, adding what the files know. What fell out of use is dropped."""
    wanted = extracted(root)
    for locale in ("ar", "en"):
        catalogue = read(root, locale)
        for file in files if locale == "ar" else ():
            for message in fragment(file):
                if message.id and all(strings(message.string)):
                    catalogue.delete(message.id)
                    catalogue.add(message.id, message.string)
        catalogue.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        path = po(root, locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        written = BytesIO()
        write_po(written, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
        path.write_bytes(written.getvalue())


def compile_all(root: Path = Path()) -> None:
    for path in root.glob("translations/*/LC_MESSAGES/messages.po"):
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
            ready = BytesIO()
            write_mo(ready, read(root, path.parts[-3]))
            compiled.write_bytes(ready.getvalue())


def extracted(root: Path) -> Catalog:
    """Every text of the code and of the templates."""
    catalogue = Catalog(charset="utf-8")
    for path in sorted(sources(root)):
        name = path.relative_to(root).as_posix()
        for line, text in python_texts(path) if path.suffix == ".py" else template_texts(path):
            catalogue.add(text, locations=[(name, line)])
    return catalogue


def sources(root: Path) -> Iterator[Path]:
    for name in PYTHON:
        path = root / name
        yield from path.rglob("*.py") if path.is_dir() else [path] if path.exists() else []
    yield from (path for path in (root / TEMPLATES).rglob("*") if path.suffix in (".html", ".txt"))


def python_texts(path: Path) -> Iterator[Found]:
    """`_("one text")` and `_("%(num)s day", "%(num)s days", num=…)`, whatever other values follow."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if not texts:
                raise SystemExit(f"{path}:{node.lineno}: _() needs the text itself, so that it can be translated")
            yield node.lineno, one_or_plural(texts)


def template_texts(path: Path) -> Iterator[Found]:
    """As python_texts, and `{% trans %}`."""
    with path.open("rb") as file:
        for line, _function, arguments, _comments in babel_extract(file, GETTEXT_FUNCTIONS, [], JINJA_OPTIONS):
            texts = [text for text in strings(arguments) if text]
            if texts:
                yield line, one_or_plural(texts)


def one_or_plural(texts: list[str]) -> str | tuple[str, str]:
    return (texts[0], texts[1]) if len(texts) > 1 else texts[0]


def read(root: Path, locale: str) -> Catalog:
    path = po(root, locale)
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=locale)
    else:
        catalogue = Catalog(locale, **HEADER)
    if locale == "ar":
        catalogue.mime_headers = [("Plural-Forms", ARABIC_PLURALS)]
    return catalogue


def fragment(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="ar", charset="utf-8")


def po(root: Path, locale: str) -> Path:
    return root / "translations" / locale / "LC_MESSAGES" / "messages.po"


def strings(text: Any) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (text or "",)


def shown(message: Message) -> str:
    return repr(strings(message.id)[0])


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or [""])))
