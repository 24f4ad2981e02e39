"""Units of a line over its parcels: they always sum up, in any order, and one parcel never changes another."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from portal.merchants.queries import MerchantFacts
from portal.tracking.items import UNIT_OF, Unit, fold_units, split_lines
from portal.tracking.queries import find_page
from portal.tracking.rules import ParcelStatus
from tests.factories.merchants import NOW
from tests.factories.records import delivered_parcel, line_record, parcel_record
from tests.tracking.test_story import open_order

PARCELS = st.lists(st.tuples(st.sampled_from(ParcelStatus), st.integers(1, 5)), max_size=8)


@given(st.integers(1, 40), st.integers(0, 40), PARCELS, st.booleans())
def test_units_sum_up_to_what_was_ordered(
    quantity: int, cancelled: int, sent: list[tuple[ParcelStatus, int]], needs_parcel: bool
) -> None:
    units = fold_units(quantity, cancelled, sent, needs_parcel=needs_parcel)
    assert sum(units.values()) == quantity
    assert min(units.values()) > 0


@given(st.integers(1, 40), st.integers(0, 40), PARCELS, st.randoms())
def test_the_order_of_parcels_changes_nothing(
    quantity: int, cancelled: int, sent: list[tuple[ParcelStatus, int]], chance: Any
) -> None:
    shuffled = list(sent)
    chance.shuffle(shuffled)
    assert fold_units(quantity, cancelled, shuffled) == fold_units(quantity, cancelled, sent)


@given(PARCELS, st.sampled_from(ParcelStatus), st.integers(1, 5))
def test_one_parcel_never_changes_another(
    sent: list[tuple[ParcelStatus, int]], status: ParcelStatus, count: int
) -> None:
    ordered = sum(units for _, units in sent) + count
    before = fold_units(ordered, 0, sent)
    after = fold_units(ordered, 0, [*sent, (status, count)])
    moved = {unit: after.get(unit, 0) - before.get(unit, 0) for unit in Unit}
    assert moved[UNIT_OF[status]] == count
    assert moved[Unit.NOT_SENT] == -count
    assert sum(map(abs, moved.values())) == 2 * count


def test_every_status_has_a_place() -> None:
    assert set(UNIT_OF) == set(ParcelStatus)


def test_what_was_lost_and_sent_again_counts_once() -> None:
    lost, again = (ParcelStatus.LOST, 1), (ParcelStatus.IN_TRANSIT, 1)
    assert fold_units(1, 0, [lost]) == {Unit.LOST: 1}
    assert fold_units(1, 0, [lost, again]) == {Unit.ON_ITS_WAY: 1}


async def test_a_split_line_says_what_is_here_and_where_the_others_are(app: Starlette, merchant: MerchantFacts) -> None:
    lines = (line_record(quantity=5, cancelled_quantity=1), line_record("l2", title="Cairn beanie"))
    parcels = (
        delivered_parcel(source_id="p1", lines=(("l1", 2), ("l2", 1))),
        parcel_record("p2", lines=(("l1", 1),)),
    )
    browser, order = await open_order(app, merchant, lines=lines, parcels=parcels)
    shown = (await browser.get(f"/orders/{order.id}")).text
    first, second = (shown.partition(f'id="parcel-{number}"')[2].partition("</section>")[0] for number in (1, 2))
    waiting = shown.partition('id="waiting"')[2].partition("</section>")[0]
    assert ("2 of 5 in this parcel" in first, "1 still to come" in first, "1 was cancelled" in first) == (True,) * 3
    assert "2 have arrived" in second
    assert "of 5 in this parcel" not in waiting
    row = await find_page(merchant.id, order.id)
    assert row is not None
    assert len(split_lines(row.content)) == 1


@pytest.mark.parametrize(("parcels", "shown"), [(1, False), (2, True)])
async def test_the_overview_is_for_more_than_one_place(
    app: Starlette, merchant: MerchantFacts, parcels: int, shown: bool
) -> None:
    lines = (line_record(), line_record("l2", title="Cairn beanie"))
    sent = [
        parcel_record("p1", lines=(("l1", 1), ("l2", 1)) if parcels == 1 else (("l1", 1),)),
        parcel_record("p2", lines=(("l2", 1),), shipped_at=NOW),
    ]
    browser, order = await open_order(app, merchant, lines=lines, parcels=tuple(sent[:parcels]))
    page = (await browser.get(f"/orders/{order.id}")).text
    assert ('id="overview"' in page) is shown
