"""Which of the two media types of GraphQL over HTTP a client reads best."""

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
OFFERED = (GRAPHQL, JSON)
LONGEST = 1024


def media_type(accept: str) -> str | None:
    """The type to answer in; None when the client reads neither. Who says nothing gets the newer one.

    Equal weights go to the type that was named rather than implied by a wildcard: an old client that lists
    application/json and */* means the former.
    """
    ranges = [_range(part) for part in (accept or "*/*")[:LONGEST].split(",")]
    ranked = [(_weight(ranges, offered), -index, offered) for index, offered in enumerate(OFFERED)]
    (quality, _), _, best = max(ranked)
    return best if quality > 0 else None


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (each.strip().lower() for each in part.split(";"))
    quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        return name, min(1.0, max(0.0, float(quality)))
    except ValueError:
        return name, 0.0


def _weight(ranges: list[tuple[str, float]], offered: str) -> tuple[float, int]:
    """Quality and exactness of the most exact range that names the type."""
    for exactness, wanted in ((2, offered), (1, "application/*"), (0, "*/*")):
        qualities = [quality for name, quality in ranges if name == wanted]
        if qualities:
            return max(qualities), exactness
    return 0.0, 0
