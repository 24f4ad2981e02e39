"""What Shopify has no field for, and the conventions that shops use instead.

An order's payload says nothing about "final sale" and "personalised": the first lives in product tags or in return
rules, the second is a line item property filled in by the shopper. We recognise:

- personalised: a property with a value whose name is one of PERSONAL_NAMES or has one as a word ("Engraving text");
- final sale: a tag of FINAL_SALE_TAGS on the line (`tags`, `product_tags`: keys some exports add, Shopify does not)
  or a property of FINAL_SALE_NAMES that says yes ("_final_sale": "true");
- gift: a note attribute of GIFT_NAMES that says yes or carries a message, or the order tag "gift".

Names are compared without case, spaces, dashes and the leading underscore that hides a property from shoppers.
"""

import re

PERSONAL_NAMES = frozenset(
    [
        "engraving",
        "engraved",
        "engrave",
        "personalization",
        "personalisation",
        "personalized",
        "personalised",
        "monogram",
        "monogramming",
        "initials",
        "inscription",
        "embroidery",
        "customtext",
        "customname",
        "nameplate",
        "gravur",
        "gravurtext",
        "personalisierung",
        "stickerei",
        "initialen",
        "wunschtext",
        "wunschname",
        "grabado",
        "personalizado",
        "personalizacion",
        "personalización",
        "bordado",
        "iniciales",
        "monograma",
        "gravure",
        "personnalisation",
        "broderie",
        "نقش",
        "تخصيص",
    ]
)
FINAL_SALE_TAGS = frozenset(
    [
        "finalsale",
        "nonreturnable",
        "noreturn",
        "noreturns",
        "notreturnable",
        "nonrefundable",
    ]
)
FINAL_SALE_NAMES = frozenset({"finalsale", "nonreturnable", "notreturnable"})
GIFT_NAMES = frozenset(
    [
        "gift",
        "isgift",
        "giftorder",
        "giftmessage",
        "giftnote",
        "geschenk",
        "geschenknachricht",
        "geschenktext",
        "regalo",
        "mensajederegalo",
        "هدية",
    ]
)

_SEPARATORS = re.compile(r"[\s_\-:]+")
_NO = frozenset({"", "no", "none", "false", "0", "off", "nein", "non", "لا", "n/a", "-"})


def plain(name: str) -> str:
    """A name reduced to what is compared."""
    return _SEPARATORS.sub("", name).casefold()


def says_yes(value: str) -> bool:
    """Whether a property's value is more than a "no"."""
    return value.strip().casefold() not in _NO


def is_personal(name: str, value: str) -> bool:
    """Whether this property makes the line a thing made for one person."""
    words = {plain(name), *(plain(word) for word in name.replace("_", " ").split())}
    return says_yes(value) and not words.isdisjoint(PERSONAL_NAMES)


def is_final_sale(tags: tuple[str, ...], properties: tuple[tuple[str, str], ...]) -> bool:
    """Whether the line was sold as not returnable."""
    by_tag = any(plain(tag) in FINAL_SALE_TAGS for tag in tags)
    return by_tag or any(plain(name) in FINAL_SALE_NAMES and says_yes(value) for name, value in properties)


def is_gift(tags: tuple[str, ...], attributes: tuple[tuple[str, str], ...]) -> bool:
    """Whether the order was bought for somebody else."""
    by_tag = any(plain(tag) in {"gift", "geschenk", "regalo"} for tag in tags)
    return by_tag or any(plain(name) in GIFT_NAMES and says_yes(value) for name, value in attributes)
