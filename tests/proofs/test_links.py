"""The mail's link: looked at as often as scanners like, used once, in the browser that asked."""

import asyncio
import re

from starlette.applications import Starlette
from structlog.testing import capture_logs

from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.proofs.models import Proof
from portal.web.errors import without_secrets
from portal.web.models import ShopperSession
from tests.factories.browsers import Browser, open_browser
from tests.factories.proofs import ask, link
from tests.proofs.conftest import Clock

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


async def test_scanners_may_look_and_the_button_still_works_once(
    moving: Starlette, visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await ask(visitor, order, then="choose")
    path, scanner = await link(merchant), open_browser(moving, merchant)
    for _ in range(5):
        assert (await scanner.client.head(path)).status_code == 200
        assert (await scanner.get(path)).status_code == 200
        assert (await visitor.get(path)).status_code == 200
    opened = await visitor.submit(path, {}, on=path)
    assert opened.headers["location"] == f"/orders/{order.id}/return"
    again = await visitor.get(path)
    assert "no longer works" in again.text
    assert "csrf_token" not in again.text


async def test_the_second_press_opens_nothing(visitor: Browser, merchant: MerchantFacts, order: Order) -> None:
    await ask(visitor, order)
    path = await link(merchant)
    token = TOKEN.search((await visitor.get(path)).text)
    assert token is not None
    first = await visitor.client.post(path, data={"csrf_token": token[1]})
    second = await visitor.client.post(path, data={"csrf_token": token[1]})
    assert (first.status_code, second.status_code) == (303, 410)


async def test_fifty_presses_at_once_unlock_one_session(
    visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await ask(visitor, order)
    path = await link(merchant)
    token = TOKEN.search((await visitor.get(path)).text)
    assert token is not None
    cookie = "; ".join(f"{one.name}={one.value}" for one in visitor.client.cookies.jar)
    form = {"csrf_token": token[1]}
    await asyncio.gather(*(visitor.client.post(path, data=form, headers={"cookie": cookie}) for _ in range(50)))
    sessions = await ShopperSession.filter(merchant_id=merchant.id)
    assert [list(one.proven) for one in sessions] == [[str(order.id)]]
    assert await Proof.filter(merchant_id=merchant.id, used_at__not_isnull=True).count() == 1


async def test_elsewhere_the_link_says_where_to_type_the_code_and_opens_nothing(
    moving: Starlette, visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await ask(visitor, order)
    path, other = await link(merchant), open_browser(moving, merchant)
    shown = await other.get(path)
    assert "type the six digits" in shown.text
    assert "csrf_token" not in shown.text
    pressed = await other.submit(path, {})
    assert (pressed.status_code, "doorstep" in pressed.cookies) == (403, False)
    await other.look_up(order.number, "10119")
    assert (await other.submit(path, {})).status_code == 410


async def test_elsewhere_a_link_that_never_was_reads_like_one_that_is(
    moving: Starlette, visitor: Browser, merchant: MerchantFacts, other_merchant: MerchantFacts, order: Order
) -> None:
    await ask(visitor, order)
    path, other = await link(merchant), open_browser(moving, merchant)
    shown = (await other.get(path)).text.replace(path, "")
    never = f"/proof/{'A' * 43}"
    assert (await other.get(never)).text.replace(never, "") == shown
    assert (await open_browser(moving, other_merchant).get(path)).status_code == 200


async def test_a_link_is_no_use_at_another_merchant_s_host(
    moving: Starlette, visitor: Browser, merchant: MerchantFacts, other_merchant: MerchantFacts, order: Order
) -> None:
    await ask(visitor, order)
    path, other = await link(merchant), open_browser(moving, other_merchant)
    other.client.cookies.set("doorstep", visitor.client.cookies["doorstep"])
    assert (await other.submit(path, {})).status_code == 403
    assert (await ShopperSession.get(merchant_id=merchant.id)).proven == {}


async def test_an_old_link_opens_nothing(visitor: Browser, merchant: MerchantFacts, order: Order, clock: Clock) -> None:
    await ask(visitor, order)
    path = await link(merchant)
    clock.goes(minutes=10)
    assert "no longer works" in (await visitor.get(path)).text
    assert (await visitor.submit(path, {})).status_code == 410


async def test_a_press_from_another_site_is_refused(visitor: Browser, merchant: MerchantFacts, order: Order) -> None:
    await ask(visitor, order)
    path = await link(merchant)
    pressed = await visitor.submit(path, {}, on=path, headers={"sec-fetch-site": "cross-site"})
    assert pressed.status_code == 403
    assert (await ShopperSession.get(merchant_id=merchant.id)).proven == {}


async def test_the_token_is_in_no_referrer_no_log_and_no_row(
    visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await ask(visitor, order)
    path = await link(merchant)
    shown = await visitor.get(path)
    assert shown.headers["referrer-policy"] == "strict-origin"
    with capture_logs() as lines:
        await visitor.client.post(path, data={})
    assert [line["path"] for line in lines] == ["/proof/…"]
    assert without_secrets(f"/de{path}/x") == "/de/proof/…/x"
    rows = await Proof.filter(merchant_id=merchant.id).values()
    assert path.rpartition("/")[2].encode() not in repr(rows).encode()
