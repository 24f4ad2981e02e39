"""Policies that are ready to use, by trade: documents beside this file, in the form that `documents` reads."""

from importlib.resources import files

from portal.policies.documents import Document, read_text


def ready_names() -> tuple[str, ...]:
    """The trades there is a policy for."""
    return tuple(
        sorted(each.name.removesuffix(".json") for each in files(__name__).iterdir() if each.name.endswith(".json"))
    )


def ready_document(name: str) -> Document:
    """The policy of a trade. Raises KeyError for a trade there is none for."""
    if name not in ready_names():
        raise KeyError(name)
    return read_text((files(__name__) / f"{name}.json").read_text(encoding="utf-8"))
