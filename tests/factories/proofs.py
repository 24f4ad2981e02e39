"""Ways to a proof, step by step."""

from httpx2 import Response

from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.proofs.models import Proof
from portal.proofs.rules import code_of, token_of
from tests.factories.browsers import Browser


def proof_page(order: Order) -> str:
    """Where an order's proof is asked for."""
    return f"/orders/{order.id}/proof"


async def ask(browser: Browser, order: Order, **fields: str) -> Response:
    """Have a code sent."""
    return await browser.submit(proof_page(order), fields, on=proof_page(order))


async def answer(browser: Browser, order: Order, code: str, **options: object) -> Response:
    """Type a code."""
    page = f"{proof_page(order)}/code"
    return await browser.submit(page, {"code": code}, on=page, **options)


async def newest(merchant: MerchantFacts) -> Proof:
    """What was asked for last."""
    proof = await Proof.filter(merchant_id=merchant.id).order_by("-id").first()
    assert proof is not None
    return proof


async def right_code(merchant: MerchantFacts) -> str:
    return code_of((await newest(merchant)).id)


async def wrong_code(merchant: MerchantFacts) -> str:
    """Six digits that are not the ones."""
    right = await right_code(merchant)
    return f"{(int(right) + 1) % 1_000_000:06}"


async def link(merchant: MerchantFacts) -> str:
    """The path of the mail's link."""
    return f"/proof/{token_of((await newest(merchant)).id)}"
