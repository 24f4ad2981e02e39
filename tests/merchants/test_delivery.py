"""What a merchant promises: by the place a parcel leaves, by the way it takes, by the service that was chosen."""

from dataclasses import replace
from pathlib import Path

import pytest

from portal.commands.installation import Mistake
from portal.commands.merchants import read_merchant
from portal.intake.service import record_order
from portal.merchants.delivery import Delivery, Lane, Location, Promise, delivery_in, places_out
from portal.merchants.queries import MerchantFacts, get_merchant
from portal.merchants.service import MerchantInput, save_merchant
from portal.tracking.models import OrderPage
from portal.tracking.reading import expected
from tests.factories.merchants import NOW
from tests.factories.records import order_record, parcel_record
from tests.setup.test_merchants_command import example

USUAL = Promise("DE", "Europe/Berlin", 1, 14, (1, 3))
STORE = Location("Vienna", ("77",), "AT", 2, 11, "Europe/Vienna")
LANES = (
    Lane((1, 1), to=("DE",), service="express"),
    Lane((1, 2), to=("AT",), origin=("AT",)),
    Lane((3, 5), to=("AT", "CH")),
)
DELIVERY = Delivery(USUAL, (STORE,), LANES)


def test_a_parcel_from_a_known_place_goes_by_its_hours_and_days() -> None:
    promise = DELIVERY.promise("77", "AT", "Standard")
    assert (promise.country, promise.time_zone) == ("AT", "Europe/Vienna")
    assert (promise.processing_days, promise.cutoff_hour, promise.transit_days) == (2, 11, (1, 2))


@pytest.mark.parametrize(
    ("destination", "service", "days"),
    [("DE", "DHL Express 12:00", (1, 1)), ("DE", "Standard", (1, 3)), ("CH", "", (3, 5)), ("US", "Express", (1, 3))],
)
def test_the_first_lane_that_fits_counts_else_what_is_usual(
    destination: str, service: str, days: tuple[int, int]
) -> None:
    assert DELIVERY.promise("unknown", destination, service).transit_days == days


def test_what_is_stored_is_read_again() -> None:
    stored = {"processing_days": 1, "transit_days": [1, 3], "cutoff_hour": 14, **places_out((STORE,), LANES)}
    assert delivery_in(stored, "DE", "Europe/Berlin") == DELIVERY


async def test_a_merchant_keeps_its_places_and_lanes(merchant: MerchantFacts) -> None:
    wanted = MerchantInput(
        slug=merchant.slug, name=merchant.name, theme=merchant.theme, hosts=(), locale="en", locales=("en",),
        currency="EUR", country="DE", time_zone="Europe/Berlin", support_email="a@example.net",
        return_address=merchant.return_address, transit_days=(1, 3), locations=(STORE,), lanes=LANES,
    )  # fmt: skip
    await save_merchant(wanted, NOW)
    assert (await get_merchant(merchant.id)).delivery == DELIVERY


def test_a_file_says_them_as_tables_and_is_told_what_cannot_be(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    lane = '\n[[lanes]]\nto = ["AT"]\nservice = "Express"\ntransit_days = [1, 2]\n'
    file.write_text(example() + lane)
    assert read_merchant(file).lanes[-1] == Lane((1, 2), to=("AT",), service="Express")
    file.write_text(example() + lane.replace("[1, 2]", "[3, 2]"))
    with pytest.raises(Mistake, match="the shortest first"):
        read_merchant(file)


async def test_a_parcel_from_a_place_is_dated_by_its_lane(merchant: MerchantFacts) -> None:
    far = Lane((20, 20), origin=("AT",))
    sent = parcel_record(delivered_at=None, status=None, location="77", shipped_at=NOW)
    await record_order(merchant.id, order_record(parcels=(sent,)), NOW)
    (row,) = await OrderPage.filter(merchant_id=merchant.id)
    parcel = row.content["parcels"][0]
    near = expected(parcel, row.content["order"], merchant, NOW)
    promising = replace(merchant, delivery=Delivery(USUAL, (STORE,), (far,)))
    assert parcel["location"] == "77"
    assert expected(parcel, row.content["order"], promising, NOW).last > near.last
