"""The postman against a real mail server: taken, refused for now, refused for good, silent, gone, encrypted."""

from dataclasses import replace
from pathlib import Path

import pytest

from portal.integrations.ports import AdapterError, Mail
from portal.integrations.smtp.postman import MailServer, SmtpPostman, read_address
from tests.integrations.smtp.server import Script, mail_server, make_certificate

MAIL = Mail(
    to="nora@example.org",
    subject="Ihr Paket ist unterwegs",
    text="Guten Tag.\n",
    html="<p>Guten Tag.</p>",
    sender_name="Bergstraße & Söhne",
    message_id="0190f7c2",
    reply_to="help@fernweh.example",
)


def postman(port: int, **changes: object) -> SmtpPostman:
    server = MailServer("127.0.0.1", port, "none")
    return SmtpPostman(replace(server, **changes), "post@mail.fernweh.example", time_limit=5.0)


async def refusal(sender: SmtpPostman, mail: Mail = MAIL) -> AdapterError:
    with pytest.raises(AdapterError) as caught:
        await sender.send(mail)
    return caught.value


async def test_a_mail_arrives_with_one_recipient_and_both_its_parts() -> None:
    script = Script()
    async with mail_server(script) as port:
        await postman(port).send(MAIL)
    (taken,) = script.taken
    assert (taken.mail_from, taken.rcpt_tos) == ("post@mail.fernweh.example", ["nora@example.org"])
    assert b"multipart/alternative" in (taken.original_content or b"")


async def test_a_mail_to_an_odd_address_is_handed_over() -> None:
    script = Script()
    async with mail_server(script) as port:
        await postman(port).send(replace(MAIL, to="jonas..w@docomo.example ", reply_to="nobody"))
    assert script.taken[0].rcpt_tos == ["jonas..w@docomo.example"]


async def test_a_server_that_is_not_there_is_tried_again() -> None:
    async with mail_server(Script()) as port:
        gone = port
    error = await refusal(postman(gone))
    assert (error.code, error.permanent) == ("unreachable", False)


async def test_a_refusal_for_now_is_tried_again_and_then_taken() -> None:
    script = Script(data=["451 Greylisted, come back"])
    async with mail_server(script) as port:
        error = await refusal(postman(port))
        await postman(port).send(MAIL)
    assert (error.code, error.permanent) == ("mail_refused", False)
    assert len(script.taken) == 1


@pytest.mark.parametrize(
    ("script", "code", "permanent"),
    [
        (Script(recipient="550 No such mailbox"), "address_refused", True),
        (Script(recipient="452 Mailbox full"), "address_refused", False),
        (Script(data=["554 Looks like spam"]), "mail_refused", True),
        (Script(sender="553 Not your address"), "server_refused", False),
    ],
)
async def test_only_what_is_said_of_the_mail_or_its_reader_is_final(script: Script, code: str, permanent: bool) -> None:
    async with mail_server(script) as port:
        error = await refusal(postman(port))
    assert (error.code, error.permanent) == (code, permanent)
    assert script.taken == []


async def test_a_connection_lost_after_the_mail_was_given_counts_as_not_sent() -> None:
    script = Script(data=["drop", ""])
    async with mail_server(script) as port:
        error = await refusal(postman(port))
        await postman(port).send(MAIL)
    ids = {b"Message-ID: <0190f7c2@mail.fernweh.example>" in (one.original_content or b"") for one in script.taken}
    assert (error.code, error.permanent, len(script.taken)) == ("unreachable", False, 2)
    assert ids == {True}


async def test_a_server_that_falls_silent_is_left_after_the_time_limit() -> None:
    async with mail_server(Script(data=["silence"])) as port:
        sender = SmtpPostman(MailServer("127.0.0.1", port, "none"), "post@fernweh.example", time_limit=0.2)
        error = await refusal(sender)
    assert (error.code, error.permanent) == ("unreachable", False)


async def test_a_mail_that_was_taken_is_not_sent_again_because_the_server_says_no_goodbye() -> None:
    script = Script(goodbye="silence")
    async with mail_server(script) as port:
        await SmtpPostman(MailServer("127.0.0.1", port, "none"), "post@fernweh.example", time_limit=1.0).send(MAIL)
    assert len(script.taken) == 1


async def test_starttls_encrypts_before_the_password_is_said(tmp_path: Path) -> None:
    certificate, script = make_certificate(tmp_path), Script()
    async with mail_server(script, tls_context=certificate.server, auth_require_tls=True) as port:
        server = MailServer("127.0.0.1", port, "starttls", "shop", "right")
        await SmtpPostman(server, "post@fernweh.example", tls=certificate.client).send(MAIL)
    assert script.encrypted == [True]
    assert script.users == ["shop"]


async def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    certificate, script = make_certificate(tmp_path), Script()
    async with mail_server(script, implicit=certificate.server) as port:
        server = MailServer("127.0.0.1", port, "tls")
        await SmtpPostman(server, "post@fernweh.example", tls=certificate.client).send(MAIL)
    assert len(script.taken) == 1


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    certificate, script = make_certificate(tmp_path), Script()
    async with mail_server(script, tls_context=certificate.server) as port:
        error = await refusal(postman(port, encryption="starttls"))
    assert (error.permanent, script.taken) == (False, [])
    assert error.code in {"certificate", "unreachable"}


async def test_a_server_that_cannot_encrypt_gets_no_mail() -> None:
    script = Script()
    async with mail_server(script) as port:
        error = await refusal(postman(port, encryption="starttls"))
    assert (error.code, error.permanent) == ("not_supported", False)
    assert script.taken == []


async def test_a_wrong_password_is_the_operators_to_put_right_so_mails_wait(tmp_path: Path) -> None:
    certificate, script = make_certificate(tmp_path), Script()
    async with mail_server(script, tls_context=certificate.server) as port:
        server = MailServer("127.0.0.1", port, "starttls", "shop", "wrong")
        error = await refusal(SmtpPostman(server, "post@fernweh.example", tls=certificate.client))
    assert (error.code, error.permanent) == ("unauthorised", False)
    assert "wrong" not in str(error)


async def test_an_address_beyond_ascii_travels_to_a_server_that_knows_them() -> None:
    script = Script()
    async with mail_server(script) as port:
        await postman(port).send(replace(MAIL, to="jürgen@bücher.example"))
    assert script.taken[0].rcpt_tos == ["jürgen@xn--bcher-kva.example"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://shop:p%40ss@mail.example.com", MailServer("mail.example.com", 587, "starttls", "shop", "p@ss")),
        ("smtps://shop:x@mail.example.com", MailServer("mail.example.com", 465, "tls", "shop", "x")),
        ("smtp://relay:25?tls=no", MailServer("relay", 25, "none")),
        ("smtp://localhost:1025", MailServer("localhost", 1025, "none")),
    ],
)
def test_an_address_says_how_a_server_is_reached(url: str, expected: MailServer) -> None:
    assert read_address(url) == expected


@pytest.mark.parametrize(
    "url", ["http://mail", "smtp://", "smtp://user@mail", "smtps://mail?tls=no", "smtp://mail/x", "smtp://mail?tls=1"]
)
def test_an_address_that_says_something_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_address(url)
