"""The demo's mailbox: each shop's mails alone, in a box that runs nothing; and no mailbox anywhere else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from graphql_api.application import create_application
from portal.integrations.mailfolder.folder import FolderPostman, list_mails
from portal.integrations.ports import Mail
from portal.merchants.queries import MerchantFacts
from portal.settings import Settings
from tests.factories.browsers import open_browser
from tests.factories.merchants import NOW


@pytest.fixture
async def demo(settings: Settings, open_database: None, tmp_path: Path) -> AsyncIterator[Starlette]:
    """The application as the demo runs it, with a folder for this test's mails."""
    changed = settings.model_copy(update={"env": "demo", "mail_url": str(tmp_path)})
    application = create_application(changed, clock=lambda: NOW)
    yield application
    await application.state.limiter.close()
    await application.state.buckets.close()


def mail_of(shop: str, number: str = "1", html: str = "<html><head></head><body>Hi</body></html>") -> Mail:
    headers = {"X-Doorstep-Shop": shop}
    return Mail("nora@example.org", f"Mail {number}", f"Text {number}\n", html, "Shop", number, headers=headers)


async def test_a_mail_that_is_sent_again_is_one_file(tmp_path: Path) -> None:
    postman = FolderPostman(tmp_path, "post@doorstep.example")
    for number in ("1", "2", "1"):
        await postman.send(mail_of("fashion", number))
    assert [mail.subject for mail in list_mails(tmp_path, "fashion")] == ["Mail 1", "Mail 2"]
    assert all(file.stat().st_mode & 0o077 == 0 for file in tmp_path.iterdir())


async def test_each_shop_sees_its_own_mails(demo: Starlette, merchant: MerchantFacts, tmp_path: Path) -> None:
    postman, browser = FolderPostman(tmp_path, "post@doorstep.example"), open_browser(demo, merchant)
    await postman.send(mail_of(merchant.slug, "1"))
    await postman.send(mail_of("another", "2"))
    other = list_mails(tmp_path, "another")[0].name
    shown = (await browser.get("/mailbox")).text
    assert "Mail 1" in shown
    assert "Mail 2" not in shown
    assert (await browser.get(f"/mailbox/{other}")).status_code == 404


async def test_a_mail_is_shown_in_a_box_that_runs_nothing(
    demo: Starlette, merchant: MerchantFacts, tmp_path: Path
) -> None:
    await FolderPostman(tmp_path, "post@doorstep.example").send(mail_of(merchant.slug))
    name, browser = list_mails(tmp_path, merchant.slug)[0].name, open_browser(demo, merchant)
    page = await browser.get(f"/mailbox/{name}")
    inside = await browser.get(f"/mailbox/{name}/html")
    assert "Text 1" in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert "sandbox allow-top-navigation-by-user-activation" in inside.headers["content-security-policy"]
    assert "script-src" not in inside.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/mailbox", "/mailbox/..%2f..%2fetc", "/mailbox/x/html"])
async def test_there_is_no_mailbox_outside_the_demo(app: Starlette, merchant: MerchantFacts, path: str) -> None:
    assert (await open_browser(app, merchant).get(path)).status_code == 404
