"""Scalars of our own: aware moments, and whole minor units that no client's number type can round."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import NewType

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

from portal.kernel.money import Money as Amount

MinorUnits = NewType("MinorUnits", str)
LONGEST = 40


def _moment_in(value: object) -> datetime:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise GraphQLError("A DateTime is a string such as 2026-11-20T10:00:00Z.")
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise GraphQLError("A DateTime names its offset from UTC, for example with a Z at its end.")
        # The calendar's ends leave it on their way to UTC.
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise GraphQLError("This is not a moment in ISO 8601.") from error


CONFIG = StrawberryConfig(
    disable_field_suggestions=True,
    scalar_map={
        datetime: strawberry.scalar(
            name="DateTime",
            description="A moment in ISO 8601 with its offset from UTC; answers are in UTC.",
            serialize=datetime.isoformat,
            parse_value=_moment_in,
            specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        ),
        MinorUnits: strawberry.scalar(
            name="MinorUnits",
            description="A whole number of minor units (cents, yen, fils), as text so that no client rounds it.",
            serialize=str,
            parse_value=str,
        ),
    },
)


@strawberry.type(description="An exact amount of money.")
class Money:
    amount: Decimal = strawberry.field(description="The amount in major units as a decimal string, for example 12.30.")
    currency_code: str = strawberry.field(description="The currency: three letters of ISO 4217.")
    minor: MinorUnits = strawberry.field(description="The amount in minor units of the currency, for example 1230.")


def money(minor: int, currency: str) -> Money:
    """Minor units as an API amount."""
    return Money(amount=Amount(minor, currency).decimal, currency_code=currency, minor=MinorUnits(str(minor)))
