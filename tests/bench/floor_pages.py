"""The floors' Jinja: our templates with every include written into its place, as one who writes by hand has it.

The environment autoescapes and speaks the visitor's language as ours does; it has no other layer.
"""

import re
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound
from markupsafe import Markup

from portal.web import csrf
from portal.web.assets import Assets
from portal.web.locale import Speech
from portal.web.render import TEMPLATES, iso

INCLUDE = re.compile(r'(?:^[ \t]*)?\{% include "([^"]+)" %\}(\n?)', re.MULTILINE)


class Flat(BaseLoader):
    """Reads a template with its includes inlined."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Any]:
        """What Jinja asks a loader for."""
        path = TEMPLATES / template
        if not path.exists():
            raise TemplateNotFound(template)
        return flat(path), str(path), None


def flat(path: Path) -> str:
    """A template's text with each include replaced by the text of its file."""
    text = path.read_text().removesuffix("\n")
    # The empty comment swallows the line end, as the include did.
    return INCLUDE.sub(lambda found: flat(TEMPLATES / found[1]) + (found[2] and "{##}\n"), text)


def flat_environment(assets: Assets, speech: Speech) -> Environment:
    """An environment for one language."""
    environment = Environment(
        loader=Flat(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.globals.update(
        asset=assets.url,
        iso=iso,
        _=speech.say,
        ngettext=speech.ngettext,
        money=speech.money,
        date=speech.date,
        time=speech.time,
        moment=speech.moment,
    )
    return environment


def hidden(secret: str) -> Markup:
    """A form's hidden token."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(csrf.masked(secret))
