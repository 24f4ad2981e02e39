"""A policy as a document: JSON-able data in, checked rules out, and one canonical form whose digest names a version."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from portal.policies.conditions import ALWAYS, Condition, Part
from portal.policies.settings import Key, Terms, Then

MAX_RULES = 1000
MAX_DEPTH = 24
MAX_NODES = 50_000
MAX_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where ("rules[2].when.all[0].op") and what."""

    path: str
    message: str


class DocumentError(ValueError):
    """A document that is no policy; `problems` lists everything that is wrong with it, for the merchant's team."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.path or 'document'}: {problem.message}" for problem in problems[:10]))
        self.problems = problems


class Rule(Part):
    """`when` something holds, `then` these settings are so. `id` is what explanations name."""

    id: Key
    note: Annotated[str, StringConstraints(strict=True, max_length=MAX_TEXT)] = ""
    when: Condition = ALWAYS
    then: Then


class Document(Part):
    """A whole policy: ordered rules on top of defaults that name every setting, so that a version keeps its meaning."""

    format: Literal[1] = 1
    name: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
    defaults: Terms
    rules: Annotated[tuple[Rule, ...], Field(max_length=MAX_RULES)] = ()

    @model_validator(mode="after")
    def _one_rule_per_id(self) -> "Document":
        seen: set[str] = set()
        for rule in self.rules:
            if rule.id in seen:
                raise ValueError(f"two rules have the id {rule.id}")
            seen.add(rule.id)
        return self


def read_document(data: Mapping[str, Any]) -> Document:
    """Check JSON-able data. Raises DocumentError with every problem."""
    _refuse_monsters(data)
    try:
        return Document.model_validate(data)
    except ValidationError as error:
        raise DocumentError(tuple(_problem(each["loc"], each["msg"]) for each in error.errors())) from error


def read_text(text: str) -> Document:
    """Check a JSON text. Raises DocumentError, also for a key that occurs twice."""
    try:
        data = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise (
            error if isinstance(error, DocumentError) else DocumentError((Problem("", f"not JSON: {error}"),))
        ) from error
    return read_document(data)


def write_document(document: Document) -> dict[str, Any]:
    """The JSON-able form: settings that a rule does not decide are left out; `read_document` gives the same back."""
    return document.model_dump(mode="json", exclude_none=True)


def canonical(document: Document) -> bytes:
    """One byte string per meaning: sorted keys, no spaces, defaults written out."""
    return json.dumps(write_document(document), sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def digest(document: Document) -> str:
    """64 hex digits (SHA-256 of the canonical form)."""
    return hashlib.sha256(canonical(document)).hexdigest()


def _refuse_monsters(data: object) -> None:
    """Bound depth, size and texts before any recursive reader sees the data."""
    if not isinstance(data, Mapping):
        raise DocumentError((Problem("", "a policy is an object"),))
    waiting: list[tuple[object, int]] = [(data, 0)]
    for nodes, (value, depth) in enumerate(waiting):
        if nodes > MAX_NODES or depth > MAX_DEPTH:
            raise DocumentError((Problem("", f"more than {MAX_NODES} values or nested deeper than {MAX_DEPTH}"),))
        if isinstance(value, str) and len(value) > MAX_TEXT:
            raise DocumentError((Problem("", f"a text is longer than {MAX_TEXT} characters"),))
        children = (*value.keys(), *value.values()) if isinstance(value, Mapping) else value
        if isinstance(children, (list, tuple)):
            waiting += [(child, depth + 1) for child in children[: MAX_NODES + 1]]


def _problem(loc: tuple[int | str, ...], message: str) -> Problem:
    path = ""
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not part.startswith("<") and "[" not in part:  # the names of union members are nobody's keys
            path += f".{part}" if path else part
    return Problem(path, message.removeprefix("Value error, "))


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        twice = next(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
        raise DocumentError((Problem("", f"the key {twice[:40]!r} occurs twice"),))
    return result


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")
