"""The messenger against a twin of Twilio's API."""

import pytest
from httpx2 import ASGITransport, AsyncClient

from portal.integrations.ports import AdapterError
from portal.integrations.twilio.messenger import Account, TwilioMessenger, read_address
from portal.integrations.twilio.twin import Twin


def messenger(twin: Twin, token: str = "twin-token", sender: str = "+4930123") -> TwilioMessenger:
    account = Account("http://twin", twin.sid, token, sender)
    return TwilioMessenger(account, lambda: AsyncClient(transport=ASGITransport(app=twin.app())))


async def test_a_text_is_handed_over_as_it_is() -> None:
    twin = Twin()
    await messenger(twin).send("+491701234567", "Fernweh: Ihr Paket ist da. https://x/o/a+b", "1")
    assert twin.texts == [
        {"To": "+491701234567", "From": "+4930123", "Body": "Fernweh: Ihr Paket ist da. https://x/o/a+b"}
    ]


async def test_a_messaging_service_is_named_as_one() -> None:
    twin = Twin()
    await messenger(twin, sender="MG01").send("+491701234567", "Hello", "1")
    assert twin.texts[0]["MessagingServiceSid"] == "MG01"


@pytest.mark.parametrize(
    ("fault", "code", "permanent"),
    [
        ((400, 21610), "text_refused", True),
        ((429, 20429), "throttled", False),
        ((500, 20500), "outage", False),
        ((404, 20404), "text_refused", False),
    ],
)
async def test_a_refusal_says_whether_it_is_final(fault: tuple[int, int], code: str, permanent: bool) -> None:
    with pytest.raises(AdapterError) as caught:
        await messenger(Twin(faults=[fault])).send("+491701234567", "Hello", "1")
    assert (caught.value.code, caught.value.permanent) == (code, permanent)


async def test_texts_wait_for_a_token_to_be_put_right() -> None:
    with pytest.raises(AdapterError) as caught:
        await messenger(Twin(), token="wrong").send("+491701234567", "Hello", "1")
    assert (caught.value.code, caught.value.permanent) == ("unauthorised", False)


@pytest.mark.parametrize("sender", ["%2B4930123", "+4930123"])
def test_an_address_names_account_and_sender(sender: str) -> None:
    account = read_address(f"twilio://AC1:t%40k@?from={sender}")
    assert (account.base_url, account.sid, account.token) == ("https://api.twilio.com", "AC1", "t@k")
    assert account.sender == "+4930123"


@pytest.mark.parametrize("url", ["https://AC1:t@host?from=+1", "twilio://AC1@?from=+1", "twilio://AC1:t@"])
def test_an_address_that_lacks_something_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_address(url)
