"""Taking a feed: what it says replaces what it said before, in one transaction."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from uuid import UUID

from portal.db.setup import transaction
from portal.kernel.ids import new_id
from portal.products.feed import FeedItem, FeedRefused
from portal.products.models import FeedProduct
from portal.products.pictures import owe_pictures

AT_ONCE = 1000
MOST_TOLD = 1000


@dataclass(slots=True)
class FeedReport:
    """What became of a feed. `refusals` are the first thousand in words."""

    taken: int = 0
    refused: int = 0
    refusals: list[str] = field(default_factory=list)


async def replace_feed(
    merchant_id: UUID, language: str, items: Iterable[FeedItem | FeedRefused], now: datetime
) -> FeedReport:
    """Let the feed of a language ("" for all) be this and nothing else. The first of two with one id counts.

    Raises FeedRefused when the file turns out to be no feed; then nothing has changed.
    """
    report, seen = FeedReport(), set[str]()
    async with transaction():
        await FeedProduct.filter(merchant_id=merchant_id, language=language).delete()
        fresh = _readable(items, seen, report)
        while rows := [_row(merchant_id, language, report, item) for item in islice(fresh, AT_ONCE)]:
            await FeedProduct.bulk_create(rows)
        if not report.taken:
            raise FeedRefused(report.refusals[0] if report.refusals else "there is no product in it")
        await owe_pictures(merchant_id, language, now.isoformat(), 0, now)
    return report


def _readable(items: Iterable[FeedItem | FeedRefused], seen: set[str], report: FeedReport) -> Iterator[FeedItem]:
    for item in items:
        if isinstance(item, FeedItem) and item.sku not in seen:
            seen.add(item.sku)
            yield item
            continue
        report.refused += 1
        if len(report.refusals) < MOST_TOLD:
            report.refusals.append(str(item) if isinstance(item, FeedRefused) else f"{item.sku}: is there twice")


def _row(merchant_id: UUID, language: str, report: FeedReport, item: FeedItem) -> FeedProduct:
    report.taken += 1
    sale = item.sale_price
    return FeedProduct(
        id=new_id(),
        merchant_id=merchant_id,
        language=language,
        position=report.taken,
        currency=item.price.currency,
        **{
            **{name: value for name, value in asdict(item).items() if name not in {"price", "sale_price"}},
            "price": item.price.minor,
            "sale_price": sale.minor if sale and sale.currency == item.price.currency and sale < item.price else None,
        },
    )
