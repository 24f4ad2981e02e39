"""Content blocks: a closed set, checked when the theme is read."""

from pathlib import Path

import pytest

from portal.branding.problems import ThemeProblem
from portal.branding.sections import read_sections

OFFER = '[[order]]\nkind = "offer"\ntitle = "Ten percent"\n'


def read(folder: Path, text: str) -> object:
    (folder / "sections.toml").write_text(text)
    return read_sections(folder, {"one.svg": folder / "one.svg"})


def test_words_come_in_the_visitor_s_language_else_in_english(tmp_path: Path) -> None:
    (tmp_path / "sections.toml").write_text('[[order]]\nkind = "story"\ntitle = { de = "Hallo", en = "Hello" }\n')
    (story,) = read_sections(tmp_path, {})["order"]
    assert [story.title.said(language) for language in ("de", "en", "ar")] == ["Hallo", "Hello", "Hello"]


def test_a_theme_without_blocks_has_none(tmp_path: Path) -> None:
    assert read_sections(tmp_path, {}) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[order", "Expected"),
        ('[[basket]]\nkind = "offer"', "is no page"),
        ('[[order]]\nkind = "popup"', "there are story, offer, products"),
        ('[[order]]\nkind = "offer"', "title: is missing"),
        (OFFER + 'html = "<b>"', "no field of the kind offer"),
        (OFFER + 'link = "javascript:x"\nlink_text = "Go"', "begins with https"),
        (OFFER + 'link = "https://a.example"', "needs link_text"),
        (OFFER + 'until = "tomorrow"', "without quotes"),
        (OFFER + f'text = "{"x" * 601}"', "longer than 600"),
        ('[[order]]\nkind = "story"\ntitle = "A"\nimage = "../x.png"', "no file below static"),
        ('[[order]]\nkind = "products"\ntitle = "A"\ncount = 9', "from 1 to 8"),
        (OFFER * 7, "at most 6 blocks"),
    ],
)
def test_a_mistake_names_its_place_and_what_would_be_right(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ThemeProblem, match=said):
        read(tmp_path, text)
