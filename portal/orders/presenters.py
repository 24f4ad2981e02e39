"""Views of the lookup page."""

from dataclasses import dataclass

from portal.web.page import FieldError, Page


@dataclass(frozen=True, slots=True)
class LookupView:
    """The front door: number + email or postal code. `not_found` after a miss; `number` is what was typed."""

    page: Page
    number: str = ""
    errors: tuple[FieldError, ...] = ()
    not_found: bool = False
    submit_url: str = "/lookup"
    examples: tuple[str, ...] = ()
    """What to type to try it out, in the demo only."""
    again: bool = False
    """Sent here because this browser has not looked that order up, or not lately."""
    forgotten: bool = False
    """This browser has just been told to forget."""


@dataclass(frozen=True, slots=True)
class PausedView:
    """Too many tries: the way in by mail, with the number as it was typed. Posts to the proofs room."""

    page: Page
    submit_url: str
    number: str
    email: str = ""
    errors: tuple[FieldError, ...] = ()
