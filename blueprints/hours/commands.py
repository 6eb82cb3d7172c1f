"""`flask holidays fill 2027 2028`"""

import click
from flask import Blueprint

from operations import office_hours


def commands(blueprint: Blueprint) -> None:
    """Hang them on the blueprint."""

    @blueprint.cli.command("fill")
    @click.argument("years", type=int, nargs=-1, required=True)
    def fill(years: tuple[int, ...]) -> None:
        """بداية لعطلات عُمان ورمضان في سنة · Oman's holidays and Ramadan of a year, as a start. What is known stays as it is."""
        for year in years:
            try:
                added, known = office_hours.fill(year)
            except ValueError as problem:
                raise click.ClickException(str(problem)) from None
            click.echo(f"{year}: {added} added, {known} already there")
