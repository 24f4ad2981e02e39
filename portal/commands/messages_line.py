"""`doorstep messages`: names, options, help."""

from typing import Annotated

import typer

messages = typer.Typer(help="Messages to shoppers: what went out, what did not, and why.", no_args_is_help=True)

Merchant = Annotated[str, typer.Option("--merchant", help="The merchant's slug.")]


@messages.command("list")
def list_messages(
    merchant: Merchant,
    order: Annotated[str, typer.Option("--order", help="Only those about the order with this number.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
) -> None:
    """Show messages, newest first, also those that were not sent."""
    from portal.commands import messages as commands

    rows = commands.list_messages(merchant, order, limit)
    for row in rows:
        typer.echo("\t".join(row))
    if not rows:
        typer.echo("No message yet.")


@messages.command("explain")
def explain_message(message: Annotated[str, typer.Argument(help="Its id, from the list.")], merchant: Merchant) -> None:
    """Say why a message went out or did not: which event, which rule, which words, to whom."""
    from portal.commands import messages as commands

    for line in commands.explain_message(merchant, message):
        typer.echo(line)


@messages.command("try")
def try_mail(
    to: Annotated[str, typer.Argument(help="The address of somebody who waits for it.")],
    merchant: Merchant,
    language: Annotated[str, typer.Option(help="One of the merchant's languages; else its own.")] = "",
) -> None:
    """Send a sample letter now, to see that the mail server takes it and how it looks."""
    from portal.commands import messages as commands

    typer.echo(f"Handed in: {commands.send_sample(merchant, to, language)}. Is it in {to}'s inbox, and not in spam?")
