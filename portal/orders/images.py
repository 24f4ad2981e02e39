"""Product pictures in our own storage: a page of ours never asks another host for anything.

Files are named by SKU (`FW-JKT-01.svg`). Pictures are kept by the hash of their bytes and served with a policy that
lets
an SVG run nothing.
"""

import hashlib
from pathlib import Path
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from portal.db.setup import connection
from portal.kernel.ids import new_id
from portal.orders.models import ProductImage
from portal.storage.objects import ObjectStore

SIGNATURES = {
    "image/svg+xml": (b"<svg", b"<?xml"),
    "image/png": (b"\x89PNG\r\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/webp": (b"RIFF",),
}
ENDINGS = frozenset({".svg", ".png", ".jpg", ".jpeg", ".webp"})
LARGEST = 1024 * 1024


def image_kind(body: bytes) -> str | None:
    """The media type that the first bytes say, or None for anything that we do not show."""
    for media_type, starts in SIGNATURES.items():
        if body.lstrip()[:16].startswith(starts):
            return media_type
    return None


def is_picture(path: Path) -> bool:
    """Whether a file is named like a picture that we show; what is in it is another question."""
    return path.suffix.lower() in ENDINGS


def image_url(digest: str) -> str:
    """Where a picture is served."""
    return f"/media/{digest}"


async def store_images(store: ObjectStore, merchant_id: UUID, folder: Path) -> tuple[int, list[str]]:
    """Take every picture of a folder, by its ending. Returns how many were taken and the names refused (not a picture,
    over 1 MB).
    """
    refused = []
    taken = 0
    for path in sorted(path for path in folder.iterdir() if path.is_file() and is_picture(path)):
        body = path.read_bytes()
        kind = image_kind(body)
        if kind is None or len(body) > LARGEST:
            refused.append(path.name)
            continue
        await keep_image(store, merchant_id, path.stem, body, kind)
        taken += 1
    return taken, refused


async def keep_image(store: ObjectStore, merchant_id: UUID, sku: str, body: bytes, kind: str) -> None:
    """Keep one picture that was checked, by its SKU and the hash of its bytes."""
    digest = hashlib.sha256(body).hexdigest()
    await store.put(_key(merchant_id, digest), body, kind)
    await connection().execute_query(
        "INSERT INTO product_images (id, merchant_id, sku, digest, content_type) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (merchant_id, sku) DO UPDATE SET digest = excluded.digest, content_type = excluded.content_type",
        [new_id(), merchant_id, sku, digest, kind],
    )


async def list_image_urls(merchant_id: UUID, skus: list[str]) -> dict[str, str]:
    """Addresses of the pictures that we hold, by SKU."""
    rows = await ProductImage.filter(merchant_id=merchant_id, sku__in=skus).values("sku", "digest")
    return {row["sku"]: image_url(row["digest"]) for row in rows}


async def serve_image(request: Request) -> Response:
    """GET /media/{digest}: a picture of this host's merchant, for a year, or 404."""
    merchant_id = request.state.visit.merchant.id
    row = await ProductImage.filter(merchant_id=merchant_id, digest=request.path_params["digest"]).first()
    body = await request.app.state.store.get(_key(merchant_id, row.digest)) if row else None
    if row is None or body is None:
        return Response("Not found", status_code=404, media_type="text/plain")
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return Response(body, media_type=row.content_type, headers=headers)


def _key(merchant_id: UUID, digest: str) -> str:
    return f"{merchant_id}/products/{digest}"
