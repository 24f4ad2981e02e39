"""The brand's own blocks below an order: a story, an offer, products of the feed. Never below bad news."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from portal.branding.sections import Section
from portal.products.rules import Product, recommend
from portal.tracking.presenters import ProductView, SectionView

QUIET = frozenset({"bad"})
"""Who waits for a lost parcel is not shown what else there is to buy."""


def section_views(
    sections: Sequence[Section],
    content: Mapping[str, Any],
    products: Sequence[Product],
    language: str,
    today: date,
    tone: str,
    image_urls: Mapping[str, str],
) -> tuple[SectionView, ...]:
    """The blocks that this order's page shows today. `image_urls`: the theme's files to addresses."""
    if tone in QUIET or content["order"]["cancelled_at"]:
        return ()
    found = []
    for position, section in enumerate(sections, start=1):
        shown: tuple[ProductView, ...] = ()
        if section.until and section.until < today:
            continue
        if section.kind == "products":
            bought = {line["sku"] for line in content["lines"] if line["sku"]}
            shown = tuple(map(_product, recommend(products, bought, content["order"]["number"], section.count)))
            if not shown:
                continue
        found.append(_view(section, f"block-{position}", language, shown, image_urls.get(section.image, "")))
    return tuple(found)


def _view(
    section: Section, anchor: str, language: str, products: tuple[ProductView, ...], image_url: str
) -> SectionView:
    return SectionView(
        kind=section.kind,
        anchor=anchor,
        eyebrow=section.eyebrow.said(language),
        title=section.title.said(language),
        text=section.text.said(language),
        image_url=image_url,
        link=section.link,
        link_text=section.link_text.said(language),
        code=section.code,
        until=section.until,
        products=products,
    )


def _product(product: Product) -> ProductView:
    return ProductView(
        title=product.title,
        link=product.link,
        price=product.price,
        was=product.was,
        image_url=product.image_url,
        initial=product.title[:1].upper(),
    )
