"""What every page shows around its content: brand, language, links. The `page` part of every view."""

from dataclasses import dataclass

from portal.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Brand:
    """A merchant's face. `mark_url` is a small picture or "" when the name alone is the mark.

    `hero_url` is the brand's large picture behind the first words of a page, or "" for none.
    """

    name: str
    theme: str
    mark_url: str
    support_email: str
    hero_url: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    """One language that the merchant offers; `name` is written in that language."""

    code: str
    name: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The frame of a page. `direction` is ltr or rtl; `scheme` is "" (follow the shopper's system), light or dark."""

    brand: Brand
    locale: str
    direction: str
    scheme: str
    languages: tuple[Language, ...]
    stylesheets: tuple[str, ...]
    scripts: tuple[str, ...]
    home_url: str


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: `field` is the id of the input that the message links to."""

    field: str
    message: Words


@dataclass(frozen=True, slots=True)
class Notice:
    """A plain page that says one thing: not found, wrong host, too many tries, our fault."""

    page: Page
    status: int
    title: Words
    body: Words
    action_label: Words | None = None
    action_url: str = ""
    reference: str = ""
