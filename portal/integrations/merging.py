"""Several streams of changes as one, oldest change first."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing

from portal.integrations.shop_api import ChangedOrder


async def oldest_first(streams: Sequence[AsyncGenerator[ChangedOrder, None]]) -> AsyncIterator[ChangedOrder]:
    """What streams that are each in order tell, in order; each is read no further ahead than its next change."""
    async with AsyncExitStack() as stack:
        for stream in streams:
            await stack.enter_async_context(aclosing(stream))
        heads = [(await anext(stream, None), stream) for stream in streams]
        while waiting := [(head, stream) for head, stream in heads if head is not None]:
            first, source = min(waiting, key=lambda pair: pair[0].updated_at)
            yield first
            heads = [(await anext(stream, None) if stream is source else head, stream) for head, stream in waiting]
