"""The catalogues and what the code says: extract, merge, compare. Pages need none of this; they read the .po files.

python -m portal.web.catalogues update     after a text was added or changed
python -m portal.web.catalogues check      what is still to be translated, with file and line
"""

import gettext
import io
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from portal.web.locale import CATALOGUES

ROOT = Path(__file__).parents[2]
TEMPLATE = CATALOGUES / "messages.pot"
KEYWORDS = {"_": None, "N_": None, "NN_": (1, 2), "ngettext": (1, 2)}
NOTE = "TRANSLATORS:"
HEADER = "# Texts of Doorstep. How they are written: locales/README.md"
PLACE = re.compile(r"%\((\w+)\)s")
CHURN = re.compile(r'^"(?:POT-|PO-|Project-|Report-|Last-|Language-Team|Generated-).*\n', re.MULTILINE)
"""Header lines that say when, by whom and with what: a diff should show texts."""
ENDS = str.maketrans({"؟": "?", "،": ","})


def languages() -> list[str]:
    """The languages that have a catalogue; English is the source and has none."""
    return sorted(path.parts[-3] for path in CATALOGUES.glob("*/LC_MESSAGES/messages.po"))


def path_of(language: str) -> Path:
    """Where a language's catalogue lies."""
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def extracted(root: Path = ROOT) -> Catalog:
    """Every text that the code and its templates mark, with file and line."""
    mappings = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    rooms = {mapping["pattern"].partition("/")[0] for mapping in mappings}
    found = Catalog(header_comment=HEADER, fuzzy=False)
    for room in sorted(rooms):
        # Babel's own filter would pass over folders that begin with an underscore, and ours hold templates.
        texts = extract_from_dir(
            root / room,
            method_map=[
                (_below(one, room), one["method"]) for one in mappings if one["pattern"].startswith(f"{room}/")
            ],
            options_map={_below(one, room): _options(one) for one in mappings},
            keywords=KEYWORDS,
            comment_tags=(NOTE,),
            directory_filter=lambda folder: Path(folder).name not in {"__pycache__", "static"},
        )
        for file, line, text, notes, context in sorted(texts, key=lambda one: one[:2]):
            found.add(text, locations=[(f"{room}/{file}", line)], auto_comments=notes, context=context)
    return found


def _below(mapping: dict[str, str], room: str) -> str:
    return mapping["pattern"].removeprefix(f"{room}/")


def _options(mapping: dict[str, str]) -> dict[str, str]:
    # Jinja's extractor reads only text, and TOML's false is none.
    return {name: str(value).lower() for name, value in mapping.items() if name not in {"method", "pattern"}}


def written(catalogue: Catalog) -> str:
    """A catalogue as text: by message, files without lines and no dates, so that a change shows as what it is."""
    out = io.BytesIO()
    write_po(out, catalogue, width=0, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return CHURN.sub("", out.getvalue().decode())


def stored(language: str) -> Catalog:
    """A language's catalogue as it was committed. Raises babel's PoFileError for a broken file."""
    with path_of(language).open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def update() -> None:
    """Bring the template and every catalogue up to the code; nothing is guessed from similar texts."""
    template = extracted()
    TEMPLATE.write_text(written(template))
    for language in languages():
        catalogue = stored(language)
        # A copy, because the messages that are new would be shared by all languages.
        catalogue.update(deepcopy(template), no_fuzzy_matching=True)
        catalogue.header_comment = HEADER
        path_of(language).write_text(written(catalogue))


def problems() -> list[str]:
    """What keeps the catalogues from being complete, one line each."""
    template = extracted()
    found = [] if TEMPLATE.exists() and TEMPLATE.read_text() == written(template) else ["messages.pot is out of date"]
    for language in languages():
        found += [f"{language}: {line}" for line in _problems_of(stored(language), template)]
    return found


def _problems_of(catalogue: Catalog, template: Catalog) -> Iterator[str]:
    wanted = {_key(message): message for message in template if message.id}
    held = {_key(message): message for message in catalogue if message.id}
    for key, message in wanted.items():
        for what in faults(held[key], catalogue) if key in held else ["is missing"]:
            yield f"{_first_place(message)}: {key!r} {what}"
    for key in [*(held.keys() - wanted.keys()), *(_key(message) for message in catalogue.obsolete.values())]:
        yield f"{key!r} is said nowhere any more"


def faults(message: Message, catalogue: Catalog) -> Iterator[str]:
    """What is wrong with one translation: missing, unsure, a plural form short, other places or ends than the id."""
    if message.fuzzy:
        yield "is marked fuzzy"
    said, ids = _forms(message.string or ""), _forms(message.id)
    if len(said) != (catalogue.num_plurals if message.pluralizable else 1) or not all(said):
        yield "is not translated" if not any(said) else "lacks a plural form"
        return
    for index, text in enumerate(said):
        needed = set(PLACE.findall(ids[-1]))
        may_lack = {"count"} if message.pluralizable and stands_for_one_number(index, catalogue) else set()
        if not needed - may_lack <= set(PLACE.findall(text)) <= needed or text.count("%%") != ids[-1].count("%%"):
            yield f"has other places in {text!r}"
        if text != text.strip() or _end(text) != _end(ids[-1]):
            yield f"ends or begins otherwise in {text!r}"


def _end(text: str) -> str:
    last = text[-1].translate(ENDS)
    return last if last in ".:?!…," else ""


def stands_for_one_number(form: int, catalogue: Catalog) -> bool:
    """Whether a plural form is for exactly one number, so that it may say "one" or "two" instead of the digit."""
    choose = gettext.c2py(catalogue.plural_expr)  # type: ignore[attr-defined]  # gettext's own, absent from its stubs
    return sum(choose(number) == form for number in range(1000)) == 1


def _forms(text: str | Sequence[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def _key(message: Message) -> str:
    return _forms(message.id)[0]


def _first_place(message: Message) -> str:
    return ":".join(str(part) for part in message.locations[0]) if message.locations else "?"


def main(arguments: list[str]) -> int:
    """Do what is asked for; the answer is the exit status."""
    if arguments == ["update"]:
        update()
    elif arguments != ["check"]:
        print(__doc__)
        return 2
    found = problems()
    print("\n".join(found) or f"complete: {', '.join(languages())}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
