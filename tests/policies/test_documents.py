"""A document is checked as a whole, says where it is wrong, and has one canonical form."""

import copy
import json
from typing import Any

import pytest

from portal.policies.documents import (
    MAX_RULES,
    DocumentError,
    canonical,
    digest,
    read_document,
    read_text,
    write_document,
)
from portal.policies.ready import ready_document, ready_names

GOOD = write_document(ready_document("jewellery"))


def changed(*path: str | int, to: object) -> dict:
    document = copy.deepcopy(GOOD)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return document


@pytest.mark.parametrize(
    ("document", "where", "what"),
    [
        (changed("rules", 0, "when", "field", to="colour"), "rules[0].when.field", "unknown field colour"),
        (changed("rules", 0, "when", "op", to="gt"), "rules[0].when", "cannot be compared by gt"),
        (changed("rules", 0, "when", "value", to="yes"), "rules[0].when", "true or false"),
        (changed("rules", 0, "when", "value", to=1.5), "rules[0].when.value", "12.5"),
        (changed("rules", 0, "when", to={"any": []}), "rules[0].when.any", "at least 1"),
        (changed("rules", 0, "when", to={"all": [], "any": []}), "rules[0].when.any", "not permitted"),
        (changed("rules", 0, "then", to={}), "rules[0].then", "at least one setting"),
        (changed("rules", 0, "then", to={"approval": None}), "rules[0].then", "leaves out"),
        (changed("rules", 0, "then", "colour", to="red"), "rules[0].then.colour", "not permitted"),
        (changed("rules", 0, "then", "eligible", to={"allowed": False}), "rules[0].then.eligible", "needs a code"),
        (changed("rules", 0, "id", to="Not an id"), "rules[0].id", "pattern"),
        (changed("rules", 1, "id", to="personalised"), "", "two rules have the id"),
        (changed("defaults", "window", "length", to=-3), "defaults.window.length", "greater than or equal to 1"),
        (changed("defaults", "window", "length", to=10**9), "defaults.window", "at most 3660 days"),
        (changed("defaults", "window", to={"kind": "unlimited", "length": 3}), "defaults.window", "no length"),
        (changed("defaults", "window", to={}), "defaults.window", "needs a length"),
        (
            changed("defaults", "restocking_fee", to={"kind": "percent", "percent": "101"}),
            "defaults.restocking_fee",
            "100 percent",
        ),
        (changed("defaults", "restocking_fee", to={"kind": "fixed"}), "defaults.restocking_fee", "fixed needs amounts"),
        (
            changed("defaults", "return_shipping", to={"kind": "flat", "amounts": {"EUR": "-1"}}),
            "defaults.return_shipping.amounts",
            "not negative",
        ),
        (
            changed("defaults", "return_shipping", to={"kind": "flat", "amounts": {"JPY": "1.5"}}),
            "defaults.return_shipping.amounts",
            "more decimals",
        ),
        (changed("format", to=2), "format", "1"),
        (changed("extra", to=1), "extra", "not permitted"),
        ({"name": "Nothing"}, "defaults", "required"),
    ],
)
def test_an_error_says_where_and_what(document: dict, where: str, what: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read_document(document)
    assert [(problem.path, what in problem.message) for problem in refused.value.problems] == [(where, True)]


def test_all_errors_are_told_at_once() -> None:
    document = changed("defaults", "approval", to="maybe")
    document["rules"][0]["when"]["op"] = "sounds_like"
    with pytest.raises(DocumentError) as refused:
        read_document(document)
    assert len(refused.value.problems) == 2


def deep(levels: int) -> dict:
    condition: dict = {"all": []}
    for _ in range(levels):
        condition = {"none": [condition]}
    return changed("rules", 0, "when", to=condition)


@pytest.mark.parametrize(
    "monster",
    [
        deep(5000),
        changed("name", to="x" * 10_000_000),
        changed("rules", to=[GOOD["rules"][0]] * (MAX_RULES + 1)),
        changed("rules", 0, "when", "value", to=["x"] * 60_000),
        [],
        "policy",
    ],
    ids=["deep", "long text", "many rules", "long list", "list", "text"],
)
def test_monsters_are_refused_in_no_time(monster: object) -> None:
    with pytest.raises(DocumentError):
        read_document(monster)  # pyright: ignore[reportArgumentType] - anything may come in


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"name": 1, "name": 2}', "twice"),
        ("{", "not JSON"),
        ('{"name": NaN}', "NaN"),
        ("[" * 100_000, "not JSON"),
        ("1" * 5000, "not JSON"),
    ],
)
def test_a_text_that_is_no_document_is_refused(text: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read_text(text)


@pytest.mark.parametrize("name", ready_names())
def test_a_document_survives_writing_and_reading(name: str) -> None:
    document = ready_document(name)
    again = read_text(json.dumps(write_document(document), indent=3))
    assert again == document
    assert canonical(again) == canonical(document)


def test_the_digest_follows_the_meaning_not_the_layout() -> None:
    shuffled = dict(reversed(GOOD.items()))
    assert digest(read_document(shuffled)) == digest(read_document(GOOD))
    assert digest(read_document(changed("name", to="Other"))) != digest(read_document(GOOD))


def test_what_a_document_leaves_out_of_a_rule_stays_out() -> None:
    assert set(GOOD["rules"][0]["then"]) == {"eligible"}
    assert read_document(changed("rules", 0, "when", to={"all": []})).rules[0].then.mentioned == ("eligible",)
