"""Settings: every variable that cannot be used is named with what was expected, in our words and never a library's."""

from pathlib import Path

import pytest

from portal.settings import EXPECTED, Settings, SettingsError, read_settings

GOOD_KEY = "q8Zr0vJ3xT6mW1bK9fHs4nLc7pYd2gAe5uRi"
LIBRARY_WORDS = ("Input should", "unable to parse", "valid integer", "Value error", "host bits", "appear to be")
WRONG = [
    ("DATABASE_URL", "mysql://host/database"),
    ("DATABASE_URL", "postgresql://host:http/database"),
    ("REDIS_URL", "host:6379"),
    ("REDIS_URL", "redis://host:99999/0"),
    ("DOORSTEP_ENV", "staging"),
    ("DOORSTEP_DATA_DIR", __file__),
    ("DOORSTEP_SECRET_KEY", "short"),
    ("DOORSTEP_PUBLIC_SCHEME", "ftp"),
    ("DOORSTEP_HOST", "http://localhost"),
    ("DOORSTEP_PORT", "http"),
    ("DOORSTEP_PORT", "0"),
    ("DOORSTEP_WEB_WORKERS", "1000"),
    ("DOORSTEP_WEB_WORKERS", "many"),
    ("DOORSTEP_DATABASE_POOL", "2.5"),
    ("DOORSTEP_TRUSTED_PROXIES", "10.0.0.1/8"),
    ("DOORSTEP_LOG_LEVEL", "loud"),
    ("DOORSTEP_MAIL_URL", "http://mail.example.com"),
    ("DOORSTEP_MAIL_URL", "smtp://mail.example.com:smtp"),
    ("DOORSTEP_MAIL_FROM", "Fernweh <post@fernweh.example>"),
    ("DOORSTEP_SMS_URL", "twilio://AC1:token@"),
]


def problems_with(**environment: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read_settings(**{"DOORSTEP_ENV": "development", **environment})
    return caught.value.problems


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_names_its_variable_and_what_was_expected(name: str, value: str) -> None:
    (problem,) = problems_with(**{name: value})
    assert problem.startswith(f"{name}: ")
    assert f"expected {EXPECTED[name]}" in problem
    assert not [words for words in LIBRARY_WORDS if words in problem]


def test_every_variable_says_what_it_expects() -> None:
    assert sorted(str(field.validation_alias) for field in Settings.model_fields.values()) == sorted(EXPECTED)


@pytest.mark.parametrize("env", ["demo", "development", "production"])
def test_a_short_key_is_an_error_everywhere_and_is_not_shown(env: str) -> None:
    (problem,) = problems_with(DOORSTEP_ENV=env, DOORSTEP_SECRET_KEY="hunter2")
    assert problem.startswith("DOORSTEP_SECRET_KEY: shorter than 32 characters")
    assert "hunter2" not in problem


def test_production_needs_a_key_and_development_makes_its_own() -> None:
    (problem,) = problems_with(DOORSTEP_ENV="production", DOORSTEP_SECRET_KEY="")
    assert problem.startswith("DOORSTEP_SECRET_KEY: missing")
    assert read_settings(DOORSTEP_ENV="development", DOORSTEP_SECRET_KEY="").env == "development"


def test_a_password_in_an_address_is_never_repeated() -> None:
    assert "s3cret" not in "".join(problems_with(DATABASE_URL="mysql://user:s3cret@host/database"))


def test_a_folder_that_is_not_there_yet_is_welcome(tmp_path: Path) -> None:
    settings = read_settings(DOORSTEP_ENV="development", DOORSTEP_DATA_DIR=str(tmp_path / "new"))
    assert settings.data_dir == tmp_path / "new"


def test_a_mail_server_needs_a_sender_and_production_a_mail_server() -> None:
    (problem,) = problems_with(DOORSTEP_MAIL_URL="smtp://mail.example.com")
    assert problem.startswith("DOORSTEP_MAIL_FROM: missing")
    (problem,) = problems_with(DOORSTEP_MAIL_URL="/mails", DOORSTEP_ENV="production", DOORSTEP_SECRET_KEY=GOOD_KEY)
    assert problem.startswith("DOORSTEP_MAIL_URL: a folder sends nothing")


def test_without_a_mail_server_mails_go_into_a_folder_and_in_production_nowhere(tmp_path: Path) -> None:
    facts = {"DOORSTEP_DATA_DIR": str(tmp_path), "DOORSTEP_SECRET_KEY": GOOD_KEY}
    assert read_settings(DOORSTEP_ENV="demo", **facts).mail == str(tmp_path / "mail")
    assert read_settings(DOORSTEP_ENV="production", **facts).mail == ""
