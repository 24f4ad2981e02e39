"""Which tax the demo's shops charge where: inside the price in Europe, on top in America. Rates are decimal strings."""

GERMAN_VAT = (("DE MwSt", "0.19"),)
VAT: dict[str, tuple[tuple[str, str], ...]] = {
    "DE": GERMAN_VAT,
    "AT": (("AT USt", "0.20"),),
    "FR": (("FR TVA", "0.20"),),
    "NL": (("NL BTW", "0.21"),),
    "PL": (("PL VAT", "0.23"),),
    "GB": (("GB VAT", "0.20"),),
    "CH": (("CH MWST", "0.081"),),
    "NO": (),
    "JP": (),
}
SALES_TAX: dict[str, tuple[tuple[str, str], ...]] = {
    "NY": (
        ("New York State Tax", "0.04"),
        ("New York City City Tax", "0.045"),
        ("Metropolitan Commuter Transportation District", "0.00375"),
    ),
    "CA": (("California State Tax", "0.0625"), ("San Francisco County Tax", "0.02375")),
    "FL": (("Florida State Tax", "0.06"), ("Miami-Dade County Tax", "0.01")),
    "GA": (("Georgia State Tax", "0.04"), ("Fulton County Tax", "0.03"), ("Atlanta City Tax", "0.019")),
    "MA": (("Massachusetts State Tax", "0.0625"),),
    "MN": (("Minnesota State Tax", "0.06875"), ("Hennepin County Tax", "0.0165")),
    "IL": (
        ("Illinois State Tax", "0.0625"),
        ("Chicago City Tax", "0.0125"),
        ("Cook County Tax", "0.0175"),
        ("Regional Transportation Tax", "0.01"),
    ),
    "TX": (("Texas State Tax", "0.0625"), ("Houston City Tax", "0.01"), ("Houston Transit Tax", "0.01")),
    "WA": (("Washington State Tax", "0.065"), ("Seattle City Tax", "0.0385")),
    "NH": (),
}
TAXED_SHIPPING = frozenset({"NY", "TX", "WA", "GA"})


def taxes_of(slug: str, country: str, province: str) -> tuple[tuple[str, str], ...]:
    """Names and rates at the destination; nothing for exports of the jeweller."""
    if slug == "fashion":
        return VAT[country]
    return SALES_TAX[province] if country == "US" else ()


def is_shipping_taxed(slug: str, province: str) -> bool:
    """In the EU always, in the United States by state."""
    return slug == "fashion" or province in TAXED_SHIPPING
