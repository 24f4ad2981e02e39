"""Sample views of the pages that ask for a proof."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from portal.kernel.words import Words
from portal.orders.presenters import PausedView
from portal.proofs.links import ELSEWHERE, OVER, READY
from portal.proofs.presenters import AskByMailView, AskView, CodeView, LinkView
from portal.web.page import FieldError, Page
from tests.factories.view_brands import SampleBrand

ORDER = "/orders/10482"


def proof_samples(brand: SampleBrand, page: Page) -> Iterator[tuple[str, str, Any]]:
    """Name, template and view of every page in every state."""
    ask = AskView(page, brand.order_number, "j•••@e•••.com", "order", "", f"{ORDER}/proof", ORDER)
    code = CodeView(
        page,
        submit_url=f"{ORDER}/proof/code",
        resend_url=f"{ORDER}/proof",
        resend_by_form=True,
        back_url=ORDER,
        masked=ask.masked,
        order_number=brand.order_number,
    )
    unknown = CodeView(page, "/lookup/code/enter", "/lookup/code", resend_by_form=False, back_url="/")
    wrong = (FieldError("code", Words("This code no longer works. Ask for a new one below.")),)
    both = (
        FieldError("number", Words("Enter your order number")),
        FieldError("email", Words("Enter the email address that you ordered with")),
    )
    by_mail = AskByMailView(page, "/lookup/code", "/")
    for name, template, view in [
        ("proof", "ask", ask),
        ("proof-no-address", "ask", replace(ask, masked="")),
        ("code", "code", code),
        ("code-early", "code", replace(code, early=True)),
        ("code-earlier", "code", replace(code, earlier=True)),
        ("code-over", "code", replace(code, over=True)),
        ("code-wrong", "code", replace(code, errors=wrong, over=True)),
        ("code-unknown-order", "code", unknown),
        ("by-mail", "by_mail", by_mail),
        ("by-mail-errors", "by_mail", replace(by_mail, errors=both)),
        ("link", "link", LinkView(page, *READY, submit_url="/proof/token")),
        ("link-elsewhere", "link", LinkView(page, *ELSEWHERE)),
        ("link-over", "link", LinkView(page, *OVER)),
    ]:
        yield name, f"proofs/{template}.html", view
    yield "lookup-paused", "orders/paused.html", PausedView(page, "/lookup/code", brand.order_number)
