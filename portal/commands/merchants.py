"""Merchants from the command line: who is there, setting one up from a file, keys of the admin API."""

import asyncio
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.commands.installation import Mistake, now, ready_with_database
from portal.settings import Settings

if TYPE_CHECKING:
    from portal.merchants.service import MerchantInput


async def merchant_id_of(slug: str) -> Any:
    """The id of the merchant with this slug. Raises Mistake; needs an open database."""
    from portal.merchants.queries import find_merchant_by_slug

    merchant = await find_merchant_by_slug(slug)
    if merchant is None:
        raise Mistake(f"There is no merchant {slug!r}. `doorstep merchants list` shows those there are.")
    return merchant.id


def list_merchants() -> list[tuple[str, str, str, str]]:
    """Slug, name, languages and currency of every merchant."""
    from portal.db.setup import database
    from portal.merchants.models import Merchant

    async def ask(settings: Settings) -> list[tuple[str, str, str, str]]:
        async with database(settings):
            rows = await Merchant.all().order_by("slug")
            return [(row.slug, row.name, ", ".join(row.locales), row.currency) for row in rows]

    with ready_with_database() as settings:
        return asyncio.run(ask(settings))


def save(file: Path) -> str:
    """Create or change a merchant as a TOML file says; returns its slug."""
    from portal.db.setup import database
    from portal.kernel.refusal import Refusal
    from portal.merchants.service import save_merchant

    wanted = read_merchant(file)

    async def store(settings: Settings) -> None:
        async with database(settings):
            try:
                await save_merchant(wanted, now())
            except Refusal as refusal:
                raise Mistake(f"{file}: {refusal}") from refusal

    with ready_with_database() as settings:
        asyncio.run(store(settings))
    return wanted.slug


def read_merchant(file: Path) -> "MerchantInput":
    """What a TOML file says of a merchant. Raises Mistake naming each value that does not fit."""
    from pydantic import TypeAdapter, ValidationError

    from portal.merchants.service import MerchantInput

    try:
        return TypeAdapter(MerchantInput).validate_python(tomllib.loads(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Mistake(f"{file}: {error}") from error
    except ValidationError as error:
        lines = [f"  {'.'.join(str(part) for part in item['loc'])}: {_said(dict(item))}" for item in error.errors()]
        raise Mistake("\n".join([f"{file}:", *lines])) from error


def _said(item: dict[str, Any]) -> str:
    """In words for people: what a TOML value has to be."""
    kind = str(item["type"])
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(item["msg"]).removeprefix("Value error, ")
    if kind == "literal_error":
        return f"expected {item['ctx']['expected']}"
    expected = {"tuple": "a list", "string": "a text in quotes", "int": "a whole number", "dataclass": "a table"}
    return f"expected {expected.get(kind.split('_')[0], 'another kind of value')}"


def create_key(merchant: str, name: str, scopes: tuple[str, ...]) -> str:
    """A new key, which nothing shows a second time. Raises Mistake for scopes that do not exist."""
    from portal.db.setup import database
    from portal.merchants.service import SCOPES, create_api_key

    if not scopes or not SCOPES.issuperset(scopes):
        raise Mistake(f"Scopes are: {', '.join(sorted(SCOPES))}. Got: {', '.join(scopes) or 'none'}")

    async def make(settings: Settings) -> str:
        async with database(settings):
            return await create_api_key(await merchant_id_of(merchant), name, scopes, now())

    with ready_with_database() as settings:
        return asyncio.run(make(settings))
