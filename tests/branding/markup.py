"""Reads rendered pages the way the contract speaks of them: ids, labels, forms, headings."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

FIELDS = {"input", "select", "textarea"}
VOID = {"input", "img", "meta", "link", "br", "hr", "path", "circle"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    words: str = ""
    inside: "list[Element]" = field(default_factory=list)

    def every(self, *tags: str) -> "list[Element]":
        """All elements below, of these tags (all of them without one)."""
        found = [element for element in self.inside if not tags or element.tag in tags]
        return found + [deeper for element in self.inside for deeper in element.every(*tags)]

    def text(self) -> str:
        return self.words + "".join(element.text() for element in self.inside)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        closed = self.open.pop()
        if closed.tag != tag:
            raise AssertionError(f"<{closed.tag}> is closed by </{tag}>")

    def handle_data(self, data: str) -> None:
        self.open[-1].words += data


def read_markup(html: str) -> Element:
    """The tree of a page or fragment. Raises AssertionError where tags do not close in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [reader.root], f"<{reader.open[-1].tag}> is never closed"
    return reader.root


def named(root: Element) -> dict[str, Element]:
    """Elements by id. Raises AssertionError for an id that is there twice."""
    found: dict[str, Element] = {}
    for element in root.every():
        name = element.attributes.get("id")
        if name is not None:
            assert name not in found, f"two elements are called {name}"
            found[name] = element
    return found


def unlabelled(root: Element) -> list[str]:
    """Fields that a person sees and that have no label: neither around them nor for their id."""
    fors = {label.attributes.get("for") for label in root.every("label")}
    wrapped = [id(inner) for label in root.every("label") for inner in label.every(*FIELDS)]
    return [
        element.attributes.get("name", element.tag)
        for element in root.every(*FIELDS)
        if element.attributes.get("type") != "hidden"
        and id(element) not in wrapped
        and element.attributes.get("id") not in fors
    ]
