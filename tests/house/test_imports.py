"""Imports run downward only; the contracts are in pyproject.toml."""

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_the_floors_hold() -> None:
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS
