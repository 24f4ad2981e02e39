"""Lines: what rules will ask of them, and the conventions that stand in for missing fields."""

from typing import Any

import pytest

from portal.integrations.shopify.mapping import order_record
from tests.factories.shopify import line_item, order


def the_line(**more: Any) -> Any:
    return order_record(order([line_item(**more)])).lines[0]


def test_a_line_keeps_what_rules_need() -> None:
    line = the_line(product_type="Jackets", product_tags="waterproof, new")
    assert (line.source_id, line.sku, line.variant, line.vendor) == ("1", "RSJ-1", "M / Moss", "Fernweh")
    assert (line.product_id, line.product_type, line.tags, line.grams) == (
        "7001",
        "Jackets",
        ("waterproof", "new"),
        420,
    )


@pytest.mark.parametrize(
    "name", ["Engraving", "engraving text", "Personalization", "_monogram", "Gravur", "Grabado", "نقش"]
)
def test_a_property_for_one_person_makes_the_line_personalised(name: str) -> None:
    assert the_line(properties=[{"name": name, "value": "L + M"}]).personalised


@pytest.mark.parametrize(
    ("name", "value"), [("Engraving", ""), ("Engraving", "None"), ("Gift wrap", "Red"), ("Size", "M")]
)
def test_other_properties_and_empty_wishes_do_not(name: str, value: str) -> None:
    assert not the_line(properties=[{"name": name, "value": value}]).personalised


def test_properties_are_shown_without_the_private_ones() -> None:
    line = the_line(properties=[{"name": "Engraving", "value": "L + M"}, {"name": "_bundle", "value": 7}])
    assert line.properties == (("Engraving", "L + M"),)


def test_properties_may_be_an_object_and_values_of_any_kind() -> None:
    line = the_line(properties={"Length": 42, "Rush": True, "Box": None, "Files": ["a"]})
    assert line.properties == (("Length", "42"), ("Rush", "true"), ("Box", ""), ("Files", ""))


@pytest.mark.parametrize(
    "more",
    [
        {"tags": "Final Sale"},
        {"product_tags": ["summer", "final-sale"]},
        {"properties": [{"name": "_final_sale", "value": "true"}]},
        {"properties": [{"name": "Final sale", "value": "Yes"}]},
    ],
)
def test_final_sale_is_a_tag_or_a_property(more: dict[str, Any]) -> None:
    assert the_line(**more).final_sale


def test_final_sale_that_says_no_is_none() -> None:
    assert not the_line(properties=[{"name": "_final_sale", "value": "false"}]).final_sale


def test_gift_cards_and_things_that_are_not_shipped_say_so() -> None:
    line = the_line(gift_card=True, requires_shipping=False)
    assert (line.gift_card, line.requires_shipping) == (True, False)


def test_a_line_without_a_title_takes_its_name() -> None:
    assert the_line(title=None).title == "Ridge shell jacket - M / Moss"


def test_twenty_lines_stay_in_their_order() -> None:
    record = order_record(order([line_item(number) for number in range(20, 0, -1)]))
    assert [line.source_id for line in record.lines] == [str(number) for number in range(20, 0, -1)]
