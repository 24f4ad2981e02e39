"""Sample blocks of a brand: one of each kind, with and without what may be missing."""

from datetime import date

from portal.kernel.money import Money
from portal.tracking.presenters import ProductView, SectionView


def section(kind: str, position: int, **facts: object) -> SectionView:
    """A block of this kind with a title and nothing else but the given."""
    known: dict[str, object] = {
        "kind": kind, "anchor": f"block-{position}", "eyebrow": "", "title": "Made to last", "text": "",
        "image_url": "", "link": "", "link_text": "", "code": "", "until": None, "products": (),
    }  # fmt: skip
    return SectionView(**{**known, **facts})  # type: ignore[arg-type]  # facts are named by whoever asks


def sections() -> tuple[SectionView, ...]:
    """A story, two offers, products with and without picture and earlier price."""
    mug = ProductView("Mug", "https://shop.example/mug", Money(990, "EUR"), Money(1290, "EUR"), "", "M")
    hat = ProductView("Hat", "https://shop.example/hat", Money(1990, "EUR"), None, "/media/0", "H")
    link = {"link": "https://shop.example/care", "link_text": "Read on"}
    return (
        section("story", 1, eyebrow="From the workshop", text="We mend it.", image_url="/assets/0/x.svg", **link),
        section("offer", 2, text="Ten percent", code="WINTER10", until=date(2026, 12, 24)),
        section("offer", 3, until=date(2026, 12, 24)),
        section("products", 4, products=(mug, hat)),
    )
