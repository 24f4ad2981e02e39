"""What every answer has in common: the right host, the right headers, the right language, no forged form."""

from datetime import datetime

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from graphql_api.application import create_application
from portal.merchants.queries import MerchantFacts
from portal.settings import Settings
from tests.factories.browsers import open_browser

FOR_OTHERS = {"/hooks/tracking/{source}", "/hooks/shops/{platform}", "/messages/leave/{token}"}
"""Doors for programs: they are signed or carry a key instead of a form's token (the last is a mail program's one click,
RFC 8058).
"""
EXAMPLES = {"order_id": "01a1ffca-3ef0-7229-83b1-84e85fc9f9a6", "number": "R-1", "digest": "0" * 64, "source": "demo"}


def filled(path: str) -> str:
    for name, value in EXAMPLES.items():
        path = path.replace(f"{{{name}:uuid}}", value).replace(f"{{{name}}}", value)
    return path


@pytest.mark.parametrize(
    "host", ["nobody.localhost", "localhost", "a.b@c", "x.localhost.", "[::1]", "x.localhost/evil"]
)
async def test_an_unknown_host_is_answered_plainly(app: Starlette, merchant: MerchantFacts, host: str) -> None:
    answer = await open_browser(app, merchant).get("/", headers={"host": host})
    assert (answer.status_code, answer.headers["content-type"]) == (421, "text/plain; charset=utf-8")


async def test_the_forwarded_host_is_not_believed(
    app: Starlette, merchant: MerchantFacts, other_merchant: MerchantFacts
) -> None:
    forwarded = {
        "x-forwarded-host": f"{other_merchant.slug}.localhost",
        "forwarded": f"host={other_merchant.slug}.localhost",
    }
    page = await open_browser(app, merchant).get("/", headers=forwarded)
    assert merchant.name in page.text
    assert other_merchant.name not in page.text


async def test_two_host_headers_name_nobody(app: Starlette, merchant: MerchantFacts) -> None:
    host = f"{merchant.slug}.localhost"
    answer = await open_browser(app, merchant).client.request(
        "GET", "/", headers=[("host", host), ("host", "evil.example")]
    )
    assert answer.status_code == 421


async def test_every_page_carries_the_headers(app: Starlette, merchant: MerchantFacts) -> None:
    for path in ("/", "/lookup/result", "/nowhere", "/assets/x/y.css"):
        headers = (await open_browser(app, merchant).get(path)).headers
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_a_page_is_not_kept_by_caches(app: Starlette, merchant: MerchantFacts) -> None:
    assert (await open_browser(app, merchant).get("/")).headers["cache-control"] == "no-store"


def posting_routes(app: Starlette) -> list[str]:
    routes = [route for route in app.routes if isinstance(route, Route) and "POST" in (route.methods or ())]
    return [route.path for route in routes if route.path not in FOR_OTHERS and not route.path.startswith("/graphql")]


async def test_no_form_is_taken_without_its_token(app: Starlette, merchant: MerchantFacts) -> None:
    paths = posting_routes(app)
    assert len(paths) >= 5
    browser = open_browser(app, merchant)
    await browser.get("/")
    for path in paths:
        assert (await browser.client.post(filled(path), data={"number": "1"})).status_code == 403, path


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
async def test_a_form_from_another_site_is_refused(
    app: Starlette, merchant: MerchantFacts, headers: dict[str, str]
) -> None:
    browser = open_browser(app, merchant)
    answer = await browser.submit("/lookup", {"number": "1", "contact": "1"}, headers=headers)
    assert answer.status_code == 403


async def test_a_body_that_is_too_large_is_refused(app: Starlette, merchant: MerchantFacts) -> None:
    answer = await open_browser(app, merchant).client.post("/lookup", data={"number": "x" * 300_000})
    assert answer.status_code == 413


