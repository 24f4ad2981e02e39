"""How long a shop is left alone after trouble: longer each time, never long, and as long as it asked for."""

from datetime import timedelta

from hypothesis import given
from hypothesis.strategies import booleans, floats, integers, none

from portal.intake.troubles import LONGEST_REST, PERMANENT_REST, rest_after
from portal.integrations.ports import AdapterError


@given(integers(1, 32_767), floats(0, 0.999), booleans(), none() | floats(0, 3600))
def test_a_rest_is_bounded_and_never_shorter_than_asked_for(
    failures: int, roll: float, permanent: bool, asked: float | None
) -> None:
    rest = rest_after(AdapterError("outage", permanent=permanent, retry_after=asked), failures, roll)
    wanted = timedelta(seconds=asked or 0)
    assert max(timedelta(seconds=45), wanted) <= rest
    assert rest <= max(PERMANENT_REST if permanent else LONGEST_REST, wanted)


def test_rests_grow() -> None:
    rests = [rest_after(AdapterError("outage"), failures, 0.5) for failures in range(1, 9)]
    assert rests == sorted(rests)
    assert rests[0] < timedelta(minutes=1) < rests[-1]
