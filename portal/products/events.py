"""What happened in the products room."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class PicturesWanted:
    """A feed was taken, or not all of its first pictures were fetched yet. `feed` is when it was taken, `after` the
    place in it after which it goes on.
    """

    language: str
    feed: str
    after: int
    topic: ClassVar[str] = "products.pictures_wanted"
