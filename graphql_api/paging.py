"""The arguments of every connection."""

from typing import Annotated

import strawberry

First = Annotated[int | None, strawberry.argument(description="So many items from the start: 1 to 250, usually 50.")]
After = Annotated[str | None, strawberry.argument(description="Begin after this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="So many items from the end, instead of `first`.")]
Before = Annotated[str | None, strawberry.argument(description="End before this cursor.")]
Reverse = Annotated[bool, strawberry.argument(description="Newest first instead of oldest first.")]
