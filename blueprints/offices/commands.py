"""flask offices …: opening, listing and blocking small offices."""

import click

from blueprints.offices.routes import blueprint
from engine.errors import NotFound, Refusal
from engine.wording import Text, _
from operations import offices
from operations.rendering import both

blueprint.cli.help = "Small offices that act for customers. · المكاتب التي تتصرف نيابة عن عملائها."


@blueprint.cli.command("open")
@click.argument("registration")
@click.option("--arabic", "name_ar", prompt="الاسم بالعربية · Name in Arabic", help="Name in Arabic. · الاسم بالعربية.")
@click.option("--english", "name_en", prompt="Name in English · الاسم بالإنجليزية", help="Name in English. · الاسم بالإنجليزية.")
@click.option("--email", required=True, help="Gets a copy of what customers are told. · يتلقى نسخة مما يصل العملاء.")
@click.option("--head", required=True, help="E-mail of its head's account. · بريد حساب رئيس المكتب.")
def open_office(registration: str, name_ar: str, name_en: str, email: str, head: str) -> None:
    """Open the office with commercial REGISTRATION. · افتح مكتبا برقم سجله التجاري."""
    try:
        office = offices.open_one(None, name_ar=name_ar, name_en=name_en, registration=registration, email=email, head=head)
    except Refusal as refusal:
        raise _told(refusal.message) from None
    click.echo(f"{office.registration}  {office.name_en} · {office.name_ar}")


@blueprint.cli.command("list")
def list_offices() -> None:
    """A line for each office. · سطر لكل مكتب."""
    for office in offices.all_of_them():
        blocked = "  (blocked · موقوف)" if office.blocked_at else ""
        click.echo(f"{office.registration}  {office.name_en} · {office.name_ar}{blocked}")


@blueprint.cli.command("block")
@click.argument("registration")
def block(registration: str) -> None:
    """From now on nobody of the office acts for anybody. · أوقف المكتب فورا."""
    try:
        office = offices.block(None, registration)
    except NotFound:
        raise _told(_("No office has this registration.")) from None
    click.echo(f"{office.registration}: ✓")


def _told(text: Text) -> click.ClickException:
    words = both(text)
    return click.ClickException(f"{words['en']} · {words['ar']}")
