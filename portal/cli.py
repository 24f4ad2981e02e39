"""The `doorstep` command: names, options, help. What commands do is in `portal.commands`, imported when asked for."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from portal.commands.deliveries_line import deliveries
from portal.commands.files_line import exports, imports
from portal.commands.messages_line import messages
from portal.commands.policies_line import policy
from portal.commands.requests_line import requests
from portal.commands.sessions_line import sessions
from portal.commands.shops_line import inbox, shops
from portal.commands.tracking_line import accounts, list_numbers
from portal.embedded.faults import EmbeddedError
from portal.settings import SettingsError

HELP = "Doorstep, the post-purchase portal. Settings come from the environment; `doorstep doctor` checks them."

app = typer.Typer(
    help=HELP, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None, add_completion=False
)
keys = typer.Typer(help="Keys of the admin API.", no_args_is_help=True)
merchants = typer.Typer(help="The merchants of this installation.", no_args_is_help=True)
tracking = typer.Typer(help="Parcels: why a page says something, unknown codes, who may report.", no_args_is_help=True)
sources = typer.Typer(help="Who may report events, and the secrets they sign with.", no_args_is_help=True)
outbox = typer.Typer(help="What is owed to the outside world and was given up.", no_args_is_help=True)
app.add_typer(imports, name="import")
app.add_typer(exports, name="export")
app.add_typer(keys, name="keys")
app.add_typer(merchants, name="merchants")
app.add_typer(sessions, name="sessions")
app.add_typer(shops, name="shops")
app.add_typer(inbox, name="inbox")
app.add_typer(tracking, name="tracking")
app.add_typer(messages, name="messages")
app.add_typer(policy, name="policy")
app.add_typer(requests, name="requests")
app.add_typer(outbox, name="outbox")
tracking.add_typer(sources, name="source")
tracking.add_typer(accounts, name="account")
tracking.add_typer(deliveries, name="deliveries")
tracking.command("numbers")(list_numbers)

Reload = Annotated[bool, typer.Option("--reload", help="Start again when a source file changes.")]
Merchant = Annotated[str, typer.Option("--merchant", help="The merchant's slug.")]

SourceName = Annotated[str, typer.Argument(help='"easypost", "aftership", "shippo", or a name for your own.')]
SecretFile = Annotated[
    Path | None, typer.Option("--secret-file", help="A file that holds a secret the source has made itself.")
]

SOME_REFUSED = 3
"""Exit code when the work was done, but some records or files were refused."""

out = Console()
err = Console(stderr=True)


@app.command()
def demo(
    fresh: Annotated[bool, typer.Option("--fresh", help="Delete the demo's data first.")] = False,
    reload: Reload = False,
) -> None:
    """Two shops on this machine: servers, data, web, worker, relay and moving parcels, until Ctrl-C."""
    from portal.demo.supervisor import run_demo

    raise typer.Exit(run_demo(fresh=fresh, reload=reload))


@app.command()
def web(reload: Reload = False) -> None:
    """Serve the pages and the API."""
    from portal.commands import serving

    serving.web(reload=reload)


@app.command()
def worker() -> None:
    """Do what committed changes owe: labels, messages."""
    from portal.commands import serving

    serving.run(serving.WORKER)


@app.command()
def relay() -> None:
    """Wake the workers when a change was committed."""
    from portal.commands import serving

    serving.run(serving.RELAY)


@app.command()
def simulate() -> None:
    """Let the demo's parcels move."""
    from portal.commands import serving

    serving.run(serving.SIMULATOR)


@app.command()
def twins() -> None:
    """Serve twins of the platforms' APIs that the demo's shops run on, and let people order there."""
    from portal.commands import serving

    serving.run(serving.SHOPS)


@app.command()
def migrate() -> None:
    """Bring the database's tables up to date. Several at once take turns."""
    from portal.commands import serving

    applied = serving.migrate()
    out.print("\n".join(f"applied {name}" for name in applied) or "The database is up to date.", highlight=False)


@app.command()
def doctor(
    dev: Annotated[bool, typer.Option("--dev", help="Also check what the tests need.")] = False,
) -> None:
    """Check the machine and the settings, and say what to do."""
    from portal.doctor.report import run_doctor

    raise typer.Exit(run_doctor(out, dev=dev))


