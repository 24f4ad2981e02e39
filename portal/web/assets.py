"""Files for the browser: named by a hash of what is in them, kept for ever, compressed once at start."""

import gzip
import hashlib
import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parents[1] / "static"
COMPRESSIBLE = ("text/", "application/javascript", "image/svg+xml", "application/json")
STYLESHEET = "css/doorstep.css"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it goes out. `packed` is its gzip form, or None when that saves nothing."""

    path: str
    body: bytes
    media_type: str
    etag: str
    packed: bytes | None


class MissingAsset(KeyError):
    """A template names a file that is not there."""


class Assets:
    """All files by path; `url(path)` is the address that never changes its content."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._by_path = {path: _asset(path, body) for path, body in files.items()}

    def url(self, path: str) -> str:
        """The address of a file. Raises MissingAsset."""
        try:
            return f"/assets/{self._by_path[path].etag}/{path}"
        except KeyError as error:
            raise MissingAsset(f"no such file for the browser: {path} (was the set-up run?)") from error

    def find(self, etag: str, path: str) -> Asset | None:
        """The file, if its content is still the one that the address names."""
        asset = self._by_path.get(path)
        return asset if asset is not None and asset.etag == etag else None

    def add(self, path: str, body: bytes) -> str:
        """Add a file made at start, such as a theme's stylesheet. Returns its address."""
        self._by_path[path] = _asset(path, body)
        return self.url(path)


def _asset(path: str, body: bytes) -> Asset:
    media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    media_type = "application/javascript" if media_type == "text/javascript" else media_type
    packed = gzip.compress(body, 9, mtime=0) if media_type.startswith(COMPRESSIBLE) else None
    if packed is not None and len(packed) >= len(body):
        packed = None
    return Asset(path, body, media_type, hashlib.sha256(body).hexdigest()[:16], packed)


def static_files(root: Path = STATIC) -> dict[str, bytes]:
    """What lies below `root` by relative path; the component stylesheets become one, in the order of their names."""
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in _files(root)}
    styles = sorted(path for path in files if path.startswith("css/") and path.endswith(".css"))
    bundle = b"\n".join(files.pop(path) for path in styles)
    return {**files, STYLESHEET: bundle}


def _files(root: Path) -> Iterable[Path]:
    return (path for path in root.rglob("*") if path.is_file() and not path.name.startswith("."))


async def serve_asset(request: Request) -> Response:
    """GET /assets/{etag}/{path}: the file for a year, or 404."""
    assets: Assets = request.app.state.assets
    asset = assets.find(request.path_params["etag"], request.path_params["path"])
    if asset is None:
        return Response("Not found", status_code=404, media_type="text/plain")
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "vary": "Accept-Encoding",
    }
    if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            asset.packed,
            media_type=asset.media_type,
            headers={**headers, "content-encoding": "gzip"},
        )
    return Response(asset.body, media_type=asset.media_type, headers=headers)
