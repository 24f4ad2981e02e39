"""Fonts are cut once, and a cache that fails costs nothing but time."""

import io
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from portal.labels.cuts import static_cut


@pytest.fixture
def variable(tmp_path: Path) -> Path:
    """A font of one letter with a weight axis from 200 to 800."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "A"])
    builder.setupCharacterMap({0x41: "A"})
    pen = TTGlyphPen(None)
    builder.setupGlyf({name: pen.glyph() for name in (".notdef", "A")})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "A": (600, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Test", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.setupFvar([("wght", 200, 400, 800, "Weight")], [])
    builder.save(tmp_path / "variable.ttf")
    return tmp_path / "variable.ttf"


def test_a_cut_has_no_axes_left_and_is_kept_for_the_next_process(variable: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cut = static_cut(variable, 900, cache)
    assert "fvar" not in TTFont(io.BytesIO(cut))
    assert [file.read_bytes() for file in cache.iterdir()] == [cut]


def test_a_kept_cut_is_used_again(variable: Path, tmp_path: Path) -> None:
    static_cut(variable, 300, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(b"from the cache")
    static_cut.cache_clear()
    assert static_cut(variable, 300, tmp_path / "cache") == b"from the cache"


def test_a_cache_that_cannot_be_written_costs_no_label(variable: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert static_cut(variable, 300, tmp_path / "file" / "cache")[:4] == b"\x00\x01\x00\x00"


def test_a_missing_font_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        static_cut(tmp_path / "gone.woff2", 400)
