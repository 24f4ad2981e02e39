"""Static cuts of variable fonts: one weight, kept in memory and in the user's cache folder.

A PDF would cut a variable font again for every document: 20 ms of a 30 ms label. Cutting takes half a second a font,
so a cut outlives the process; a cache folder that cannot be written costs time, never a label.
"""

import hashlib
import io
import os
import tempfile
from functools import lru_cache
from pathlib import Path

import fontTools
import structlog
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

log = structlog.get_logger()


@lru_cache(maxsize=64)
def static_cut(file: Path, weight: int, cache: Path | None = None) -> bytes:
    """A static font of one weight. Raises OSError or fontTools' TTLibError for a font that is missing or broken."""
    source = file.read_bytes()
    name = hashlib.sha256(f"{fontTools.version} {weight} ".encode() + source).hexdigest() + ".font"
    kept = (cache or _cache_folder()) / name
    if kept.exists():
        return kept.read_bytes()
    cut = _cut(source, weight)
    try:
        _keep(kept, cut)
    except OSError as error:
        log.info("font cut not kept", reason=str(error))
    return cut


def _cut(source: bytes, weight: int) -> bytes:
    # A timestamp of today would make every process write other bytes.
    font = TTFont(io.BytesIO(source), recalcTimestamp=False)
    font.flavor = None
    if "fvar" in font:
        axes = {axis.axisTag: axis for axis in font["fvar"].axes}
        place = {tag: axis.defaultValue for tag, axis in axes.items()}
        if "wght" in axes:
            place["wght"] = min(max(weight, axes["wght"].minValue), axes["wght"].maxValue)
        font = instantiateVariableFont(font, place)
    cut = io.BytesIO()
    font.save(cut)
    return cut.getvalue()


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "doorstep" / "fonts"


def _keep(path: Path, content: bytes) -> None:
    """Write whole or not at all: two workers may cut the same font at once."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(content)
    os.replace(part.name, path)
