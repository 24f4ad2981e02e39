"""The shop that a key belongs to."""

import strawberry

from graphql_api.context import Info


@strawberry.type(description="The shop that this API key belongs to.")
class Shop:
    name: str = strawberry.field(description="The brand's name.")
    slug: str = strawberry.field(description="The short name used on the command line.")
    currency_code: str = strawberry.field(description="The shop's own currency (ISO 4217).")
    country_code: str = strawberry.field(description="Where the shop is (ISO 3166-1 alpha-2).")
    time_zone: str = strawberry.field(description="The zone in which days are counted (IANA name).")
    locale: str = strawberry.field(description="The language shoppers see first.")
    locales: list[str] = strawberry.field(description="The languages shoppers may choose.")
    support_email: str = strawberry.field(description="Where shoppers write to.")


@strawberry.type
class ShopQueries:
    @strawberry.field(description="The shop that this API key belongs to.")
    def shop(self, info: Info) -> Shop:
        merchant = info.context.merchant
        return Shop(
            name=merchant.name,
            slug=merchant.slug,
            currency_code=merchant.currency,
            country_code=merchant.country,
            time_zone=merchant.time_zone,
            locale=merchant.locale,
            locales=list(merchant.locales),
            support_email=merchant.support_email,
        )
