"""Policies from the command line: check, test, compare, publish, look back, go back. Exit codes are for CI."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from rich.console import Console

from portal.commands.installation import Mistake, now, ready_with_database
from portal.commands.merchants import merchant_id_of
from portal.kernel.money import Money
from portal.policies.comparing import compare
from portal.policies.documents import Document, DocumentError, read_document
from portal.policies.examples import Example, run_examples
from portal.policies.linting import lint
from portal.policies.ready import ready_names, ready_text
from portal.policies.texts import LARGEST, read_policy_text, write_policy_text

if TYPE_CHECKING:
    from portal.returns import backtesting
    from portal.returns.backtesting import Answer

T = TypeVar("T")
SHOWN = 50


def check(file: Path, console: Console) -> bool:
    """Read and lint a policy; whether there is no error. Raises Mistake for a file that is no policy."""
    document, examples = _read(file)
    findings = lint(document)
    for finding in findings:
        _say(console, f"{finding.level}: {finding.where}: {finding.message} [{finding.code}]")
    errors = sum(finding.level == "error" for finding in findings)
    warnings = len(findings) - errors
    said = f"{errors} errors, {warnings} warnings"
    _say(
        console, f"{file}: {len(document.rules)} rules, {len(examples)} examples, {said if findings else 'all is well'}"
    )
    return errors == 0


def run_tests(file: Path, console: Console) -> bool:
    """Run the examples; whether all hold. Raises Mistake."""
    document, examples = _read(file)
    outcomes = run_examples(document, examples)
    for outcome in outcomes:
        _say(console, f"{'FAILED' if outcome.differences else 'ok    '}  {outcome.name}")
        for difference in outcome.differences:
            _say(console, f"        {difference}")
    failed = sum(bool(outcome.differences) for outcome in outcomes)
    _say(console, f"{len(outcomes)} examples, {failed} failed" if outcomes else "There are no examples in it.")
    return failed == 0


def diff(file: Path, other: Path | None, merchant: str, console: Console) -> bool:
    """Tell what a file changes, against another file or the merchant's live policy; whether nothing. Raises Mistake."""
    after, _ = _read(file)
    before = _read(other)[0] if other else _live(merchant)
    found = compare(before, after) if before else []
    if before is None:
        _say(console, f"{merchant} has no policy yet.")
        return False
    for each in found:
        _say(console, f"{each.kind:>8}  {each.where}")
        for mark, side in (("-", each.before), ("+", each.after)):
            if side:
                _say(console, f"        {mark} {side}")
    _say(console, f"{len(found)} differences" if found else "They decide alike.")
    return not found


def backtest(file: Path, merchant: str, since: datetime, until: datetime, console: Console) -> None:
    """Replay a period's orders and returns under the file, and tell what would have been different. Raises Mistake."""
    document, _ = _read(file)
    from portal.merchants.queries import get_merchant
    from portal.returns import backtesting

    async def replay(merchant_id: UUID) -> "backtesting.Report":
        with console.status("replaying") as status:
            facts = await get_merchant(merchant_id)
            return await backtesting.backtest(
                facts, document, since, until, lambda done: status.update(f"replayed {done} orders")
            )

    report = _with_merchant(merchant, replay)
    for case in report.cases[:SHOWN]:
        name = f"{case.order_number} {case.return_number}".strip()
        _say(console, f"{name} on {case.asked}: {_answer(case.before, case.currency)} → "
             f"{_answer(case.after, case.currency)}")  # fmt: skip
    if report.differing > SHOWN:
        _say(console, f"… and {report.differing - SHOWN} more")
    _say(console, f"{report.orders} orders and {report.returns} returns, {report.differing} would have been different")
    _say(console, f"units that may come back: {report.units['before']} → {report.units['after']}; "
         f"waiting for a person: {report.manual['before']} → {report.manual['after']}")  # fmt: skip
    for currency, sums in sorted(report.refunds.items()):
        before, after = (Money(sums[side], currency).decimal for side in ("before", "after"))
        _say(console, f"refunds in {currency}: {before} → {after}")


def _answer(answer: "Answer", currency: str) -> str:
    if not answer.units:
        return f"refused ({', '.join(answer.reasons)})"
    parts = [f"{answer.units} units", answer.approval, answer.method]
    if answer.refund:
        parts.insert(1, f"{Money(answer.refund, currency).decimal} {currency}")
    return ", ".join(filter(None, parts))


