"""Codes are one path each, have their quiet zones, and read back from a screen."""

import re

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from portal.labels.codes import CodeTooLong, code128_modules, code128_svg, qr_path, qr_print_svg, qr_svg


def drawn(path: str, width: int, height: int, scale: int, ground: str = "#fff") -> Image.Image:
    """Our own paths as a picture: `M x y h n v n h -n z` only."""
    picture = Image.new("L", (width * scale, height * scale), ground)
    pen = ImageDraw.Draw(picture)
    for x, y, across, down in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", path):
        left, top = int(x) * scale, int(y) * scale
        pen.rectangle((left, top, left + int(across) * scale - 1, top + int(down) * scale - 1), fill=0)
    return picture


@settings(max_examples=60, deadline=None)
@given(st.from_regex(r"[A-Z0-9][A-Z0-9./-]{2,21}", fullmatch=True))
def test_every_content_of_the_bars_reads_back(content: str) -> None:
    svg = code128_svg(content, width=748, height=60)
    path = re.findall(r'd="([^"]+)"', svg)
    found = zxingcpp.read_barcodes(drawn(path[0], 748, 60, 2))
    assert (len(path), [code.text for code in found]) == (1, [content])


@pytest.mark.parametrize("content", ["990000", "9912345678", "12349900", "A9900"])
def test_digits_that_look_like_a_switch_are_digits(content: str) -> None:
    (path,) = re.findall(r'd="([^"]+)"', code128_svg(content, width=748, height=60))
    assert [code.text for code in zxingcpp.read_barcodes(drawn(path, 748, 60, 2))] == [content]


@settings(max_examples=40, deadline=None)
@given(st.from_regex(r"DS1:[A-Z0-9-]{1,30}:R-[0-9]{1,12}:[A-Z0-9]{7}", fullmatch=True))
def test_every_drop_off_code_reads_back(payload: str) -> None:
    path, side = qr_path(payload)
    (found,) = zxingcpp.read_barcodes(drawn(path, side, side, 4))
    assert (found.text, found.format) == (payload, zxingcpp.BarcodeFormat.QRCode)


def test_bars_are_as_wide_as_the_room_allows_and_never_too_narrow() -> None:
    modules = len(code128_modules("R-1"))
    assert "width:3.68473in" in code128_svg("R-1", width=748, height=10)
    with pytest.raises(CodeTooLong):
        code128_svg("R-1", width=(modules + 19) * 2, height=10)


def test_a_qr_code_too_fine_for_paper_is_refused() -> None:
    with pytest.raises(CodeTooLong):
        qr_print_svg("X" * 2000, width=240)


def test_the_code_for_screens_brings_its_own_white_ground() -> None:
    svg = qr_svg("DS1:FASHION:R-1:0000000")
    side = int(re.findall(r'viewBox="0 0 (\d+)', svg)[0])
    assert f'<rect width="{side}" height="{side}" fill="#fff"/>' in svg
    assert svg.count("<path") == 1


def test_a_payload_cannot_break_out_of_the_picture() -> None:
    assert "script" not in qr_svg('"><script>alert(1)</script>')
