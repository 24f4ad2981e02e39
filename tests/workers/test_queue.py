"""Which effects travel together in one job."""

from uuid import uuid4

from portal.db.outbox import Waiting
from workers.queue import TOGETHER, bundles


def waiting(topic: str = "a", fence: int = 0, wakes: int = 1) -> Waiting:
    return Waiting(uuid4(), topic, fence, wakes)


def test_first_tries_travel_in_bundles_of_one_topic() -> None:
    due = [waiting("a") for _ in range(TOGETHER + 1)] + [waiting("b")]
    assert sorted(len(bundle) for bundle in bundles(due)) == [1, 1, TOGETHER]
    assert all(len({each.topic for each in bundle}) == 1 for bundle in bundles(due))


def test_what_was_tried_or_rung_for_before_travels_alone() -> None:
    due = [waiting(), waiting(fence=1), waiting(wakes=2), waiting()]
    assert sorted(len(bundle) for bundle in bundles(due)) == [1, 1, 2]


def test_no_two_bundles_share_a_job_id() -> None:
    due = [waiting() for _ in range(35)]
    ids = [bundle[0].job_id for bundle in bundles(due)]
    assert len(set(ids)) == len(ids)
