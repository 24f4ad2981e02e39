"""`doorstep tracking deliveries`: names, options, help."""

from typing import Annotated

import typer

Merchant = Annotated[str, typer.Option("--merchant", help="The merchant's slug.")]

deliveries = typer.Typer(help="What carriers and aggregators have delivered.", no_args_is_help=True)


@deliveries.command("list")
def list_deliveries(
    merchant: Merchant,
    source: Annotated[str, typer.Option(help="Only this source's.")] = "",
    refused: Annotated[bool, typer.Option("--refused", help="Only those with something that was no scan.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
) -> None:
    """Show the newest deliveries and what became of their scans."""
    from portal.commands import deliveries as commands

    for row in commands.list_deliveries(merchant, source, refused, limit):
        typer.echo("  ".join(row))


@deliveries.command("show")
def show_delivery(delivery: str, merchant: Merchant) -> None:
    """Show one delivery: what was refused and why, and its body."""
    from portal.commands import deliveries as commands

    typer.echo(commands.show_delivery(merchant, delivery))
