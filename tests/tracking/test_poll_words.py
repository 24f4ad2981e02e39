"""What carriers that are asked say, in our words: each means a status and a reason that pages know."""

import pytest

from portal.integrations.dhl import vocabulary as dhl
from portal.integrations.scans import Meaning
from portal.integrations.ups import vocabulary as ups
from portal.tracking.normalising import is_understood, list_vocabularies, meaning_of, vendor_of
from portal.tracking.rules import ParcelStatus
from portal.tracking.wording import BY_REASON, LEFT


def meanings() -> list[Meaning]:
    tables = [ups.TYPES, ups.STATUS_CODES, ups.EXCEPTIONS, ups.MOVEMENTS, ups.DELIVERIES, ups.MANIFEST, ups.UPDATES]
    said = [meaning for table in tables for meaning in table.values()]
    return [*said, *dhl.STATUSES.values(), *(meaning for _, meaning in dhl.DETAILS.values())]


def test_every_word_means_a_status_and_a_reason_of_ours() -> None:
    assert {meaning.status for meaning in meanings()} <= set(ParcelStatus)
    assert {meaning.reason for meaning in meanings() if meaning.reason} <= {*BY_REASON, *LEFT}


def test_the_operator_is_told_of_words_that_are_in_no_table() -> None:
    assert {"dhl", "ups"} <= set(list_vocabularies())
    assert is_understood("ups", "X/48/22", "attempt_failed")
    assert is_understood("dhl-express", "transit/out", "out_for_delivery")
    assert not is_understood("ups", "X/??/22", "attempt_failed")
    assert not is_understood("dhl", "brand-new", "unknown")


@pytest.mark.parametrize("source", ["dhl", "dhl-express", "ups-nl"])
def test_a_source_finds_its_vendor(source: str) -> None:
    assert meaning_of(vendor_of(source), "D/FS/11" if source.startswith("ups") else "delivered") == Meaning("delivered")
