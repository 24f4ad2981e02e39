"""What a return was promised and why: the stored quote and the stored decision as GraphQL types."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from graphql_api.ids import global_id
from graphql_api.scalars import Money, money
from portal.payouts.quotes import Quote
from portal.web.locale import Speech


@strawberry.type(description="One named step of a quote.")
class QuoteStep:
    kind: str = strawberry.field(
        description="A stable word: line, price, discount, tax, rounding, restocking_fee, return_shipping ..."
    )
    label: str = strawberry.field(description="The step as a sentence in English.")
    amount: Money = strawberry.field(description="The amount with its sign.")
    indent: int = strawberry.field(description="1 for a part of the step above, else 0: those add up to the total.")


@strawberry.type(description="What comes back, with its working.")
class ReturnQuote:
    steps: list[QuoteStep] = strawberry.field(description="The steps in order.")
    included_taxes: list[QuoteStep] = strawberry.field(description="Taxes inside the prices, as information.")
    total: Money = strawberry.field(description="What comes back.")


@strawberry.type(description="Why one setting of the policy has its value for one line.")
class SettingDecision:
    setting: str = strawberry.field(description="The setting: eligible, window, approval, restocking_fee ...")
    value: JSON = strawberry.field(description="Its value.")
    rule_id: str | None = strawberry.field(description="The rule that decided; null: the policy's default.")
    facts: JSON = strawberry.field(description="All that the rules on this setting looked at, by field.")
    lost: list[str] = strawberry.field(description="Rules that matched too but came later.")
    passed_over: list[str] = strawberry.field(description="Rules that came first and did not match.")


@strawberry.type(description="The policy's decision on one line.")
class LineDecision:
    order_line_id: strawberry.ID = strawberry.field(description="The id of the order line.")
    settings: list[SettingDecision] = strawberry.field(description="Every setting, with its reason.")


@strawberry.type(description="Why a return was allowed.")
class ReturnDecision:
    policy_version: str = strawberry.field(description="The number of the policy's version that decided.")
    decided_at: datetime = strawberry.field(description="When.")
    lines: list[LineDecision] = strawberry.field(description="The decision on every line of the return.")


def make_quote(stored: dict[str, Any], speech: Speech) -> ReturnQuote:
    """A quote as it was stored. Raises ValueError when its parts no longer add up."""
    quote = Quote.from_json(stored)

    def steps(rows: Any) -> list[QuoteStep]:
        return [
            QuoteStep(
                kind=step.kind,
                label=speech.say(step.words),
                amount=money(step.amount.minor, step.amount.currency),
                indent=step.indent,
            )
            for step in rows
        ]

    total = money(quote.total.minor, quote.total.currency)
    return ReturnQuote(steps=steps(quote.steps), included_taxes=steps(quote.included_taxes), total=total)


def make_decision(stored: dict[str, Any]) -> ReturnDecision:
    """A decision as it was stored."""
    return ReturnDecision(
        policy_version=stored["policy_version"],
        decided_at=datetime.fromisoformat(stored["decided_at"]),
        lines=[
            LineDecision(
                order_line_id=strawberry.ID(global_id("OrderLine", UUID(line))),
                settings=[
                    SettingDecision(
                        setting=each["setting"],
                        value=each["value"],
                        rule_id=each["rule_id"],
                        facts=each["facts"],
                        lost=each["lost"],
                        passed_over=each["passed_over"],
                    )
                    for each in settings
                ],
            )
            for line, settings in stored["lines"].items()
        ],
    )
