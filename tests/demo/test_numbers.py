"""Tracking numbers pass the carriers' own checks."""

import pytest
import tracking_numbers

from portal.demo.brands import brands
from portal.demo.numbers import dhl, dpd, gs1_digit, hermes, iso7064_character, tracking_number
from portal.demo.shipments import shipments

PUBLIC_RULES = {"UPS": "UPS", "FedEx": "FedEx", "USPS": "United States Postal Service", "DHL Express": "DHL"}


@pytest.mark.parametrize("carrier", PUBLIC_RULES)
def test_numbers_pass_the_public_rules_of_their_carrier(carrier):
    for serial in (1, 1048201, 2017702, 9999999):
        found = tracking_numbers.get_tracking_number(tracking_number(carrier, serial))
        assert found is not None
        assert (found.valid, found.courier.name) == (True, PUBLIC_RULES[carrier])


def test_published_numbers_have_the_check_digits_that_we_compute():
    assert iso7064_character("008182709980000020033350276") == "C"
    assert "00340434161094042557"[-1] == gs1_digit("034043416109404255")


@pytest.mark.parametrize("make", [dhl, hermes])
def test_gs1_numbers_weighted_three_and_one_sum_to_a_multiple_of_ten(make):
    digits = [int(digit) for digit in reversed(make(1048201).lstrip("0"))]
    assert sum(digits[0::2]) % 10 == -3 * sum(digits[1::2]) % 10


def test_a_dpd_number_has_fourteen_digits_and_a_check_character():
    number = dpd(1048201)
    assert (len(number), number[:14].isdecimal()) == (15, True)
    assert number[14] == iso7064_character(number[:14])


def test_no_two_parcels_share_a_number(today):
    numbers = [parcel.tracking_number for brand in brands() for parcel in shipments(brand, today)]
    assert len(numbers) == len(set(numbers))
