"""Reading a form: bounded, proved to be ours, every value text."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from portal.web import csrf
from portal.web.cookies import FORM, read_cookie

MOST_FIELDS = 6000
LONGEST_FIELD = 16 * 1024


class Forged(Exception):
    """A form that was not ours: sent by another site, without the cookie, or with a stale token."""


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, by field name; NUL bytes are dropped (PostgreSQL cannot keep them), values are trimmed."""

    fields: Mapping[str, str]

    def text(self, name: str, longest: int = 500) -> str:
        """The value cut to `longest` characters, "" when absent."""
        return self.fields.get(name, "")[:longest]


async def read_form(request: Request) -> Form:
    """The form of a POST. Raises Forged when it cannot be shown to be ours; too large a body was refused before
    (413).
    """
    if csrf.is_cross_site(request):
        raise Forged("sent from another site")
    _refuse_other_charsets(request)
    async with request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD) as data:
        fields = {name: _clean(value) for name, value in data.items() if not isinstance(value, UploadFile)}
    if not csrf.is_ours(read_cookie(request, FORM), fields.get(csrf.FIELD, "")):
        raise Forged("token and cookie do not belong together")
    return Form(fields)


def _clean(text: str) -> str:
    """Without what PostgreSQL cannot keep: NUL bytes and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode().strip()


def _refuse_other_charsets(request: Request) -> None:
    """A form is UTF-8, as our pages are; decoders that a stranger names are not tried."""
    _, _, parameters = request.headers.get("content-type", "").lower().partition("charset=")
    if parameters and parameters.split(";")[0].strip(" \"'") not in {"utf-8", "utf8"}:
        raise HTTPException(415)
