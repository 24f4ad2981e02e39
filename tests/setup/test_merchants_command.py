"""A merchant from a TOML file: the README's example is a whole one, and a broken one is told what is wrong with it."""

import re
from pathlib import Path

import pytest

from portal.commands.installation import Mistake
from portal.commands.merchants import read_merchant

ROOT = Path(__file__).parents[2]


def example() -> str:
    found = re.search(r"```toml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found.group(1)


def test_the_example_of_the_readme_is_a_merchant(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(example(), "utf-8")
    wanted = read_merchant(tmp_path / "shop.toml")
    assert (wanted.slug, wanted.hosts) == ("fernweh", ("returns.fernweh.example",))
    assert wanted.return_address.city == "Erfurt"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('currency = "EUR"', "", "  currency: is missing"),
        ('locales = ["de", "en"]', 'locales = "de"', "  locales: expected a list"),
        ('name = "Fernweh"', "name = 5", "  name: expected a text in quotes"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_what_it_has_to_be(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    (tmp_path / "shop.toml").write_text(example().replace(before, after), "utf-8")
    with pytest.raises(Mistake) as caught:
        read_merchant(tmp_path / "shop.toml")
    assert str(caught.value).splitlines()[1:] == [said]
