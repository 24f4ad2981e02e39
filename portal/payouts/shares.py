"""How the amounts of a line fall on its units, so that every way of returning them sums to what was paid.

A line's discounts and taxes are for the whole quantity; a unit's share is rarely a whole cent. The cents left over are
dealt like cards: each amount goes on where the last one stopped, so no two units ever differ by more than one minor
unit, no unit is negative, and every discount and tax is given out exactly once.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dealt:
    """One amount dealt to `units`: `each` to every unit and one more to `extra` units from `start` on, in a circle."""

    units: int
    each: int
    start: int
    extra: int

    def first(self, count: int) -> int:
        """What the first `count` units have got, in minor units."""
        end = self.start + self.extra
        straight = max(0, min(count, end) - self.start)
        wrapped = min(count, max(0, end - self.units))
        return self.each * count + straight + wrapped

    def between(self, first: int, last: int) -> int:
        """What units `first` (from 0) up to, not including, `last` have got."""
        return self.first(last) - self.first(first)


def deal(units: int, taken: Sequence[int], added: Sequence[int]) -> tuple[list[Dealt], list[Dealt]]:
    """Deal amounts that lower (`taken`) and raise (`added`) the value of equal units; minor units, none negative.

    Earlier units are worth more: what is taken falls on later units first, what is added on earlier ones.
    """
    pointer = 0  # the first `pointer` units are one minor unit ahead of the others
    lowered, raised = [], []
    for amount in taken:
        each, extra = divmod(amount, units)
        pointer = (pointer - extra) % units
        lowered.append(Dealt(units, each, pointer, extra))
    for amount in added:
        each, extra = divmod(amount, units)
        raised.append(Dealt(units, each, pointer, extra))
        pointer = (pointer + extra) % units
    return lowered, raised
