"""A person who is forgotten: their words and their name leave the return, what came back stays."""

from pathlib import Path

from portal.db.outbox_models import Outbox
from portal.db.setup import transaction
from portal.labels.events import LabelWanted
from portal.labels.queries import get_label
from portal.labels.renderer import Renderer
from portal.labels.service import make_return_label
from portal.merchants.queries import MerchantFacts
from portal.returns.forgetting import forget_person
from portal.returns.models import ReturnLine
from portal.returns.rules import Pick
from portal.storage.objects import open_store
from tests.factories.merchants import NOW
from tests.labels.test_document import text_of
from tests.returns.test_service import ask, delivered


async def test_words_and_name_go_and_the_label_is_made_anew(merchant: MerchantFacts, tmp_path: Path) -> None:
    order, line = await delivered(merchant)
    sent = await ask(merchant, order, Pick(line, 1, comment="Jonas says it pinches"))
    store = open_store(tmp_path)
    async with Renderer() as renderer:
        await make_return_label(merchant.id, sent.id, renderer, store, NOW)
        named = await get_label(merchant.id, sent.id)
        async with transaction():
            await forget_person(merchant.id, order, NOW)
        await make_return_label(merchant.id, sent.id, renderer, store, NOW)
    label = await get_label(merchant.id, sent.id)
    pdf = await store.get(label.storage_key)
    assert pdf is not None
    assert (label.storage_key, label.code) == (named.storage_key, named.code)
    assert "".join(named.facts["from_lines"][0].split()) not in text_of(pdf)[1]
    assert (await ReturnLine.get(return_id=sent.id)).comment == ""
    assert await Outbox.filter(merchant_id=merchant.id, topic=LabelWanted.topic).count() == 2
