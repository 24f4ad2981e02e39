"""The lookup form: text in, keys or field errors out."""

from dataclasses import dataclass

from portal.kernel.words import N_, Words
from portal.orders.rules import number_key
from portal.web.forms import Form
from portal.web.page import FieldError

LONGEST_NUMBER = 64
LONGEST_CONTACT = 254


@dataclass(frozen=True, slots=True)
class LookupForm:
    """What was typed at the front door."""

    number: str
    contact: str
    errors: tuple[FieldError, ...]


def read_lookup(form: Form) -> LookupForm:
    """Both fields are needed; anything else about them is for the lookup to answer, the same way for everyone."""
    number, contact = form.text("number", LONGEST_NUMBER), form.text("contact", LONGEST_CONTACT)
    errors = []
    if not number_key(number):
        errors.append(FieldError("number", Words(N_("Enter your order number"))))
    if not contact:
        errors.append(FieldError("contact", Words(N_("Enter the email address or the postal code of the order"))))
    return LookupForm(number, contact, tuple(errors))
