"""Back-off and what is kept of an error."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.db.outbox_rules import MAX_ATTEMPTS, next_attempt, storable


@given(some.integers(1, MAX_ATTEMPTS - 1), some.floats(0, 1, exclude_max=True))
def test_a_wait_is_never_nothing_and_never_more_than_an_hour(attempt: int, roll: float) -> None:
    wait = next_attempt(attempt, roll)
    assert wait is not None
    assert timedelta(seconds=1) <= wait <= timedelta(hours=1)


@given(some.integers(1, MAX_ATTEMPTS - 2))
def test_even_the_unluckiest_wait_is_no_shorter_than_the_luckiest_one_before(attempt: int) -> None:
    before, after = next_attempt(attempt, 0), next_attempt(attempt + 1, 0)
    assert before is not None
    assert after is not None
    assert after >= before


def test_all_waits_together_outlast_a_bad_night() -> None:
    waits = [next_attempt(attempt, 0) for attempt in range(1, MAX_ATTEMPTS)]
    assert sum((wait for wait in waits if wait), timedelta()) > timedelta(hours=6)


def test_the_last_attempt_is_not_followed_by_another() -> None:
    assert next_attempt(MAX_ATTEMPTS, 0) is None


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("cannot reach redis://user:s3cret@host/0", "s3cret"),
        ("401 for Authorization: Bearer abc.def", "abc.def"),
        ('{"api_key": "k-123", "parcel": 4}', "k-123"),
        ("GET /label?token=t0k&size=4x6", "t0k"),
        ("no such mailbox: jane.doe@example.org", "jane.doe"),
    ],
)
def test_secrets_are_not_kept(text: str, secret: str) -> None:
    kept = storable(ValueError(text))
    assert secret not in kept
    assert kept.startswith("ValueError: ")


def test_a_long_error_is_cut() -> None:
    kept = storable("x" * 100_000 + "\x00")
    assert len(kept) == 500
    assert kept.endswith("…")
