"""What a draft of a policy would have done: past orders and returns decided again, beside the policy they had.

Both sides are decided on the same facts, those of then as far as we know them: what the shop paid back later is left
out, and a return knows only the returns before it.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from portal.db.setup import connection
from portal.merchants.queries import MerchantFacts
from portal.policies.documents import Document
from portal.policies.queries import find_policy_for
from portal.policies.rules import Policy
from portal.returns.models import Return, ReturnLine
from portal.returns.quoting import Held, decide_return, make_offer
from portal.returns.rules import HOLDS_UNITS, Pick, ReturnRefused

AT_ONCE = 200
MOST_CASES = 1000
DAYS_AFTER = 14
"""When an order that nobody returned is asked about: so many days after its last parcel arrived."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a policy says of one request: how many units may come back, and what is paid back, in minor units."""

    units: int
    reasons: tuple[str, ...] = ()
    refund: int = 0
    approval: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One order or return that the draft answers otherwise. `return_number` is "" for an order nobody returned."""

    order_number: str
    return_number: str
    asked: date
    currency: str
    before: Answer
    after: Answer


@dataclass(slots=True)
class Report:
    """Sums over the period, and the first thousand cases that differ. Money by currency in minor units."""

    orders: int = 0
    returns: int = 0
    differing: int = 0
    units: Counter[str] = field(default_factory=Counter)
    """`before` and `after`: units that may come back."""
    manual: Counter[str] = field(default_factory=Counter)
    """Returns that wait for a person."""
    refunds: dict[str, Counter[str]] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)

    def add(self, case: Case) -> None:
        """Count one case in."""
        sums = self.refunds.setdefault(case.currency, Counter())
        for side, answer in (("before", case.before), ("after", case.after)):
            self.units[side] += answer.units
            self.manual[side] += answer.approval == "manual"
            sums[side] += answer.refund
        if case.before != case.after:
            self.differing += 1
            if len(self.cases) < MOST_CASES:
                self.cases.append(case)


async def backtest(
    merchant: MerchantFacts,
    draft: Document,
    since: datetime,
    until: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> Report:
    """Decide every order placed in [since, until) and its returns again. Reads only, some orders at a time."""
    report, policy = Report(), Policy(draft)
    async for orders in _pages(merchant.id, since, until):
        asked = await _returns_of(merchant.id, [order_id for order_id, _ in orders])
        for order_id, content in orders:
            await _replay(merchant, policy, order_id, _as_of_then(content), asked.get(order_id, []), report)
        progress(report.orders)
    return report


async def _replay(
    merchant: MerchantFacts,
    draft: Policy,
    order_id: UUID,
    content: dict[str, Any],
    asked: Sequence[tuple[Return, list[ReturnLine]]],
    report: Report,
) -> None:
    order = content["order"]
    pinned = await find_policy_for(merchant.id, order["policy"], datetime.fromisoformat(order["placed_at"]))
    report.orders += 1
    if pinned is None:
        return
    if not asked:
        moment = _later(content)
        if moment is not None:
            before, after = (_whole_order(content, policy, merchant.time_zone, moment) for policy in (pinned, draft))
            report.add(Case(order["number"], "", moment.date(), order["currency"], before, after))
    held: dict[str, Held] = {}
    for row, lines in asked:
        report.returns += 1
        picks = [Pick(str(line.line_id), line.quantity, line.reason) for line in lines]
        before, after = (
            _request(content, held, policy, picks, merchant.time_zone, row.requested_at) for policy in (pinned, draft)
        )
        report.add(Case(order["number"], row.number, row.requested_at.date(), order["currency"], before, after))
        if row.state in HOLDS_UNITS:
            held = _held_with(held, lines)


def _request(
    content: Mapping[str, Any], held: Mapping[str, Held], policy: Policy, picks: list[Pick], zone: str, now: datetime
) -> Answer:
    try:
        offer = make_offer(content, held, policy, picks, zone, now)
    except ReturnRefused as no:
        return Answer(0, tuple(dict.fromkeys(refusal.code for refusal in no.refusals)))
    units = sum(pick.quantity for pick in picks)
    return Answer(units, (), offer.quote.total.minor, offer.approval, offer.method)


def _whole_order(content: Mapping[str, Any], policy: Policy, zone: str, now: datetime) -> Answer:
    decision = decide_return(content, {}, policy, zone, now)
    reasons = dict.fromkeys(refusal.code for line in decision.lines for refusal in line.refusals)
    return Answer(sum(line.max_quantity for line in decision.lines), tuple(reasons))


def _later(content: Mapping[str, Any]) -> datetime | None:
    """Some days after the last parcel arrived; None while none has."""
    arrived = [
        datetime.fromisoformat(parcel["delivered_at"]) for parcel in content["parcels"] if parcel["delivered_at"]
    ]
    return max(arrived) + timedelta(days=DAYS_AFTER) if arrived else None


def _as_of_then(content: dict[str, Any]) -> dict[str, Any]:
    lines = [{**line, "refunded_quantity": 0, "refunded": 0} for line in content["lines"]]
    return {**content, "order": {**content["order"], "refunded": 0}, "lines": lines, "returns": []}


def _held_with(held: Mapping[str, Held], lines: Sequence[ReturnLine]) -> dict[str, Held]:
    found = dict(held)
    for line in lines:
        before = found.get(str(line.line_id), Held())
        found[str(line.line_id)] = Held(
            before.quantity + line.quantity, before.gross + line.gross, before.refund + line.refund
        )
    return found


async def _pages(
    merchant_id: UUID, since: datetime, until: datetime
) -> AsyncIterator[list[tuple[UUID, dict[str, Any]]]]:
    """Orders of the period with their page's facts, by id."""
    last = UUID(int=0)
    while True:
        _, rows = await connection().execute_query(
            "SELECT o.id, p.content FROM orders o JOIN order_pages p ON p.id = o.id AND p.merchant_id = o.merchant_id "
            "WHERE o.merchant_id = $1 AND o.placed_at >= $2 AND o.placed_at < $3 AND o.id > $4 ORDER BY o.id LIMIT $5",
            [merchant_id, since, until, last, AT_ONCE],
        )
        if rows:
            yield [(row["id"], orjson.loads(row["content"])) for row in rows]
        if len(rows) < AT_ONCE:
            return
        last = rows[-1]["id"]


async def _returns_of(
    merchant_id: UUID, order_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[Return, list[ReturnLine]]]]:
    rows = await Return.filter(merchant_id=merchant_id, order_id__in=list(order_ids)).order_by("requested_at", "id")
    lines = await ReturnLine.filter(merchant_id=merchant_id, return_id__in=[row.id for row in rows]) if rows else []
    found: dict[UUID, list[tuple[Return, list[ReturnLine]]]] = {}
    for row in rows:
        mine = [line for line in lines if line.return_id == row.id]
        found.setdefault(UUID(str(row.order_id)), []).append((row, mine))
    return found
