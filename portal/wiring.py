"""Settings to the parts that serve them: storage, limits, themes, templates. Only this file knows which is which."""

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment

from portal.branding.themes import Theme, load_themes
from portal.settings import Settings
from portal.storage.objects import ObjectStore, open_store
from portal.web.assets import Assets, static_files
from portal.web.limits import Limiter
from portal.web.render import template_environment

THEMES = Path(__file__).parents[1] / "themes"


@dataclass(frozen=True)
class Parts:
    """What a web process is made of."""

    assets: Assets
    themes: dict[str, Theme]
    templates: Environment
    store: ObjectStore
    limiter: Limiter


def web_parts(settings: Settings) -> Parts:
    """Read themes and files once, open the storage, count tries where the settings say."""
    assets = Assets(static_files())
    themes = branded(assets)
    return Parts(
        assets=assets,
        themes=themes,
        templates=template_environment(assets, reload=settings.env == "development"),
        store=open_store(settings.storage),
        limiter=Limiter(settings.redis_url),
    )


def branded(assets: Assets, root: Path = THEMES) -> dict[str, Theme]:
    """Every theme, with its files and its stylesheet among the assets."""
    themes = load_themes(root, lambda path: assets.url(f"vendor/{path}"))
    for name, theme in themes.items():
        for file, path in theme.assets.items():
            assets.add(f"themes/{name}/{file}", path.read_bytes())
        assets.add(f"themes/{name}/theme.css", theme.stylesheet.encode())
    return themes