@outbox.command("list")
def list_dead_letters(merchant: Merchant) -> None:
    """Labels and messages that could not be made after many tries, newest first, each with its reason."""
    from portal.commands.outbox import list_dead_letters

    rows = list_dead_letters(merchant)
    for row in rows:
        when = f"{row['ended_at']:%Y-%m-%d %H:%M}"
        typer.echo(f"{row['id']}  {row['topic']}  {row['attempt']} tries  {when}  {row['last_error']}")
    if not rows:
        typer.echo("Nothing was given up.")


@outbox.command("replay")
def replay_dead_letter(
    merchant: Merchant, effect: Annotated[str, typer.Argument(help="Its id, from the list.")]
) -> None:
    """Try one of them again from the beginning."""
    from portal.commands.outbox import replay_dead_letter

    replay_dead_letter(merchant, effect)
    typer.echo("It will be tried again now.")


@keys.command("create")
def create_key(
    merchant: Merchant,
    scopes: Annotated[str, typer.Option(help="Separated by commas: read_orders, read_returns, write_returns.")],
    name: Annotated[str, typer.Option(help="What the key is for.")] = "command line",
) -> None:
    """Make a key and print it, this once."""
    from portal.commands import merchants as commands

    wanted = tuple(part.strip() for part in scopes.split(",") if part.strip())
    typer.echo(commands.create_key(merchant, name, wanted))
    err.print("Keep it now: it cannot be shown again.")


@merchants.command("list")
def list_merchants() -> None:
    """Show every merchant: slug, name, languages, currency."""
    from portal.commands import merchants as commands

    for row in commands.list_merchants():
        typer.echo("\t".join(row))


@merchants.command("save")
def save_merchant(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A TOML file.")],
) -> None:
    """Create or change a merchant as a file says."""
    from portal.commands import merchants as commands

    typer.echo(f"{commands.save(file)} is set up.")


@tracking.command("explain")
def explain_tracking(
    number: Annotated[str, typer.Argument(help="The order's number.")],
    merchant: Merchant,
) -> None:
    """Show every event of an order's parcels, what we took it for, and what it did to what the page says."""
    from portal.commands import tracking as commands

    commands.explain(merchant, number)


@tracking.command("unknown")
def unknown_codes(merchant: Merchant) -> None:
    """List carriers' codes that no table of ours has. Exit code 3 says that there are some."""
    from portal.commands import tracking as commands

    raise typer.Exit(SOME_REFUSED if commands.unknown(merchant) else 0)


@tracking.command("check")
def check_number(number: Annotated[str, typer.Argument(help="A tracking number.")]) -> None:
    """Say whose tracking number it is and whether its check digit is right. Exit code 3 says that it is not."""
    from portal.commands import tracking as commands

    raise typer.Exit(0 if commands.check(number) else SOME_REFUSED)


@sources.command("add")
def add_tracking_source(name: SourceName, merchant: Merchant, secret_file: SecretFile = None) -> None:
    """Let a source report events; prints its secret, this once."""
    from portal.commands import tracking as commands

    typer.echo(commands.add_source(merchant, name, secret_file))
    err.print("Keep it now: it cannot be shown again.")


@sources.command("rotate")
def rotate_tracking_source(name: SourceName, merchant: Merchant, secret_file: SecretFile = None) -> None:
    """Give a source a new secret and print it, this once. The one before stays good for seven days."""
    from portal.commands import tracking as commands

    typer.echo(commands.rotate_source(merchant, name, secret_file))
    err.print("Keep it now: it cannot be shown again.")


@sources.command("list")
def list_tracking_sources(merchant: Merchant) -> None:
    """Show who may report events, and where."""
    from portal.commands import tracking as commands

    commands.list_sources(merchant)


def main() -> int:
    """Run the command line. An operator's mistake is one plain message and exit code 1 or 2, never a traceback."""
    try:
        return app() or 0
    except SettingsError as error:
        lines = "".join(f"  {line}\n" for line in error.problems)
        err.print(f"These settings cannot be used:\n{lines}", markup=False, highlight=False, soft_wrap=True)
        return 2
    except (EmbeddedError, _mistake()) as error:
        err.print(str(error), markup=False, highlight=False, soft_wrap=True)
        return getattr(error, "exit_code", 1)


def _mistake() -> type[Exception]:
    from portal.commands.installation import Mistake

    return Mistake


if __name__ == "__main__":
    raise SystemExit(main())
