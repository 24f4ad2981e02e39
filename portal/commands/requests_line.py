"""`doorstep requests`: names, options, help; what they do is in `requests`."""

import getpass
from typing import Annotated

import typer

requests = typer.Typer(help="What shoppers ask of the team on their order's page.", no_args_is_help=True)

Merchant = Annotated[str, typer.Option("--merchant", help="The merchant's slug.")]


@requests.command("list")
def list_requests(
    merchant: Merchant,
    state: Annotated[str, typer.Option(help='open, done, declined or withdrawn; "" for all.')] = "open",
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
) -> None:
    """Show the newest requests."""
    from portal.commands import requests as commands

    for row in commands.list_requests(merchant, state, limit):
        typer.echo("\t".join(row))


@requests.command("show")
def show(number: str, merchant: Merchant) -> None:
    """Show one request with everything that happened to it."""
    from portal.commands import requests as commands

    typer.echo(commands.show_request(merchant, number))


@requests.command("answer")
def answer(
    number: str,
    merchant: Merchant,
    outcome: Annotated[str, typer.Option(help="done or declined.")],
    note: Annotated[str, typer.Option(help="What the shopper reads; a no needs one.")] = "",
    who: Annotated[str, typer.Option(help="Who answers, for the history.")] = "",
) -> None:
    """Say what became of a request: the shopper gets a mail and sees it on the order's page."""
    from portal.commands import requests as commands

    commands.answer_request(merchant, number, outcome, note, who or f"command line: {getpass.getuser()}")
    typer.echo(f"{number} is {outcome}.")
