"""The commands of whoever runs the portal: what they print, how they end, in both languages."""

import csv
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from click.testing import Result
from flask import Flask

import models
from app import create_app
from config import Settings
from engine.catalogue import catalogue
from operations import demonstration, fees, health, now, register_imports, registers
from operations.outside import outside
from tests.support.processes import ROOT

Run = Callable[..., Result]
FEES = ROOT / "migrations" / "fees.csv"
HEADINGS = "code,variant,label_en,label_ar,kind,amount,rate,threshold,of,from,source,confirmed\n"
MEMBERSHIP = {
    "number": "91868",
    "establishment": "1229237",
    "name_en": "promising projects",
    "name_ar": "المشاريع الواعدة",
    "address_en": "Ruwi",
    "address_ar": "روي",
    "head_office_en": "Muscat",
    "head_office_ar": "مسقط",
    "grade": "fourth",
    "expires": "2018-03-19",
}


@pytest.fixture
def run(portal: Flask) -> Run:
    """A command as typed after `flask`; what it prints and says comes together in `output`."""
    return lambda *words: portal.test_cli_runner().invoke(args=[str(word) for word in words])


def arabic(text: str) -> bool:
    return any("\u0621" <= sign <= "\u064a" for sign in text)


# --- What there is ---------------------------------------------------------------------------------------------------------------


def test_services_list_is_a_line_per_service(run: Run):
    done = run("services", "list")
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert [line.partition("\t")[0] for line in lines] == list(catalogue.services)
    assert "chamber.renew-membership\tMembership renewal\tتجديد العضوية\tchamber\tautomatic" in lines
    assert "municipality.general-request\tAdministration services\tخدمات الإدارة\tmunicipality\tclerk" in lines


def test_audience_is_a_line_per_route(run: Run, portal: Flask):
    done = run("audience")
    assert done.exit_code == 0
    lines = [line.split(maxsplit=2) for line in done.output.splitlines()]
    assert len(lines) == len(list(portal.url_map.iter_rules()))
    assert ["GET", "/healthz", "monitoring"] in lines


def commands(group: click.Group, context: click.Context, path: str = "flask") -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        if name in ("run", "shell"):
            continue  # Flask's own
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, context, f"{path} {name}")


def test_every_command_explains_itself_in_both_languages(portal: Flask):
    listed = dict(commands(portal.cli, click.Context(portal.cli)))
    listed.pop("flask routes", None)
    assert {"flask doctor", "flask fees import", "flask registers import", "flask services list", "flask work"} <= listed.keys()
    for name, command in listed.items():
        words = command.help or ""
        assert arabic(words) and any("a" <= sign <= "z" for sign in words), f"{name}: {words}"
        for option in command.params:
            if isinstance(option, click.Option) and option.name != "help":
                assert arabic(option.help or ""), f"{name} --{option.name}: {option.help}"


def test_a_command_that_does_not_exist_ends_badly(run: Run):
    assert run("fees", "burn").exit_code == 2
    assert run("fees", "import", "nowhere.csv").exit_code == 2


# --- Fees ------------------------------------------------------------------------------------------------------------------------


def test_fees_are_imported_once_and_shown_with_their_sources(run: Run):
    rows = rows_in(FEES.parent, FEES.name)
    assert run("fees", "import", FEES).output == f"{rows} added, 0 already there\n"
    done = run("fees", "import", FEES)
    assert (done.exit_code, done.output) == (0, f"0 added, {rows} already there\n")
    shown = run("fees", "show", "--day", "2018-03-18")
    assert shown.exit_code == 0
    lines = [" ".join(line.split()) for line in shown.output.splitlines()]
    assert len(lines) == rows
    assert lines == sorted(lines)
    assert (
        "chamber.first-year fourth 25.000 confirmed Chamber's manual of electronic services (2018), membership renewal" in lines
    )
    assert "chamber.first-year first unset unconfirmed not published in our sources" in lines


def test_fees_of_another_day_are_not_shown(run: Run):
    run("fees", "import", FEES)
    assert run("fees", "show", "--day", "2017-12-31").output == ""
    assert run("fees", "show", "--day", "yesterday").exit_code == 2


def test_a_new_version_ends_the_old_one_on_its_day(run: Run, tmp_path: Path):
    run("fees", "import", FEES)
    row = "chamber.first-year,fourth,First year fees,رسوم السنة الأولى,flat,٣٠٫٥٠٠,,,,2027-01-01,a new decree,yes\n"
    assert run("fees", "import", written(tmp_path, HEADINGS + row)).output == "1 added, 0 already there\n"
    for day, price in (("2026-12-31", "25.000"), ("2027-01-01", "30.500")):
        (line,) = [
            line for line in run("fees", "show", "--day", day).output.splitlines() if "first-year" in line and "fourth" in line
        ]
        assert line.split()[2] == price


