"""Every theme × every page × every state, in a left-to-right and a right-to-left language, keeps the contract."""

import gzip
import re
from collections.abc import Callable
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from portal.branding.themes import load_themes
from portal.web.assets import STYLESHEET, Assets, static_files
from portal.web.csrf import FIELD, new_secret
from portal.web.locale import Speech
from portal.web.render import TEMPLATES, render, template_environment
from tests.branding.markup import named, read_markup, unlabelled
from tests.factories.view_brands import BRANDS, SampleBrand, make_page
from tests.factories.views import Sample, samples

THEMES = Path(__file__).parents[2] / "themes"
LOCALES = ("en", "ar")
FILES = static_files()
ASSETS = Assets(FILES)
ENVIRONMENT = template_environment(ASSETS)
SECRET = new_secret()
KB = 1024
FRAGMENTS = {"tracking/order.html": "tracking/_live.html", "returns/status.html": "returns/_live.html"}
CASES = [
    (brand, locale, sample)
    for brand in BRANDS.values()
    for locale in LOCALES
    for sample in samples(brand, make_page(brand, locale))
]


def sampled(wanted: Callable[[Sample], bool] = lambda sample: True) -> pytest.MarkDecorator:
    """Run a test on every case whose sample is wanted."""
    cases = [case for case in CASES if wanted(case[2])]
    ids = [f"{brand.theme}-{locale}-{sample.name}" for brand, locale, sample in cases]
    return pytest.mark.parametrize(("brand", "locale", "sample"), cases, ids=ids)


@cache
def spoken(brand: SampleBrand, locale: str) -> Speech:
    return Speech(locale, brand.country, brand.time_zone)


def show(brand: SampleBrand, locale: str, template: str, view: object) -> str:
    return render(ENVIRONMENT, template, view, spoken(brand, locale), SECRET)


@sampled()
def test_a_page_has_one_heading_and_a_language(brand: SampleBrand, locale: str, sample: Sample) -> None:
    root = read_markup(show(brand, locale, sample.template, sample.view))
    (html,) = root.every("html")
    assert len(root.every("h1")) == 1
    assert (html.attributes["lang"], html.attributes["dir"]) == (locale, "rtl" if locale == "ar" else "ltr")


@sampled()
def test_every_field_has_a_label_and_every_form_its_token(brand: SampleBrand, locale: str, sample: Sample) -> None:
    root = read_markup(show(brand, locale, sample.template, sample.view))
    forms = [[field.attributes.get("name") for field in form.every("input")] for form in root.every("form")]
    assert unlabelled(root) == []
    assert all(FIELD in names for names in forms)


@sampled()
def test_ids_are_unique_and_links_within_the_page_lead_somewhere(
    brand: SampleBrand, locale: str, sample: Sample
) -> None:
    root = read_markup(show(brand, locale, sample.template, sample.view))
    ids = named(root)
    leads = [link.attributes["href"][1:] for link in root.every("a") if link.attributes["href"].startswith("#")]
    spoken_of = " ".join(
        element.attributes.get(name, "") for element in root.every() for name in ("aria-describedby", "aria-labelledby")
    )
    assert "main" in ids
    assert {*leads, *spoken_of.split()} <= ids.keys()


@sampled()
def test_a_page_runs_and_styles_nothing_of_its_own(brand: SampleBrand, locale: str, sample: Sample) -> None:
    html = show(brand, locale, sample.template, sample.view)
    attributes = {name for element in read_markup(html).every() for name in element.attributes}
    assert not {name for name in attributes if name == "style" or name.startswith(("on", "hx-on"))}
    assert len(gzip.compress(html.encode())) <= 30 * KB


@sampled(lambda sample: sample.template in FRAGMENTS)
def test_a_live_page_holds_the_fragment_that_replaces_it(brand: SampleBrand, locale: str, sample: Sample) -> None:
    page = named(read_markup(show(brand, locale, sample.template, sample.view)))["live"]
    (fragment,) = read_markup(show(brand, locale, FRAGMENTS[sample.template], sample.view)).inside
    assert fragment.attributes == page.attributes
    assert fragment.attributes["hx-get"] == sample.view.live_url


@sampled(lambda sample: sample.template == "returns/choose.html")
def test_the_sum_fragment_replaces_the_sum_of_the_page(brand: SampleBrand, locale: str, sample: Sample) -> None:
    page = named(read_markup(show(brand, locale, sample.template, sample.view)))
    (fragment,) = read_markup(show(brand, locale, "returns/_sum.html", sample.view)).inside
    assert fragment.attributes["id"] == "sum"
    assert ("sum" in page) is bool(sample.view.choices)


@sampled(lambda sample: bool(getattr(sample.view, "errors", ())))
def test_an_error_says_the_same_at_the_top_and_at_its_field(brand: SampleBrand, locale: str, sample: Sample) -> None:
    root = read_markup(show(brand, locale, sample.template, sample.view))
    ids = named(root)
    for error in sample.view.errors:
        words = spoken(brand, locale).say(error.message)
        assert words in ids["errors"].text()
        assert words in ids[f"{error.field}-error"].text()


def test_the_title_warns_of_an_error() -> None:
    brand = BRANDS["fernweh"]
    broken = {sample.name: sample for sample in samples(brand, make_page(brand, "en"))}["lookup-errors"]
    (title,) = read_markup(show(brand, "en", broken.template, broken.view)).every("title")
    assert title.text() == "Error: Find your order – Fernweh"


def test_words_of_a_shopper_stay_words() -> None:
    brand = BRANDS["fernweh"]
    hostile = {sample.name: sample for sample in samples(brand, make_page(brand, "en"))}["lookup-miss"]
    html = show(brand, "en", "orders/lookup.html", type(hostile.view)(hostile.view.page, number='"><script>'))
    assert '"><script>' not in html
    assert '"><script>' in unescape(html)


def test_every_page_of_a_shopper_is_sampled() -> None:
    pages = {
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.html")
        if not path.name.startswith("_") and path.parent.name not in {"labels", "_layout", "mail"}
    }
    assert pages <= {sample.template for _, _, sample in CASES}


@pytest.mark.parametrize("name", sorted(BRANDS))
def test_styles_and_script_stay_within_their_budget(name: str) -> None:
    theme = load_themes(THEMES, lambda path: f"/assets/0123456789abcdef/vendor/{path}")[name]
    style = gzip.compress(FILES[STYLESHEET] + theme.stylesheet.encode(), 9)
    script = gzip.compress(FILES["vendor/htmx.min.js"], 9)
    assert len(style) <= 15 * KB
    assert len(script) <= 16 * KB


def test_base_styles_name_no_colour_and_no_side() -> None:
    css = FILES[STYLESHEET].decode()
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(", css) == []
    assert (
        re.findall(r"\b(?:margin|padding|border)-(?:left|right|top|bottom)\b|[{;]\s*(?:left|right|width|height):", css)
        == []
    )
