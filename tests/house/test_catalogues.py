"""Every text that the code says is said in every language, and nothing else is."""

import pytest
from babel.messages.catalog import Catalog, Message

from portal.web.catalogues import CATALOGUES, TEMPLATE, extracted, faults, languages, path_of, problems, stored, written

GERMAN, ARABIC = "de", "ar"


@pytest.fixture(scope="module")
def template() -> Catalog:
    """What the tree says now."""
    return extracted()


def test_there_are_three_languages_beside_english() -> None:
    assert {"ar", "de", "es"} <= set(languages())
    assert (CATALOGUES / "README.md").exists()


def test_texts_are_found_in_python_and_in_templates_of_every_folder(template: Catalog) -> None:
    files = {file for message in template for file, _ in message.locations}
    assert "portal/tracking/wording.py" in files
    # Folders that begin with an underscore are the ones that extractors pass over.
    assert {"portal/templates/_layout/_foot.html", "portal/templates/returns/check.html"} <= files


def test_the_template_is_what_the_tree_says(template: Catalog) -> None:
    assert TEMPLATE.read_text() == written(template), "run: python -m portal.web.catalogues update"


def test_every_catalogue_is_complete() -> None:
    assert problems() == []


@pytest.mark.parametrize("language", languages())
def test_a_catalogue_is_written_as_update_writes_it(language: str) -> None:
    text = path_of(language).read_text()
    assert text == written(stored(language))
    assert "#~" not in text


@pytest.mark.parametrize("language", languages())
def test_a_header_tells_language_plural_rule_and_encoding(language: str) -> None:
    catalogue = stored(language)
    assert (str(catalogue.locale), catalogue.charset) == (language, "utf-8")
    assert catalogue.num_plurals == {"ar": 6, "de": 2, "es": 2}[language]


@pytest.mark.parametrize("language", languages())
def test_a_translation_is_not_its_source_unless_it_has_no_words(language: str) -> None:
    same = {str(message.id) for message in stored(language) if message.id and message.string == message.id}
    assert same <= {"%(quantity)s × %(title)s", "× %(count)s", "%(name)s: %(value)s", "Error:"}


def test_foreign_text_inside_an_arabic_sentence_is_isolated() -> None:
    foreign = ("number", "title", "place", "label", "each", "reference", "value")
    texts = {str(message.id): str(message.string) for message in stored(ARABIC) if not message.pluralizable}
    bare = [
        text
        for message, text in texts.items()
        for name in foreign
        # "Parcel 2 of 3" holds figures only.
        if f"%({name})s" in text and "%(count)s" not in text and f"\u2068%({name})s\u2069" not in text
    ]
    assert bare == []


@pytest.mark.parametrize("language", languages())
def test_isolates_come_in_pairs(language: str) -> None:
    texts = [str(message.string) for message in stored(language)]
    assert [text for text in texts if text.count("\u2068") != text.count("\u2069")] == []


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (Message("Order %(number)s", "Bestellung"), "has other places"),
        (Message("Order", "Bestellung %(number)s"), "has other places"),
        (Message("50%%", "50"), "has other places"),
        (Message("Thank you.", "Danke"), "ends or begins otherwise"),
        (Message("Thank you", " Danke"), "ends or begins otherwise"),
        (Message("Thank you", ""), "is not translated"),
        (Message("Thank you", "Danke", flags={"fuzzy"}), "is marked fuzzy"),
        (Message(("%(count)s day", "%(count)s days"), ("ein Tag", "")), "lacks a plural form"),
        (Message(("%(count)s day", "%(count)s days"), ("ein Tag", "Tage")), "has other places"),
    ],
)
def test_a_faulty_translation_is_found(message: Message, fault: str) -> None:
    found = list(faults(message, stored(GERMAN)))
    assert len(found) == 1
    assert found[0].startswith(fault)


def test_a_form_for_exactly_one_number_may_drop_the_figure() -> None:
    days = ("%(count)s day", "%(count)s days")
    assert list(faults(Message(days, ("ein Tag", "%(count)s Tage")), stored(GERMAN))) == []
    arabic = ("لا أيام", "يوم واحد", "يومان", "%(count)s أيام", "%(count)s يومًا", "%(count)s يوم")
    assert list(faults(Message(days, arabic), stored(ARABIC))) == []
