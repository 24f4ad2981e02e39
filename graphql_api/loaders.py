"""One request's loaders: what many resolvers ask for one by one is read by one statement. Each knows its merchant."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from strawberry.dataloader import DataLoader

from graphql_api.orders import queries as orders
from graphql_api.requests import queries as requests
from graphql_api.returns import queries as returns

Row = dict[str, Any]
One = DataLoader[UUID, Row | None]
Many = DataLoader[UUID, list[Row]]


class Loaders:
    """Batches the reads of one request; keeps what it read until something is changed."""

    def __init__(self, merchant_id: UUID) -> None:
        def batch(read: Callable[[UUID, list[Any]], Awaitable[list[Any]]]) -> Any:
            return DataLoader(load_fn=lambda keys: read(merchant_id, keys))

        self.orders: One = batch(orders.find_orders)
        self.orders_by_number: DataLoader[str, Row | None] = batch(orders.find_orders_by_number)
        self.order_lines: One = batch(orders.find_lines)
        self.lines_of_order: Many = batch(orders.list_lines)
        self.sent_of_line: Many = batch(orders.list_sent)
        self.parcels: One = batch(orders.find_parcels)
        self.parcels_of_order: Many = batch(orders.list_parcels)
        self.items_of_parcel: Many = batch(orders.list_parcel_items)
        self.events_of_parcel: Many = batch(orders.list_events)
        self.returns: One = batch(returns.find_returns)
        self.returns_by_number: DataLoader[str, Row | None] = batch(returns.find_returns_by_number)
        self.returns_of_order: Many = batch(returns.list_order_returns)
        self.lines_of_return: Many = batch(returns.list_lines)
        self.changes_of_return: Many = batch(returns.list_changes)
        self.labels: One = batch(returns.find_labels)
        self.papers: One = batch(returns.find_papers)
        self.requests: One = batch(requests.find_requests)
        self.changes_of_request: Many = batch(requests.list_changes)