def test_a_version_from_before_the_standing_one_changes_nothing(run: Run, tmp_path: Path):
    run("fees", "import", FEES)
    row = "chamber.first-year,fourth,First year fees,رسوم السنة الأولى,flat,1.000,,,,2017-01-01,an old decree,yes\n"
    assert run("fees", "import", written(tmp_path, HEADINGS + row)).output == "0 added, 1 already there\n"
    assert "1.000" not in run("fees", "show", "--day", "2017-06-01").output


def test_shares_multiples_and_free_fees_are_shown_for_what_they_are(run: Run, tmp_path: Path):
    rows = (
        "lease,,Lease,إيجار,share,,30,,,2018-01-01,x,no\n"
        "late,,Late,تأخير,multiple,,3000,,lease,2018-01-01,x,no\n"
        "free,,Free,مجاني,flat,0,,,,2018-01-01,x,yes\n"
    )
    run("fees", "import", written(tmp_path, HEADINGS + rows))
    shown = [" ".join(line.split()) for line in run("fees", "show").output.splitlines()]
    assert shown == ["free - 0.000 confirmed x", "late - 3000 ‰ lease unconfirmed x", "lease - 30 ‰ unconfirmed x"]


def test_the_least_and_the_most_of_a_fee_come_with_the_file(run: Run, tmp_path: Path):
    row = "lease,,Lease,إيجار,share,,30,,,2018-01-01,x,yes,1.000,٥٠\n"
    run("fees", "import", written(tmp_path, HEADINGS.rstrip() + ",least,most\n" + row))
    (rule,) = fees.schedule().rules
    assert (rule.least.baisa, rule.most.baisa) == (1_000, 50_000)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("a,,A,أ,flat,25.0001,,,,2018-01-01,x,yes", "line 3: not an amount: '25.0001'"),
        ("a,,A,أ,flat,25 rials,,,,2018-01-01,x,yes", "line 3: not an amount"),
        ("a,,A,أ,weekly,25,,,,2018-01-01,x,yes", "line 3: 'weekly' is not a valid Kind"),
        ("a,,A,أ,flat,25,,,,18/3/2018,x,yes", "line 3: Invalid isoformat string"),
        ("a,,A,أ,share,,three,,,2018-01-01,x,yes", "line 3: invalid literal"),
        ("a,,A,أ,flat,25,,,,2018-01-01", "line 3: 10 cells where the headings have 12"),
        ("a,,A,أ,flat,1,250.000,,,,2018-01-01,x,yes", "line 3: 13 cells where the headings have 12"),
        (",,A,أ,flat,25,,,,2018-01-01,x,yes", "line 3: code: missing"),
        ("a,,A,أ,flat,25,,,,2018-01-01,,yes", "line 3: source: missing"),
        ("a,,A,,flat,25,,,,2018-01-01,x,yes", "line 3: label_ar: missing"),
    ],
)
def test_a_schedule_with_a_bad_row_changes_nothing_and_names_the_line(run: Run, tmp_path: Path, row: str, says: str):
    good = "good,,Good,جيد,flat,1,,,,2018-01-01,x,yes\n"
    done = run("fees", "import", written(tmp_path, f"{HEADINGS}{good}{row}\n"))
    assert done.exit_code == 1
    assert says in done.output
    assert "Traceback" not in done.output
    assert not models.FeeRule.select().exists()


@pytest.mark.parametrize(
    "text", ["code,amount\na,1\n", "", "\x00", HEADINGS.replace("source,", "") + "a,,A,أ,flat,25,,,,2018-01-01,yes\n"]
)
def test_a_file_that_is_no_schedule_is_refused(run: Run, tmp_path: Path, text: str):
    done = run("fees", "import", written(tmp_path, text))
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")


def test_a_file_in_another_encoding_is_refused(run: Run, tmp_path: Path):
    file = tmp_path / "windows.csv"
    file.write_bytes((HEADINGS + "a,,A,رسم,flat,25,,,,2018-01-01,x,yes\n").encode("cp1256"))
    done = run("fees", "import", file)
    assert done.exit_code == 1
    assert "utf-8" in done.output
    assert not models.FeeRule.select().exists()


# --- Registers -------------------------------------------------------------------------------------------------------------------


def test_an_extract_is_imported_and_again_is_harmless(run: Run, tmp_path: Path):
    file = extract(tmp_path, {}, {"number": "٩١٨٦٩"})
    done = run("registers", "import", file)
    assert done.exit_code == 0
    assert done.output == counted(added=2)
    assert run("registers", "import", file).output == counted(unchanged=2)
    assert [row.number for row in models.RegisterRecord.select().order_by(models.RegisterRecord.number)] == ["91868", "91869"]
    assert [(row.file, row.added, row.unchanged) for row in models.RegisterImport.select()] == [
        (file.name, 2, 0),
        (file.name, 0, 2),
    ]


