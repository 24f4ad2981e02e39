"""Tracking from the command line: why a page says something, unknown codes, who may report, is a number right."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID

import typer

from portal.commands.installation import Mistake, now, ready_with_database
from portal.commands.merchants import merchant_id_of
from portal.kernel.refusal import Refusal
from portal.settings import Settings

Found = TypeVar("Found")
MOMENT = "%Y-%m-%d %H:%M"

EFFECTS = {
    "moved": "moved it",
    "not_understood": "moved nothing: says no status",
    "only_data": "moved nothing: data about a parcel that is on its way already",
    "delivered_stays": "moved nothing: the parcel is delivered",
    "on_its_way_back": "moved nothing: this is the way back to the sender",
}
MISTAKES = {
    "source_exists": "There is a source {name!r} already. `doorstep tracking source rotate` gives it a new secret.",
    "source_unknown": "There is no source {name!r}. `doorstep tracking source list` shows those there are.",
    "source_name": 'A source\'s name is 1 to 32 small letters, digits and dashes, and not "shop". Got: {name!r}',
    "source_secret": "A secret has {shortest} to {longest} characters, all of them printable.",
}


def explain(merchant: str, number: str) -> None:
    """Print every event of an order's parcels in the order of their own time, and what each did. Raises Mistake."""
    from portal.tracking.explaining import explain_order

    parcels = ask(merchant, lambda merchant_id: explain_order(merchant_id, number))
    if parcels is None:
        raise Mistake(f"{merchant} has no order {number!r}.")
    for parcel in parcels:
        _tell_parcel(parcel)
    if not parcels:
        typer.echo("No parcel has left for this order.")


def unknown(merchant: str) -> int:
    """Print codes that no table has; returns how many there are. Raises Mistake."""
    from portal.tracking.explaining import list_unknown_codes

    codes = ask(merchant, list_unknown_codes)
    for code in codes:
        said = f'  "{code.said}"' if code.said else ""
        _say(
            f"{code.source}  {code.code or '(no code)'}  taken as {code.taken_as}  {code.count} times  "
            f"first {code.first_at:{MOMENT}}  last {code.last_at:{MOMENT}}  e.g. {code.example}{said}"
        )
    if not codes:
        typer.echo("Every code that came is known.")
    return len(codes)


def check(number: str) -> bool:
    """Print whose number it is and whether it can be right; returns whether it can."""
    from portal.tracking.numbers import recognise

    found = recognise(number)
    whose = " ".join(part for part in (found.carrier, found.service) if part) or "no carrier that we know"
    verdict = "can be right" if found.valid else "cannot be right" if found.carrier else "cannot be checked"
    typer.echo(f"{number}: {whose}; {verdict}{': ' + found.reason if found.reason else ''}")
    return found.valid or not found.carrier


def add_source(merchant: str, name: str, secret_file: Path | None) -> str:
    """Open the door to a source; returns the secret, which nothing shows a second time. Raises Mistake."""
    from portal.tracking.sources import add_source as add

    given = _secret(secret_file)
    return ask(merchant, lambda merchant_id: add(merchant_id, name, now(), given))


def rotate_source(merchant: str, name: str, secret_file: Path | None) -> str:
    """Give a source another secret; returns it. Raises Mistake."""
    from portal.tracking.sources import rotate_source as rotate

    given = _secret(secret_file)
    return ask(merchant, lambda merchant_id: rotate(merchant_id, name, now(), given))


def list_sources(merchant: str) -> None:
    """Print who may report, and where."""
    from portal.tracking.sources import list_sources as every

    for source in ask(merchant, every):
        rotated = f"rotated {source.rotated_at:{MOMENT}}" if source.rotated_at else "never rotated"
        until = f", the secret before is good until {source.previous_until:{MOMENT}}" if source.previous_until else ""
        typer.echo(
            f"{source.name}  POST /hooks/tracking/{source.name}  since {source.created_at:{MOMENT}}  {rotated}{until}"
        )


def _tell_parcel(parcel: Any) -> None:
    gone = "  (cancelled: not on the page)" if parcel.cancelled else ""
    _say(f"{parcel.carrier or 'Carrier not named'} {parcel.number or '(no number)'}{gone}")
    _say(f"{parcel.shipped_at:{MOMENT}}  handed over, says the shop: pending until somebody scans it", 2)
    promise = None
    for scan in parcel.scans:
        _tell_scan(scan)
        if scan.state.carrier_date != promise:
            before = f", before: {promise}" if promise else ""
            promise = scan.state.carrier_date
            _say(f"the carrier expects it on {promise}{before}", 6)
    reason = f" ({parcel.stored.reason})" if parcel.stored.reason else ""
    _say(f"so the page says: {parcel.stored.status}{reason}, since {parcel.stored.status_at:{MOMENT}}", 2)
    if parcel.number_fault:
        _say(f"nobody can be asked about this number: {parcel.number_fault}", 2)
    elif parcel.asked_of:
        last = f"last {parcel.checked_at:{MOMENT}}" if parcel.checked_at else "never yet"
        again = f"again {parcel.next_check_at:{MOMENT}}" if parcel.next_check_at else "not again"
        _say(f"{parcel.asked_of} is asked about it: {last}, {again}", 2)
    for source, scan in parcel.strays:
        _say(f"{scan.occurred_at:{MOMENT}}  {source}: {scan.code} -> {scan.status}", 2)
        _say("kept apart: too far from the handover, so about another parcel with this number", 6)


def _tell_scan(scan: Any) -> None:
    says = f' ("{scan.vendor_says}")' if scan.vendor_says else ""
    reason = f" ({scan.reason})" if scan.reason else ""
    place = f"  {scan.place}" if scan.place else ""
    taken = f"{scan.code or '(no code)'}{says} -> {scan.status}{reason}"
    _say(f"{scan.occurred_at:{MOMENT}}  {scan.source}: {taken}{place}", 2)
    _say(f"{EFFECTS[scan.effect]}; received {scan.received_at:{MOMENT}}", 6)
    for name, value in scan.extra.items():
        _say(f"{name}: {value}", 6)


def _say(line: str, indent: int = 0) -> None:
    """One line on the terminal; what a carrier wrote cannot steer it."""
    typer.echo(" " * indent + "".join(character for character in line if character.isprintable()))


def ask(
    merchant: str, question: Callable[[UUID], Awaitable[Found]], mistakes: Mapping[str, str] = MappingProxyType({})
) -> Found:
    """Ask the database something of a merchant. `mistakes` are words for refusals. Raises Mistake."""
    from portal.db.setup import database

    async def answer(settings: Settings) -> Found:
        async with database(settings):
            try:
                return await question(await merchant_id_of(merchant))
            except Refusal as refusal:
                raise Mistake({**MISTAKES, **mistakes}[refusal.code].format(**refusal.params)) from refusal

    with ready_with_database() as settings:
        return asyncio.run(answer(settings))


def _secret(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake(f"{file}: {error}") from error
