"""Letters: what a room wants to say, in the brand's look and the reader's language, as one mail.

A kind of letter is two templates, `mail/<kind>.html` and `mail/<kind>.txt`. Both take one `view`: a `Letter` whose
`about` is whatever the room gives; the HTML one fills the blocks of `mail/_layout.html`, the text one those of
`mail/_layout.txt`. The subject is a block of the text.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal.branding.themes import load_themes
from portal.integrations.mailfolder.folder import SHOP
from portal.integrations.ports import Mail
from portal.merchants.queries import MerchantFacts
from portal.notifications.look import MailLook, look_of
from portal.web.assets import Assets
from portal.web.locale import Speech
from portal.web.render import TEMPLATES, render, template_environment

THEMES = Path(__file__).parents[2] / "themes"
BLANKS = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Stationery:
    """What letters are written with, opened once per process."""

    html: Environment
    text: Environment
    looks: Mapping[str, MailLook]


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every letter. `settings_url` and `leave_url` (one click, no more of these) may be ""."""

    brand: str
    home_url: str
    locale: str
    direction: str
    support_email: str
    settings_url: str
    leave_url: str
    look: MailLook


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter's templates get."""

    frame: Frame
    about: Any


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses that a letter may need. `leave` is only for letters that nobody has to get."""

    home: str = ""
    settings: str = ""
    leave: str = ""


def open_stationery() -> Stationery:
    """Read the themes and both kinds of templates. Raises ThemeProblem."""
    text = Environment(
        loader=FileSystemLoader(TEMPLATES),
        # Not HTML: nothing in it is ever read as markup.
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
    )
    # A mail loads nothing: its fonts are those the reader has.
    themes = load_themes(THEMES, lambda path: path)
    looks = {name: look_of(theme) for name, theme in themes.items()}
    return Stationery(template_environment(Assets({})), text, looks)


def write_letter(
    stationery: Stationery,
    merchant: MerchantFacts,
    locale: str,
    kind: str,
    about: object,
    to: str,
    message_id: str,
    links: Links | None = None,
) -> Mail:
    """One mail of a kind to one address. `message_id` names the effect that owes it, so that again is the same mail."""
    speech = Speech(locale if locale in merchant.locales else merchant.locale, merchant.country, merchant.time_zone)
    links = links or Links()
    letter = Letter(_frame(stationery, merchant, speech, links), about)
    html = render(stationery.html, f"mail/{kind}.html", letter, speech, form_secret="")
    text = render(stationery.text, f"mail/{kind}.txt", letter, speech, form_secret="")
    subject, _, rest = text.lstrip().partition("\n")
    return Mail(
        to=to,
        subject=subject.strip(),
        text=BLANKS.sub("\n\n", rest).strip() + "\n",
        html=html,
        sender_name=merchant.name,
        message_id=message_id,
        reply_to=merchant.support_email,
        headers=_headers(merchant, speech, links),
    )


def _frame(stationery: Stationery, merchant: MerchantFacts, speech: Speech, links: Links) -> Frame:
    return Frame(
        brand=merchant.name,
        home_url=links.home,
        locale=speech.language,
        direction=speech.direction,
        support_email=merchant.support_email,
        settings_url=links.settings,
        leave_url=links.leave,
        look=stationery.looks[merchant.theme],
    )


def _headers(merchant: MerchantFacts, speech: Speech, links: Links) -> dict[str, str]:
    """Beside what every mail has: whose it is, its language, and for letters nobody has to get the one-click way out
    (RFC 8058).
    """
    leave = {"List-Unsubscribe": f"<{links.leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return {SHOP: merchant.slug, "Content-Language": speech.language, **(leave if links.leave else {})}


@cache
def version_of(kind: str) -> str:
    """A kind of letter with a mark of its words as they are in this release, for "why did I get this"."""
    sources = b"".join((TEMPLATES / "mail" / f"{kind}.{form}").read_bytes() for form in ("html", "txt"))
    return f"{kind}@{hashlib.sha256(sources).hexdigest()[:8]}"
