"""What resolvers know of a request: whose data, which rights, what time it is, and the loaders that batch its reads."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import strawberry

from graphql_api.errors import ACCESS_DENIED, BAD_USER_INPUT, Told
from graphql_api.loaders import Loaders
from portal.merchants.queries import MerchantFacts
from portal.web.locale import Speech


@dataclass
class Context:
    """One request. `idempotency_key` is the header's, or "". `mutations` counts the operation's root fields."""

    merchant: MerchantFacts
    key_name: str
    scopes: frozenset[str]
    now: datetime
    idempotency_key: str = ""
    mutations: int = 0
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        self.forget()

    @property
    def merchant_id(self) -> UUID:
        """Whose data this request may see."""
        return self.merchant.id

    @property
    def who(self) -> str:
        """Who did it, for a return's history."""
        return f"api: {self.key_name}"[:64]

    @property
    def speech(self) -> Speech:
        """English with the merchant's formats: the language of API messages."""
        return Speech("en", self.merchant.country, self.merchant.time_zone)

    def forget(self) -> None:
        """Read everything anew from here on: something was changed."""
        self.loaders = Loaders(self.merchant.id)

    def require(self, scope: str) -> None:
        """Raises ACCESS_DENIED unless the key has the scope."""
        if scope not in self.scopes:
            raise Told(ACCESS_DENIED, f"This API key does not have the scope {scope}.", requiredScope=scope)


Info = strawberry.Info[Context, None]


def plain(text: str, name: str, longest: int = 255) -> str:
    """Text that the database can hold. Raises BAD_USER_INPUT that names the argument."""
    if "\x00" in text or len(text) > longest:
        raise Told(BAD_USER_INPUT, f"{name}: at most {longest} characters, and none of them NUL.")
    return text
