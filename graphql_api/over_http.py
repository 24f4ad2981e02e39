"""GraphQL over HTTP: POST only, two media types with their own statuses, plain answers to bad requests."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graphql_api import errors
from graphql_api.accept import GRAPHQL, JSON, media_type
from graphql_api.access import find_caller
from graphql_api.context import Context
from graphql_api.execution import Answer, Asked, Engine
from portal.merchants.models import ApiKey
from portal.merchants.visits import visit_of

LARGEST_BODY = 256 * 1024
STATUS = {errors.THROTTLED: 429}
"""Of requests that did not run, where it is not 400."""


class Wrong(Exception):
    """A request that is no GraphQL request, or not from anyone we know."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Door:
    """An ASGI application for one address; `version` is what it serves."""

    def __init__(self, engine: Engine, version: str) -> None:
        self._engine = engine
        self._version = version

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        media = media_type(request.headers.get("accept", ""))
        try:
            response = await self._respond(request, media)
        except Wrong as wrong:
            body = {"errors": [{"message": str(wrong), "extensions": {"code": wrong.code}}]}
            response = _response(body, wrong.status, media or JSON, wrong.headers)
        except Exception as error:
            response = _response({"errors": [errors.fault(error, None)]}, 500, media or JSON, {})
        response.headers["doorstep-api-version"] = self._version
        await response(scope, receive, send)

    async def _respond(self, request: Request, media: str | None) -> Response:
        if request.method != "POST":
            raise Wrong(405, "METHOD_NOT_ALLOWED", "Send a POST.", allow="POST")
        if media is None:
            raise Wrong(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL} or {JSON}.")
        now = request.app.state.clock()
        merchant = visit_of(request).merchant
        key = await find_caller(request, merchant.id, now)
        if key is None:
            said = "Send Authorization: Bearer with a live API key of this shop."
            raise Wrong(401, errors.UNAUTHENTICATED, said, www_authenticate='Bearer realm="doorstep"')
        asked = _asked(await _body(request))
        context = Context(
            merchant=merchant,
            key_name=key.name,
            scopes=_scopes(key),
            now=now,
            idempotency_key=_idempotency_key(request),
        )
        answer = await self._engine.answer(asked, context, str(key.id))
        return _response(answer.body, _status(answer, media), media, _headers(answer))


def _status(answer: Answer, media: str) -> int:
    """Old clients read only bodies of a 200; the newer type says in the status whether anything ran."""
    if answer.ran or media == JSON:
        return 200
    return STATUS.get(answer.code, 400)


def _headers(answer: Answer) -> dict[str, str]:
    return {"retry-after": str(answer.retry_after)} if answer.retry_after else {}


def _response(body: dict[str, Any], status: int, media: str, headers: dict[str, str]) -> Response:
    shared = {"cache-control": "no-store", "vary": "Accept", **headers}
    return Response(orjson.dumps(body, default=str), status, shared, media_type=f"{media}; charset=utf-8")


def _scopes(key: ApiKey) -> frozenset[str]:
    return frozenset(str(scope) for scope in key.scopes)


def _idempotency_key(request: Request) -> str:
    """The header's key; the quotes of a structured string do not belong to it."""
    text = request.headers.get("idempotency-key", "").strip()
    quoted = len(text) > 1 and text.startswith('"') and text.endswith('"')
    return text[1:-1] if quoted else text


async def _body(request: Request) -> bytes:
    content_type, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    charsets = [part.partition("=")[2].strip('"') for part in parameters if part.startswith("charset=")]
    if content_type != JSON or any(charset not in {"utf-8", "utf8"} for charset in charsets):
        raise Wrong(415, "UNSUPPORTED_MEDIA_TYPE", f"Send Content-Type: {JSON} in UTF-8.", accept_post=JSON)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Wrong(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body as it is, without Content-Encoding.")
    too_large = Wrong(413, "PAYLOAD_TOO_LARGE", f"A request has at most {LARGEST_BODY} bytes.")
    if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
        raise too_large
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_BODY:
            raise too_large
        chunks.append(chunk)
    return b"".join(chunks)


def _asked(body: bytes) -> Asked:
    """Read the body. Batches, other shapes and what is not JSON (NaN, deep nesting, bad UTF-8) are refused alike."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Wrong(400, errors.BAD_REQUEST, "The body is not JSON.") from error
    if not isinstance(data, dict):
        raise Wrong(400, errors.BAD_REQUEST, "The body is one JSON object with a query.")
    query, variables, name = data.get("query"), data.get("variables"), data.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise Wrong(400, errors.BAD_REQUEST, "query: a text with a GraphQL document.")
    if variables is not None and not isinstance(variables, dict):
        raise Wrong(400, errors.BAD_REQUEST, "variables: an object.")
    if name is not None and not isinstance(name, str):
        raise Wrong(400, errors.BAD_REQUEST, "operationName: a text.")
    if not isinstance(data.get("extensions", {}), dict | None):
        raise Wrong(400, errors.BAD_REQUEST, "extensions: an object.")
    return Asked(query, variables or {}, name or None)
