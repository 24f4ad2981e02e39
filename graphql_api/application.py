"""The application that a web process serves: the shoppers' pages with the admin API beside them."""

from collections.abc import Callable
from datetime import datetime

from starlette.applications import Starlette

from portal.app import create_app, utc_now
from portal.settings import Settings, read_settings


def create_application(settings: Settings | None = None, clock: Callable[[], datetime] = utc_now) -> Starlette:
    """Everything one web process answers. Without settings the environment is read; raises SettingsError."""
    return create_app(settings or read_settings(), doors=[], clock=clock)
