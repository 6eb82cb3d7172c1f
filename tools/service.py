"""`make service NAME=chamber/print_card`: the file of a new service, its test, its place in the authority, its row in the fee schedule.

What it writes works as it stands: a free-text request that a clerk decides, at a fee nobody has set yet. Then it says what is left to do.
"""

import ast
import csv
import re
import sys
from pathlib import Path
from string import Template

LINE = 130
NAME = re.compile(r"([a-z][a-z0-9]*)/([a-z][a-z0-9_]*)")
LATER = """
Four steps are left · بقيت أربع خطوات:
  1. write the rules: {service}
  2. fill in the tariff, with its source: migrations/fees.csv, then `flask fees import migrations/fees.csv`
  3. `make translate`, then write the Arabic in translations/ar
  4. let its test read as the policy does: {test}; then `flask services document`
docs/adding-a-service.md tells more."""

SERVICE = Template('''"""$title. Says here for whom it is and what they get.

Source: the document its rules rest on.
"""

import datetime as dt
from collections.abc import Iterator

from engine.fields import LongText
from engine.service import Case, Charge, Decision, Fee, Sample, Service, Step
from engine.wording import _


def fees(case: Case) -> Iterator[Fee]:
    yield Fee("$code")


def samples(day: dt.date) -> Iterator[Sample]:
    yield Sample(_("Any request"))


service = Service(
    code="$code",
    title=_("$title"),
    summary=_("$title: what the person gets."),
    takes=_("The authority looks at it and answers by mail and SMS."),
    fee_codes=("$code",),
    steps=(Step("request", _("What do you need?"), LongText("request", _("Your request"))),),
    fees=fees,
    samples=samples,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
)
''')

TEST = Template('''"""$title, as its policy reads."""

import datetime as dt

from blueprints.$authority.$name import service
from engine.fees import Fee
from engine.service import Case

TODAY = dt.date(2026, 11, 22)


def test_it_asks_for_the_one_fee_it_names():
    case = Case({"request": "A second card for the shop."}, {}, TODAY)
    assert list(service.fees(case)) == [Fee("$code")]
    assert service.fee_codes == ("$code",)


def test_it_refuses_nobody_yet():
    assert list(service.refusals(Case({"request": "A second card."}, {}, TODAY))) == []
''')


def main(*words: str) -> int:
    match = NAME.fullmatch(words[0]) if len(words) == 1 else None
    if match is None:
        print("make service NAME=authority/what_it_does · الاسم بهذا الشكل: NAME=chamber/print_card")
        return 2
    try:
        made = make(Path(), *match.groups())
    except ValueError as problem:
        print(problem)
        return 1
    print(*made, sep="\n")
    print(LATER.format(service=made[0], test=made[1]))
    return 0


def make(root: Path, authority: str, name: str) -> list[Path]:
    """Write everything; returns the files. Raises ValueError, with nothing written, when there is no such authority or it has the service."""
    folder = root / "blueprints" / authority
    service, test = folder / f"{name}.py", root / "tests" / "blueprints" / authority / f"test_{name}.py"
    house, tariff = folder / "__init__.py", root / "migrations" / "fees.csv"
    if not house.exists():
        raise ValueError(f"There is no authority {authority!r} · لا توجد جهة بهذا الرمز: {', '.join(authorities(root))}")
    if service.exists() or test.exists():
        raise ValueError(f"{authority}/{name} is there already · هذه الخدمة موجودة من قبل")
    words = {"authority": authority, "name": name, "code": f"{authority}.{name.replace('_', '-')}", "title": title(name)}
    listed = enlisted(house.read_text(), authority, name)
    service.write_text(SERVICE.substitute(words))
    test.parent.mkdir(parents=True, exist_ok=True)
    test.write_text(TEST.substitute(words))
    house.write_text(listed)
    add_to_tariff(tariff, words["code"], words["title"])
    return [service, test, house, tariff]


def authorities(root: Path) -> list[str]:
    """Folders of blueprints that hold an authority rather than pages."""
    return sorted(file.parent.name for file in (root / "blueprints").glob("*/__init__.py") if "Authority(" in file.read_text())


def title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def enlisted(text: str, authority: str, name: str) -> str:
    """An authority's `__init__` with one more service: imported, and last of its services."""
    tree = ast.parse(text)
    package = f"blueprints.{authority}"
    imported = next((node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == package), None)
    services = next((node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "services"), None)
    if imported is None or not isinstance(services, ast.Tuple):
        raise ValueError(f"{package} does not list its services as `services=(…,)` from `from {package} import …`")
    names = sorted({alias.name for alias in imported.names} | {name})
    items = [ast.unparse(item) for item in services.elts] + [f"{name}.service"]
    text = replaced(text, services, f"({', '.join(items)})", items, indent=4)
    return replaced(text, imported, f"from {package} import {', '.join(names)}", names, indent=0)


def replaced(text: str, node: ast.expr | ast.stmt, short: str, items: list[str], indent: int) -> str:
    """The text with another list in a node's place: in one line where that fits, else an item a line."""
    lines = text.splitlines(keepends=True)
    start, end = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    before, after = lines[start][: node.col_offset], lines[end][node.end_col_offset :]
    if len(before + short + after.rstrip()) > LINE:
        head = short.partition("import ")[0] + "import (" if "import " in short else "("
        short = head + "".join(f"\n{' ' * (indent + 4)}{item}," for item in items) + f"\n{' ' * indent})"
    return "".join([*lines[:start], before + short + after, *lines[end + 1 :]])


def add_to_tariff(file: Path, code: str, label: str) -> None:
    """A row without an amount: nobody is charged before somebody sets it."""
    with file.open(encoding="utf-8", newline="") as rows:
        headings = next(csv.reader(rows))
    row = {"code": code, "label_en": label, "label_ar": label, "kind": "flat", "from": "2018-01-01"}
    row |= {"source": "not published in our sources", "confirmed": "no"}
    with file.open("a", encoding="utf-8", newline="") as rows:
        csv.DictWriter(rows, headings, lineterminator="\n").writerow(row)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
