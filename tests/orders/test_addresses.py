"""An address on a page reads as people write it; on a label as the post wants it."""

from portal.integrations.records import AddressRecord
from portal.orders.addresses import address_block, address_lines

INNSBRUCK = AddressRecord(name="Anna Gruber", line1="Gasse 18", city="Innsbruck", postal_code="6020", country="AT")


def test_a_page_names_another_country_in_the_reader_s_language_and_its_own_not_at_all() -> None:
    assert address_lines(INNSBRUCK, "DE", "de") == ("Anna Gruber", "Gasse 18", "6020 Innsbruck", "Österreich")
    assert address_lines(INNSBRUCK, "AT", "de") == ("Anna Gruber", "Gasse 18", "6020 Innsbruck")


def test_a_label_has_the_capitals_of_the_post() -> None:
    assert address_block(INNSBRUCK, "DE")[-2:] == ("6020 INNSBRUCK", "AUSTRIA")


def test_a_language_that_nobody_knows_gets_the_country_s_code() -> None:
    assert address_lines(INNSBRUCK, "DE", "xx-XX")[-1] == "AT"
