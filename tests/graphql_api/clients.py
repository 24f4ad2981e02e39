"""A program at a merchant's API door: posts documents with a key, hands out what came back."""

from dataclasses import dataclass
from typing import Any

from httpx2 import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from portal.merchants.queries import MerchantFacts
from portal.merchants.service import SCOPES, create_api_key
from tests.factories.merchants import NOW

GRAPHQL = "application/graphql-response+json"


@dataclass
class Client:
    """Speaks to one merchant's door with one key."""

    http: AsyncClient

    async def send(self, query: str, path: str = "/graphql", **variables: Any) -> Response:
        """One request with a document and its variables."""
        return await self.http.post(path, json={"query": query, "variables": variables})

    async def ask(self, query: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = (await self.send(query, **variables)).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def errors(self, query: str, **variables: Any) -> list[dict[str, Any]]:
        """The errors of an answer that has some."""
        answer = (await self.send(query, **variables)).json()
        return answer["errors"]

    async def code(self, query: str, **variables: Any) -> str:
        """The code of the only error."""
        (error,) = await self.errors(query, **variables)
        return error["extensions"]["code"]


async def open_client(app: Starlette, merchant: MerchantFacts, *scopes: str, host: str = "", **headers: str) -> Client:
    """A client with a new key of the merchant; no scopes named means all."""
    token = await create_api_key(merchant.id, "tests", scopes or tuple(SCOPES), NOW)
    sent = {"authorization": f"Bearer {token}", "accept": GRAPHQL, **headers}
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    return Client(AsyncClient(transport=transport, base_url=f"http://{host or merchant.slug}.localhost", headers=sent))
