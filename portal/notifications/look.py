"""How a brand's mails look: its tokens as style attributes, because mail programs know neither files nor properties.

Templates say what a thing is (`{{ view.frame.look.title }}`), never how it looks; the same tokens style the pages.
"""

import re
from dataclasses import dataclass

from markupsafe import Markup

from portal.branding.themes import Theme
from portal.branding.tokens import TokenSet

ROOT_PIXELS = 16
REM = re.compile(r"([\d.]+)rem")
FALLBACK = "Helvetica,Arial,sans-serif"
"""What a mail program shows that has none of the brand's fonts; most have none."""


@dataclass(frozen=True, slots=True)
class MailLook:
    """Each field is a ready pair of `class` and `style` attributes; `sheet` is the style sheet for the dark."""

    sheet: Markup
    body: Markup
    wrap: Markup
    hidden: Markup
    head: Markup
    mark: Markup
    card: Markup
    title: Markup
    text: Markup
    strong: Markup
    soft: Markup
    code: Markup
    rows: Markup
    term: Markup
    fact: Markup
    action: Markup
    button: Markup
    foot: Markup
    link: Markup


def look_of(theme: Theme) -> MailLook:
    """The look of a theme's mails."""
    styles = _styles(theme)
    attributes = {
        name: Markup('class="m-{}" style="{}"').format(name, _pixels(style)) for name, style in styles.items()
    }
    return MailLook(sheet=Markup(_dark(theme.dark)), **attributes)


def _styles(theme: Theme) -> dict[str, str]:
    css = theme.light.css
    case = "uppercase" if theme.print.mark_case == "uppercase" else "none"
    words = f"font-family:{css('font.text')},{FALLBACK};font-size:{css('size.text')};line-height:1.55"
    small = f"font-size:{css('size.small')};color:{css('color.text-soft')}"
    display = f"font-family:{css('font.display')},{css('font.text')},{FALLBACK}"
    return {
        "body": f"margin:0;padding:0;background:{css('color.surface')};color:{css('color.text')}",
        "wrap": f"max-width:36rem;margin:0 auto;padding:1.5rem 1rem 2.5rem;{words};color:{css('color.text')}",
        "hidden": "display:none;max-height:0;overflow:hidden;opacity:0",
        "head": "padding:.5rem 0 1.25rem",
        "mark": f"margin:0;{display};font-size:{css('size.mark')};font-weight:{css('weight.mark')};"
        f"letter-spacing:{css('track.mark')};text-transform:{case};color:{css('color.text')};text-decoration:none",
        "card": f"padding:1.75rem 1.5rem;background:{css('color.raised')};"
        f"border:1px solid {css('color.line')};border-radius:{css('radius.card')}",
        "title": f"margin:0 0 .75rem;{display};font-size:1.625rem;line-height:1.2;"
        f"font-weight:{css('weight.display')};color:{css('color.text')}",
        "text": f"margin:0 0 1rem;color:{css('color.text')}",
        "strong": f"margin:0 0 1rem;font-weight:{css('weight.strong')};color:{css('color.text')}",
        "soft": f"margin:0 0 1rem;{small}",
        "code": f"margin:0 0 1rem;padding:.875rem 0;text-align:center;font-size:2rem;letter-spacing:.25em;"
        f"font-weight:{css('weight.strong')};background:{css('color.accent-tint')};color:{css('color.text')};"
        f"border-radius:{css('radius.field')}",
        "rows": f"margin:0 0 1.25rem;padding:.875rem 0 0;border-top:1px solid {css('color.line')}",
        "term": f"margin:0;{small}",
        "fact": f"margin:0 0 .75rem;color:{css('color.text')}",
        "action": "margin:0 0 1rem",
        "button": f"display:inline-block;padding:.75rem 1.5rem;background:{css('color.accent')};"
        f"color:{css('color.on-accent')};font-size:{css('size.button')};font-weight:{css('weight.strong')};"
        f"letter-spacing:{css('track.button')};text-transform:{case};text-decoration:none;"
        f"border-radius:{css('radius.button')}",
        "foot": f"margin:1.25rem 0 0;{small};line-height:1.5",
        "link": f"color:{css('color.accent')}",
    }


def _dark(dark: TokenSet) -> str:
    """Colours for mail programs that follow the reader's system; the others keep the light ones or turn them."""
    css = dark.css
    rules = {
        "body": f"background:{css('color.surface')}",
        "wrap": f"color:{css('color.text')}",
        "card": f"background:{css('color.raised')};border-color:{css('color.line')}",
        "rows": f"border-color:{css('color.line')}",
        "code": f"background:{css('color.accent-tint')};color:{css('color.text')}",
        "button": f"background:{css('color.accent')};color:{css('color.on-accent')}",
        "link": f"color:{css('color.accent')}",
        **dict.fromkeys(("mark", "title", "text", "strong", "fact"), f"color:{css('color.text')}"),
        **dict.fromkeys(("soft", "term", "foot"), f"color:{css('color.text-soft')}"),
    }
    lines = "".join(f".m-{name}{{{style.replace(';', '!important;')}!important}}" for name, style in rules.items())
    return f":root{{color-scheme:light dark}}@media (prefers-color-scheme:dark){{{lines}}}"


def _pixels(style: str) -> str:
    """Sizes in px: Outlook knows no rem."""
    return REM.sub(lambda found: f"{float(found[1]) * ROOT_PIXELS:g}px", style)
