"""What a label says: addresses as their countries write them, and codes that a scanner gets right."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.integrations.records import AddressRecord
from portal.labels.codes import CodeTooLong
from portal.labels.rules import barcode_content, drop_off_payload, read_drop_off
from portal.orders.addresses import address_block
from tests.labels.conftest import AURELLE, FERNWEH

GERMANY = AddressRecord(name="Anna", line1="Weg 1", city="Erfurt", postal_code="99084", region="TH", country="DE")
JAPAN = AddressRecord(
    name="山田太郎",
    company="店",
    line1="丸の内1-1",
    city="千代田区",
    postal_code="100-0005",
    region="東京都",
    country="JP",
)


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (GERMANY, ("Anna", "Weg 1", "99084 ERFURT")),
        (AURELLE.to_address, ("Aurelle Returns", "48 West 47th Street", "Floor 6", "NEW YORK, NY 10036")),
        (
            AddressRecord(
                name="Jo", line1="1 High St", city="Leeds", postal_code="ls1 1aa", region="ENG", country="GB"
            ),
            ("Jo", "1 High St", "LEEDS", "LS1 1AA"),
        ),
        (JAPAN, ("〒100-0005", "東京都", "千代田区丸の内1-1", "店", "山田太郎")),
        (replace(GERMANY, company="Anna"), ("Anna", "Weg 1", "99084 ERFURT")),
        (AddressRecord(name="X", line1="Road 1", city="Town", country="XX"), ("X", "Road 1", "TOWN")),
    ],
)
def test_an_address_has_its_countrys_order_and_capitals(address: AddressRecord, lines: tuple[str, ...]) -> None:
    assert address_block(address, from_country=address.country) == lines


def test_a_latin_address_in_japan_is_written_the_western_way_round() -> None:
    latin = AddressRecord(name="Taro", line1="1-1 Marunouchi", city="Chiyoda", region="Tokyo", country="JP")
    assert address_block(latin, "JP") == ("Taro", "1-1 Marunouchi", "Chiyoda, TOKYO")


def test_the_country_is_named_abroad_and_when_the_origin_is_unknown() -> None:
    assert address_block(GERMANY, "US")[-1] == "GERMANY"
    assert address_block(GERMANY)[-1] == "GERMANY"


def test_separators_around_missing_parts_go_with_them() -> None:
    bare = AddressRecord(name="X", line1="1 Main St", postal_code="10036", country="US")
    assert address_block(bare, "US") == ("X", "1 Main St", "10036")


_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=12)


@given(_TEXT, _TEXT, _TEXT, st.sampled_from(["DE", "US", "GB", "JP", "CN", "AE", "FR", "IE", "BR", "XX"]))
def test_no_street_or_city_ever_gets_lost(line1: str, line2: str, city: str, country: str) -> None:
    address = AddressRecord(name="N", line1=f"a{line1}a", line2=f"b{line2}b", city=f"c{city}c", country=country)
    block = " ".join(address_block(address, country)).upper()
    for part in (address.line1, address.line2, address.city):
        assert part.upper() in block


def test_the_bars_say_the_tracking_code_or_else_the_return() -> None:
    assert barcode_content(AURELLE) == "1Z999AA10123456784"
    assert barcode_content(FERNWEH) == "R-104273"


@pytest.mark.parametrize("code", ["x" * 48, "ÄÖÜ123", "A*B", "-1", "١٢٣٤"])
def test_a_tracking_code_that_bars_cannot_hold_gives_way_to_the_return(code: str) -> None:
    assert barcode_content(replace(FERNWEH, tracking_code=code)) == "R-104273"


def test_a_return_number_that_does_not_fit_is_refused() -> None:
    with pytest.raises(CodeTooLong):
        barcode_content(replace(FERNWEH, return_number="R" * 40))


@given(st.from_regex(r"[a-z][a-z0-9-]{0,30}", fullmatch=True), st.from_regex(r"R-[0-9A-Z]{1,20}", fullmatch=True))
def test_a_drop_off_code_reads_back(slug: str, number: str) -> None:
    assert read_drop_off(drop_off_payload(slug, number)) == (slug, number)


@given(st.integers(0, 25), st.sampled_from("ABCXYZ0123456789:-"))
def test_one_wrong_character_is_noticed(place: int, wrong: str) -> None:
    good = drop_off_payload("fashion", "R-104273")
    bad = good[:place] + wrong + good[place + 1 :]
    if bad != good:
        with pytest.raises(ValueError, match="drop-off"):
            read_drop_off(bad)


@pytest.mark.parametrize("text", ["", "DS1", "DS2:A:B:C", "https://example.test/", "DS1:A:B:0:0", "D" * 500])
def test_foreign_codes_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="drop-off"):
        read_drop_off(text)


@pytest.mark.parametrize("slug", ["", "a:b", "größe", "a b", "x" * 80])
def test_a_name_that_the_code_cannot_hold_is_refused(slug: str) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        drop_off_payload(slug, "R-1")
