"""Errors that a client may read, each with a stable `extensions.code`; everything else is masked behind a reference."""

import secrets
from collections.abc import Iterable
from typing import Any

import structlog
from graphql import FieldNode, GraphQLError

log = structlog.get_logger()

BAD_REQUEST = "BAD_REQUEST"
PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
BAD_USER_INPUT = "BAD_USER_INPUT"
TOO_COMPLEX = "QUERY_TOO_COMPLEX"
MAX_COST_EXCEEDED = "MAX_COST_EXCEEDED"
THROTTLED = "THROTTLED"
UNAUTHENTICATED = "UNAUTHENTICATED"
ACCESS_DENIED = "ACCESS_DENIED"
INTERNAL = "INTERNAL_SERVER_ERROR"


class Told(GraphQLError):
    """An error whose text was written for the client."""

    def __init__(self, code: str, message: str, **more: Any) -> None:
        super().__init__(message, extensions={"code": code, **more})


def request_error(error: GraphQLError, code: str) -> dict[str, Any]:
    """An error found before anything ran: its text is about the client's own document, and it gets a code."""
    shape = dict(error.formatted)
    return {**shape, "extensions": {"code": code, **(error.extensions or {})}}


def field_errors(errors: Iterable[GraphQLError]) -> list[dict[str, Any]]:
    """Errors of an execution as clients may read them. One fault behind many fields is logged once."""
    faults: dict[int, dict[str, Any]] = {}
    return [_field_error(error, faults) for error in errors]


def fault(error: BaseException, path: list[str | int] | None) -> dict[str, Any]:
    """Log what went wrong, without the query, and tell no more than a reference to it."""
    reference = secrets.token_hex(4)
    log.error("fault in the admin API", reference=reference, path=path, exc_info=error)
    return {"message": "Internal error", "extensions": {"code": INTERNAL, "reference": reference}}


def _field_error(error: GraphQLError, faults: dict[int, dict[str, Any]]) -> dict[str, Any]:
    cause = error.original_error
    told = cause if isinstance(cause, Told) else error
    if isinstance(told, Told):
        return {**error.formatted, "extensions": told.extensions}
    if error.path is None or _is_about_an_argument(cause):
        return request_error(error, BAD_USER_INPUT)
    broken = cause or error
    if id(broken) not in faults:
        faults[id(broken)] = fault(broken, error.path)
    return {**error.formatted, **faults[id(broken)]}


def _is_about_an_argument(cause: BaseException | None) -> bool:
    """The engine's own word on an argument points at the argument; whatever else it says may quote our values."""
    nodes = cause.nodes if isinstance(cause, GraphQLError) else None
    return bool(nodes) and not isinstance(nodes[0], FieldNode)
