"""Sample views of the return's pages, state by state."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from portal.kernel.words import Words
from portal.returns.presenters import (
    CheckedLine,
    CheckView,
    ChoiceView,
    ChooseView,
    HistoryView,
    LabelView,
    ReasonLine,
    ReasonOption,
    ReasonsView,
    ReturnView,
    StepOfSum,
    SumView,
)
from portal.web.page import FieldError, Page
from tests.factories.view_brands import SampleBrand, ago

REASONS = {
    "too_small": "Too small",
    "too_large": "Too large",
    "not_as_described": "Not as described",
    "damaged": "Arrived damaged",
    "wrong_item": "Not what I ordered",
    "changed_mind": "I changed my mind",
}
NOT_YET = Words("Not delivered yet. You can send it back for 30 days once it has arrived.")
FINAL_SALE = Words("Final sale: this piece was sold with no way back.")


def return_samples(brand: SampleBrand, page: Page) -> Iterator[tuple[str, str, Any]]:
    """Name, template and view of every state."""
    yield from _choosing(brand, page)
    yield from _reasoning(brand, page)
    yield from _checking(brand, page)
    yield from _following(brand, page)


def make_sum(brand: SampleBrand) -> SumView:
    """One line back, minus its share of a code: the steps add up to the total."""
    price = brand.money(brand.products[1].minor)
    share = brand.money(price.minor // 10)
    steps = (
        StepOfSum(Words("%(title)s × %(count)s", {"title": brand.products[1].title, "count": 1}), price),
        StepOfSum(Words("Your share of the %(code)s code", {"code": "WELCOME10"}), -share),
        StepOfSum(Words("Tax in it"), brand.money(2614), indent=1),
        StepOfSum(Words("Return label"), brand.money(0)),
    )
    return SumView(steps, price - share, Words("To your card"))


def _choice(brand: SampleBrand, index: int, **changes: Any) -> ChoiceView:
    item = brand.item(index)
    choice = ChoiceView(
        line_id=f"line-{index}",
        title=item.title,
        detail=item.detail,
        price=item.price,
        image_url=item.image_url,
        initial=item.initial,
        ordered=1,
        quantities=(1,),
        chosen=0,
        until=date(2026, 12, 14),
        refusals=(),
    )
    return replace(choice, **changes)


def _choosing(brand: SampleBrand, page: Page) -> Iterator[tuple[str, str, Any]]:
    refused = (
        _choice(brand, 2, quantities=(), until=None, refusals=(NOT_YET,)),
        _choice(brand, 3, quantities=(), until=None, image_url="", refusals=(FINAL_SALE, NOT_YET)),
    )
    picked = ChooseView(
        page=page,
        order_number=brand.order_number,
        back_url="/orders/10482",
        submit_url="/orders/10482/returns/new",
        quote_url="/orders/10482/returns/quote",
        choices=(
            _choice(brand, 0),
            _choice(brand, 1, chosen=1),
            _choice(
                brand,
                5,
                ordered=4,
                quantities=(1, 2, 3),
                paid=Words("You paid %(amount)s for 3 pieces", {"amount": brand.money(4999)}),
            ),
        ),
        refused=refused,
        sum=make_sum(brand),
    )
    fresh = replace(picked, choices=tuple(replace(choice, chosen=0) for choice in picked.choices), sum=None)
    nothing_chosen = FieldError("quantity-line-0", Words("Choose at least one thing to send back"))
    too_many = FieldError("quantity-line-5", Words("Only 3 of these can still go back"))
    template = "returns/choose.html"
    yield "choose", template, picked
    yield "choose-fresh", template, replace(fresh, refused=())
    yield "choose-errors", template, replace(fresh, errors=(nothing_chosen, too_many))
    yield "choose-refused", template, replace(fresh, choices=())


def _reasoning(brand: SampleBrand, page: Page) -> Iterator[tuple[str, str, Any]]:
    lines = tuple(
        ReasonLine(f"line-{index}", item.title, item.detail, 1, item.image_url, item.initial, reason, "", 500)
        for index, item, reason in ((1, brand.item(1), "too_small"), (5, brand.item(5), ""))
    )
    view = ReasonsView(
        page=page,
        order_number=brand.order_number,
        back_url="/orders/10482/returns/new",
        submit_url="/orders/10482/returns/reasons",
        lines=lines,
        options=tuple(ReasonOption(code, Words(label)) for code, label in REASONS.items()),
    )
    missing = FieldError("reason-line-5", Words("Choose a reason for %(title)s", {"title": lines[1].title}))
    too_long = FieldError("comment-line-1", Words("Keep it to 500 characters"))
    yield "reasons", "returns/reasons.html", view
    yield "reasons-errors", "returns/reasons.html", replace(view, errors=(missing, too_long))


def _checked(brand: SampleBrand) -> tuple[CheckedLine, ...]:
    item = brand.item(1)
    comment = "The left one rubs at the heel."
    first = CheckedLine(item.title, item.detail, 1, Words("Too small"), comment, item.image_url, item.initial)
    return first, replace(first, title=brand.products[5].title, quantity=2, comment="", image_url="", initial="A")


def _checking(brand: SampleBrand, page: Page) -> Iterator[tuple[str, str, Any]]:
    view = CheckView(
        page=page,
        order_number=brand.order_number,
        lines=_checked(brand),
        sum=make_sum(brand),
        method=Words("With %(carrier)s, at a counter near you", {"carrier": brand.carrier}),
        ship_by=date(2026, 12, 18),
        change_lines_url="/orders/10482/returns/new",
        change_reasons_url="/orders/10482/returns/reasons",
        submit_url="/orders/10482/returns",
        draft="draft-1",
        stamp="b1946ac9",
    )
    yield "check", "returns/check.html", view
    yield "check-changed", "returns/check.html", replace(view, changed=True)


def _following(brand: SampleBrand, page: Page) -> Iterator[tuple[str, str, Any]]:
    label = LabelView("ready", "/returns/R-7K2M9X/label.pdf", "/returns/R-7K2M9X/code.svg", "R-7K2M9X")
    view = ReturnView(
        page=page,
        number="R-7K2M9X",
        order_number=brand.order_number,
        order_url="/orders/10482",
        just_sent=False,
        headline=Words("Send your parcel by %(day)s", {"day": date(2026, 12, 18)}),
        lede=Words("Pack the items, stick the label on, hand it in."),
        tone="ok",
        lines=_checked(brand),
        sum=make_sum(brand),
        label=label,
        send_to=brand.address,
        ship_by=date(2026, 12, 18),
        history=(HistoryView(Words("Label made"), ago(0.1)), HistoryView(Words("Return asked for"), ago(0.2))),
        live_url="/returns/R-7K2M9X/live?version=2",
        version=2,
        carrier=brand.carrier,
    )
    thanks = Words("Your return is booked")
    sent = replace(view, just_sent=True, headline=thanks, label=replace(label, state="pending"), history=())
    yield "return-ready", "returns/status.html", view
    yield "return-sent", "returns/status.html", sent
    asked = replace(view, label=LabelView("none", "", "", ""), headline=Words("We have your request"), tone="calm")
    yield "return-requested", "returns/status.html", asked
    yield "return-label-failed", "returns/status.html", replace(view, label=replace(label, state="failed"))
