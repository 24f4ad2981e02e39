"""What a message about a parcel says: the same words as the order page, from the same facts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.kernel.words import N_, Words
from portal.merchants.queries import MerchantFacts
from portal.notifications.rules import is_required
from portal.tracking.answers import answer, expected_words
from portal.tracking.events import Milestone
from portal.tracking.reading import Parcel
from portal.tracking.wording import TROUBLE_HEADLINE, doing, happened, you_can

TITLES = {
    Milestone.ON_ITS_WAY: N_("Your parcel is on its way"),
    Milestone.OUT_FOR_DELIVERY: N_("Your parcel is out for delivery"),
    Milestone.READY_TO_COLLECT: N_("Your parcel is ready to collect"),
    Milestone.DELIVERED: N_("Your parcel is here"),
}
"""Titles where all is well; where something is wrong it is the order page's own."""
SHORT = {
    Milestone.ON_ITS_WAY: N_("%(shop)s: your parcel is on its way. %(url)s"),
    Milestone.OUT_FOR_DELIVERY: N_("%(shop)s: your parcel is out for delivery. %(url)s"),
    Milestone.READY_TO_COLLECT: N_("%(shop)s: your parcel is ready to collect. %(url)s"),
    Milestone.DELIVERED: N_("%(shop)s: your parcel was delivered. %(url)s"),
}
SHORT_TROUBLE = N_("%(shop)s: there is news of your parcel that you should know. %(url)s")
"""For telephones: no facts about the order, which others may read on a locked screen."""


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One line of what is in the parcel."""

    quantity: int
    title: str


@dataclass(frozen=True, slots=True)
class ParcelLetter:
    """What `mail/parcel.html` and `.txt` get. `heading` is also the subject, `lede` what mailboxes show beside it.

    `more`: what we do, what the shopper can do. `number` is the order's; `url` opens its page. `required`: nobody can
    turn this message off.
    """

    heading: Words
    lede: Words
    more: tuple[Words, ...]
    number: str
    expected: Words | None
    carrier: str
    tracking_number: str
    items: tuple[ItemLine, ...]
    url: str
    required: bool


def parcel_letter(
    milestone: Milestone, parcel: Parcel, content: Mapping[str, Any], merchant: MerchantFacts, url: str, now: datetime
) -> ParcelLetter:
    """The letter about a parcel's newest milestone."""
    facts = parcel.facts
    titles = {line["id"]: line["title"] for line in content["lines"]}
    return ParcelLetter(
        heading=Words(TITLES.get(milestone) or TROUBLE_HEADLINE[parcel.status]),
        lede=_lede(milestone, parcel, content, merchant, now),
        more=_more(milestone, parcel),
        number=content["order"]["number"],
        expected=expected_words(parcel.arrival)
        if parcel.arrival and parcel.dated and not parcel.arrival.late
        else None,
        carrier=facts["carrier"],
        tracking_number=facts["number"],
        items=tuple(ItemLine(quantity, titles[line]) for line, quantity in facts["lines"].items() if line in titles),
        url=url,
        required=is_required(milestone, facts["reason"]),
    )


def short_text(milestone: Milestone, shop: str, url: str) -> Words:
    """The same as a text message."""
    return Words(SHORT.get(milestone, SHORT_TROUBLE), {"shop": shop, "url": url})


def _lede(
    milestone: Milestone, parcel: Parcel, content: Mapping[str, Any], merchant: MerchantFacts, now: datetime
) -> Words:
    wrong = happened(parcel.status, parcel.facts["reason"])
    if wrong is not None:
        return wrong
    if milestone is Milestone.DELIVERED:
        return Words(N_("It was delivered on %(day)s. Enjoy it."), {"day": parcel.delivered_on})
    if milestone is Milestone.ON_ITS_WAY and parcel.facts["carrier"]:
        words = N_("%(carrier)s has it now. We write again when it is close.")
        return Words(words, {"carrier": parcel.facts["carrier"]})
    if milestone is Milestone.ON_ITS_WAY:
        return Words(N_("The carrier has it now. We write again when it is close."))
    return answer(content, [parcel], merchant, now).lede


def _more(milestone: Milestone, parcel: Parcel) -> tuple[Words, ...]:
    if happened(parcel.status, parcel.facts["reason"]) is not None:
        reason = parcel.facts["reason"]
        return (doing(parcel.status, reason, dated=parcel.dated), you_can(parcel.status, reason))
    if milestone is Milestone.DELIVERED:
        return (Words(N_("Is something missing or broken? The order page shows what you can do.")),)
    return ()
