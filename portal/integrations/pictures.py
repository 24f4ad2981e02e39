"""Fetching a picture from an address that somebody else named: over TLS, from the open internet only, small, a picture.

The host is resolved here and the connection goes to the address that was checked, so that a name cannot answer
differently the second time. A redirect is another address and is checked alike. What comes is decoded and written
anew: nothing of the file itself is kept, no place, no camera, nothing hidden in it. PDFs are not shown.
"""

import asyncio
import io
import socket
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx2
from PIL import Image, ImageOps

from portal.integrations.ports import AdapterError
from portal.kernel.refusal import Refusal

LARGEST = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
"""Pillow's own bound, for the whole process: twice as much is an error, in any frame of a picture."""
SIDE = 1400
QUALITY = 80
HOPS = 3
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
TRANSLATED = IPv6Network("64:ff9b::/96")
"""Of translators (NAT64): the last four bytes are the address that they lead to."""
CLOSED = (IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"), IPv6Network("::ffff:0:0:0/96"))
"""Translators of one's own network, and the old ways to write an address of the older version."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
Resolve = Callable[[str], Awaitable[list[str]]]


async def resolve(host: str) -> list[str]:
    """The addresses of a host. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def fetch_picture(client: httpx2.AsyncClient, url: str, resolver: Resolve = resolve) -> bytes:
    """The picture behind an address as a JPEG of ours. Raises Refusal for what will never be one, AdapterError for what
    may be there later.
    """
    for _ in range(HOPS):
        status, location, body = await _get(client, url, resolver)
        if status not in REDIRECTS:
            break
        url = urljoin(url, location)
    else:
        raise Refusal("picture_redirects")
    if status >= 500 or status == 429:
        raise AdapterError("outage", detail=str(status))
    if status != 200:
        raise Refusal("picture_missing", {"status": status})
    return await asyncio.to_thread(encoded_anew, body)


def encoded_anew(body: bytes) -> bytes:
    """The picture as a JPEG of moderate size. Raises Refusal for anything that is no picture."""
    if body.lstrip()[:5] == b"%PDF-":
        raise Refusal("picture_pdf")
    try:
        # Only the head is read here; warnings are the whole process's and cannot be turned into errors for one thread.
        picture = Image.open(io.BytesIO(body), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise Refusal("picture_too_large")
        upright = ImageOps.exif_transpose(picture) or picture
        plain = Image.new("RGB", upright.size, "white")
        layer = upright.convert("RGBA")
        plain.paste(layer, mask=layer)
        plain.thumbnail((SIDE, SIDE))
        made = io.BytesIO()
        plain.save(made, "JPEG", quality=QUALITY, optimize=True)
    except Refusal:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal("picture_too_large") from error
    except Exception as error:
        # A decoder may stumble in many ways over what strangers made; none of them is a picture.
        raise Refusal("picture_unreadable") from error
    return made.getvalue()


async def _get(client: httpx2.AsyncClient, url: str, resolver: Resolve) -> tuple[int, str, bytes]:
    parts = _checked(url)
    host = str(parts.hostname)
    address = await _public_address(host, resolver)
    named = f"[{address}]" if ":" in address else address
    target = parts._replace(netloc=named, fragment="").geturl()
    try:
        async with client.stream(
            "GET", target, headers={"host": host, "accept": "image/*"}, extensions={"sni_hostname": host}
        ) as answer:
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > LARGEST:
                    raise Refusal("picture_too_large")
            return answer.status_code, answer.headers.get("location", ""), bytes(body)
    except httpx2.HTTPError as error:
        raise AdapterError("unreachable", detail=type(error).__name__) from error


def _checked(url: str) -> SplitResult:
    """The address taken apart. Raises Refusal unless it is a plain one over TLS."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refusal("picture_address") from error
    if parts.scheme != "https" or not parts.hostname or parts.username is not None or port not in (None, 443):
        raise Refusal("picture_address")
    return parts


async def _public_address(host: str, resolver: Resolve) -> str:
    """One address of the host. Raises Refusal when any of them is not on the open internet."""
    try:
        found = await resolver(host)
    except OSError as error:
        raise AdapterError("unreachable", detail="no such host") from error
    if not found or not all(map(is_public, found)):
        raise Refusal("picture_address")
    return found[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also in the clothes of the other version."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.is_site_local or any(found in network for network in CLOSED):
            return False
        inner = _inner(found)
        if inner is not None and not (inner.is_global and not inner.is_multicast):
            return False
        # What a translator carries is as public as the address within.
        if found in TRANSLATED:
            return True
    return found.is_global and not found.is_multicast


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The address of the older version that one of the newer leads to."""
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
