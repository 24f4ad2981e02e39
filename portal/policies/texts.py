"""A policy as a text that people write: YAML with the stored form's own words, and examples that it has to keep.

Read strictly: no anchors (a short text could become a huge one), no tags, no key twice, and nothing guessed. `no` is
Norway and not false, 12.50 is what was written, a day is text.
"""

import re
from collections.abc import Hashable, Mapping
from typing import Any

import yaml

from portal.policies.documents import Document, DocumentError, Problem, read_document, write_document
from portal.policies.examples import Example, read_examples

LARGEST = 2 * 1024 * 1024
"""Characters of a policy text."""
DEEPEST = 40
EXAMPLES = "examples"


class _Reader(yaml.SafeLoader):
    """YAML without what surprises."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(
                problem="anchors and aliases are not read", problem_mark=self.peek_event().start_mark
            )
        if self.peek_event().tag is not None:
            raise yaml.MarkedYAMLError(problem="tags are not read", problem_mark=self.peek_event().start_mark)
        self.depth += 1
        if self.depth > DEEPEST:
            raise yaml.MarkedYAMLError(
                problem=f"nested deeper than {DEEPEST}", problem_mark=self.peek_event().start_mark
            )
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if not isinstance(name, str):
                raise yaml.MarkedYAMLError(problem="a key is a text", problem_mark=key.start_mark)
            if name in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {name[:40]!r} occurs twice", problem_mark=key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


_Reader.yaml_implicit_resolvers = {}
_Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))
_Reader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(0|-?[1-9][0-9]{0,17})$"), list("-0123456789"))
_Reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(null|~|)$"), ["n", "~", ""])


class _Writer(yaml.SafeDumper):
    """YAML as the reader reads it: whatever it would take for something else than text is quoted."""


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # Left to itself the library writes some line ends as they are, and reads them as blanks.
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if text.isprintable() else '"')


_Writer.add_representer(str, _quoted)


def read_policy_text(text: str) -> tuple[Document, tuple[Example, ...]]:
    """A policy and its examples. Raises DocumentError with every problem, by its path or line."""
    if len(text) > LARGEST:
        raise DocumentError((Problem("", f"a policy is at most {LARGEST} characters"),))
    try:
        data = yaml.load(text, Loader=_Reader)  # the reader is a SafeLoader
    except yaml.MarkedYAMLError as error:
        raise DocumentError((_located(error),)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DocumentError((Problem("", f"not YAML: {str(error)[:200]}"),)) from error
    if not isinstance(data, Mapping):
        raise DocumentError((Problem("", "a policy is a table of name, defaults and rules"),))
    rest = {key: value for key, value in data.items() if key != EXAMPLES}
    return read_document(rest), read_examples(data.get(EXAMPLES))


def write_policy_text(document: Document, examples: tuple[Example, ...] = ()) -> str:
    """The text of a policy; `read_policy_text` gives the same policy and examples back."""
    data = write_document(document)
    if examples:
        data[EXAMPLES] = [each.model_dump(mode="json", exclude_defaults=True) for each in examples]
    return yaml.dump(data, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=100)


def _located(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return Problem("", f"{where}{error.problem or 'not YAML'}")
