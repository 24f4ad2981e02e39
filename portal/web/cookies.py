"""Our cookies: one per host, invisible to scripts. Over TLS they carry the `__Host-` prefix (RFC 6265bis)."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

SESSION = "doorstep"
FORM = "doorstep-form"
LANGUAGE = "doorstep-language"


def read_cookie(request: Request, name: str) -> str:
    """The cookie's value or ""."""
    return request.cookies.get(_full(request, name), "")


def set_cookie(
    request: Request,
    response: Response,
    name: str,
    value: str,
    age: timedelta | None = None,
) -> None:
    """Set a cookie for this host alone; without `age` it lasts as long as the browser is open."""
    response.set_cookie(
        _full(request, name),
        value,
        max_age=int(age.total_seconds()) if age else None,
        path="/",
        secure=_secure(request),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Let the browser forget a cookie of ours."""
    response.delete_cookie(_full(request, name), path="/", secure=_secure(request), httponly=True, samesite="lax")


def _full(request: Request, name: str) -> str:
    return f"__Host-{name}" if _secure(request) else name


def _secure(request: Request) -> bool:
    return bool(request.app.state.settings.secure_cookies)
