"""The two demo brands as views see them: the frame of a page, and products with real names and prices."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from portal.kernel.money import Money
from portal.tracking.presenters import ItemView
from portal.web.page import Brand, Language, Page

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DIRECTIONS = {"ar": "rtl"}
NAMES = {"de": "Deutsch", "en": "English", "es": "Español", "ar": "العربية"}


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


@dataclass(frozen=True, slots=True)
class Product:
    title: str
    detail: str
    minor: int
    picture: str


@dataclass(frozen=True, slots=True)
class SampleBrand:
    """What differs between the brands' samples. `country` and `time_zone` are for the speech that renders them."""

    theme: str
    name: str
    order_number: str
    currency: str
    country: str
    time_zone: str
    languages: tuple[str, ...]
    carrier: str
    tracking_number: str
    places: tuple[str, str, str]
    destination: str
    address: tuple[str, ...]
    products: tuple[Product, ...]

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    def item(self, index: int, **changes: object) -> ItemView:
        """Line `index` as the order page shows it; products repeat when there are more lines than products."""
        product = self.products[index % len(self.products)]
        values = {
            "title": product.title,
            "detail": product.detail,
            "quantity": 1,
            "price": self.money(product.minor),
            "image_url": f"/media/{product.picture}.svg" if product.picture else "",
            "initial": product.title[0],
        }
        return ItemView(**{**values, **changes})


FERNWEH = SampleBrand(
    "fernweh",
    "Fernweh",
    "#FW-10482",
    "EUR",
    "DE",
    "Europe/Berlin",
    ("de", "en", "ar"),
    "DHL",
    "00340434161094042557",
    ("Leipzig", "Erfurt", "Berlin"),
    "Jonas W••••, 1•••• Berlin",
    ("Fernweh Retouren", "Gutenbergstraße 12", "99084 Erfurt", "Germany"),
    (
        Product("Ridge shell jacket", "Moss · M", 18900, "ridge-shell-jacket"),
        Product("Tarn leather boots", "Chestnut · 42", 16400, "tarn-leather-boots"),
        Product("Cairn beanie", "Rust", 2900, "cairn-beanie"),
        Product("Talfahrt daypack", "Slate · 24 l", 8900, "talfahrt-daypack"),
        Product("Quell bottle", "0.7 l", 2450, "quell-bottle"),
        Product("Almauftrieb socks", "Wool · 39–42", 1900, "almauftrieb-socks"),
    ),
)
AURELLE = SampleBrand(
    "aurelle",
    "Aurelle",
    "#20177",
    "USD",
    "US",
    "America/New_York",
    ("en", "es", "ar"),
    "UPS",
    "1Z5R89390357567127",
    ("Louisville, KY", "New York, NY", "Boston, MA"),
    "Elena M••••, 100•• New York",
    ("Aurelle Returns", "48 West 47th Street, Floor 6", "New York, NY 10036", "United States"),
    (
        Product("Solène solitaire ring", "18k gold · size 6½", 148000, "solene-solitaire-ring"),
        Product("Vesper drop pendant", "Garnet · 18 in", 62000, "vesper-drop-pendant"),
        Product("Luna pearl hoops", "Pair", 29000, "luna-pearl-hoops"),
        Product("Rivière tennis bracelet", "7 in", 385000, "riviere-tennis-bracelet"),
        Product("Étoile diamond studs", "Pair · 0.5 ct", 119000, "etoile-diamond-studs"),
        Product("Minuit pearl strand", "Akoya · 17 in", 172000, "minuit-pearl-strand"),
    ),
)
BRANDS = {brand.theme: brand for brand in (FERNWEH, AURELLE)}


def make_page(brand: SampleBrand, locale: str, scheme: str = "") -> Page:
    """The frame around a sample."""
    languages = tuple(Language(code, NAMES[code], f"/{code}/", code == locale) for code in brand.languages)
    face = Brand(
        brand.name,
        brand.theme,
        f"/themes/{brand.theme}/mark.svg",
        f"hello@{brand.theme}.example",
        f"/themes/{brand.theme}/hero.svg",
    )
    return Page(
        brand=face,
        locale=locale,
        direction=DIRECTIONS.get(locale, "ltr"),
        scheme=scheme,
        languages=languages,
        stylesheets=("/css/base.css", f"/css/{brand.theme}.css"),
        scripts=("/vendor/htmx.min.js",),
        home_url="/",
    )
