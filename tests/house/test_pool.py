"""Pooled connections are not reset, so nothing may be left on them that outlives a statement or a transaction."""

import re
from pathlib import Path

import pytest

import portal
from portal.db.setup import connection

SESSION_STATE = re.compile(
    r"\bpg_(?:try_)?advisory_lock\b|\bLISTEN\b|\bSET (?!LOCAL\b)(?:SESSION|[a-z_]+ (?:=|TO)\b)|\bDECLARE\b"
)
OWN_CONNECTIONS = {"db/setup.py": "migrations hold their lock on a connection of their own"}
ROOT = Path(portal.__file__).parent


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_statement_leaves_something_on_its_connection(path: Path) -> None:
    if path.relative_to(ROOT).as_posix() in OWN_CONNECTIONS:
        return
    strings = re.findall(r'"(?:[^"\\\n]|\\.)*"', path.read_text())
    assert [
        text for text in strings if re.search(r"UPDATE\b|INSERT\b", text) is None and SESSION_STATE.search(text)
    ] == []


async def test_a_connection_of_the_pool_is_not_reset(open_database: None) -> None:
    async with connection().acquire_connection() as link:
        assert link.get_reset_query() == ""
