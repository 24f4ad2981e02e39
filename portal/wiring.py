"""Settings to the parts that serve them: storage, limits, themes, templates, mail and texts. Only this file knows which
is which.
"""

from dataclasses import dataclass
from pathlib import Path

import httpx2
import structlog
from jinja2 import Environment

from portal.branding.themes import Theme, load_themes
from portal.integrations.mailfolder.folder import FolderPostman
from portal.integrations.ports import AdapterError, Mail, Messenger, Postman
from portal.integrations.smtp.postman import SmtpPostman, read_address
from portal.integrations.twilio import messenger as twilio
from portal.settings import Settings
from portal.storage.objects import ObjectStore, open_store
from portal.web.assets import Assets, static_files
from portal.web.limits import Limiter
from portal.web.render import template_environment

log = structlog.get_logger(__name__)
THEMES = Path(__file__).parents[1] / "themes"
DEMO_SENDER = "post@doorstep.example"


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


class NoPostman:
    """Stands in where no mail server is named: every mail fails and is tried again, so that none is lost silently."""

    async def send(self, mail: Mail) -> None:
        """Raises AdapterError("no_mail_server")."""
        raise AdapterError("no_mail_server", detail="set DOORSTEP_MAIL_URL and DOORSTEP_MAIL_FROM")


def postman_of(settings: Settings) -> Postman:
    """Who takes mails out: a mail server, a folder in the demo and in development, or nobody yet."""
    if not settings.mail:
        log.error("mails wait: set DOORSTEP_MAIL_URL and DOORSTEP_MAIL_FROM, then `doorstep outbox replay`")
        return NoPostman()
    if "://" in settings.mail:
        return SmtpPostman(read_address(settings.mail), settings.mail_from)
    return FolderPostman(Path(settings.mail), settings.mail_from or DEMO_SENDER)


def messenger_of(settings: Settings, http: httpx2.AsyncClient) -> Messenger | None:
    """Who takes texts out, if anybody."""
    if settings.sms_url is None:
        return None
    return twilio.TwilioMessenger(twilio.read_address(settings.sms_url), lambda: http)
