"""Signing a request as OAuth 1.0a does (RFC 5849, HMAC-SHA256), with the four keys of a Magento integration."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What an integration shows once it is activated."""

    consumer_key: str
    consumer_secret: str
    token: str
    token_secret: str


def authorization(keys: Keys, method: str, url: str, query: Sequence[tuple[str, str]], nonce: str, stamp: int) -> str:
    """The Authorization header for a request; `url` is without its query, `stamp` in unix seconds."""
    ours = {
        "oauth_consumer_key": keys.consumer_key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(stamp),
        "oauth_token": keys.token,
        "oauth_version": "1.0",
    }
    ours["oauth_signature"] = _signature(keys, method, url, [*query, *ours.items()])
    return "OAuth " + ", ".join(f'{name}="{encoded(value)}"' for name, value in ours.items())


def encoded(text: str) -> str:
    """Percent-encoding of everything but unreserved characters; a space is %20, since Magento reads a + as a plus."""
    return quote(text, safe="-._~")


def query_string(query: Sequence[tuple[str, str]]) -> str:
    """The query as it is sent."""
    return "&".join(f"{encoded(name)}={encoded(value)}" for name, value in query)


def _signature(keys: Keys, method: str, url: str, parameters: Sequence[tuple[str, str]]) -> str:
    listed = "&".join(f"{name}={value}" for name, value in sorted((encoded(a), encoded(b)) for a, b in parameters))
    base = "&".join((method.upper(), encoded(url), encoded(listed)))
    key = f"{encoded(keys.consumer_secret)}&{encoded(keys.token_secret)}"
    return base64.b64encode(hmac.digest(key.encode(), base.encode(), hashlib.sha256)).decode()
