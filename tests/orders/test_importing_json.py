"""Text that is not to be trusted."""

import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest

from portal.orders.importing_json import MOST_BYTES, JsonRefused, parse_strictly, read_pieces


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"a": 1} {"b": 2}', "not JSON"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": -Infinity}', "-Infinity is not a JSON number"),
        (b'{"total": "1", "a": 0, "total": "2"}', "the key 'total' twice"),
        (b'{"a": 1e999999999}', "out of range"),
        (b'{"a": ' + b"9" * 5000 + b"}", "out of range"),
        (b'{"a": 0.' + b"1" * 5000 + b"}", "out of range"),
        (b"[" * 100 + b"]" * 100, "nested more than 40 levels"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"name": "M\xfcller"}', "not UTF-8 at byte 11"),
        (b'{"a": "line\nbreak"}', "not JSON"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_nobody_should_have_to_read_is_refused(text: bytes, reason: str) -> None:
    with pytest.raises(JsonRefused, match=reason):
        parse_strictly(text)


def test_numbers_stay_exact() -> None:
    assert parse_strictly(b'{"a": 195.67, "b": 450789469, "c": 0.1}') == {
        "a": Decimal("195.67"),
        "b": 450789469,
        "c": Decimal("0.1"),
    }


def pieces(tmp_path: Path, text: bytes, name: str = "orders.json") -> list[tuple[int, str, bytes, str]]:
    file = tmp_path / name
    file.write_bytes(text)
    return [(piece.line, piece.where, piece.text, piece.problem) for piece in read_pieces(file)]


@pytest.mark.parametrize("name", ["orders.jsonl", "orders.json", "orders.ndjson"])
def test_lines_are_known_by_their_content(tmp_path: Path, name: str) -> None:
    found = pieces(tmp_path, b'\xef\xbb\xbf{"id": 1}\r\n\n{"id": 2}', name)
    assert found == [(1, "", b'{"id": 1}', ""), (3, "", b'{"id": 2}', "")]


def test_a_broken_line_does_not_take_the_others(tmp_path: Path) -> None:
    assert [text for _, _, text, _ in pieces(tmp_path, b'{"id": 1}\n{"id": \n{"id": 3}\n')] == [
        b'{"id": 1}',
        b'{"id":',
        b'{"id": 3}',
    ]


def test_one_document_may_span_lines(tmp_path: Path) -> None:
    text = b'{\n  "order": {\n    "id": 1\n  }\n}\n'
    assert pieces(tmp_path, text) == [(1, "", text, "")]


def test_a_list_of_orders_is_read_one_by_one(tmp_path: Path) -> None:
    text = b'{"next": "orders", "orders": [\n  {"id": 1, "a": "]}"},\n  {"id": 2, "b": "\\"["}\n]}'
    assert pieces(tmp_path, text) == [
        (2, "orders[0]", b'{"id": 1, "a": "]}"}', ""),
        (3, "orders[1]", b'{"id": 2, "b": "\\"["}', ""),
    ]


def test_a_bare_list_is_read_one_by_one(tmp_path: Path) -> None:
    assert pieces(tmp_path, b'[{"id": 1}, {"id": 2}]') == [(1, "[0]", b'{"id": 1}', ""), (1, "[1]", b'{"id": 2}', "")]


def test_a_list_that_is_cut_off_gives_what_was_whole(tmp_path: Path) -> None:
    found = pieces(tmp_path, b'{"orders": [\n{"id": 1},\n{"id": 2, "note": "cut of')
    assert found[0] == (2, "orders[0]", b'{"id": 1}', "")
    assert found[1][1:] == ("orders[1]", b"", "the file ends in the middle of the list")


def test_something_else_in_the_list_is_said_and_not_skipped(tmp_path: Path) -> None:
    assert [text for _, _, text, _ in pieces(tmp_path, b'[{"id": 1}, 5]')] == [b'{"id": 1}', b"5"]


def test_an_empty_file_has_nothing(tmp_path: Path) -> None:
    assert pieces(tmp_path, b"") == pieces(tmp_path, b" \n\n ") == []


def test_utf_16_is_named(tmp_path: Path) -> None:
    assert pieces(tmp_path, '{"id": 1}'.encode("utf-16"))[0][3] == "not UTF-8: the file is UTF-16"


@pytest.mark.parametrize("before", [b"", b'[{"id": 0},'])
def test_a_record_that_is_too_large_is_not_even_loaded(tmp_path: Path, before: bytes) -> None:
    file = tmp_path / "huge.json"
    file.write_bytes(before + b'{"note": "' + b"x" * (4 * MOST_BYTES) + b'"}' + (b"]" if before else b""))
    tracemalloc.start()
    problems = [piece.problem for piece in read_pieces(file) if piece.problem]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert problems[0].startswith("larger than 8 MiB")
    assert peak < 6 * MOST_BYTES
