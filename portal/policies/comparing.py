"""What is different between two policies, in the words of whoever reads a change before it goes live."""

import json
from dataclasses import dataclass
from typing import Any

from portal.policies.documents import Document, Rule, write_document
from portal.policies.settings import SETTINGS


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: what kind (added, removed, changed, moved), where, and both sides as text."""

    kind: str
    where: str
    before: str = ""
    after: str = ""


def compare(before: Document, after: Document) -> list[Difference]:
    """Every difference that can change a decision, and changed notes; the defaults first, then rule by rule."""
    found = []
    old, new = write_document(before), write_document(after)
    for name in SETTINGS:
        found += _changed(f"defaults.{name}", old["defaults"].get(name), new["defaults"].get(name))
    were = {rule.id: rule for rule in before.rules}
    are = {rule.id: rule for rule in after.rules}
    found += [
        Difference("removed", f"rule {name}", _text(_stored(rule))) for name, rule in were.items() if name not in are
    ]
    for name, rule in are.items():
        if name not in were:
            found.append(Difference("added", f"rule {name}", after=_text(_stored(rule))))
        else:
            found += _of_rule(were[name], rule)
    kept_before = [name for name in were if name in are]
    kept_after = [name for name in are if name in were]
    if kept_before != kept_after:
        found.append(Difference("moved", "rules", ", ".join(kept_before), ", ".join(kept_after)))
    return found


def _of_rule(before: Rule, after: Rule) -> list[Difference]:
    old, new = _stored(before), _stored(after)
    found = _changed(f"rule {after.id}.when", old.get("when"), new.get("when"))
    for name in SETTINGS:
        found += _changed(f"rule {after.id}.then.{name}", old["then"].get(name), new["then"].get(name))
    return found + _changed(f"rule {after.id}.note", old.get("note"), new.get("note"))


def _changed(where: str, before: Any, after: Any) -> list[Difference]:
    if before == after:
        return []
    kind = "added" if before is None else "removed" if after is None else "changed"
    return [Difference(kind, where, _text(before), _text(after))]


def _stored(rule: Rule) -> dict[str, Any]:
    return rule.model_dump(mode="json", exclude_none=True)


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
