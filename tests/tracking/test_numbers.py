"""Whose a tracking number is, and whether its check digit is right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.tracking.numbers import carrier_key, carrier_of, fault_of, mod_37_36, recognise


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("RB123456785GB", "Post of GB"),
        ("1Z5R89390357567127", "UPS"),
        ("9400111206206406260787", "USPS"),
        ("420902109400111206206406260787", "USPS"),
        ("03071790000523483741", "USPS"),
        ("986578788855", "FedEx"),
        ("041441760228964", "FedEx"),
        ("0073938000549297", "Canada Post"),
        ("3318810025", "DHL"),
        ("008182709980000020033350276C", "DPD"),
        ("C11031500001879", "OnTrac"),
        ("00340434161094042557", "DHL"),
        ("JD014600003828938592", "DHL"),
        ("JJD000390007730129853", "DHL"),
        ("ZABCD123", "GLS"),
        ("H1001070012345678901", "Hermes"),
    ],
)
def test_a_number_tells_its_carrier(number: str, carrier: str) -> None:
    found = recognise(number)
    assert (found.carrier, found.valid) == (carrier, True)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("RB123456786US", "the check digit is 6 and should be 5"),
        ("RB123456785XX", "there is no country XX"),
        ("008182709980000020033350276A", "the check digit is A and should be C"),
        ("00340434161094042558", "the check digit is 8 and should be 7"),
        ("1Z5R89390357567128", "the check digit is 8 and should be 7"),
        ("3318810026", "the check digit is 6 and should be 5"),
        ("0073938000549298", "the check digit is 8 and should be 7"),
        ("041441760228965", "as FedEx: the check digit is 5 and should be 4"),
    ],
)
def test_a_wrong_number_is_told_why(number: str, reason: str) -> None:
    found = recognise(number)
    assert not found.valid
    assert reason in found.reason


def test_spaces_dashes_and_case_do_not_matter() -> None:
    assert recognise(" 1z 5r8 939-0357567127 ") == recognise("1Z5R89390357567127")


@pytest.mark.parametrize("number", ["", "   ", "ORDER7", "1Z\x00", "ÄÖ123456785GB", "٣٣١٨٨١٠٠٢٥", "9" * 10_000, "<b>"])
def test_what_is_no_number_is_nobodys(number: str) -> None:
    found = recognise(number)
    assert (found.carrier, found.valid) == ("", False)
    assert found.reason


@given(st.text("0123456789", min_size=27, max_size=27), st.integers(0, 26), st.integers(1, 9))
def test_one_wrong_digit_in_a_dpd_number_never_passes(digits: str, place: int, by: int) -> None:
    right = digits + mod_37_36(digits)
    changed = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]
    assert mod_37_36(changed[:-1]) != changed[-1]


@given(st.text(max_size=80))
def test_nothing_that_somebody_types_breaks_it(number: str) -> None:
    assert recognise(number).reason or recognise(number).valid


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("1Z5R89390357567127", "UPS"),
        ("RB123456785GB", "Royal Mail"),
        ("RB123456785KG", ""),
        ("00340434161094042557", "DHL"),
        ("JJD000390007730129853", "DHL"),
        # Twelve digits are FedEx's, GLS's and DHL's: a check digit that fits one of them by chance proves nothing.
        ("986578788855", ""),
        ("1Z5R89390357567128", ""),
        ("ZABCD123", ""),
        ("ORDER7", ""),
        ("", ""),
    ],
)
def test_a_carrier_is_named_only_when_nobody_else_can_be_meant(number: str, carrier: str) -> None:
    assert carrier_of(number) == carrier


@pytest.mark.parametrize(
    ("number", "carrier", "fault"),
    [
        ("1Z5R89390357567128", "UPS SurePost", "the check digit is 8 and should be 7"),
        ("1Z5R89390357567128", "", "as UPS: the check digit is 8 and should be 7"),
        ("1Z5R89390357567127", "UPS", ""),
        # A carrier may have numbers that nobody tells us of: only its own shapes are held against it.
        ("1Z5R89390357567128", "DPD", ""),
        ("3318810026", "DHL Express", "the check digit is 6 and should be 5"),
        ("ORDER7", "UPS", ""),
        ("not / a number", "UPS", "not letters and digits"),
        ("", "UPS", ""),
    ],
)
def test_a_fault_is_a_check_digit_that_does_not_fit(number: str, carrier: str, fault: str) -> None:
    assert fault_of(number, carrier) == fault


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("DHL Paket", "dhl"),
        ("DHLParcel", "dhl"),
        ("Deutsche Post DHL", "dhl"),
        ("UPS®", "ups"),
        ("United Parcel Service", "ups"),
        ("USPS", "usps"),
        ("Royal Mail 48", "royalmail"),
        ("DPD UK", "dpd"),
        ("Other", ""),
        ("", ""),
        ("Groups & Cups", ""),
    ],
)
def test_a_carrier_has_one_key_whatever_shops_call_it(name: str, key: str) -> None:
    assert carrier_key(name) == key


@given(st.text(max_size=80), st.text(max_size=20))
def test_no_number_and_no_name_breaks_the_judging(number: str, carrier: str) -> None:
    assert isinstance(fault_of(number, carrier) + carrier_of(number) + carrier_key(carrier), str)
