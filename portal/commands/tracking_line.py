"""`doorstep tracking account` and `doorstep tracking numbers`: names, options, help; what they do is in
`tracking_accounts`.
"""

from pathlib import Path
from typing import Annotated

import typer

accounts = typer.Typer(help="Carriers that are asked about parcels, with a merchant's own keys.", no_args_is_help=True)

Merchant = Annotated[str, typer.Option("--merchant", help="The merchant's slug.")]
Name = Annotated[str, typer.Argument(help="dhl, ups or karrio, and what you like behind a dash: dhl-express.")]
SOME_FAULTY = 3


@accounts.command("add")
def add(
    name: Name,
    merchant: Merchant,
    credentials: Annotated[
        Path,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="A JSON file. dhl: api_key (service); ups: client_id, client_secret; karrio: carrier, settings.",
        ),
    ],
    daily: Annotated[int | None, typer.Option(help="Calls a day that the carrier allows you.")] = None,
    pace: Annotated[float | None, typer.Option(help="Seconds between two calls.")] = None,
) -> None:
    """Ask a carrier about this merchant's parcels; once more: with new credentials or limits."""
    from portal.commands import tracking_accounts as commands

    commands.add(merchant, name, credentials, daily, pace)
    typer.echo(f"{name} is asked from now on.")


@accounts.command("list")
def list_accounts(merchant: Merchant) -> None:
    """Show every account: calls of today, parcels, and what is wrong with it."""
    from portal.commands import tracking_accounts as commands

    _rows(commands.rows(merchant), "No carrier is asked.")


@accounts.command("remove")
def remove(name: Name, merchant: Merchant) -> None:
    """Ask a carrier no more; what it said stays."""
    from portal.commands import tracking_accounts as commands

    commands.remove(merchant, name)
    typer.echo(f"{name} is not asked any more.")


def list_numbers(merchant: Merchant) -> None:
    """List parcels on their way whose tracking numbers cannot be right. Exit code 3 says that there are some."""
    from portal.commands import tracking_accounts as commands

    found = commands.faulty_numbers(merchant)
    _rows(found, "Every number can be right.")
    raise typer.Exit(SOME_FAULTY if found else 0)


def _rows(rows: list[tuple[str, ...]], otherwise: str) -> None:
    for row in rows:
        # What a shop or a carrier wrote cannot steer the terminal.
        typer.echo("\t".join("".join(one for one in cell if one.isprintable()) for cell in row))
    if not rows:
        typer.echo(otherwise)
