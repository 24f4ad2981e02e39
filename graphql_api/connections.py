"""Keyset connections: a page begins at a row's own sort key, so rows that come or go elsewhere move nothing."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

import strawberry

from graphql_api.errors import BAD_USER_INPUT, Told
from portal.db.setup import connection

LARGEST_PAGE = 250
USUAL_PAGE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

T = TypeVar("T")
Filter = tuple[str, Any]
"""A condition with one `{}` for its parameter, and the parameter's value."""


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether the list goes on after this page.")
    has_previous_page: bool = strawberry.field(description="Whether the list has something before this page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the page's first item.")
    end_cursor: str | None = strawberry.field(description="The cursor of the page's last item.")


@strawberry.type(description="An item of a list with its place.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="The item's place, to continue `after` or `before` it.")
    node: T = strawberry.field(description="The item.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The items of this page with their cursors.")
    nodes: list[T] = strawberry.field(description="The items of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page lies in the list.")


@dataclass(frozen=True, slots=True)
class Place:
    """A row's sort key."""

    at: datetime
    id: UUID

    @property
    def cursor(self) -> str:
        """The place as clients get it."""
        return base64.urlsafe_b64encode(f"{(self.at - EPOCH) // MICROSECOND}:{self.id}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Wish:
    """Which page is asked for. `from_end`: the last ones before a place. `descending`: newest first."""

    size: int
    from_end: bool
    descending: bool
    after: Place | None
    before: Place | None


def read_wish(first: int | None, after: str | None, last: int | None, before: str | None, reverse: bool) -> Wish:
    """The page that the arguments name. Raises BAD_USER_INPUT."""
    if first is not None and last is not None:
        raise Told(BAD_USER_INPUT, "Give first or last, not both.")
    size = first if first is not None else last
    if size is not None and not 1 <= size <= LARGEST_PAGE:
        raise Told(BAD_USER_INPUT, f"A page has 1 to {LARGEST_PAGE} items.")
    wanted = USUAL_PAGE if size is None else size
    return Wish(wanted, last is not None, reverse, _place(after, "after"), _place(before, "before"))


async def read_page(
    select: str, key: tuple[str, str], merchant_id: UUID, filters: Sequence[Filter], wish: Wish
) -> tuple[list[dict[str, Any]], bool]:
    """The rows of a page in the list's order, and whether there are more beyond it.

    `select` ends with its condition on the merchant, who is $1; `key` names the columns of moment and id.
    """
    values: list[Any] = [merchant_id]
    for condition, value in filters:
        values.append(value)
        select += f" AND {condition.format(f'${len(values)}')}"
    for place, beyond in (
        (wish.after, "<" if wish.descending else ">"),
        (wish.before, ">" if wish.descending else "<"),
    ):
        if place is not None:
            values += [place.at, place.id]
            select += f" AND ({key[0]}, {key[1]}) {beyond} (${len(values) - 1}::timestamptz, ${len(values)}::uuid)"
    way = "DESC" if wish.descending != wish.from_end else "ASC"
    rows = await connection().execute_query_dict(
        f"{select} ORDER BY {key[0]} {way}, {key[1]} {way} LIMIT {wish.size + 1}", values
    )
    more = len(rows) > wish.size
    rows = rows[: wish.size]
    return (rows[::-1] if wish.from_end else rows), more


def connect(
    rows: Sequence[dict[str, Any]], more: bool, wish: Wish, at: str, make: Callable[[dict[str, Any]], T]
) -> Connection[T]:
    """A connection of the rows; `at` names the column of the moment that they are sorted by."""
    nodes = [make(row) for row in rows]
    cursors = [Place(row[at], row["id"]).cursor for row in rows]
    return Connection(
        edges=[Edge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=PageInfo(
            has_next_page=wish.before is not None if wish.from_end else more,
            has_previous_page=more if wish.from_end else wish.after is not None,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
    )


def _place(cursor: str | None, name: str) -> Place | None:
    if cursor is None:
        return None
    try:
        text = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True).decode("ascii")
        moment, _, row = text.partition(":")
        return Place(EPOCH + int(moment[:20]) * MICROSECOND, UUID(row))
    except (binascii.Error, ValueError, OverflowError) as error:
        raise Told(BAD_USER_INPUT, f"{name} is not a cursor of this list.") from error
