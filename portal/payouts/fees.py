"""The fees of a return, from what the policy decided for its lines."""

from collections.abc import Sequence
from decimal import Decimal

from portal.kernel.money import Money
from portal.payouts.rules import Fees, RestockingFee
from portal.policies.rules import LineDecision
from portal.policies.settings import RestockingFee as RestockingTerm


def fees_of(lines: Sequence[LineDecision], currency: str) -> Fees:
    """Fees for a return of `lines`: restocking by line; return shipping once, the highest that a line asks for.

    A fee that the policy does not state in this currency is not charged.
    """
    flat = [line.terms.return_shipping.in_currency(currency) for line in lines]
    charged = [amount for amount in flat if amount is not None]
    return Fees(
        by_line={line.line_id: _restocking(line.terms.restocking_fee, currency) for line in lines},
        return_shipping=max(charged, key=_minor) if charged else None,
    )


def _restocking(term: RestockingTerm, currency: str) -> RestockingFee:
    return RestockingFee(term.fixed_in(currency), Decimal(term.percent) if term.percent is not None else None)


def _minor(amount: Money) -> int:
    return amount.minor
