"""One day for all tests of the demo."""

from datetime import UTC, datetime

import pytest


@pytest.fixture
def today():
    return datetime(2026, 11, 21, 20, 15, tzinfo=UTC)
