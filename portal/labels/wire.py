"""How the renderer and its child talk: a length, a JSON header, then the bytes that the header counts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from struct import Struct
from typing import Any

LENGTH = Struct(">I")
HEADER_LIMIT = 1 << 20


@dataclass(frozen=True)
class Asset:
    """A file that the document may name as `asset:<name>`: a font or a picture, held in memory."""

    name: str
    media_type: str
    content: bytes

    @cached_property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


def packed(header: dict[str, Any], *bodies: bytes) -> bytes:
    """One message."""
    head = json.dumps(header, separators=(",", ":")).encode()
    return b"".join((LENGTH.pack(len(head)), head, *bodies))


def request(
    html: bytes, style: bytes, assets: Iterable[Asset], known: set[str], limits: dict[str, Any]
) -> tuple[bytes, set[str]]:
    """A render request and the digests that the child has after it; what it already has is not sent again."""
    wanted = tuple(assets)
    fresh = {asset.digest: asset for asset in wanted if asset.digest not in known}
    header = limits | {
        "html": len(html),
        "style": len(style),
        "assets": [[asset.name, asset.media_type, asset.digest] for asset in wanted],
        "fresh": [[digest, len(asset.content)] for digest, asset in fresh.items()],
    }
    return packed(header, html, style, *(asset.content for asset in fresh.values())), known | fresh.keys()
