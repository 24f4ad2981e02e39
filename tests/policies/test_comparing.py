"""What two policies differ in."""

from portal.policies.comparing import compare
from portal.policies.documents import read_document
from tests.policies.test_rules import DEFAULTS, leaf, rule

OUTLET = leaf("tag", "has", "outlet")


def changes(before: list[dict], after: list[dict], **defaults: object) -> list[tuple[str, str]]:
    old = read_document({"name": "A", "defaults": DEFAULTS, "rules": before})
    new = read_document({"name": "B", "defaults": DEFAULTS | defaults, "rules": after})
    return [(each.kind, each.where) for each in compare(old, new)]


def test_the_same_policy_under_another_name_differs_in_nothing() -> None:
    assert changes([rule("a", OUTLET, approval="manual")], [rule("a", OUTLET, approval="manual")]) == []


def test_defaults_rules_conditions_settings_and_order_are_told_apart() -> None:
    one, two = rule("a", OUTLET, approval="manual"), rule("b", OUTLET, approval="auto")
    assert changes([], [], approval="manual") == [("changed", "defaults.approval")]
    assert changes([one], [two]) == [("removed", "rule a"), ("added", "rule b")]
    assert changes([one, two], [two, one]) == [("moved", "rules")]
    other = rule("a", leaf("sku", "is", "x"), approval="manual", destination="store")
    assert changes([one], [other]) == [("changed", "rule a.when"), ("added", "rule a.then.destination")]
