"""Verbs of the labels room: ask for a label in the return's transaction, make it in a worker."""

from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from portal.branding.themes import Theme, load_theme
from portal.db.outbox import publish
from portal.integrations.records import AddressRecord
from portal.kernel.ids import new_id
from portal.labels.codes import CodeTooLong
from portal.labels.document import STYLESHEET, render_return_label
from portal.labels.events import LabelWanted
from portal.labels.look import look_of, prepared
from portal.labels.models import Label
from portal.labels.queries import get_label
from portal.labels.renderer import Renderer, RenderError
from portal.labels.rules import LabelFacts, barcode_content
from portal.merchants.queries import get_merchant
from portal.storage.objects import ObjectStore, StorageError, key_for

log = structlog.get_logger()
THEMES = Path(__file__).parents[2] / "themes"


async def ask_for_label(merchant_id: UUID, return_id: UUID, facts: LabelFacts, now: datetime) -> None:
    """Owe a return its label, inside the caller's transaction."""
    await Label.create(
        id=new_id(),
        merchant_id=merchant_id,
        return_id=return_id,
        state="pending",
        code=barcode_content(facts),
        drop_off=facts.drop_off_payload,
        facts=_facts_out(facts),
        requested_at=now,
    )
    await publish(LabelWanted(return_id), merchant_id=merchant_id, dedupe_key=str(return_id), now=now)


async def make_return_label(
    merchant_id: UUID, return_id: UUID, renderer: Renderer, store: ObjectStore, now: datetime
) -> None:
    """Render and keep the label of a return. Done already: nothing happens. Raises what rendering or storing raises.

    Runs outside a transaction. A repetition writes the same object under the same key, so a worker that dies between
    storing and recording leaves nothing double.
    """
    label = await get_label(merchant_id, return_id)
    if label.state == "ready":
        return
    merchant = await get_merchant(merchant_id)
    key = key_for(merchant_id, label.requested_at.date(), "labels", f"{label.id}.pdf")
    try:
        pdf = await render_return_label(renderer, _facts_in(label.facts), look_of(_theme(merchant.theme).print))
        await store.put(key, pdf, "application/pdf")
    except (RenderError, CodeTooLong, StorageError):
        await Label.filter(merchant_id=merchant_id, id=label.id, state="pending").update(state="failed")
        raise
    changed = await Label.filter(merchant_id=merchant_id, id=label.id, state__in=["pending", "failed"]).update(
        state="ready", storage_key=key, size=len(pdf), ready_at=now
    )
    log.info("label ready", return_id=str(return_id), size=len(pdf), first=bool(changed))


async def warm_up() -> None:
    """Cut the brands' fonts before the first label asks for them; takes seconds once per machine, then nothing."""
    for folder in sorted(path.parent for path in THEMES.glob("*/theme.toml")):
        await prepared(STYLESHEET, look_of(_theme(folder.name).print), "Aa")


@cache
def _theme(name: str) -> Theme:
    # A printed page loads no font by address: its files come from the look.
    return load_theme(THEMES / name, lambda path: path)


def _facts_out(facts: LabelFacts) -> dict[str, Any]:
    return {**asdict(facts), "ship_by": facts.ship_by.isoformat()}


def _facts_in(stored: dict[str, Any]) -> LabelFacts:
    return LabelFacts(
        **{
            **stored,
            "to_address": AddressRecord(**stored["to_address"]),
            "from_lines": tuple(stored["from_lines"]),
            "ship_by": date.fromisoformat(stored["ship_by"]),
            "items": tuple((title, quantity) for title, quantity in stored["items"]),
        }
    )
