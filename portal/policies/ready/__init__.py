"""Policies that are ready to use, by trade: texts beside this file, each with the examples that it keeps."""

from importlib.resources import files

from portal.policies.documents import Document
from portal.policies.examples import Example
from portal.policies.texts import read_policy_text

ENDING = ".yaml"


def ready_names() -> tuple[str, ...]:
    """The trades there is a policy for."""
    found = (each.name for each in files(__name__).iterdir() if each.name.endswith(ENDING))
    return tuple(sorted(name.removesuffix(ENDING) for name in found))


def ready_text(name: str) -> str:
    """The text of a trade's policy, to begin with. Raises KeyError for a trade there is none for."""
    if name not in ready_names():
        raise KeyError(name)
    return (files(__name__) / f"{name}{ENDING}").read_text(encoding="utf-8")


def ready_policy(name: str) -> tuple[Document, tuple[Example, ...]]:
    """The same, read. Raises KeyError."""
    return read_policy_text(ready_text(name))


def ready_document(name: str) -> Document:
    """The policy of a trade without its examples. Raises KeyError."""
    return ready_policy(name)[0]
