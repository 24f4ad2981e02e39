"""Codes by mail: what the worker does when a browser has asked for one."""

from datetime import UTC, datetime
from uuid import UUID

from portal.db.outbox import Claim
from portal.integrations.ports import AdapterError
from portal.kernel.refusal import Refusal
from portal.merchants.queries import find_canonical_host, get_merchant
from portal.notifications.letters import Links, write_letter
from portal.orders.queries import find_order
from portal.proofs.models import Proof
from portal.proofs.presenters import CodeLetter
from portal.proofs.queries import find_proof
from portal.proofs.rules import code_of, token_of
from portal.proofs.service import note_sent
from workers.workshop import Workshop


async def send_code(claim: Claim, workshop: Workshop) -> None:
    """Topic `proof.code_wanted`, payload `proof_id` and `locale`. A second run sends nothing, or the same mail again
    when the first died before it could say that it had. Nobody is written to for an order that is not there.
    """
    now = datetime.now(UTC)
    proof = await find_proof(claim.merchant_id, UUID(claim.payload["proof_id"]))
    if proof is None or proof.order_id is None or not _is_open(proof, now):
        return
    order = await find_order(claim.merchant_id, proof.order_id)
    address = order.customer.get("email", "") if order else ""
    if order is None or not address:
        return
    merchant, locale = await get_merchant(claim.merchant_id), claim.payload["locale"]
    base = f"{workshop.settings.public_url(await find_canonical_host(merchant.id))}/{locale}"
    letter = CodeLetter(code_of(proof.id), f"{base}/proof/{token_of(proof.id)}", order.number)
    links = Links(home=f"{base}/")
    mail = write_letter(workshop.stationery, merchant, locale, "code", letter, address, f"code.{proof.id.hex}", links)
    try:
        await workshop.postman.send(mail)
    except AdapterError as error:
        if error.permanent:
            raise Refusal(error.code) from error
        raise
    await note_sent(merchant.id, proof.id, now)


def _is_open(proof: Proof, now: datetime) -> bool:
    done = proof.sent_at or proof.ended_at or proof.used_at
    return done is None and now < proof.expires_at
