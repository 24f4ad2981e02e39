"""The forms of a proof: six digits; number and email where the order cannot be looked up."""

from dataclasses import dataclass

from portal.kernel.words import N_, NN_, Words
from portal.orders.forms import LONGEST_CONTACT, LONGEST_NUMBER
from portal.orders.rules import number_key
from portal.proofs.rules import read_code
from portal.proofs.service import Answer, Outcome
from portal.web.forms import Form
from portal.web.page import FieldError


@dataclass(frozen=True, slots=True)
class MailForm:
    """What was typed to have a code sent."""

    number: str
    email: str
    errors: tuple[FieldError, ...]


def read_mail_form(form: Form) -> MailForm:
    """Both are needed; whether they fit an order is nobody's to know."""
    number, email = form.text("number", LONGEST_NUMBER), form.text("email", LONGEST_CONTACT)
    errors = []
    if not number_key(number):
        errors.append(FieldError("number", Words(N_("Enter your order number"))))
    if "@" not in email.strip("@ "):
        errors.append(FieldError("email", Words(N_("Enter the email address that you ordered with"))))
    return MailForm(number, email, tuple(errors))


def read_typed(form: Form) -> tuple[str, tuple[FieldError, ...]]:
    """The six digits; what is no code costs no try."""
    code = read_code(form.text("code", 40))
    return code, () if code else (FieldError("code", Words(N_("Enter the six digits from the mail"))),)


def answer_errors(answer: Answer) -> tuple[FieldError, ...]:
    """A refused code, beside its field."""
    if answer.outcome is Outcome.WRONG:
        one, many = NN_(
            "This code is not right. You can try %(count)s more time.",
            "This code is not right. You can try %(count)s more times.",
        )
        return (FieldError("code", Words(one, plural=many, count=answer.left)),)
    return (FieldError("code", Words(N_("This code no longer works. Ask for a new one below."))),)
