"""A browser without a screen: cookies, redirects one at a time, forms with their hidden token."""

import re
from dataclasses import dataclass
from typing import Any

from httpx2 import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from portal.merchants.queries import MerchantFacts
from portal.proofs.models import Proof
from portal.proofs.rules import code_of

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """Visits one merchant's pages."""

    client: AsyncClient

    async def get(self, path: str, **options: Any) -> Response:
        """One request; redirects are not followed."""
        return await self.client.get(path, **options)

    async def submit(self, path: str, fields: dict[str, str], on: str = "/", **options: Any) -> Response:
        """Open the page `on`, take its token, post the fields to `path`."""
        shown = await self.client.get(on)
        token = TOKEN.search(shown.text)
        assert token is not None, f"no form on {on}: {shown.status_code}"
        return await self.client.post(path, data={"csrf_token": token[1], **fields}, **options)

    async def look_up(self, number: str, contact: str) -> Response:
        """The lookup, up to and with the page that tells the result."""
        sent = await self.submit("/lookup", {"number": number, "contact": contact})
        assert sent.status_code == 303, sent.text
        return await self.client.get(sent.headers["location"])

    async def prove(self, merchant: MerchantFacts, order_id: object) -> Response:
        """Show that a found order is one's own: have a code sent, type it. The code is worked out, not read."""
        page = f"/orders/{order_id}/proof"
        sent = await self.submit(page, {}, on=page)
        assert sent.status_code == 303, sent.text
        typed = await self.submit(f"{page}/code", {"code": await newest_code(merchant)}, on=f"{page}/code")
        assert typed.status_code == 303, typed.text
        return typed

    async def open_order(self, merchant: MerchantFacts, order_id: object, number: str, contact: str) -> None:
        """Look an order up and prove it."""
        await self.look_up(number, contact)
        await self.prove(merchant, order_id)


async def newest_code(merchant: MerchantFacts) -> str:
    """The code that a merchant's newest mail holds, or will hold."""
    proof = await Proof.filter(merchant_id=merchant.id).order_by("-id").first()
    assert proof is not None, "nobody has asked for a code"
    return code_of(proof.id)


def open_browser(app: Starlette, merchant: MerchantFacts, host: str = "", **headers: str) -> Browser:
    """A new browser at a merchant's door."""
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    base = f"http://{host or f'{merchant.slug}.localhost'}"
    return Browser(AsyncClient(transport=transport, base_url=base, headers=headers))
