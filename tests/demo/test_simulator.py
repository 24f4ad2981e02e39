"""The simulator: what is due, told once, signed as the door wants it."""

import asyncio
import json
from datetime import timedelta

import httpx2
import pytest

from portal.demo.brands import brands
from portal.demo.clock import Progress, read_progress, read_start, write_progress
from portal.demo.orders import write_order_files
from portal.demo.shipments import shipments
from portal.demo.simulator import Door, deliver, due, signature
from portal.tracking.hooks import is_signed
from portal.tracking.payloads import ScanIn


@pytest.fixture
def parcels(today):
    return [parcel for brand in brands() for parcel in shipments(brand, today)]


def test_the_past_is_due_at_once_and_the_door_can_read_all_of_it(parcels, today):
    waiting = due(parcels, Progress(today), today)
    assert set(waiting) == {"fashion", "jewels"}
    for entry in (entry for events in waiting.values() for entry in events):
        assert ScanIn.model_validate(entry).occurred_at <= today


def test_what_was_taken_is_never_due_again(parcels, today):
    progress = Progress(today)
    progress.taken = {entry["id"] for events in due(parcels, progress, today).values() for entry in events}
    assert due(parcels, progress, today) == {}


def test_a_live_event_happens_when_it_is_due_and_keeps_its_moment_when_sent_again(parcels, today):
    progress = Progress(today)
    progress.taken = {entry["id"] for events in due(parcels, progress, today).values() for entry in events}
    progress.ran = 70
    now = today + timedelta(hours=5)
    first = due(parcels, progress, now)
    assert {entry["occurred_at"] for events in first.values() for entry in events} == {now.isoformat()}
    assert due(parcels, progress, now + timedelta(minutes=1)) == first


def test_the_clock_stands_still_while_nobody_runs_it(tmp_path, today):
    progress = Progress(today, 70.0, {"a": today.isoformat()}, {"a", "b"})
    write_progress(tmp_path / "state.json", progress)
    kept = read_progress(tmp_path / "state.json", today)
    assert (kept.now, kept.taken) == (today + timedelta(seconds=70), {"a", "b"})
    assert read_progress(tmp_path / "state.json", today + timedelta(days=1)).taken == set()


def test_the_clock_starts_at_the_moment_that_the_orders_count_from(tmp_path, today):
    assert read_start(tmp_path) is None
    write_order_files(tmp_path, today)
    assert read_start(tmp_path) == today


def test_a_delivery_is_signed_as_the_door_wants_it(today):
    body = json.dumps({"events": []}).encode()
    header = signature("a secret", body, today)
    assert is_signed(header, body, "a secret", today)
    assert not is_signed(header, body + b" ", "a secret", today)


DOOR = Door("http://127.0.0.1:8000/hooks/tracking/demo", "fashion.localhost:8000", "a secret")


def answering(*answers):
    """A web server that gives these answers in turn, the last one for ever; and what it was asked."""
    asked, left = [], list(answers)

    def answer(request):
        asked.append(request)
        one = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(one, Exception):
            raise one
        return httpx2.Response(one, json={"read": 1, "refused": []})

    return httpx2.AsyncClient(transport=httpx2.MockTransport(answer)), asked


async def test_a_delivery_is_tried_until_the_door_takes_it(today):
    client, asked = answering(httpx2.ConnectError("not up yet"), 503, 200)
    progress = Progress(today)
    await deliver(client, DOOR, [{"id": "one"}], progress, asyncio.Event(), wait=0)
    assert (len(asked), progress.taken) == (3, {"one"})
    assert {request.headers["host"] for request in asked} == {"fashion.localhost:8000"}


async def test_events_go_in_batches_of_a_hundred(today):
    client, asked = answering(200)
    progress = Progress(today)
    await deliver(client, DOOR, [{"id": str(number)} for number in range(250)], progress, asyncio.Event(), wait=0)
    assert [len(json.loads(request.content)["events"]) for request in asked] == [100, 100, 50]
    assert len(progress.taken) == 250


async def test_nothing_counts_as_taken_when_asked_to_stop(today):
    client, asked = answering(503)
    stop, progress = asyncio.Event(), Progress(today)
    stop.set()
    await deliver(client, DOOR, [{"id": "one"}], progress, stop, wait=0)
    assert (asked, progress.taken) == ([], set())
