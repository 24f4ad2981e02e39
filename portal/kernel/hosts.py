"""Host names as the Host header gives them."""

import re

_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST = re.compile(rf"(?P<name>{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>\d{{1,5}}))?")


def host_name(header: str) -> str | None:
    """The name in a Host header, lower case, without its port; None when it is not a plain DNS name.

    Trailing dots, user info, brackets, spaces and paths are refused rather than repaired (CVE-2026-48710).
    """
    if len(header) > 260:
        return None
    match = _HOST.fullmatch(header.lower())
    return match["name"] if match else None
