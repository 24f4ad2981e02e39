"""`doorstep shops` and `doorstep inbox`: names, options, help; what they do is in `shops`."""

from pathlib import Path
from typing import Annotated

import typer

shops = typer.Typer(help="The shops that deliver orders to a merchant.", no_args_is_help=True)
inbox = typer.Typer(help="What shops have delivered, and what privacy law asks.", no_args_is_help=True)

Merchant = Annotated[str, typer.Option("--merchant", help="The merchant's slug.")]
Platform = Annotated[str, typer.Option("--platform", help="shopify, bigcommerce or magento.")]
Shop = Annotated[str, typer.Argument(help="Its domain (shopify, magento) or store hash (bigcommerce).")]
SecretFile = Annotated[
    Path | None,
    typer.Option("--secret-file", exists=True, dir_okay=False, help="Holds the secret; asked for when not given."),
]


@shops.command("connect")
def connect(
    shop: Shop,
    merchant: Merchant,
    platform: Platform = "shopify",
    secret_file: SecretFile = None,
    credentials: Annotated[Path | None, typer.Option(help="A JSON file with what the shop's API wants.")] = None,
    since: Annotated[str, typer.Option(help="How far back its API is read the first time: 60d, or a date.")] = "",
) -> None:
    """Let a shop deliver to https://<the merchant's host>/hooks/shops/<platform>; again: open it again, new secret."""
    from portal.commands import shops as commands

    commands.connect(merchant, platform, shop, _secret(secret_file), credentials, since)
    typer.echo(f"{shop} may deliver to /hooks/shops/{platform}.")


@shops.command("reconcile")
def reconcile(
    shop: Shop,
    merchant: Merchant,
    platform: Platform = "shopify",
    since: Annotated[str, typer.Option(help="Also what changed before the last success: 4h, 30d, or a date.")] = "",
) -> None:
    """Read over a shop's API what changed, now; the worker does so every five minutes by itself."""
    from portal.commands import shops as commands

    commands.reconcile(merchant, platform, shop, since, typer.echo)
    typer.echo("Read to the end. The worker applies what was fetched.")


@shops.command("rotate")
def rotate(
    shop: Shop,
    merchant: Merchant,
    platform: Platform = "shopify",
    secret_file: SecretFile = None,
    finish: Annotated[bool, typer.Option("--finish", help="End the rotation: the older secret ends.")] = False,
) -> None:
    """Add a new secret beside the one that is valid; with --finish, let the older one end."""
    from portal.commands import shops as commands

    if finish:
        commands.retire(merchant, platform, shop)
        typer.echo("Only the newest secret is valid now.")
    else:
        commands.rotate(merchant, platform, shop, _secret(secret_file))
        typer.echo("Both secrets are valid. When the shop signs with the new one: --finish.")


@shops.command("close")
def close(shop: Shop, merchant: Merchant, platform: Platform = "shopify") -> None:
    """Take nothing more from a shop."""
    from portal.commands import shops as commands

    commands.close(merchant, platform, shop)
    typer.echo(f"{shop} delivers nothing more.")


@shops.command("list")
def list_shops(merchant: Merchant) -> None:
    """Show every connection of a merchant: until when its API was read, and what is in the way."""
    from portal.commands import shops as commands

    _rows(commands.list_shops(merchant))


@inbox.command("list")
def list_inbox(
    merchant: Merchant,
    state: Annotated[str, typer.Option(help="waiting, early, applied, noted or refused.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
) -> None:
    """Show the newest deliveries and what became of them."""
    from portal.commands import shops as commands

    _rows(commands.list_inbox(merchant, state, limit))


@inbox.command("show")
def show(message: str, merchant: Merchant) -> None:
    """Show one delivery with its body."""
    from portal.commands import shops as commands

    typer.echo(commands.show_delivery(merchant, message))


@inbox.command("replay")
def replay(message: str, merchant: Merchant) -> None:
    """Apply a delivery anew, for example after a fault was mended."""
    from portal.commands import shops as commands

    commands.replay(merchant, message)
    typer.echo("It waits for the worker.")


@inbox.command("prune")
def prune(merchant: Merchant, days: Annotated[int, typer.Option(min=1, help="Older than so many days.")] = 30) -> None:
    """Delete old deliveries (they hold addresses); run it every day. Those that still wait for the worker stay."""
    from portal.commands import shops as commands

    typer.echo(f"{commands.prune(merchant, days)} deliveries deleted.")


@inbox.command("privacy")
def privacy(
    merchant: Merchant,
    everything: Annotated[bool, typer.Option("--all", help="Also what is done.")] = False,
    done: Annotated[str, typer.Option("--done", help="The id of a request that somebody has carried out.")] = "",
    outcome: Annotated[str, typer.Option(help="What was done.")] = "done",
) -> None:
    """Show what privacy law asks and until when; --done ID closes a request."""
    from portal.commands import shops as commands

    if done:
        commands.close_privacy(merchant, done, outcome)
    _rows(commands.list_privacy(merchant, everything=everything))


def _rows(rows: list[tuple[str, ...]]) -> None:
    for row in rows:
        typer.echo("\t".join(row))


def _secret(file: Path | None) -> str:
    return file.read_text("utf-8").strip() if file else typer.prompt("The shop's webhook secret", hide_input=True)
