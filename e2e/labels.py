"""Reads codes as a carrier's scanner does: from pixels."""

import io

import pypdfium2
import zxingcpp
from PIL import Image

DOTS_PER_POINT = 4
"""288 dpi: what a label printer has, nearly."""


def codes_on_page(pdf: bytes) -> dict[str, str]:
    """What each kind of code on the first page says, by format, printed at 288 dpi."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return codes_in(document[0].render(scale=DOTS_PER_POINT).to_pil())
    finally:
        document.close()


def codes_in(picture: Image.Image) -> dict[str, str]:
    """What each kind of code in a picture says, by format."""
    return {found.format.name: found.text for found in zxingcpp.read_barcodes(picture.convert("L"))}
