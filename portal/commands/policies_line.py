"""`doorstep policy`: names, options, help; what they do is in `policies`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

policy = typer.Typer(help="Return policies as texts: check, test, compare, publish.", no_args_is_help=True)
OUT = Console()
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A policy in YAML.")]
Merchant = Annotated[str, typer.Option("--merchant", help="The merchant's slug.")]
DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]


@policy.command("check")
def check(file: File) -> None:
    """Look for rules that never count, contradictions, gaps, unknown words. Exit code 1: there are errors."""
    from portal.commands import policies

    raise typer.Exit(0 if policies.check(file, OUT) else 1)


@policy.command("test")
def test(file: File) -> None:
    """Run the examples in the file. Exit code 1: one of them does not hold."""
    from portal.commands import policies

    raise typer.Exit(0 if policies.run_tests(file, OUT) else 1)


@policy.command("diff")
def diff(
    file: File,
    other: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="Against this file.")] = None,
    merchant: Annotated[str, typer.Option("--merchant", help="Against this merchant's live policy.")] = "",
) -> None:
    """Tell what the file changes. Exit code 1: something, 0: nothing."""
    from portal.commands import policies

    if (other is None) == (not merchant):
        raise typer.BadParameter("name a second file, or a merchant with --merchant")
    raise typer.Exit(0 if policies.diff(file, other, merchant, OUT) else 1)


@policy.command("backtest")
def backtest(
    file: File,
    merchant: Merchant,
    since: Annotated[datetime, typer.Option("--from", formats=DAYS, help="Orders placed from this day on (UTC).")],
    until: Annotated[datetime, typer.Option("--to", formats=DAYS, help="And before this one.")],
) -> None:
    """Replay past orders and returns under the file: what would have been different, case by case and in total."""
    from portal.commands import policies

    policies.backtest(file, merchant, since.replace(tzinfo=UTC), until.replace(tzinfo=UTC), OUT)


@policy.command("publish")
def publish(
    file: File,
    merchant: Merchant,
    live_from: Annotated[
        datetime | None, typer.Option("--from", formats=DAYS, help="From this moment on (UTC); now unless told.")
    ] = None,
) -> None:
    """Make the file the merchant's policy for orders from then on; orders keep the one they were placed under."""
    from portal.commands import policies

    policies.publish(file, merchant, live_from.replace(tzinfo=UTC) if live_from else None, OUT)


@policy.command("versions")
def versions(merchant: Merchant) -> None:
    """Every version there was, the newest first."""
    from portal.commands import policies

    policies.versions(merchant, OUT)


@policy.command("show")
def show(
    merchant: Merchant,
    at: Annotated[datetime | None, typer.Option(formats=DAYS, help="The one live at this moment (UTC).")] = None,
    number: Annotated[int | None, typer.Option(help="The version with this number.")] = None,
) -> None:
    """Print a version as text: the live one unless told."""
    from portal.commands import policies

    policies.show(merchant, at.replace(tzinfo=UTC) if at else None, number, OUT)


@policy.command("rollback")
def rollback(merchant: Merchant) -> None:
    """Go back to the version before the live one, in one step."""
    from portal.commands import policies

    policies.rollback(merchant, OUT)


@policy.command("ready")
def ready(name: Annotated[str, typer.Argument(help="A trade; left out, all are named.")] = "") -> None:
    """Print a ready-made policy with its examples, to begin with."""
    from portal.commands import policies

    policies.ready(name, OUT)
