"""Templates read with their includes in place say exactly what they say without."""

import re

import pytest

from portal.web.assets import Assets, static_files
from portal.web.csrf import new_secret
from portal.web.locale import Speech
from portal.web.render import render, template_environment
from tests.factories.view_brands import BRANDS, SampleBrand, make_page
from tests.factories.views import samples

ASSETS = Assets(static_files())
INLINED, AS_WRITTEN = template_environment(ASSETS), template_environment(ASSETS, reload=True)
TOKEN = re.compile(r'value="[\w-]{60,}"')


@pytest.mark.parametrize("brand", BRANDS.values(), ids=lambda brand: brand.theme)
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_inlining_changes_no_byte(brand: SampleBrand, locale: str) -> None:
    speech, secret = Speech(locale, brand.country, brand.time_zone), new_secret()
    shown = 0
    for sample in samples(brand, make_page(brand, locale)):
        fast, plain = (
            TOKEN.sub("", render(environment, sample.template, sample.view, speech, secret))
            for environment in (INLINED, AS_WRITTEN)
        )
        assert fast == plain, sample.name
        shown += 1
    assert shown > 20
