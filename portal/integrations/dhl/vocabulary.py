"""DHL's words: the `statusCode` of the unified tracking API, of which there are five, and what stands beside it.

Five words cannot tell a parcel at the door from one at sea. Each event also has a title (`status`) in words of the
business that scanned it; in English (which we ask for) some of them say more, and then decide. The code is
"statusCode/what the title says", so that it names what we took from the title.
"""

import re

from portal.integrations.scans import Meaning

STATUSES = {
    "pre-transit": Meaning("info_received"),
    "transit": Meaning("in_transit"),
    "delivered": Meaning("delivered"),
    "failure": Meaning("exception"),
    "unknown": Meaning("unknown"),
}

# What titles say more than the code, by a name of ours; the first whose words are found counts.
DETAILS: dict[str, tuple[str, Meaning]] = {
    "returned": (r"(?<!being )(?<!be )returned to (?:the )?(?:shipper|sender)", Meaning("returned_to_sender")),
    "returning": (
        r"return(?:ed|ing)? to (?:the )?(?:shipper|sender|consignor)|being returned|return (?:journey|transport)|"
        r"sent back|on its way back",
        Meaning("returning"),
    ),
    "damaged": (r"\bdamag", Meaning("damaged", "carrier_damaged_parcel")),
    "lost": (r"\blost\b|cannot be located", Meaning("lost", "carrier_parcel_lost")),
    "pickup": (
        r"(?:ready|available) for (?:pick-?up|collection)|(?:can|may) be (?:picked up|collected)|"
        r"await(?:s|ing) (?:pick-?up|collection)|"
        r"delivered to (?:an? |the )?(?:packstation|parcel ?shop|locker|service ?point|post office|retail outlet)",
        Meaning("available_for_pickup", action_required=True),
    ),
    "address": (
        r"(?:incorrect|incomplete|insufficient|bad|wrong|invalid) address|"
        r"address (?:is |was )?(?:incorrect|incomplete|insufficient|unknown|information needed)|"
        r"addressee (?:unknown|not found|has moved|moved)|further consignee information",
        Meaning("exception", "consignee_incorrect_address", action_required=True),
    ),
    "refused": (r"refus|rejected by (?:the )?recipient", Meaning("exception", "consignee_refused")),
    "closed": (
        r"(?:business|premises|recipient) (?:was |is )?closed",
        Meaning("attempt_failed", "consignee_business_closed"),
    ),
    "absent": (
        r"not (?:at )?home|(?:recipient|consignee|addressee|receiver) (?:was |is )?(?:not available|absent)|"
        r"nobody (?:was )?(?:at )?home",
        Meaning("attempt_failed", "consignee_not_available"),
    ),
    "attempt": (
        r"delivery (?:was )?attempt|attempted delivery|delivery (?:was )?(?:not successful|unsuccessful|not possible)|"
        r"unsuccessful delivery|could not be delivered|(?:not |un)able to deliver|missed delivery",
        Meaning("attempt_failed"),
    ),
    "duties": (
        r"dut(?:y|ies)\b[^.]*(?:due|unpaid|payable|to be paid)|payment of (?:the )?(?:import |customs )?dut",
        Meaning("on_hold", "customs_duties_unpaid", action_required=True),
    ),
    "customs-documents": (
        r"(?:clearance|customs).*(?:document|information|paperwork|invoice).*(?:missing|required|needed|incomplete)|"
        r"(?:missing|required|awaiting|further|incomplete).*(?:clearance|customs).*(?:document|information|paperwork)",
        Meaning("on_hold", "customs_documentation", action_required=True),
    ),
    "customs-inspection": (r"customs (?:inspection|examination)", Meaning("on_hold", "customs_inspection")),
    "customs-delay": (
        r"(?:clearance|customs) (?:event|delay|hold)|held (?:at|by|in) customs",
        Meaning("delayed", "customs_delay"),
    ),
    "weather": (r"\bweather\b", Meaning("delayed", "weather_delay")),
    "missorted": (
        r"missort|mis-?rout|sorted incorrectly|wrong (?:depot|facility|destination)",
        Meaning("delayed", "carrier_sorting_error"),
    ),
    "hold": (r"on hold|\bheld\b|stored|in storage", Meaning("on_hold")),
    "delayed": (r"\bdelay|postponed|rescheduled", Meaning("delayed")),
    "out": (
        r"out for delivery|with (?:the )?(?:delivery )?courier|loaded (?:onto|into|on) (?:the )?delivery|"
        r"on (?:the|a) delivery vehicle|is being delivered",
        Meaning("out_for_delivery"),
    ),
    "accepted": (
        r"picked up|collected (?:from|by)|handed (?:over )?(?:to|in)|posted by the sender|accepted (?:by|at)|"
        r"dropped off",
        Meaning("picked_up"),
    ),
    "neighbour": (r"\b(?:to|with|by) (?:an? |the |your )?neighbou?r\b", Meaning("delivered", "left_with_neighbour")),
    "safe-place": (r"safe place|(?:preferred|drop-?off|agreed) location", Meaning("delivered", "left_in_safe_place")),
}
LEFT = frozenset({"neighbour", "safe-place"})
"""Where a delivered parcel was left; of a parcel on its way the same words are plans."""
MATTERS = {
    "pre-transit": frozenset({"accepted"}),
    "transit": frozenset(DETAILS) - LEFT,
    # An end is an end: of a delivery only that it was one to the sender, to a place where it waits, or to whom else.
    "delivered": frozenset({"returned", "returning", "pickup"}) | LEFT,
    "failure": frozenset(DETAILS) - LEFT - {"accepted", "out"},
    "unknown": frozenset(DETAILS) - LEFT - {"accepted"},
}
_WORDS = {name: re.compile(pattern, re.IGNORECASE) for name, (pattern, _) in DETAILS.items()}


def code_of(status_code: str, said: str) -> str:
    """The code and what its title says more, as one word. `said` is read up to its first 300 characters."""
    matters = MATTERS.get(status_code, frozenset())
    found = next((name for name, words in _WORDS.items() if name in matters and words.search(said[:300])), "")
    return f"{status_code}/{found}" if found else status_code


def meaning_of(code: str) -> Meaning | None:
    """What a code means, None when either word is not documented."""
    status_code, _, detail = code.partition("/")
    if status_code not in STATUSES or (detail and detail not in MATTERS[status_code]) or code.endswith("/"):
        return None
    if status_code == "delivered" and detail in {"returned", "returning"}:
        return Meaning("returned_to_sender")
    return DETAILS[detail][1] if detail else STATUSES[status_code]
