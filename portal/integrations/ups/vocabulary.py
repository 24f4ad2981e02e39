"""UPS's words: an activity's type, its code and its package status code, kept together as "type/code/status code".

The activity's code says most and so decides (exceptions have a table of their own). Where it only says that the parcel
is on its way, or nothing of the parcel, the status code may say more; the type is the last resort. A type D is an end:
delivered, if not to somebody who keeps it for the shopper or to the sender. Codes of freight and of Mail Innovations
have no table here: they count as their type and are listed as unknown.
"""

from portal.integrations.scans import Meaning
from portal.integrations.ups.exceptions import EXCEPTIONS

PICKUP = Meaning("available_for_pickup", action_required=True)

TYPES = {
    "D": Meaning("delivered"),
    "I": Meaning("in_transit"),
    "M": Meaning("info_received"),
    "MV": Meaning("cancelled"),
    "X": Meaning("exception"),
    # Freight is handed over at a container station, not to the shopper.
    "DO": Meaning("in_transit"),
    "DD": Meaning("in_transit"),
    "W": Meaning("on_hold"),
    "NA": Meaning("unknown"),
    "U": Meaning("unknown"),
    # Three that only the older interface documents; the newer one still sends them.
    "P": Meaning("picked_up"),
    "O": Meaning("out_for_delivery"),
    "RS": Meaning("returning"),
}


def _table(*said: tuple[Meaning, str]) -> dict[str, Meaning]:
    return {code: meaning for meaning, codes in said for code in codes.split()}


MANIFEST = _table((Meaning("info_received"), "DP MP RD"), (Meaning("cancelled"), "VP"))
UPDATES = _table((Meaning("unknown"), "PX UP UT"))
MOVEMENTS = _table(
    (Meaning("info_received"), "OC PL SP"),
    (Meaning("picked_up"), "OR PC PU PT XD"),
    (
        Meaning("in_transit"),
        "AG AR AT CA CD CL DL DP DS EP HU IP LC LM UA UD UL WH XA XR YH YM YN YP",
    ),
    # Loaded: the round may still be on another day.
    (Meaning("in_transit"), "OD"),
    (Meaning("out_for_delivery"), "OF OT YF YI"),
    (Meaning("cancelled"), "VP"),
)
DELIVERIES = _table(
    (
        Meaning("delivered"),
        "2W 3F 3G 3H 8N 8O 9E AI FV M1 M2 M3 M4 M5 M6 M7 M8 M9 MA MB MC MD ME MG MH MJ MK ML MM MN MP MQ MR MS MU MW "
        "MX NL NT OO OZ P5 PF UC YC ZE ZF ZG ZH "
        # Not in the list, and yet what most deliveries come with.
        "FS KB",
    ),
    (PICKUP, "1N 2Q ZI ZQ EP"),
    (Meaning("in_transit"), "2D 2J 41 42 44 CB EF EG EL EM EQ 4X 7A 83 85 86 BN EC EZ F0 F1 F3 F7 FB FD YH VS L6 FI"),
    (Meaning("out_for_delivery"), "2K 7K"),
    (Meaning("picked_up"), "A0"),
    (Meaning("returned_to_sender"), "B0"),
    (Meaning("damaged", "carrier_damaged_parcel"), "28 GK"),
    (Meaning("attempt_failed", "consignee_refused"), "53"),
    (Meaning("attempt_failed", "consignee_not_available"), "CI EA"),
    (Meaning("attempt_failed", "consignee_business_closed"), "BI FO"),
    (Meaning("attempt_failed"), "CO DI DO FZ"),
    (Meaning("exception", "consignee_incorrect_address", action_required=True), "50 BO DZ F2 MV BS FC"),
    (Meaning("delayed", "weather_delay"), "CR EJ"),
    (Meaning("delayed", "carrier_mechanical_delay"), "EI"),
    (Meaning("delayed", "customs_delay"), "70 B2 DK L4 RQ ST"),
    (Meaning("on_hold", "customs_documentation"), "ET SG SB SE"),
    (Meaning("exception", "customs_prohibited"), "BL RN"),
    (Meaning("on_hold", "regulatory_hold"), "61 62"),
    (Meaning("on_hold", "retailer_incorrect_data"), "74 CU"),
    (Meaning("on_hold", "retailer_incorrect_dimensions"), "BM"),
    (Meaning("on_hold", "consignee_access_restricted"), "NS NX OE"),
    (Meaning("on_hold"), "AU HI TW 8Q"),
    (Meaning("delayed"), "0 9 12 32 57 EK KU 7B"),
    (Meaning("returning"), "5F"),
    (Meaning("cancelled"), "EB"),
    (Meaning("unknown"), "1Z 2C 38 98 EE GW LM MY UJ"),
)

