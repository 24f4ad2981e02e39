"""Mails as bytes: nothing that a shop or a shopper wrote can add a header, a recipient or a second mail."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from portal.integrations.ports import AdapterError, Mail
from portal.integrations.smtp.composing import compose

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
MAIL = Mail("nora@example.org", "Hello", "Text\n", "<p>HTML</p>", "Fernweh", "0190f7c2")
NASTY = ["Fern\r\nBcc: x@evil.example", "Fern\nSubject: y", "Fern\u2028Bcc: x", "\x00\x1b[2J", "ن" * 1000, '"; Bcc: x']


def composed(mail: Mail) -> EmailMessage:
    return message_from_bytes(compose(mail, "post@fernweh.example", NOW).content, _class=EmailMessage, policy=SMTP)


@pytest.mark.parametrize("nasty", NASTY)
def test_a_name_or_a_subject_cannot_smuggle_a_header(nasty: str) -> None:
    message = composed(replace(MAIL, sender_name=nasty, subject=nasty))
    assert [name for name in message.keys() if name.lower() in {"bcc", "cc"}] == []  # noqa: SIM118 - headers repeat
    assert len(message.get_all("Subject", [])) == len(message["From"].addresses) == 1


@pytest.mark.parametrize(
    "to",
    [
        "a@x.org, b@x.org",
        "a@x.org\r\nBcc: b@x.org",
        "Nora <a@x.org>",
        "a@x.org>",
        "",
        "a",
        "a@",
        'a@"x".org',
        "@x.org",
        " ",
        "a@ x.org",
    ],
)
def test_what_is_not_one_bare_address_gets_no_mail(to: str) -> None:
    with pytest.raises(AdapterError) as caught:
        compose(replace(MAIL, to=to), "post@fernweh.example", NOW)
    assert (caught.value.code, caught.value.permanent) == ("bad_address", True)


@pytest.mark.parametrize(
    ("to", "recipient"),
    [
        (" nora@example.org\n", "nora@example.org"),
        ("jonas..w@docomo.example", '"jonas..w"@docomo.example'),
        ("jonas.@docomo.example", '"jonas."@docomo.example'),
        ('"jonas.."@docomo.example', '"jonas.."@docomo.example'),
        ("jö..rg@bücher.example", '"jö..rg"@xn--bcher-kva.example'),
        ("jonas w,x@example.org", '"jonas w,x"@example.org'),
    ],
)
def test_an_odd_address_that_can_do_no_harm_gets_its_mail(to: str, recipient: str) -> None:
    envelope = compose(replace(MAIL, to=to, reply_to=to), "post@fernweh.example", NOW)
    assert envelope.recipient == recipient
    policy = SMTP.clone(utf8=True) if envelope.international else SMTP
    message = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy)
    assert len(message["To"].addresses) == len(message["Reply-To"].addresses) == 1


@pytest.mark.parametrize("reply_to", ["Nora", "a@x.org, b@x.org", "a@x.org\r\nBcc: b@x.org", " ", "a@x..org"])
def test_an_address_for_answers_that_is_none_is_left_out(reply_to: str) -> None:
    message = composed(replace(MAIL, reply_to=reply_to))
    assert (message["Reply-To"], message["Bcc"]) == (None, None)
    assert message["To"].addresses[0].addr_spec == MAIL.to


@pytest.mark.parametrize(
    ("name", "value"), [("X-A\r\nBcc", "x"), ("X-A", "x\r\nBcc: y"), ("From", "other@x.org"), ("List-Unsubscribe", "ü")]
)
def test_a_header_that_is_not_one_header_is_refused(name: str, value: str) -> None:
    with pytest.raises(AdapterError, match="bad_header"):
        compose(replace(MAIL, headers={name: value}), "post@fernweh.example", NOW)


def test_what_machines_read_stays_in_one_piece() -> None:
    leave = f"<https://a-rather-long-name-of-a-shop.example/messages/leave/{'x' * 80}>"
    content = compose(replace(MAIL, headers={"List-Unsubscribe": leave}), "post@fernweh.example", NOW).content
    assert f"List-Unsubscribe: {leave}\r\n".encode() in content
    assert b"Message-ID: <0190f7c2@fernweh.example>\r\n" in content


def test_names_and_texts_of_any_script_come_back_as_they_were() -> None:
    message = composed(replace(MAIL, sender_name="مكتبة البحر", subject="طردك في الطريق", text="مرحبًا\n"))
    assert (message["From"].addresses[0].display_name, message["Subject"]) == ("مكتبة البحر", "طردك في الطريق")
    assert "مرحبًا" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has one


def test_a_mail_says_that_no_person_wrote_it_and_when() -> None:
    message = composed(MAIL)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == NOW
