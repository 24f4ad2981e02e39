"""Policies as texts: what goes in comes out, nothing is guessed, and what could hurt is refused with its place."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import portal.policies
from portal.policies.documents import DocumentError, digest
from portal.policies.examples import run_examples
from portal.policies.ready import ready_names, ready_policy, ready_text
from portal.policies.texts import LARGEST, read_policy_text, write_policy_text

START = ready_text("fashion").split("rules:")[0]


@pytest.mark.parametrize("name", ready_names())
def test_a_ready_policy_keeps_its_examples_and_comes_out_as_it_went_in(name: str) -> None:
    document, examples = ready_policy(name)
    assert len(examples) >= 2
    assert [outcome for outcome in run_examples(document, examples) if outcome.differences] == []
    again, same = read_policy_text(write_policy_text(document, examples))
    assert (digest(again), same) == (digest(document), examples)


def test_there_are_at_least_twelve_trades() -> None:
    assert len(ready_names()) >= 12


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_any_text_survives(text: str) -> None:
    document, _ = read_policy_text(START + "rules: []")
    made = document.model_copy(update={"name": text})
    assert read_policy_text(write_policy_text(made))[0].name == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x 1\nb: *x", "line 2, column 4: anchors"),
        ("name: a\nname: b", "line 2, column 1: the key 'name' occurs twice"),
        ("a: !!python/object:os.system 1", "line 1, column 4: tags are not read"),
        ("name: !!timestamp x", "line 1, column 7: tags are not read"),
        ("name: !!bool foo", "line 1, column 7: tags are not read"),
        ("name: x\nrules: !!omap []", "line 2, column 8: tags are not read"),
        ("name: ! x", "line 1, column 7: tags are not read"),
        ("!!map {name: x}", "line 1, column 1: tags are not read"),
        ("!!str name: x", "line 1, column 1: tags are not read"),
        ("[" * 100, "nested deeper"),
        ("- just a list", "a table of name"),
        ("a: [1, 2", "line 1"),
        ("1: one", "a key is a text"),
        ("x" * (LARGEST + 1), "at most"),
        (START + "rules:\n" + "  - {id: a, then: {approval: manual}}\n" * 2, "two rules have the id a"),
        (START + "rules:\n  - {id: a, when: {field: colour, op: is, value: red}, then: {approval: manual}}", "colour"),
        (START + "rules:\n  - {id: a, then: {window: {length: -3, unit: days}}}", "greater than or equal to 1"),
        (START + "rules:\n  - {id: a, then: {window: {length: 1000000000, unit: days}}}", "at most 3660 days"),
        (START + "examples:\n  - {name: x, item: {ordered: soon}, asked: 2026-01-01, expect: {allowed: true}}", "date"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        read_policy_text(text)


def test_ten_thousand_rules_are_too_many() -> None:
    rules = "".join(f"  - {{id: r{number}, then: {{approval: manual}}}}\n" for number in range(10_000))
    with pytest.raises(DocumentError, match=r"at most 1000|more than 50000"):
        read_policy_text(START + "rules:\n" + rules)


def test_a_failing_example_says_what_is_different() -> None:
    document, examples = ready_policy("fashion")
    wrong = examples[0].model_copy(update={"asked": examples[1].asked})
    (outcome,) = run_examples(document, [wrong])
    assert outcome.differences[0] == "expected allowed, it is refused (window_over)"


def test_the_example_of_the_how_to_page_is_a_policy_that_keeps_its_promise() -> None:
    page = (Path(portal.policies.__file__).parent / "README.md").read_text("utf-8")
    found = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert found is not None
    (outcome,) = run_examples(*read_policy_text(found.group(1)))
    assert outcome.differences == ()
