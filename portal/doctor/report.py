"""The doctor's table: every check that can be made, in the order in which one would mend things."""

import asyncio

from rich.console import Console
from rich.table import Table
from rich.text import Text

from portal.commands.installation import Mistake, ready
from portal.doctor import checks
from portal.doctor.checks import Finding, State
from portal.embedded.faults import EmbeddedError
from portal.settings import Settings, SettingsError

COLOURS = {State.OK: "green", State.WARN: "yellow", State.FAIL: "red"}


def run_doctor(console: Console, *, dev: bool) -> int:
    """Check, print, and return the exit code: 1 if anything fails."""
    findings = [*checks.check_machine(dev=dev), *checks.check_installation(), *_configured()]
    console.print(table(findings))
    return exit_code(findings)


def exit_code(findings: list[Finding]) -> int:
    """1 if anything fails, else 0."""
    return int(any(finding.state is State.FAIL for finding in findings))


def _configured() -> list[Finding]:
    """Settings and servers, as far as they can be read and started."""
    try:
        with ready() as settings:
            return [Finding("Settings", State.OK, settings.env), *checks.check_settings(settings), *_servers(settings)]
    except SettingsError as error:
        return [_problem(line) for line in error.problems]
    except (EmbeddedError, Mistake) as error:
        reason, _, advice = str(error).partition("\n")
        return [Finding("Embedded servers", State.FAIL, reason, advice)]


def _problem(line: str) -> Finding:
    variable, _, problem = line.partition(": ")
    found, _, advice = problem.removesuffix(")").partition(" (expected ")
    if found.startswith("expected "):
        found, advice = "cannot be used", found.removeprefix("expected ")
    return Finding(variable, State.FAIL, found, f"expected {advice}" if advice else "")


def _servers(settings: Settings) -> list[Finding]:
    async def look() -> list[Finding]:
        database = await checks.check_database(str(settings.database_url))
        return [*database, *await checks.check_redis(str(settings.redis_url))]

    return asyncio.run(look())


def table(findings: list[Finding]) -> Table:
    """The findings as a table."""
    shown = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("", "Check", "Found", "What to do"):
        shown.add_column(heading, overflow="fold")
    for finding in findings:
        state = Text(finding.state, style=COLOURS[finding.state])
        shown.add_row(state, Text(finding.name), Text(finding.found), Text(finding.advice))
    return shown
