"""Global ids: opaque to clients, typed for us. A wrong type, a foreign id and rubbish are all simply not found."""

import base64
import binascii
from uuid import UUID

LONGEST = 128


def global_id(kind: str, row_id: UUID) -> str:
    """The id that clients see of a row; `kind` is the name of its GraphQL type."""
    return base64.urlsafe_b64encode(f"{kind}:{row_id}".encode()).decode()


def read_id(text: str) -> tuple[str, UUID] | None:
    """The type and row that a global id names, or None. Only the one spelling that we give out is an id."""
    if len(text) > LONGEST:
        return None
    try:
        kind, _, row = (
            base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True).decode("ascii").partition(":")
        )
        found = kind, UUID(row)
    except (binascii.Error, ValueError):
        return None
    return found if global_id(*found) == text else None


def row_of(kind: str, text: str) -> UUID | None:
    """The row that a global id of this type names, or None."""
    found = read_id(text)
    return found[1] if found and found[0] == kind else None
