"""Reading order files as JSON without trusting them: strict values, bounded sizes, one broken record at a time.

A file is either JSON lines or one JSON document. Of a document that is a list, or has a list under "orders", every
element is parsed alone, so one bad order does not take the others with it. The file is mapped, not loaded.
"""

import json
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

MOST_BYTES = 8 * 1024 * 1024
"""The largest record. Shopify's orders are 5-200 KB."""

MOST_DEPTH = 40
_BOM = b"\xef\xbb\xbf"
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["{}\[\]]', re.DOTALL)
_STEPS = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}
_SOLID = re.compile(rb"[^ \t\r\n,]")


class JsonRefused(ValueError):
    """Text that is not JSON, or JSON that nobody should have to read."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One record's text: its line (from 1), its path in the document ("orders[3]"), the bytes read up to its end."""

    line: int
    where: str
    position: int
    text: bytes
    problem: str = ""


def parse_strictly(text: bytes) -> Any:
    """JSON with exact numbers (Decimal, never float). Raises JsonRefused.

    Refused: not UTF-8, NaN and Infinity, one key twice in an object, numbers above 40 digits, more than 40 levels.
    """
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        raise JsonRefused(f"not UTF-8 at byte {error.start}") from error
    try:
        value = json.loads(
            decoded,
            object_pairs_hook=_object,
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        raise JsonRefused(f"not JSON: {error.msg} at character {error.pos}") from error
    except RecursionError as error:
        raise JsonRefused("nested too deeply") from error
    _refuse_depth(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise JsonRefused(f"the key {twice[:40]!r} twice in one object")
    return result


def _decimal(text: str) -> Decimal:
    number = Decimal(text) if len(text) <= 40 else None
    # An exponent is three characters in the file and a gigabyte as an integer.
    if number is None or abs(number.adjusted()) > 40:
        raise JsonRefused(f"a number out of range: {text[:40]}")
    return number


def _whole(text: str) -> int:
    if len(text) > 40:
        raise JsonRefused(f"a number out of range: {text[:40]}")
    return int(text)


def _constant(name: str) -> NoReturn:
    raise JsonRefused(f"{name} is not a JSON number")


def _refuse_depth(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MOST_DEPTH:
            raise JsonRefused(f"nested more than {MOST_DEPTH} levels")
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]


def read_pieces(path: Path) -> Iterator[Piece]:
    """The records of a file, in order, as text. Raises OSError when the file cannot be read."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            start = len(_BOM) if data[:3] == _BOM else 0
            if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
                yield Piece(1, "", len(data), b"", "not UTF-8: the file is UTF-16")
            elif path.suffix in (".jsonl", ".ndjson") or _is_lines(data, start):
                yield from _lines(data, start)
            else:
                yield from _document(data, start)


def _is_lines(data: mmap.mmap, start: int) -> bool:
    """Whether the first line is a whole JSON value and something follows it."""
    end = data.find(b"\n", start)
    if end < 0 or end - start > MOST_BYTES or not _SOLID.search(data, end):
        return False
    try:
        json.loads(data[start:end])
    except (ValueError, RecursionError):
        return False
    return True


def _lines(data: mmap.mmap, start: int) -> Iterator[Piece]:
    number = 0
    while start < len(data):
        number += 1
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        if end - start > MOST_BYTES:
            yield Piece(number, "", end, b"", _too_large(end - start))
        elif text := data[start:end].strip():
            yield Piece(number, "", end, text)
        start = end + 1


def _document(data: mmap.mmap, start: int) -> Iterator[Piece]:
    found = _list_start(data, start)
    if found is None:
        size = len(data) - start
        problem = _too_large(size) if size > MOST_BYTES else ""
        text = b"" if problem else data[start:]
        if problem or text.strip():
            yield Piece(1, "", len(data), text, problem)
        return
    yield from _elements(data, start, *found)


def _list_start(data: mmap.mmap, start: int) -> tuple[int, str] | None:
    """Where the inside of the document's list begins, and its name: a list at the top, or "orders"; None if neither."""
    depth, key = 0, b""
    for token, begin, end in _tokens(data, start):
        if token == b"[" and (depth == 0 or (depth == 1 and key == b'"orders"')):
            return end, "orders" if depth else ""
        depth += _STEPS.get(token, 0)
        key = data[begin:end] if end - begin == len(b'"orders"') else b""
    return None


def _elements(data: mmap.mmap, start: int, inside: int, name: str) -> Iterator[Piece]:
    """The elements of the list `name` whose inside begins at `inside`; the document begins at `start`."""
    line, counted, depth, index, at = 1, start, 0, 0, inside
    for token, begin, end in _tokens(data, inside):
        depth += _STEPS.get(token, 0)
        if end - begin == 1 and token == b'"':
            break
        if depth > 0 or _STEPS.get(token) != -1:
            continue
        until = end if depth == 0 else begin
        if solid := _SOLID.search(data, at, until):
            line, counted = line + data[counted : solid.start()].count(b"\n"), solid.start()
            yield _element(data, line, f"{name}[{index}]", solid.start(), until)
            index += 1
        at = until
        if depth < 0:
            return
    yield Piece(line, f"{name}[{index}]", len(data), b"", "the file ends in the middle of the list")


def _tokens(data: mmap.mmap, start: int) -> Iterator[tuple[bytes, int, int]]:
    """Brackets and texts with their places: the first byte only, texts can be as long as the file."""
    for match in _TOKEN.finditer(data, start):
        yield data[match.start() : match.start() + 1], match.start(), match.end()


def _element(data: mmap.mmap, line: int, where: str, begin: int, end: int) -> Piece:
    if end - begin > MOST_BYTES:
        return Piece(line, where, end, b"", _too_large(end - begin))
    return Piece(line, where, end, data[begin:end].strip())


def _too_large(size: int) -> str:
    return f"larger than {MOST_BYTES // 1024 // 1024} MiB ({size:,} bytes)"
