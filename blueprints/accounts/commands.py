"""flask accounts …: what only an operator may do."""

import click

from blueprints.accounts.routes import blueprint
from engine.errors import NotFound, Refusal
from engine.wording import _
from operations import accounts, blocking, second_factor, sessions
from operations.rendering import both

blueprint.cli.help = "Accounts of staff. · حسابات الموظفين."


@blueprint.cli.command("create-staff")
@click.argument("email")
@click.option("--name", prompt="Name · الاسم", help="First and family name. · الاسم الأول واسم العائلة.")
@click.option("--role", required=True, help="What they may do, such as clerk. · دور الموظف، مثل clerk.")
@click.option("--authority", default="", help="For one authority only, such as chamber. · لجهة واحدة فقط، مثل chamber.")
@click.option(
    "--ask-password",
    is_flag=True,
    help="Ask for a password here instead of printing a link. · اطلب كلمة المرور هنا بدل طباعة رابط.",
)
def create_staff(email: str, name: str, role: str, authority: str, ask_password: bool) -> None:
    """Give EMAIL an account and a role. · أنشئ حسابا للموظف وأسند إليه دورا.

    Prints a link with which they set their password (15 characters or more) within a day.
    يطبع رابطا يختار به الموظف كلمة مروره (١٥ حرفا فأكثر) خلال يوم واحد.
    """
    password = click.prompt("Password · كلمة المرور", hide_input=True, confirmation_prompt=True) if ask_password else None
    try:
        link = accounts.create_staff(email=email, name=name, role=role, authority=authority, password=password)
    except Refusal as refusal:
        words = both(refusal.message)
        raise click.ClickException(f"{words['en']} · {words['ar']}") from None
    click.echo(f"{email}: {role} {authority}".rstrip())
    if link:
        click.echo(link)


@blueprint.cli.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take EMAIL's authenticator app away. · أزل تطبيق المصادقة من حساب الموظف.

    For staff who lost phone and recovery codes: every session ends, and the next sign-in sets up another app.
    لمن فقد هاتفه ورموز الاسترداد: تنتهي كل جلساته ويُعِدّ تطبيقا جديدا عند دخوله التالي.
    """
    try:
        second_factor.reset(email)
    except NotFound:
        words = both(_("Nobody on the staff has this address."))
        raise click.ClickException(f"{words['en']} · {words['ar']}") from None
    click.echo(f"{email}: ✓")


@blueprint.cli.command("block")
@click.argument("email")
def block(email: str) -> None:
    """Let nobody in to EMAIL's account, and end its sessions. · إيقاف حساب وإنهاء جلساته."""
    _switch(email, blocked=True)


@blueprint.cli.command("unblock")
@click.argument("email")
def unblock(email: str) -> None:
    """Let EMAIL in again. · رفع الإيقاف عن حساب."""
    _switch(email, blocked=False)


def _switch(email: str, *, blocked: bool) -> None:
    try:
        blocking.by_operator(email, blocked=blocked)
    except NotFound:
        words = both(_("Nobody here has proven this e-mail address."))
        raise click.ClickException(f"{words['en']} · {words['ar']}") from None
    except Refusal as refusal:
        words = both(refusal.message)
        raise click.ClickException(f"{words['en']} · {words['ar']}") from None
    click.echo(f"{email}: ✓")


@blueprint.cli.command("end-sessions")
@click.argument("email", required=False)
@click.option("--everybody", is_flag=True, help="Everybody's. · جلسات الجميع.")
def end_sessions(email: str | None, everybody: bool) -> None:
    """Log EMAIL out of every browser, or everybody. · إنهاء جلسات شخص أو جلسات الجميع."""
    if bool(email) == everybody:
        raise click.UsageError("EMAIL | --everybody")
    try:
        click.echo(f"{sessions.end_by_operator(email)} ✓")
    except NotFound:
        words = both(_("Nobody here has proven this e-mail address."))
        raise click.ClickException(f"{words['en']} · {words['ar']}") from None
