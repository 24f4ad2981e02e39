"""Views to HTML: one template environment, one variable `view`, and helpers that speak the visitor's language."""

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from portal.web import csrf
from portal.web.assets import Assets
from portal.web.locale import Speech

TEMPLATES = Path(__file__).parents[1] / "templates"
INCLUDE = re.compile(r'(?:^[ \t]*)?\{% include "([^"]+)" %\}(\n?)', re.MULTILINE)
"""An include by a plain name, with the spaces before it and the line end after it that are not shown."""


class Inlined(FileSystemLoader):
    """Reads templates with their includes in place: an include at run time costs a context, 33 of them on one page."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """What Jinja asks for. A changed include goes unseen, so not for `reload`."""
        source, file, is_current = super().get_source(environment, template)
        return INCLUDE.sub(lambda found: self._text(environment, *found.groups()), source), file, is_current

    def _text(self, environment: Environment, template: str, end: str) -> str:
        # The empty comment swallows the line end and lets the next line begin as a line of its own.
        return self.get_source(environment, template)[0].removesuffix("\n") + (end and "{##}\n")


def template_environment(assets: Assets, *, reload: bool = False) -> Environment:
    """The environment of all pages: escapes everything, refuses undefined names, knows no request and no model."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES) if reload else Inlined(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=reload,
        cache_size=-1,
    )
    environment.globals.update(asset=assets.url, iso=iso)
    return environment


def render(environment: Environment, template: str, view: Any, speech: Speech, form_secret: str) -> str:
    """A page or a fragment. `form_secret` is the CSRF secret of this browser; each form gets it under its own mask."""
    return environment.get_template(template).render(
        view=view,
        _=speech.say,
        ngettext=speech.ngettext,
        money=speech.money,
        date=speech.date,
        time=speech.time,
        moment=speech.moment,
        csrf=lambda: hidden_token(form_secret),
    )


def hidden_token(form_secret: str) -> Markup:
    """The hidden input that proves a form is ours."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(csrf.FIELD, csrf.masked(form_secret))


def iso(value: date | datetime) -> str:
    """A machine's reading of a day or moment, for <time datetime>."""
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()