def publish(file: Path, merchant: str, live_from: datetime | None, console: Console) -> None:
    """Make a file the merchant's policy, now or from a moment on; refused when it has errors or examples fail."""
    document, examples = _read(file)
    errors = [finding for finding in lint(document) if finding.level == "error"]
    failed = [outcome.name for outcome in run_examples(document, examples) if outcome.differences]
    if errors or failed:
        reasons = [f"{each.where}: {each.message}" for each in errors] + [f"example fails: {name}" for name in failed]
        raise Mistake("Not published. " + "; ".join(reasons))
    at = now()
    if live_from is not None and live_from < at:
        raise Mistake(
            "Not published: a policy cannot begin in the past; orders placed since were promised another one."
        )
    from portal.policies.documents import write_document
    from portal.policies.service import publish_policy

    version = _with_merchant(merchant, lambda found: publish_policy(found, write_document(document), at, live_from))
    _say(console, f"Version {version.number} is live from {version.live_from:%Y-%m-%d %H:%M} UTC.")


def versions(merchant: str, console: Console) -> None:
    """List every version, the newest first. Raises Mistake."""
    from portal.policies.queries import list_versions

    at = now()
    rows = _with_merchant(merchant, list_versions)
    live = next((row.number for row in rows if row.live_from <= at), None)
    for row in rows:
        state = "live" if row.number == live else "scheduled" if row.live_from > at else "retired"
        _say(console, f"{row.number:>4}  {state:<9}  from {row.live_from:%Y-%m-%d %H:%M}  {row.document['name']}")
    if not rows:
        _say(console, f"{merchant} has no policy yet.")


def show(merchant: str, at: datetime | None, number: int | None, console: Console) -> None:
    """Print a version as text: by number, else the one live at a moment (now). Raises Mistake."""
    from portal.policies.queries import find_version_at, list_versions

    async def wanted(merchant_id: UUID) -> Document | None:
        if number is None:
            row = await find_version_at(merchant_id, at or now())
        else:
            row = next((each for each in await list_versions(merchant_id) if each.number == number), None)
        return read_document(row.document) if row else None

    document = _with_merchant(merchant, wanted)
    if document is None:
        raise Mistake("There is no such version.")
    _say(console, write_policy_text(document).rstrip())


def rollback(merchant: str, console: Console) -> None:
    """Make the version before the live one the policy again, as a new version. Raises Mistake."""
    from portal.policies.service import NothingBefore, roll_back

    try:
        version = _with_merchant(merchant, lambda found: roll_back(found, now()))
    except NothingBefore as error:
        raise Mistake("There is no version before the live one.") from error
    _say(console, f"Version {version.number} is live: the same as the one before.")


def ready(name: str, console: Console) -> None:
    """Print a ready-made policy, or the names of all. Raises Mistake."""
    if name and name not in ready_names():
        raise Mistake(f"There is no ready-made policy {name!r}; there are: {', '.join(ready_names())}")
    _say(console, ready_text(name).rstrip() if name else "\n".join(ready_names()))


def _live(merchant: str) -> Document | None:
    from portal.policies.queries import find_version_at

    async def wanted(merchant_id: UUID) -> Document | None:
        row = await find_version_at(merchant_id, datetime.now(UTC))
        return read_document(row.document) if row else None

    return _with_merchant(merchant, wanted)


def _read(file: Path) -> tuple[Document, tuple[Example, ...]]:
    try:
        if file.stat().st_size > 4 * LARGEST:
            raise Mistake(f"{file}: a policy is at most {LARGEST} characters")
        return read_policy_text(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise Mistake(f"{file}: not text in UTF-8") from error
    except DocumentError as error:
        lines = [f"  {problem.path or 'file'}: {problem.message}" for problem in error.problems[:50]]
        raise Mistake("\n".join([f"{file} is no policy:", *lines])) from error


def _with_merchant(merchant: str, verb: Callable[[UUID], Awaitable[T]]) -> T:
    from portal.db.setup import database

    async def run() -> T:
        async with database(settings):
            return await verb(await merchant_id_of(merchant))

    with ready_with_database() as settings:
        return asyncio.run(run())


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
