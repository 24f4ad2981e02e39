"""What has an id of its own."""

import strawberry


@strawberry.interface(description="Something with an id of its own, which `node` finds again.")
class Node:
    id: strawberry.ID = strawberry.field(description="An opaque id, unique among everything the API tells.")