STATUS_CODES = _table(
    (Meaning("info_received"), "3 77 79 80 148 157 163 166"),
    (Meaning("cancelled"), "7 43"),
    (Meaning("picked_up"), "38 44 45 160 167 168 169"),
    (
        Meaning("in_transit"),
        "5 10 14 25 28 39 47 57 63 70 71 72 73 74 75 82 84 87 94 96 123 134 137 138 143 158 159 164 165",
    ),
    (Meaning("out_for_delivery"), "6 21 37 78 89 91 146 162"),
    (Meaning("delivered"), "11 26 156"),
    (PICKUP, "17 40 144 161"),
    (Meaning("attempt_failed"), "22 23 24 60 62 66 69 131 135 145 65"),
    (Meaning("attempt_failed", "consignee_verification_failed"), "61"),
    (Meaning("attempt_failed", "consignee_refused"), "64"),
    (Meaning("delayed"), "46 48 49 55 76 86 90 115 136"),
    (Meaning("delayed", "weather_delay"), "32 51 52 53"),
    (Meaning("delayed", "security_issue"), "132"),
    (Meaning("delayed", "customs_delay"), "12 92 126"),
    (Meaning("on_hold"), "16 19 83 85 100 104 106 108 103"),
    (Meaning("on_hold", "customs_documentation", action_required=True), "58 124 125 141"),
    (Meaning("on_hold", "consignee_access_restricted"), "139"),
    (Meaning("exception", "consignee_incorrect_address", action_required=True), "50"),
    (Meaning("exception", "regulatory_hold"), "147"),
    (Meaning("exception", "customs_prohibited"), "149"),
    (Meaning("exception", "parcel_being_researched"), "129"),
    (Meaning("exception"), "13 30 93"),
    (Meaning("exception", action_required=True), "29"),
    (Meaning("damaged", "carrier_damaged_parcel"), "59 81"),
    (Meaning("lost", "carrier_parcel_lost"), "68"),
    (Meaning("returning"), "33 35 36 118 119 117"),
    (Meaning("returned_to_sender"), "34 67"),
    (
        Meaning("unknown"),
        "0 18 20 27 41 42 54 56 88 95 97 98 99 101 102 105 107 109 110 111 112 113 114 116 120 121 122 127 128 130 133 "
        "140 142 153 154 155",
    ),
)
LOOKED_UP = {
    "D": (DELIVERIES, EXCEPTIONS, MOVEMENTS),
    "M": (MANIFEST, MOVEMENTS),
    "MV": (MANIFEST, MOVEMENTS),
    "U": (UPDATES, MOVEMENTS),
    "X": (EXCEPTIONS, DELIVERIES, MOVEMENTS),
}
OTHERWISE = (MOVEMENTS, DELIVERIES, EXCEPTIONS)
ENDS = frozenset({"delivered", "available_for_pickup", "returned_to_sender", "damaged"})
SAYS_LITTLE = frozenset({"in_transit", "unknown"})


def code_of(kind: str, code: str, status_code: str) -> str:
    """The three words as one code; what is missing at the end is left out."""
    plain = status_code.lstrip("0") or "0" if status_code else ""
    return f"{kind}/{code}/{plain}".rstrip("/")


def meaning_of(code: str) -> Meaning | None:
    """What a code means, None when one of its words is not documented."""
    kind, _, rest = code.partition("/")
    activity, _, status_code = rest.partition("/")
    found = _looked_up(kind, activity)
    if kind not in TYPES or (activity and found is None) or (status_code and status_code not in STATUS_CODES):
        return None
    if code.endswith("/"):
        return None
    told = [one for one in (found, STATUS_CODES.get(status_code)) if one]
    best = next((one for one in told if one.status not in SAYS_LITTLE), None)
    if kind == "D":
        return best if best and best.status in ENDS else TYPES["D"]
    return best or next((one for one in told if one.status != "unknown"), told[0] if told else TYPES[kind])


def coarse_meaning_of(kind: str, code: str, status_code: str) -> Meaning:
    """What can be made of words that are not all documented: those that are."""
    for known in (code_of(kind, code, ""), code_of(kind, "", status_code), kind):
        if meaning := meaning_of(known):
            return meaning
    return Meaning("unknown")


def _looked_up(kind: str, activity: str) -> Meaning | None:
    return next((table[activity] for table in LOOKED_UP.get(kind, OTHERWISE) if activity in table), None)
