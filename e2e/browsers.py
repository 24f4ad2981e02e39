"""Chromium of the system, started once per worker with nothing that calls home."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)


class NoBrowser(Exception):
    """There is no Chromium on this machine."""


def chromium() -> str:
    """Where it is. Raises NoBrowser with what to do."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        raise NoBrowser(f"The browser tests need one of {', '.join(NAMES)} in PATH. `make test` installs it.")
    return found


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """A running Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        try:
            yield browser
        finally:
            await browser.close()
