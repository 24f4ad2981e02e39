"""Closed vocabularies of requests. Values are the portal's own words, names are the API's."""

from graphql_api.vocabulary import Described, describe, described
from portal.requests.rules import Kind, Reach, RequestState

describe(
    Kind,
    "ShopperRequestKind",
    "What a shopper asks for, or which problem they report.",
    {
        "ADDRESS_CORRECTION": "The address is wrong.",
        "REDELIVERY": "Deliver it again.",
        "PICKUP_POINT": "Leave it at a pick-up point.",
        "NEIGHBOUR_OR_SAFE_PLACE": "Leave it with a neighbour or in a safe place.",
        "NOT_RECEIVED": "It was called delivered and is not there.",
        "LATE": "It is late.",
        "LOST": "It seems lost.",
        "DAMAGED": "Something is damaged.",
        "MISSING_ITEM": "Something is missing.",
        "WRONG_ITEM": "Something else was in the parcel.",
        "OTHER": "Anything else.",
    },
)
describe(
    RequestState,
    "ShopperRequestState",
    "What became of a request.",
    {
        "OPEN": "It waits for the team.",
        "DONE": "It was done.",
        "DECLINED": "It was not possible; the answer says why.",
        "WITHDRAWN": "The shopper has taken it back.",
    },
)
describe(
    Reach,
    "ShopperRequestReach",
    "Who can still do it, as the shopper was told when asking.",
    {
        "SHOP": "The shop.",
        "CARRIER": "The carrier, if it can: a wish.",
        "AGAIN": "The shop, when it sends the parcel again.",
    },
)


@described("How a request was settled.")
class ShopperRequestOutcome(Described):
    DONE = "done", "It was done."
    DECLINED = "declined", "It was not possible."


@described("Why nothing changed. New codes may be added; treat unknown ones as a refusal.")
class ShopperRequestErrorCode(Described):
    NOT_FOUND = "not_found", "There is no such request, or it is not yours."
    NOT_OPEN = "not_open", "The request was settled or withdrawn already."
    NOTE_MISSING = "note_missing", "A request can only be declined with a reason for the shopper."
    NOTE_TOO_LONG = "note_too_long", "The note is too long."
