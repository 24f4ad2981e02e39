"""Requests as the room keeps them: once, guarded, told to the page and to the outbox."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from portal.db.outbox_models import Outbox
from portal.db.setup import transaction
from portal.kernel.refusal import Refusal
from portal.merchants.queries import MerchantFacts
from portal.requests.forgetting import forget_person
from portal.requests.models import RequestChange, ShopperRequest
from portal.requests.queries import list_requests
from portal.requests.rules import Kind, Reach, ReachChanged, RequestRefused, RequestState
from portal.requests.service import Asked, Wanted, answer_request, make_request, withdraw_request
from portal.tracking.queries import find_page
from portal.tracking.service import refresh_page
from tests.factories.merchants import NOW
from tests.factories.records import delivered_parcel, order_record
from tests.requests.asking import asked, stored, wanted

LATER = NOW + timedelta(hours=2)


async def test_fifty_at_once_with_one_key_are_one_request(merchant: MerchantFacts) -> None:
    order = await stored(merchant)
    rows = await asyncio.gather(*(asked(merchant, order) for _ in range(50)))
    assert {row.number for row in rows} == {"A-1001"}
    assert await Outbox.filter(merchant_id=merchant.id, topic="request.made").count() == 1


async def test_ten_at_once_with_keys_of_their_own_are_one_request_too(merchant: MerchantFacts) -> None:
    order = await stored(merchant)
    answers = await asyncio.gather(
        *(asked(merchant, order, key=uuid4().hex) for _ in range(10)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, RequestRefused)]
    assert len(refused) == 9
    assert {one.refusal.code for one in refused} == {"already_open"}


async def test_a_key_stands_for_one_request_only(merchant: MerchantFacts) -> None:
    order = await stored(merchant)
    await asked(merchant, order, key="k")
    with pytest.raises(RequestRefused) as refused:
        await asked(merchant, order, Kind.OTHER, key="k", text="Hello")
    assert refused.value.refusal.code == "request_key_reused"


async def test_an_answer_is_kept_with_its_history_and_shown_by_the_page(merchant: MerchantFacts) -> None:
    order = await stored(merchant)
    row = await asked(merchant, order)
    done = await answer_request(merchant, row.id, RequestState.DONE, "Tomorrow again.", "Mia", LATER)
    assert (done.state, done.answered_at, done.answer) == ("done", LATER, "Tomorrow again.")
    changes = await RequestChange.filter(request_id=row.id).order_by("at")
    assert [(change.what, change.who, change.why) for change in changes] == [
        ("asked", "shopper", ""),
        ("done", "Mia", "Tomorrow again."),
    ]
    page = await find_page(merchant.id, order.id)
    assert page is not None
    (entry,) = page.content["requests"]
    assert (entry["number"], entry["state"], entry["answer"]) == ("A-1001", "done", "Tomorrow again.")
    assert await Outbox.filter(merchant_id=merchant.id, topic="request.answered").count() == 1


async def test_a_page_that_is_written_anew_keeps_its_requests(merchant: MerchantFacts) -> None:
    order = await stored(merchant)
    await asked(merchant, order)
    async with transaction():
        await refresh_page(merchant.id, order.id)
    page = await find_page(merchant.id, order.id)
    assert page is not None
    assert [entry["kind"] for entry in page.content["requests"]] == ["redelivery"]


async def test_answer_and_withdrawal_at_once_settle_it_once(merchant: MerchantFacts) -> None:
    order = await stored(merchant)
    row = await asked(merchant, order)
    answers = await asyncio.gather(
        *(answer_request(merchant, row.id, RequestState.DONE, "", "Mia", LATER) for _ in range(5)),
        *(withdraw_request(merchant, row.id, "shopper", LATER) for _ in range(5)),
        return_exceptions=True,
    )
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [one.code for one in refused] == ["not_open"] * 9
    assert await RequestChange.filter(request_id=row.id).count() == 2


@pytest.mark.parametrize(
    ("outcome", "note", "code"),
    [
        (RequestState.DECLINED, "", "note_missing"),
        (RequestState.DONE, "x" * 1001, "note_too_long"),
        (RequestState.WITHDRAWN, "", "bad_outcome"),
        (RequestState.OPEN, "", "bad_outcome"),
    ],
)
async def test_an_answer_that_cannot_be_changes_nothing(
    merchant: MerchantFacts, outcome: RequestState, note: str, code: str
) -> None:
    row = await asked(merchant, await stored(merchant))
    with pytest.raises(Refusal) as refused:
        await answer_request(merchant, row.id, outcome, note, "Mia", LATER)
    assert refused.value.code == code
    assert (await ShopperRequest.get(id=row.id)).state == "open"


async def test_after_a_withdrawal_it_can_be_asked_again(merchant: MerchantFacts) -> None:
    order = await stored(merchant)
    first = await asked(merchant, order)
    await withdraw_request(merchant, first.id, "shopper", LATER)
    second = await asked(merchant, order, key="again")
    assert (second.number, second.state) == ("A-1002", "open")


@pytest.mark.parametrize(
    ("lines", "code"),
    [({}, "nothing_chosen"), ({str(uuid4()): 1}, "unknown_line")],
)
async def test_lines_that_were_not_in_the_parcel_are_refused(
    merchant: MerchantFacts, lines: dict[str, int], code: str
) -> None:
    order = await stored(merchant, order_record(parcels=(delivered_parcel(2),)))
    with pytest.raises(RequestRefused) as refused:
        await asked(merchant, order, Kind.DAMAGED, lines=lines, text="torn")
    assert refused.value.refusal.code == code


async def test_another_order_s_parcel_is_unknown(merchant: MerchantFacts, other_merchant: MerchantFacts) -> None:
    order, other = await stored(merchant), await stored(merchant)
    with pytest.raises(RequestRefused) as refused:
        await make_request(merchant, order.id, await wanted(other, Kind.REDELIVERY), Asked("k", "en", NOW))
    assert refused.value.refusal.code == "unknown_parcel"
    with pytest.raises(RequestRefused) as refused:
        await make_request(other_merchant, order.id, await wanted(order, Kind.REDELIVERY), Asked("k", "en", NOW))
    assert refused.value.refusal.code == "unknown_order"


async def test_what_was_shown_has_to_hold(merchant: MerchantFacts) -> None:
    order = await stored(merchant)
    with pytest.raises(ReachChanged):
        await make_request(
            merchant, order.id, await wanted(order, Kind.REDELIVERY), Asked("k", "en", NOW, reach=Reach.SHOP)
        )
    assert await list_requests(merchant.id) == []


async def test_what_was_not_sent_has_no_parcel_to_ask_about(merchant: MerchantFacts) -> None:
    order = await stored(merchant)
    with pytest.raises(RequestRefused) as refused:
        await make_request(merchant, order.id, Wanted(Kind.ADDRESS_CORRECTION, "", {}), Asked("k", "en", NOW))
    assert refused.value.refusal.code == "unknown_parcel"


async def test_requests_stay_with_their_merchant(merchant: MerchantFacts, other_merchant: MerchantFacts) -> None:
    row = await asked(merchant, await stored(merchant))
    assert await list_requests(other_merchant.id) == []
    for verb in (
        answer_request(other_merchant, row.id, RequestState.DONE, "", "Mia", LATER),
        withdraw_request(other_merchant, row.id, "shopper", LATER),
    ):
        with pytest.raises(Refusal) as refused:
            await verb
        assert refused.value.code == "unknown_request"


async def test_a_forgotten_person_leaves_no_words_behind(merchant: MerchantFacts) -> None:
    order = await stored(merchant)
    row = await asked(merchant, order, Kind.PICKUP_POINT, place="Jonas’ kiosk", text="Jonas")
    await answer_request(merchant, row.id, RequestState.DECLINED, "Sorry, Jonas.", "Mia", LATER)
    async with transaction():
        await forget_person(merchant.id, order.id)
    kept = await ShopperRequest.get(id=row.id)
    assert (kept.kind, kept.state, kept.answer, kept.facts["place"]) == ("pickup_point", "declined", "", "")
    page = await find_page(merchant.id, order.id)
    assert page is not None
    assert "Jonas." not in str(page.content["requests"])
