"""How large things are: the worst are printed, and nothing outgrows its room unnoticed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("portal", "graphql_api", "workers")
MODULE, FUNCTION, TEMPLATE = 300, 40, 120
LONG_ON_PURPOSE = {
    "portal/demo/fashion/scenes.py": "a table of orders, one after the other",
    "portal/demo/jewels/scenes.py": "a table of orders, one after the other",
    "portal/demo/people.py": "a table of people and their addresses",
    "portal/db/migrations/0001_tables.py": "written by the migration tool",
    "portal/integrations/shopify/mapping.py:order_record": "one record, field by field",
    "portal/demo/shopify_order.py:order_json": "one document, field by field",
}


def modules() -> Iterator[Path]:
    for room in ROOMS:
        yield from (ROOT / room).rglob("*.py")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_module_is_longer_than_its_room(capsys: pytest.CaptureFixture[str]) -> None:
    sizes = {name(path): len(path.read_text().splitlines()) for path in modules()}
    _tell(capsys, "longest modules", sizes)
    assert [module for module, size in sizes.items() if size > MODULE and module not in LONG_ON_PURPOSE] == []


def test_no_function_is_longer_than_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    sizes = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                sizes[f"{name(path)}:{node.name}"] = (node.end_lineno or node.lineno) - node.lineno + 1
    _tell(capsys, "longest functions", sizes)
    too_long = [function for function, size in sizes.items() if size > FUNCTION]
    assert [one for one in too_long if not {one, one.split(":")[0]} & LONG_ON_PURPOSE.keys()] == []


def test_no_template_is_longer_than_two_screens(capsys: pytest.CaptureFixture[str]) -> None:
    pages = (ROOT / "portal" / "templates").rglob("*.html")
    sizes = {name(path): len(path.read_text().splitlines()) for path in pages}
    _tell(capsys, "longest templates", sizes)
    assert [page for page, size in sizes.items() if size > TEMPLATE] == []


def _tell(capsys: pytest.CaptureFixture[str], what: str, sizes: dict[str, int]) -> None:
    worst = sorted(sizes.items(), key=lambda pair: -pair[1])[:5]
    with capsys.disabled():
        print(f"\n{what}: " + ", ".join(f"{one} {size}" for one, size in worst))