def test_what_changed_at_the_ministry_is_taken_over(run: Run, tmp_path: Path):
    run("registers", "import", extract(tmp_path, {}))
    assert run("registers", "import", extract(tmp_path, {"grade": "first"})).output == counted(changed=1)
    record = registers.find("chamber.memberships", "91868")
    assert record and record.grade == "first"


def test_what_the_portal_changed_since_stays_as_the_portal_left_it(run: Run, tmp_path: Path):
    run("registers", "import", extract(tmp_path, {}))
    person = models.Account.create(first_name="A", family_name="B", identity_number="1", password_hash="", created_at=now.now())
    application = models.Application.create(
        reference="r", account=person, service="s", authority="chamber", created_at=now.now(), updated_at=now.now()
    )
    row = models.RegisterRecord.get()
    row.data, row.changed_by = {**row.data, "expires": "2020-03-19"}, application
    row.save()
    assert run("registers", "import", extract(tmp_path, {})).output == counted(kept=1)
    record = registers.find("chamber.memberships", "91868")
    assert record and record.expires == dt.date(2020, 3, 19)


def test_rows_that_cannot_be_read_are_listed_and_the_others_come_in(run: Run, tmp_path: Path):
    file = extract(
        tmp_path, {}, {"number": ""}, {"number": "2", "grade": "tenth"}, {"number": "3", "expires": "soon"}, {"number": "4"}
    )
    with file.open("a", encoding="utf-8") as lines:
        lines.write("5,1229237,a,b,c,d,e,f,fourth,2018-03-19,more\n6,1229237\n")
    done = run("registers", "import", file)
    assert done.exit_code == 0
    assert done.output == counted(added=2, rejected=5) + (
        "  line 3: number: missing\n"
        "  line 4: grade: unknown value 'tenth'\n"
        "  line 5: expires: not a day (year-month-day): 'soon'\n"
        "  line 7: 11 cells where the headings have 10\n"
        "  line 8: 2 cells where the headings have 10\n"
    )


@pytest.mark.parametrize("text", ["number,name\n1,x\n", "", "﻿\n", "\x00\x01", "number;establishment;grade\n"])
def test_a_file_of_no_register_is_refused_with_the_headings_that_are_known(run: Run, tmp_path: Path, text: str):
    done = run("registers", "import", written(tmp_path, text))
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert "chamber.memberships: address_ar, address_en, email, establishment, expires" in done.output
    assert not models.RegisterRecord.select().exists()
    assert not models.RegisterImport.select().exists()


def test_an_extract_as_a_spreadsheet_saves_it_comes_in(run: Run, tmp_path: Path):
    """With a byte order mark, Windows line ends, columns in another order and spaces around."""
    file = tmp_path / "sheet.csv"
    names = list(reversed(MEMBERSHIP))
    cells = [f" {MEMBERSHIP[name]} " for name in names]
    file.write_bytes(("\ufeff" + ",".join(names) + "\r\n" + ",".join(cells) + "\r\n").encode())
    assert run("registers", "import", file).output == counted(added=1)
    assert registers.find("chamber.memberships", "91868")


def test_a_big_extract_comes_in_batch_by_batch(run: Run, tmp_path: Path):
    file = extract(tmp_path, *({"number": str(number)} for number in range(1, 2 * register_imports.BATCH + 2)))
    assert run("registers", "import", file).output == counted(added=2 * register_imports.BATCH + 1)
    longest = Longest()
    models.database.obj.execute_sql, plain = longest.watching(models.database.obj.execute_sql), models.database.obj.execute_sql
    try:
        assert run("registers", "import", file).output == counted(unchanged=2 * register_imports.BATCH + 1)
    finally:
        models.database.obj.execute_sql = plain
    assert longest.parameters == register_imports.BATCH + 1
    assert longest.statements < 20


class Longest:
    """How many statements there were, and how many parameters the longest had."""

    statements = parameters = 0

    def watching(self, plain: Callable[..., object]) -> Callable[..., object]:
        def execute(sql: str, parameters: tuple[object, ...] = (), *rest: object, **more: object) -> object:
            self.statements += 1
            self.parameters = max(self.parameters, len(parameters or ()))
            return plain(sql, parameters, *rest, **more)

        return execute


def counted(added: int = 0, changed: int = 0, unchanged: int = 0, kept: int = 0, rejected: int = 0) -> str:
    return (
        f"chamber.memberships: {added} added, {changed} changed, {unchanged} unchanged, "
        f"{kept} kept as the portal left them, {rejected} rejected\n"
    )


