"""The return label as PDF: facts and look in, bytes out."""

from functools import cache

from jinja2 import Environment

from portal.labels.look import PrintLook, prepared
from portal.labels.presenters import SIZES, first_size, present
from portal.labels.renderer import Renderer, RenderOverflow
from portal.labels.rules import LabelFacts
from portal.orders.addresses import address_block
from portal.web.assets import Assets
from portal.web.locale import Speech
from portal.web.render import render, template_environment

TEMPLATE = "labels/return_label.html"
STYLESHEET = "labels/return_label.css"
VARIANT = "pdf/ua-1"
"""Tagged, with language and title, so that a screen reader can say what is on the label (ISO 14289-1)."""


@cache
def _environment() -> Environment:
    # A printed page has no addresses of files for the browser.
    return template_environment(Assets({}))


async def render_return_label(renderer: Renderer, facts: LabelFacts, look: PrintLook) -> bytes:
    """One 4 × 6 inch page. Raises CodeTooLong, RenderTimeout, RenderFailed (RenderOverflow: tiny type is too large)."""
    sizes = SIZES[SIZES.index(first_size(address_block(facts.to_address, facts.from_country))) :]
    for size in sizes:
        html = return_label_html(facts, look, size)
        sheet = await prepared(STYLESHEET, look, html)
        try:
            return await renderer.render(html, sheet.assets, style=sheet.style, pages=1, variant=VARIANT)
        except RenderOverflow:
            if size == sizes[-1]:
                raise
    raise AssertionError("sizes are never empty")


def return_label_html(facts: LabelFacts, look: PrintLook, size: str = SIZES[0]) -> str:
    """The label's page in the shopper's language. The address must fit whole: only the other texts may be shortened."""
    # Only days are printed, so no time zone comes in.
    speech = Speech(facts.locale, facts.country, "UTC")
    return render(_environment(), TEMPLATE, present(facts, speech.direction, size, look), speech, form_secret="")
