"""Which way mails take out of an installation; without one none is lost silently."""

from pathlib import Path

import pytest

from portal.integrations.mailfolder.folder import list_mails
from portal.integrations.ports import AdapterError, Mail
from portal.integrations.smtp.postman import SmtpPostman
from portal.settings import Settings, read_settings
from portal.wiring import postman_of

MAIL = Mail("nora@example.org", "Hello", "Text\n", "<p>Hi</p>", "Shop", "1", headers={"X-Doorstep-Shop": "fashion"})


def settings_with(env: str, **more: str) -> Settings:
    return read_settings(DOORSTEP_ENV=env, DOORSTEP_SECRET_KEY="q8Zr0vJ3xT6mW1bK9fHs4nLc7pYd2gAe5uRi", **more)


async def test_in_production_without_a_server_every_mail_fails_and_waits() -> None:
    with pytest.raises(AdapterError) as caught:
        await postman_of(settings_with("production")).send(MAIL)
    assert (caught.value.code, caught.value.permanent) == ("no_mail_server", False)


async def test_in_development_mails_go_into_a_folder(tmp_path: Path) -> None:
    await postman_of(settings_with("development", DOORSTEP_DATA_DIR=str(tmp_path))).send(MAIL)
    assert [mail.to for mail in list_mails(tmp_path / "mail", "fashion")] == ["nora@example.org"]


def test_a_server_that_is_named_gets_them() -> None:
    server = {"DOORSTEP_MAIL_URL": "smtp://mail.example.com", "DOORSTEP_MAIL_FROM": "post@example.com"}
    assert isinstance(postman_of(settings_with("production", **server)), SmtpPostman)
