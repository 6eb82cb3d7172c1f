"""flask identity …: why a certificate is or is not accepted."""

from pathlib import Path

import click

from blueprints.identity.routes import blueprint
from engine.errors import Refusal
from gateways.certificates import read_pem
from operations import cards
from operations.rendering import both

blueprint.cli.help = "Proof of identity. · إثبات الهوية."

CHECKS = {
    "certificate": "is a certificate · شهادة مقروءة",
    "usage": "made for this purpose · معدّة لهذا الغرض",
    "policy": "policy accepted · سياسة مقبولة",
    "validity": "valid now · سارية الآن",
    "chain": "issued by a trusted authority · صادرة عن جهة موثوقة",
    "revocation": "not revoked · غير ملغاة",
    "person": "carries a civil number · تحمل رقمًا مدنيًا",
}


@blueprint.cli.command("explain")
@click.argument("certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mobile-id", is_flag=True, help="By the rules for SIMs instead of cards. · بقواعد الهوية عبر الهاتف بدل البطاقة.")
@click.option("--signing", is_flag=True, help="By the rules for signing documents. · بقواعد توقيع الوثائق.")
def explain(certificate: Path, mobile_id: bool, signing: bool) -> None:
    """Why CERTIFICATE (PEM or DER) is or is not accepted. · لماذا تُقبل الشهادة أو لا تُقبل.

    Asks its issuer whether it was revoked. Ends with 1 when it is not accepted.
    يسأل جهة الإصدار هل أُلغيت، وينتهي بالرمز 1 إذا لم تُقبل.
    """
    accepted = True
    try:
        for finding in cards.findings(read_pem(certificate.read_bytes()), of_phone=mobile_id, signing=signing):
            click.echo(f"{'✗' if finding.refusal else '✓'} {CHECKS[finding.check]}")
            click.echo(f"    {finding.known}") if finding.known else None
            if finding.refusal:
                accepted = False
                words = both(finding.refusal.message)
                click.echo(f"    {finding.refusal.detail}\n    {words['en']}\n    {words['ar']}")
    except Refusal as refusal:
        words = both(refusal.message)
        raise click.ClickException(f"{words['en']} · {words['ar']}") from None
    click.echo("✓ accepted · مقبولة" if accepted else "✗ not accepted · غير مقبولة")
    if not accepted:
        raise SystemExit(1)
