"""/healthz, and the commands of whoever runs the portal: migrate, demo, doctor, services, audience."""

import re
from pathlib import Path

import click
from flask import Blueprint, Flask, current_app, jsonify
from flask.wrappers import Response

from blueprints.operating import catalogue_page
from engine.catalogue import catalogue
from operations import demonstration, fees, health, office_hours
from operations.now import now
from operations.rendering import translate

blueprint = Blueprint("operating", __name__, cli_group=None)


@blueprint.get("/healthz")
def healthz() -> Response:
    """audience: monitoring. 200 once everything is up, else 503 with what is missing; nothing secret in it."""
    checks = health.checks(current_app.config["SANDBOX_HEALTH"])
    response = jsonify({"ok": all(checks.values()), "checks": checks})
    response.status_code = 200 if all(checks.values()) else 503
    return response


@blueprint.cli.command("migrate")
def migrate() -> None:
    """تحديث قاعدة البيانات · Bring the database to the tables of this version."""
    for name in health.migrate():
        click.echo(name)


@blueprint.cli.command("demo")
def demo() -> None:
    """بيانات تجريبية · Demo people, registers and fees; as often as you like."""
    if current_app.config["SETTINGS"].production:
        raise click.ClickException("demo data is refused in production · لا بيانات تجريبية في بيئة الإنتاج")
    office_hours.fill(now().year)
    click.echo(demonstration.prepare())


@blueprint.cli.command("doctor")
def doctor() -> None:
    """فحص الإعدادات · Check the settings and say what is missing."""
    settings = current_app.config["SETTINGS"]
    missing = [*health.missing(), *(f"fee not set or not confirmed: {fee}" for fee in fees.unset())]
    unsafe = list(settings.problems())
    for line in missing:
        click.echo(f"✗ {line}")
    for line in unsafe:
        click.echo(f"{'✗' if settings.production else '·'} {line}{'' if settings.production else '  (before production)'}")
    if not missing and not unsafe:
        click.echo("✓ كل شيء جاهز · everything is set")
    if missing and settings.production:
        raise SystemExit(1)


@blueprint.cli.group("services")
def services() -> None:
    """الخدمات · The catalogue of services."""


@services.command("document")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=Path("docs/services.md"))
def document(file: Path) -> None:
    """كتابة صفحة الخدمات من الدليل · Write docs/services.md from the catalogue."""
    file.write_text(catalogue_page.page(), encoding="utf-8")
    click.echo(file)


@services.command("list")
def list_services() -> None:
    """سطر لكل خدمة · A line per service: code, English title, Arabic title, authority, decision."""
    for service in catalogue.services.values():
        titles = (translate(service.title, "en"), translate(service.title, "ar"))
        click.echo("\t".join((service.code, *titles, service.authority, service.decision)))


@blueprint.cli.command("audience")
def audience() -> None:
    """لمن كل صفحة · Every route with who may call it."""
    for methods, rule, whom in routes(current_app):
        click.echo(f"{methods:10} {rule:60} {whom}")


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """(methods, address, audience) of every route; the audience is the first line of its docstring, empty where it is missing."""
    listed = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        listed.append((methods, rule.rule, _audience(app, rule.endpoint)))
    return listed


def _audience(app: Flask, endpoint: str) -> str:
    if endpoint == "static":
        return "anyone"
    declared = re.match(r"audience: ([^.\n]+)", app.view_functions[endpoint].__doc__ or "")
    return declared.group(1) if declared else ""
