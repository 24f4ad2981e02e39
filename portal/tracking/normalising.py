"""From a vendor's words to ours. A source is named after its vendor ("easypost", "easypost-eu"); the name finds it.

A code that no table has is kept as it came, counts as `unknown` (or as what its coarser word says), is shown neutrally
and is listed for the operator.
"""

import pkgutil
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from portal import integrations
from portal.integrations.scans import ESTIMATE, Meaning
from portal.tracking.rules import ParcelStatus


@cache
def list_vocabularies() -> tuple[str, ...]:
    """The vendors whose words we know."""
    return tuple(name for name in _vendors() if _has(name, "vocabulary"))


def vendor_of(source: str) -> str:
    """The vendor that a source's name begins with: "easypost-eu" is EasyPost's."""
    return source.partition("-")[0]


def webhooks_of(source: str) -> ModuleType | None:
    """How a source's vendor signs and writes its webhooks; None for a source that speaks our own language."""
    return _webhooks().get(vendor_of(source))


def meaning_of(vendor: str, code: str) -> Meaning | None:
    """What a vendor's code means, None when its table does not have it."""
    if vendor not in list_vocabularies():
        return None
    found: Meaning | None = import_module(f"{integrations.__name__}.{vendor}.vocabulary").meaning_of(code)
    return found


def is_understood(source: str, code: str, status: str) -> bool:
    """Whether a stored event's word is in our tables; a source without a table has told the status itself."""
    if code == ESTIMATE:
        return True
    vendor = vendor_of(source)
    if vendor in list_vocabularies():
        return meaning_of(vendor, code) is not None
    return status != ParcelStatus.UNKNOWN


def said_by(source: str, code: str) -> str:
    """What the vendor itself says that a code means, "" where the code speaks for itself."""
    vendor = vendor_of(source)
    if vendor not in list_vocabularies():
        return ""
    vocabulary = import_module(f"{integrations.__name__}.{vendor}.vocabulary")
    return str(vocabulary.said_by(code)) if hasattr(vocabulary, "said_by") else ""


@cache
def _vendors() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in pkgutil.iter_modules(integrations.__path__) if module.ispkg))


@cache
def _webhooks() -> dict[str, ModuleType]:
    names = [name for name in list_vocabularies() if _has(name, "webhooks")]
    modules = {name: import_module(f"{integrations.__name__}.{name}.webhooks") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "read_scans")}


def _has(vendor: str, part: str) -> bool:
    return find_spec(f"{integrations.__name__}.{vendor}.{part}") is not None
