"""Accessibility by axe-core: WCAG 2.2 AA, in light and in dark."""

import json
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from e2e.guards import settle

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
EVERYTHING = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
"""The other scheme changes nothing but colours."""
AXE = Axe().axe_script


async def violations(page: Page) -> list[str]:
    """What axe finds on the open page, in both colour schemes. The page ends up in the light one."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    await settle(page)
    await page.emulate_media(color_scheme="dark")
    await settle(page)
    found = [f"dark: {_told(one)}" for one in await _run(page, COLOURS)]
    await page.emulate_media(color_scheme="light")
    await settle(page)
    return found + [f"light: {_told(one)}" for one in await _run(page, EVERYTHING)]


async def _run(page: Page, options: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await page.evaluate(
        "options => axe.run(document, options).then(results => results.violations)", options
    )
    return found


def _told(violation: dict[str, Any]) -> str:
    nodes = [f"{node['html'][:160]} {json.dumps(node.get('any', [])[:1])[:300]}" for node in violation["nodes"][:3]]
    return f"{violation['id']}: {violation['help']}\n  " + "\n  ".join(nodes)
