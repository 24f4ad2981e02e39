"""From an order's facts to what comes back: the decision and the quote for a set of picks. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from portal.kernel.money import Money, total
from portal.kernel.refusal import Refusal
from portal.payouts.fees import fees_of
from portal.payouts.quotes import Quote
from portal.payouts.rules import PaidLine, quote_return, value_of
from portal.policies.facts import ReturnFacts
from portal.policies.rules import Decision, LineDecision, Policy, decide
from portal.policies.terms import combine, ship_by
from portal.returns.rules import Pick, ReturnRefused, check_picks
from portal.tracking.facts import return_facts


@dataclass(frozen=True, slots=True)
class Held:
    """Units of a line that returns of ours already hold: how many, their worth before fees, what is paid back for
    them.
    """

    quantity: int = 0
    gross: int = 0
    refund: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """What a request would bring: the decision, the quote, and the terms that hold for the whole return."""

    decision: Decision
    quote: Quote
    method: str
    approval: str
    ship_by: date

    picks: tuple[Pick, ...]
    policy: Policy

    @property
    def stamp(self) -> str:
        """Changes when anything on the check page changes: what goes back and why, the amount, the way, the day."""
        shown = [self.quote.stamp(), self.method, self.ship_by.isoformat(), *map(str, self.picks)]
        return hashlib.sha256("\n".join(shown).encode()).hexdigest()


def decide_return(
    content: Mapping[str, Any],
    held: Mapping[str, Held],
    policy: Policy,
    time_zone: str,
    now: datetime,
    picks: Sequence[Pick] = (),
) -> Decision:
    """Which lines may come back, as of now, and for what was chosen so far and why."""
    units = {line: each.quantity for line, each in held.items()}
    facts = return_facts(content, units, time_zone)
    reasons = {pick.line_id: pick.reason for pick in picks}
    lines = tuple(replace(line, reason=reasons.get(line.line_id, "")) for line in facts.lines)
    facts = replace(facts, lines=lines)
    return decide(policy, _with_picks(facts, picks) if picks else facts, now)


def _with_picks(facts: ReturnFacts, picks: Sequence[Pick]) -> ReturnFacts:
    """What the whole return comes to, for rules that ask: units, and what was paid for them."""
    paid = {line.line_id: line.unit_paid for line in facts.lines}
    subtotal = total((paid[pick.line_id] * pick.quantity for pick in picks), facts.order.total.currency)
    return replace(facts, subtotal=subtotal, items=sum(pick.quantity for pick in picks))


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
    decision = decide_return(content, held, policy, time_zone, now, picks)
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
    approval = terms.approval if content["order"]["paid"] >= content["order"]["total"] else "manual"
    return Offer(
        decision,
        quote,
        terms.methods[0],
        approval,
        ship_by(now, time_zone, terms.ship_within_days),
        tuple(picks),
        policy,
    )


def paid_line(content: Mapping[str, Any], line_id: str, held: Mapping[str, Held]) -> PaidLine:
    """A line as it was paid, less what is spoken for: cancelled or refunded by the shop, or in a return of ours."""
    line = next(line for line in content["lines"] if line["id"] == line_id)
    currency, ours = content["order"]["currency"], held.get(line_id, Held())
    by_shop = min(line["quantity"], line["refunded_quantity"] + line["cancelled"])
    paid = PaidLine(
        line_id=line_id,
        title=line["title"],
        quantity=line["quantity"],
        unit_price=Money(line["unit_price"], currency),
        discounts=_labelled(line["discounts"], currency),
        taxes=_labelled(line["taxes"], currency),
        taxes_included=content["order"]["taxes_included"],
        refunded=Money(line["refunded"] + ours.refund, currency),
    )
    gone = value_of(paid, by_shop) if by_shop else Money(0, currency)
    return replace(
        paid,
        returned_quantity=min(line["quantity"], by_shop + ours.quantity),
        returned_value=gone + Money(ours.gross, currency),
    )


def order_left(content: Mapping[str, Any], held: Mapping[str, Held]) -> Money:
    """What was really paid for the order less everything paid back by the shop or promised by us.

    A refund that the shop records for a return of ours counts on both sides until refunds carry our id: refusing too
    much can be put right by a person, paying twice cannot.
    """
    order = content["order"]
    by_shop = max(order["refunded"], sum(line["refunded"] for line in content["lines"]))
    promised = sum(each.refund for each in held.values())
    return Money(order["paid"] - by_shop - promised, order["currency"])


def _labelled(shares: Sequence[Mapping[str, Any]], currency: str) -> tuple[tuple[str, Money], ...]:
    return tuple((share["label"], Money(share["amount"], currency)) for share in shares)


def _refused(line: LineDecision, pick: Pick) -> tuple[Refusal, ...]:
    if not line.allowed:
        return line.refusals
    if pick.quantity > line.max_quantity:
        return (Refusal("too_many", {"most": line.max_quantity}, line.line_id),)
    return ()
