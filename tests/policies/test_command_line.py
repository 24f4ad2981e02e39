"""`doorstep policy` on files: what it says and the exit code that CI goes by."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from portal.commands.installation import Mistake
from portal.commands.policies import check, diff, ready, run_tests
from portal.policies.ready import ready_text

SHADOWED = """rules:
  - {id: all, when: {all: []}, then: {approval: auto}}
  - {id: late, when: {field: sku, op: is, value: a}, then: {approval: manual}}
"""


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=200)


def said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def written(folder: Path, text: str, name: str = "policy.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_ready_policy_is_well_and_its_examples_hold(tmp_path: Path, console: Console) -> None:
    file = written(tmp_path, ready_text("outlet"))
    assert (check(file, console), run_tests(file, console)) == (True, True)
    first, *_, last = said(console).splitlines()
    assert (first, last) == (f"{file}: 5 rules, 4 examples, all is well", "4 examples, 0 failed")


def test_an_example_that_fails_is_named_with_the_difference(tmp_path: Path, console: Console) -> None:
    assert not run_tests(written(tmp_path, ready_text("fashion").replace("length: 30", "length: 31")), console)
    assert "FAILED  The day after is too late\n        expected refused, it is allowed" in said(console)


def test_a_rule_that_never_counts_is_an_error(tmp_path: Path, console: Console) -> None:
    assert not check(written(tmp_path, ready_text("fashion").replace("rules:\n", SHADOWED)), console)
    assert "error: late: never decides anything: all comes first" in said(console)


def test_a_difference_is_told_by_both_sides(tmp_path: Path, console: Console) -> None:
    other = written(tmp_path, ready_text("fashion"), "other.yaml")
    file = written(tmp_path, ready_text("fashion").replace("ship_within_days: 14", "ship_within_days: 7"))
    assert not diff(file, other, "", console)
    assert said(console) == " changed  defaults.ship_within_days\n        - 14\n        + 7\n1 differences\n"


def test_what_is_no_policy_is_told_line_by_line(tmp_path: Path, console: Console) -> None:
    with pytest.raises(Mistake, match=r"is no policy:\n  defaults.window: a limited window needs a length"):
        check(written(tmp_path, ready_text("fashion").replace("    length: 30\n", "")), console)
    with pytest.raises(Mistake, match="no ready-made policy 'shoes'"):
        ready("shoes", console)