async def test_the_token_of_another_browser_does_not_fit(app: Starlette, merchant: MerchantFacts) -> None:
    mine, theirs = open_browser(app, merchant), open_browser(app, merchant)
    await theirs.get("/")
    shown = await mine.get("/")
    token = shown.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = await theirs.client.post("/lookup", data={"csrf_token": token, "number": "1", "contact": "1"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("path", "headers", "language", "direction"),
    [
        ("/", {}, "en", "ltr"),
        ("/", {"accept-language": "fr, de;q=0.8, ar;q=0.9"}, "ar", "rtl"),
        ("/", {"accept-language": "de-AT"}, "de", "ltr"),
        ("/", {"cookie": "doorstep-language=es", "accept-language": "de"}, "es", "ltr"),
        ("/ar", {"accept-language": "de"}, "ar", "rtl"),
        ("/ar/", {}, "ar", "rtl"),
        ("/", {"accept-language": "xx;q=nonsense,,;;de;q=2"}, "en", "ltr"),
    ],
)
async def test_the_language_comes_from_path_cookie_or_browser(
    app: Starlette, merchant: MerchantFacts, path: str, headers: dict[str, str], language: str, direction: str
) -> None:
    page = await open_browser(app, merchant).get(path, headers=headers)
    assert f'<html lang="{language}" dir="{direction}"' in page.text
    assert page.headers["content-language"] == language


async def test_a_language_that_is_not_offered_is_no_page(app: Starlette, merchant: MerchantFacts) -> None:
    assert (await open_browser(app, merchant).get("/fr/")).status_code == 404


async def test_a_language_in_the_path_stays_in_the_links(app: Starlette, merchant: MerchantFacts) -> None:
    page = await open_browser(app, merchant).get("/de/")
    assert 'action="/de/lookup"' in page.text or 'href="/de/"' in page.text


async def test_healthz_and_readyz_answer_on_any_host(app: Starlette, merchant: MerchantFacts) -> None:
    browser = open_browser(app, merchant, host="10.0.0.1")
    assert (await browser.get("/healthz")).json() == {"status": "ok"}
    ready = await browser.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]) == (200, {"database": "ok", "redis": "ok"})


async def test_assets_are_named_by_their_content_and_compressed(app: Starlette, merchant: MerchantFacts) -> None:
    browser = open_browser(app, merchant)
    url = app.state.assets.url("css/doorstep.css")
    answer = await browser.get(url, headers={"accept-encoding": "gzip"})
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert (await browser.get(url.replace("/assets/", "/assets/0"))).status_code == 404


async def test_an_answer_for_htmx_redirects_by_header(app: Starlette, merchant: MerchantFacts) -> None:
    browser = open_browser(app, merchant)
    answer = await browser.submit("/lookup", {"number": "1", "contact": "1"}, headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/lookup/result")


async def test_a_fault_of_ours_is_a_page_with_a_reference_and_all_headers(
    settings: Settings, merchant: MerchantFacts
) -> None:
    def broken() -> datetime:
        raise RuntimeError("secret-of-the-house")

    faulty = create_application(settings, clock=broken)
    answer = await open_browser(faulty, merchant).get("/de/lookup/result")
    await faulty.state.limiter.close()
    assert (answer.status_code, answer.headers["content-language"]) == (500, "de")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "secret-of-the-house" not in answer.text
    assert 'href="/en/lookup/result"' in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/returns/%00",
        "/returns/x%00/label.pdf",
        "/media/%00",
        "/hooks/tracking/%00",
        "/%0d%0aset-cookie:x=1",
        "/de/%00",
    ],
)
async def test_a_control_character_in_a_path_is_not_found(app: Starlette, merchant: MerchantFacts, path: str) -> None:
    browser = open_browser(app, merchant)
    assert (await browser.get(path)).status_code == 404
    assert (await browser.client.post(path)).status_code in {404, 405}


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "undefined", "punycode", "latin-1"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
async def test_only_utf_8_forms_are_read(app: Starlette, merchant: MerchantFacts, kind: str, charset: str) -> None:
    client = open_browser(app, merchant).client
    answer = await client.post("/lookup", content=b"number=1", headers={"content-type": f"{kind}; charset={charset}"})
    assert answer.status_code == 415


async def test_a_slash_too_many_is_not_found_rather_than_redirected(app: Starlette, merchant: MerchantFacts) -> None:
    browser = open_browser(app, merchant)
    for path in ("/healthz/", "/de/lookup/result/", "/lookup/"):
        assert (await browser.get(path)).status_code in {404, 405}
    assert (await browser.get("/healthz/", headers={"host": "evil.example"})).status_code == 421


async def test_a_browser_that_asks_for_an_icon_gets_the_brands(app: Starlette, merchant: MerchantFacts) -> None:
    browser = open_browser(app, merchant)
    sent = await browser.get("/favicon.ico")
    assert (await browser.get(sent.headers["location"])).headers["content-type"].startswith("image/svg+xml")
