"""The return's views: from stored facts to what the pages show. Pure; the frame and addresses come in."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.kernel.money import Money
from portal.kernel.words import N_, NN_, Words
from portal.labels.models import Label
from portal.payouts.quotes import Quote
from portal.payouts.rules import value_of
from portal.policies.rules import Decision, LineDecision
from portal.returns.models import Return, ReturnChange
from portal.returns.presenters import (
    CheckedLine,
    ChoiceView,
    HistoryView,
    LabelView,
    ReasonLine,
    StepOfSum,
    SumView,
)
from portal.returns.quoting import Held, paid_line
from portal.returns.rules import COMMENT_LIMIT, REASONS, Pick, ReturnState
from portal.returns.words import CHANGES, TENDERS
from portal.tracking.boxes import line_refusal

HEADLINES = {
    ReturnState.REQUESTED: (
        N_("We have your request"),
        N_("We look at it and write to you. Nothing to send yet."),
        "calm",
    ),
    ReturnState.APPROVED: (
        N_("Send your parcel by %(day)s"),
        N_("Pack the items, stick the label on, hand it in."),
        "ok",
    ),
    ReturnState.DECLINED: (
        N_("We cannot take this return"),
        N_("Write to us if you think that this is not right."),
        "bad",
    ),
    ReturnState.CANCELLED: (N_("This return was cancelled"), N_("You can start another one from your order."), "calm"),
    ReturnState.CLOSED: (N_("This return is done"), N_("Thank you."), "ok"),
}


def choices(
    content: Mapping[str, Any], decision: Decision, held: Mapping[str, Held], picks: Sequence[Pick]
) -> tuple[tuple[ChoiceView, ...], tuple[ChoiceView, ...]]:
    """Lines that may go back, and the others with their reasons. Lines that a shopper cannot hold are left out."""
    chosen = {pick.line_id: pick.quantity for pick in picks}
    decided = {line.line_id: line for line in decision.lines}
    views = [
        _choice(content, line, decided[line["id"]], held, chosen.get(line["id"], 0))
        for line in content["lines"]
        if line["requires_shipping"] or line["gift_card"]
    ]
    return tuple(view for view in views if not view.refusals), tuple(view for view in views if view.refusals)


def sum_view(quote: Quote, tender: str) -> SumView:
    """What comes back, step by step."""
    steps = tuple(StepOfSum(step.words, step.amount, step.indent) for step in quote.steps)
    return SumView(steps, quote.total, Words(TENDERS.get(tender, TENDERS["other"])))


def reason_lines(content: Mapping[str, Any], picks: Sequence[Pick]) -> tuple[ReasonLine, ...]:
    """The chosen lines, each to be given its reason."""
    lines = {line["id"]: line for line in content["lines"]}
    return tuple(
        ReasonLine(
            line_id=pick.line_id,
            title=lines[pick.line_id]["title"],
            detail=_detail(lines[pick.line_id]),
            quantity=pick.quantity,
            image_url=lines[pick.line_id]["image"],
            initial=lines[pick.line_id]["title"][:1].upper(),
            reason=pick.reason,
            comment=pick.comment,
            comment_limit=COMMENT_LIMIT,
        )
        for pick in picks
    )


def checked_lines(content: Mapping[str, Any], picks: Sequence[Pick]) -> tuple[CheckedLine, ...]:
    """The chosen lines with everything said about them."""
    lines = {line["id"]: line for line in content["lines"]}
    return tuple(
        CheckedLine(
            title=lines[pick.line_id]["title"],
            detail=_detail(lines[pick.line_id]),
            quantity=pick.quantity,
            reason=Words(REASONS.get(pick.reason, REASONS["other"])),
            comment=pick.comment,
            image_url=lines[pick.line_id]["image"],
            initial=lines[pick.line_id]["title"][:1].upper(),
        )
        for pick in picks
    )


def label_view(label: Label | None, pdf_url: str, qr_url: str) -> LabelView:
    """The label's state; "none" while the return waits for a decision or got a no."""
    if label is None:
        return LabelView("none", "", "", "")
    return LabelView(label.state, pdf_url, qr_url, label.code)


def history(changes: Sequence[ReturnChange], label: Label | None) -> tuple[HistoryView, ...]:
    """What happened, newest first."""
    entries = [HistoryView(Words(CHANGES[change.what]), change.at) for change in changes]
    if label is not None and label.ready_at is not None:
        entries.append(HistoryView(Words(CHANGES["label_ready"]), label.ready_at))
    return tuple(sorted(entries, key=lambda entry: entry.at, reverse=True))


def headline(row: Return, just_sent: bool) -> tuple[Words, Words, str]:
    """The status in the largest type, the sentence below it, the tone."""
    head, lede, tone = HEADLINES[ReturnState(row.state)]
    if row.state != ReturnState.APPROVED:
        return Words(head), Words(lede), tone
    until = {"day": row.ship_by}
    if just_sent:
        return Words(N_("Your return is booked")), Words(N_("Hand it in by %(day)s."), until), tone
    return Words(head, until), Words(lede), tone


def _choice(
    content: Mapping[str, Any], line: Mapping[str, Any], decided: LineDecision, held: Mapping[str, Held], chosen: int
) -> ChoiceView:
    return ChoiceView(
        line_id=line["id"],
        title=line["title"],
        detail=_detail(line),
        price=Money(line["unit_price"], content["order"]["currency"]),
        image_url=line["image"],
        initial=line["title"][:1].upper(),
        ordered=line["quantity"],
        quantities=range(decided.max_quantity + 1) if decided.allowed else (),
        chosen=min(chosen, decided.max_quantity),
        until=decided.until,
        refusals=tuple(line_refusal(refusal, content) for refusal in decided.refusals),
        paid=_paid(content, line, decided.max_quantity, held) if decided.allowed else None,
    )


def _paid(content: Mapping[str, Any], line: Mapping[str, Any], units: int, held: Mapping[str, Held]) -> Words | None:
    """What the units that may go back are really worth, where that is not their list price."""
    worth = value_of(paid_line(content, line["id"], held), units)
    if worth.minor == line["unit_price"] * units:
        return None
    if units == 1:
        return Words(N_("You paid %(amount)s"), {"amount": worth})
    one, many = NN_("You paid %(amount)s for %(count)s piece", "You paid %(amount)s for %(count)s pieces")
    return Words(one, {"amount": worth}, many, units)


def _detail(line: Mapping[str, Any]) -> str:
    return line["variant"].replace(" / ", " · ")