def extract(folder: Path, *rows: dict[str, str]) -> Path:
    file = folder / "memberships.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, MEMBERSHIP)
        table.writeheader()
        table.writerows(MEMBERSHIP | row for row in rows)
    return file


def written(folder: Path, text: str) -> Path:
    file = folder / "file.csv"
    file.write_text(text, encoding="utf-8")
    return file


# --- Running it ------------------------------------------------------------------------------------------------------------------


def test_migrate_names_what_it_applied_and_again_is_harmless(tmp_path: Path):
    portal = create_app(Settings(portal_var=str(tmp_path / "var")))
    runner = portal.test_cli_runner()
    assert not health.migrated()
    assert runner.invoke(args=["migrate"]).output == "".join(f"{name}\n" for name in migrations())
    assert health.migrated()
    done = runner.invoke(args=["migrate"])
    assert (done.exit_code, done.output) == (0, "")
    models.database.close()


def migrations() -> list[str]:
    return sorted(file.stem for file in (ROOT / "migrations").glob("*.py"))


def test_doctor_says_first_that_the_database_is_not_migrated(tmp_path: Path):
    portal = create_app(Settings(portal_var=str(tmp_path / "var")))
    done = portal.test_cli_runner().invoke(args=["doctor"])
    assert done.exit_code == 0
    assert "✗ the database is not migrated: run `flask migrate`\n" in done.output
    models.database.close()


def test_doctor_says_what_is_missing_and_what_production_would_refuse(run: Run):
    done = run("doctor")
    assert done.exit_code == 0  # in development nothing is forbidden
    for line in (
        "✗ the worker does not beat: start `flask work`",
        "✗ nobody is trusted to prove identities",
        "✗ no ID card is accepted: set CARD_ROOTS and CARD_POLICIES",
        f"✗ no holidays of {now.now().year} are known",
        "✗ fee not set or not confirmed: chamber.renew-membership: chamber.first-year",
        "· SECRET_KEY: set a random one of at least 32 characters.  (before production)",
    ):
        assert line in done.output


def test_doctor_has_less_to_say_once_things_are_set(run: Run):
    run("fees", "import", FEES)
    run("holidays", "fill", str(now.now().year))
    health.beat()
    outside.certificates = outside.cards = object()  # type: ignore[assignment]
    outside.registers = {"municipality.violations": SimpleNamespace(answers=lambda: True)}  # type: ignore[dict-item]
    said = run("doctor").output
    missing = [f"✗ fee not set or not confirmed: {fee}" for fee in fees.unset()]  # nobody has published them
    assert [line for line in said.splitlines() if line.startswith("✗")] == missing
    assert "·" in said


def test_doctor_finds_work_that_nobody_does(run: Run):
    old = now.now() - dt.timedelta(minutes=16)
    models.Outbox.create(kind="mail", key="a", due_at=old)
    models.Outbox.create(kind="mail", key="b", due_at=old, done_at=old)
    models.Outbox.create(kind="mail", key="c", due_at=now.now())
    assert "✗ 1 pieces of work have waited" in run("doctor").output


def test_doctor_ends_badly_in_production_and_demo_data_stays_out(production: Flask):
    runner = production.test_cli_runner()
    done = runner.invoke(args=["doctor"])
    assert done.exit_code == 1
    assert "✗ BANK_MODE: must be live.\n" in done.output
    done = runner.invoke(args=["demo"])
    assert done.exit_code == 1
    assert "demo data is refused in production" in done.output
    assert arabic(done.output)
    assert not models.Account.select().exists()


def test_demo_prepares_people_registers_and_fees_and_again_is_harmless(run: Run):
    for _time in range(2):
        done = run("demo")
        assert done.exit_code == 0
        assert "ali@example.om" in done.output
        assert arabic(done.output)
        counts = [model.select().count() for model in (models.Account, models.FeeRule, models.RegisterRecord)]
        people = sum(map(len, (demonstration.PEOPLE, demonstration.STAFF, demonstration.OPERATORS)))
        assert counts == [people, rows_in(ROOT / "migrations", "fees.csv"), rows_in(ROOT / "demo", "*.csv")]


def rows_in(folder: Path, files: str) -> int:
    return sum(1 for file in folder.glob(files) for _row in csv.DictReader(file.open(encoding="utf-8-sig")))


def test_unconfirmed_fees_are_charged_in_development_only(production: Flask, tmp_path: Path):
    runner = production.test_cli_runner()
    runner.invoke(args=["fees", "import", str(written(tmp_path, HEADINGS + "a,,A,أ,flat,5,,,,2018-01-01,x,no\n"))])
    assert [rule.priced for rule in fees.schedule().rules] == [False]
    assert "unset" in runner.invoke(args=["fees", "show"]).output
    outside.demo_fees = True
    assert [rule.priced for rule in fees.schedule().rules] == [True]
