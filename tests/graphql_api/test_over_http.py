"""GraphQL over HTTP: methods, media types, statuses, sizes, and who is let in."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.graphql_api.clients import GRAPHQL, Client

SHOP = {"query": "{ shop { name } }"}


@pytest.mark.parametrize(
    ("accept", "served"),
    [
        ("", GRAPHQL),
        ("*/*", GRAPHQL),
        ("application/*", GRAPHQL),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, application/json;q=0.9", GRAPHQL),
        ("application/json", "application/json"),
        ("application/json, text/plain, */*", "application/json"),
        (f"{GRAPHQL};q=0.5, application/json", "application/json"),
    ],
)
async def test_the_answer_has_the_type_that_the_client_reads_best(client: Client, accept: str, served: str) -> None:
    answer = await client.http.post("/graphql", json=SHOP, headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{served}; charset=utf-8")


async def test_a_client_that_reads_neither_type_is_told_so(client: Client) -> None:
    answer = await client.http.post("/graphql", json=SHOP, headers={"accept": "text/html, application/json;q=0"})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{ shop { "}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ shop { nme } }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query ($n: Int!) { orders(first: $n) { nodes { id } } }"}, "BAD_USER_INPUT"),
        ({"query": "query a { shop { name } } query b { shop { name } }"}, "BAD_REQUEST"),
        ({"query": "{ shop { name } }", "operationName": "nobody"}, "BAD_REQUEST"),
        ({"query": "subscription { x }"}, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_what_cannot_run_is_400_for_the_new_type_and_200_for_the_old(
    client: Client, body: dict[str, Any], code: str
) -> None:
    new = await client.http.post("/graphql", json=body)
    old = await client.http.post("/graphql", json=body, headers={"accept": "application/json"})
    assert (new.status_code, old.status_code) == (400, 200)
    assert {error["extensions"]["code"] for error in [*new.json()["errors"], *old.json()["errors"]]} == {code}
    assert "data" not in new.json()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'[{"query": "{ shop { name } }"}]',
        b'{"query": 1}',
        b'{"query": "  "}',
        b'{"query": "{ shop { name } }", "variables": []}',
        b'{"query": "{ shop { name } }", "variables": {"n": NaN}}',
        b'{"query": "{ shop { name } }", "variables": {"n": Infinity}}',
        b'{"query": "{ shop { name } }", "operationName": {}}',
        b'{"query": "{ shop { name } }", "extensions": "x"}',
        b'{"query": "\xff"}',
        b'{"query": "\\ud800"}',
        b"[" * 100_000,
        b'{"query": "{ shop { name } }", "variables": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
    ],
)
@pytest.mark.parametrize("accept", [GRAPHQL, "application/json"])
async def test_a_body_that_is_no_request_is_400_for_everyone(client: Client, body: bytes, accept: str) -> None:
    headers = {"content-type": "application/json", "accept": accept}
    answer = await client.http.post("/graphql", content=body, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_only_post_is_answered(client: Client, method: str) -> None:
    answer = await client.http.request(method, "/graphql?query={shop{name}}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/graphql"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json", "content-encoding": "gzip"},
        {"content-type": ""},
    ],
)
async def test_bodies_of_other_types_are_not_read(client: Client, headers: dict[str, str]) -> None:
    answer = await client.http.post("/graphql", content=b'{"query": "{ shop { name } }"}', headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_body_that_is_too_large_is_413_with_or_without_its_length(client: Client) -> None:
    body = b'{"query": "' + b"x" * 300_000 + b'"}'

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 50_000):
            yield body[start : start + 50_000]

    headers = {"content-type": "application/json"}
    told = await client.http.post("/graphql", content=body, headers=headers)
    streamed = await client.http.post("/graphql", content=chunks(), headers=headers)
    assert (told.status_code, streamed.status_code) == (413, 413)
    assert told.json()["errors"][0]["extensions"]["code"] == "PAYLOAD_TOO_LARGE"


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer dsk_short", "Basic eDp5", f"Bearer dsk_{'x' * 43} y"])
async def test_without_a_key_nothing_is_read(client: Client, given: str) -> None:
    answer = await client.http.post("/graphql", content=b"rubbish", headers={"authorization": given})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="doorstep"')
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("path", "version"),
    [("/graphql", "2026-11"), ("/graphql/2026-11", "2026-11"), ("/graphql/unstable", "unstable")],
)
async def test_the_version_served_is_named(client: Client, path: str, version: str) -> None:
    served = await client.send("{ shop { name } }", path)
    refused = await client.http.get(path)
    assert served.headers["doorstep-api-version"] == refused.headers["doorstep-api-version"] == version
    assert served.headers["cache-control"] == "no-store"


async def test_a_version_that_is_not_served_is_not_found(client: Client) -> None:
    assert (await client.send("{ shop { name } }", "/graphql/2025-01")).status_code == 404


async def test_no_name_of_the_schema_is_suggested(client: Client) -> None:
    (field,) = await client.errors("{ shop { nme } }")
    (argument,) = await client.errors("{ orders(frist: 1) { nodes { id } } }")
    (variable,) = await client.errors(
        "mutation ($i: ReturnDeclineInput!) { returnDecline(input: $i) { userErrors { code } } }",
        i={"returnId": "x", "reason": "y", "reasn": "z"},
    )
    assert not any("mean" in error["message"] for error in (field, argument, variable))


@pytest.mark.parametrize("moment", ["2026-11-20T10:00:00", "yesterday", "9999-12-31T23:59:59-23:00", 5, "x" * 9000])
async def test_a_moment_needs_its_offset(client: Client, moment: object) -> None:
    document = "query ($m: DateTime) { orders(placedAfter: $m) { nodes { id } } }"
    assert await client.code(document, m=moment) in {"BAD_USER_INPUT"}


async def test_text_that_the_database_cannot_hold_is_the_clients_mistake(client: Client) -> None:
    assert await client.code("query ($n: String!) { orderByNumber(number: $n) { id } }", n="a\x00b") == "BAD_USER_INPUT"
    assert await client.code('{ returnByNumber(number: "\\u0000") { id } }') == "BAD_USER_INPUT"


async def test_a_null_where_none_may_be_is_the_clients_mistake(client: Client) -> None:
    document = 'query ($id: ID = "x") { order(id: $id) { id } }'
    assert await client.code(document, id=None) == "BAD_USER_INPUT"
