"""Enums whose every value says what it means."""

from collections.abc import Callable, Mapping
from enum import Enum, StrEnum
from typing import TypeVar

import strawberry


class Described(StrEnum):
    """Members are (value, description); the value is a word of the portal, the name is the API's."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> "Described":
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member


E = TypeVar("E", bound=type[Described])


def described(description: str) -> Callable[[E], E]:
    """Make a GraphQL enum of it, with the descriptions of its members."""

    def make(cls: E) -> E:
        describe(cls, cls.__name__, description, {member.name: member.meaning for member in cls})
        return cls

    return make


def describe(cls: type[Enum], name: str, description: str, meanings: Mapping[str, str]) -> None:
    """Make a GraphQL enum of an enum that is not ours to change; `meanings` by member name, every one of them."""
    strawberry.enum(cls, name=name, description=description)
    for value in cls.__strawberry_definition__.values:  # type: ignore[attr-defined]  # put there by strawberry
        value.description = meanings[value.name]
