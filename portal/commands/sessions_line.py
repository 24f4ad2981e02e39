"""`doorstep sessions`: names, options, help; what they do is in `sessions`."""

from typing import Annotated

import typer

sessions = typer.Typer(help="What shoppers' browsers may see.", no_args_is_help=True)


@sessions.callback()
def _group() -> None:
    """Keeps `revoke` a word of its own while it is the only one."""


@sessions.command("revoke")
def revoke(
    merchant: Annotated[str, typer.Option("--merchant", help="The merchant's slug.")],
    order: Annotated[str, typer.Option("--order", help="The order's number.")],
) -> None:
    """Log every browser out that sees an order, and let no code on its way work any more."""
    from portal.commands import sessions as commands

    ended = commands.revoke(merchant, order)
    typer.echo(f"{ended} browsers have to look the order up again." if ended else "No browser had it open.")
