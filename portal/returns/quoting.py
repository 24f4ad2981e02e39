"""From an order's facts to what comes back: the decision and the quote for a set of picks. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from portal.kernel.money import Money, total
from portal.kernel.refusal import Refusal
from portal.payouts.fees import fees_of
from portal.payouts.quotes import Quote
from portal.payouts.rules import PaidLine, quote_return, value_of
from portal.policies.rules import Decision, LineDecision, Policy, decide
from portal.policies.terms import combine, ship_by
from portal.returns.rules import Pick, ReturnRefused, check_picks
from portal.tracking.facts import gone_by_shop, return_facts, settled


@dataclass(frozen=True, slots=True)
class Held:
    """Units of a line that returns of ours already hold: how many, their worth before fees, what is paid back.

    `shop_units` and `shop_refunded` are what the shop itself had counted for the line when the first of them was made.
    """

    quantity: int = 0
    gross: int = 0
    refund: int = 0
    shop_units: int = 0
    shop_refunded: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """What a request would bring: the decision, the quote, and the terms that hold for the whole return."""

    decision: Decision
    quote: Quote
    method: str
    approval: str
    ship_by: date

    @property
    def stamp(self) -> str:
        """Changes when the amount, its working, the way back or the last day changes."""
        return f"{self.quote.stamp()[:40]}-{self.method}-{self.ship_by.isoformat()}"


def decide_return(
    content: Mapping[str, Any], held: Mapping[str, Held], policy: Policy, time_zone: str, now: datetime
) -> Decision:
    """Which lines may come back, as of now."""
    now_gone = {line["id"]: gone_by_shop(line) for line in content["lines"]}
    units = {
        line: each.quantity - settled(now_gone[line], each.shop_units, each.quantity) for line, each in held.items()
    }
    return decide(policy, return_facts(content, units, time_zone), now)


def make_offer(
    content: Mapping[str, Any],
    held: Mapping[str, Held],
    policy: Policy,
    picks: Sequence[Pick],
    time_zone: str,
    now: datetime,
) -> Offer:
    """Decide and quote a request. Raises ReturnRefused with every reason for every line."""
    refusals = check_picks(list(picks), {line["id"] for line in content["lines"]})
    if refusals:
        raise ReturnRefused(refusals)
    decision = decide_return(content, held, policy, time_zone, now)
    chosen = [(decision.line(pick.line_id), pick) for pick in picks]
    refusals = tuple(refusal for line, pick in chosen for refusal in _refused(line, pick))
    if refusals:
        raise ReturnRefused(refusals)
    terms = combine([line for line, _ in chosen])
    if not terms.methods:
        raise ReturnRefused((Refusal("ways_differ"),))
    quote = quote_return(
        [(paid_line(content, line.line_id, held), pick.quantity) for line, pick in chosen],
        fees_of([line for line, _ in chosen], content["order"]["currency"]),
        order_left=order_left(content, held),
    )
    return Offer(decision, quote, terms.methods[0], terms.approval, ship_by(now, time_zone, terms.ship_within_days))


def paid_line(content: Mapping[str, Any], line_id: str, held: Mapping[str, Held]) -> PaidLine:
    """A line as it was paid, less what is spoken for: cancelled or refunded by the shop, or in a return of ours."""
    line = next(line for line in content["lines"] if line["id"] == line_id)
    currency, ours = content["order"]["currency"], held.get(line_id, Held())
    counted = settled(gone_by_shop(line), ours.shop_units, ours.quantity)
    by_shop = min(line["quantity"], gone_by_shop(line) - counted)
    paid = PaidLine(
        line_id=line_id,
        title=line["title"],
        quantity=line["quantity"],
        unit_price=Money(line["unit_price"], currency),
        discounts=_labelled(line["discounts"], currency),
        taxes=_labelled(line["taxes"], currency),
        taxes_included=content["order"]["taxes_included"],
        refunded=Money(_refunded(line, ours), currency),
    )
    gone = value_of(paid, by_shop) if by_shop else Money(0, currency)
    return replace(
        paid,
        returned_quantity=min(line["quantity"], by_shop + ours.quantity),
        returned_value=gone + Money(ours.gross, currency),
    )


def order_left(content: Mapping[str, Any], held: Mapping[str, Held]) -> Money:
    """What was paid for the order less everything refunded on it, by the shop or promised by us."""
    currency = content["order"]["currency"]
    refunded = [Money(_refunded(line, held.get(line["id"], Held())), currency) for line in content["lines"]]
    return Money(content["order"]["total"], currency) - total(refunded, currency)


def _refunded(line: Mapping[str, Any], ours: Held) -> int:
    """What was paid back for a line, by the shop or promised by us; the shop's refund for our return counts once."""
    return int(line["refunded"] + ours.refund - settled(line["refunded"], ours.shop_refunded, ours.refund))


def _labelled(shares: Sequence[Mapping[str, Any]], currency: str) -> tuple[tuple[str, Money], ...]:
    return tuple((share["label"], Money(share["amount"], currency)) for share in shares)


def _refused(line: LineDecision, pick: Pick) -> tuple[Refusal, ...]:
    if not line.allowed:
        return line.refusals
    if pick.quantity > line.max_quantity:
        return (Refusal("too_many", {"most": line.max_quantity}, line.line_id),)
    return ()
