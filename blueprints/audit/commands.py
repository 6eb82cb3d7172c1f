"""`flask audit head`, `flask audit verify [--from NUMBER:DIGEST]`"""

from collections.abc import Iterable

import click

from blueprints.audit.routes import blueprint
from operations import audit_chain
from operations.audit_chain import Finding, Flaw, Head

blueprint.cli.help = "سجل التدقيق · The audit and its chain."
SHOWN = 100  # findings that are printed; the rest is counted

FLAWS: dict[Flaw, tuple[str, str]] = {
    Flaw.CHANGED: ("عُدّل القيد أو حلقته", "the entry or its link was changed"),
    Flaw.REMOVED: ("حُذف القيد وبقيت حلقته", "the entry was removed"),
    Flaw.BACKDATED: ("أُدخل القيد بتاريخ قديم", "the entry was inserted with an earlier date"),
    Flaw.UNLINKED: ("قيد قديم بلا حلقة", "an old entry has no link"),
    Flaw.MISSING: ("حلقة مفقودة", "a link is missing"),
    Flaw.CUT: ("قُطع آخر السلسلة قبل هذه الحلقة", "the chain was cut off before this link"),
    Flaw.REPLACED: ("ليست الحلقة المحفوظة", "this is not the link that was noted"),
}


def _read(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> list[Head]:
    try:
        return [Head.read(text) for text in given]
    except ValueError:
        raise click.BadParameter("اكتبها كما طبعها الأمر flask audit head · write it as `flask audit head` printed it") from None


@blueprint.cli.command("head")
def head() -> None:
    """رقم آخر حلقة وبصمتها، لتُحفظ في مكان آخر · The end of the chain, number and digest, to be kept elsewhere."""
    click.echo(str(audit_chain.head()))


@blueprint.cli.command("verify")
@click.option(
    "--from",
    "kept",
    multiple=True,
    callback=_read,
    metavar="NUMBER:DIGEST",
    help="حلقة محفوظة من قبل · a head noted earlier, as often as you like",
)
def verify(kept: Iterable[Head]) -> None:
    """فحص السلسلة كلها · Read the whole chain and say which entry was changed, removed or inserted. Exit code 1 if any."""
    last, count = audit_chain.head(), 0
    for finding in audit_chain.verify(kept):
        count += 1
        if count <= SHOWN:
            click.echo(_told(finding))
    if count:
        click.echo(f"✗ عدد ما لا يستقيم: {count} · {count} found that should not be")
        raise SystemExit(1)
    click.echo(f"✓ السلسلة سليمة حتى الحلقة {last.number} · the chain is whole up to link {last.number}")
    click.echo(str(last))


def _told(finding: Finding) -> str:
    arabic, english = FLAWS[finding.flaw]
    where = [f"حلقة · link {finding.link}"] if finding.link else []
    where += [f"قيد · entry {finding.entry}"] if finding.entry else []
    return f"✗ {', '.join(where)}: {arabic} · {english}"
