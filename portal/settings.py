"""One frozen settings object, read once from the environment; a mistake names its variable and what was expected."""

import ipaddress
import re
import secrets
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from portal.integrations.ports import AdapterError
from portal.integrations.smtp.composing import bare
from portal.integrations.smtp.postman import read_address
from portal.integrations.twilio import messenger as twilio

SHORTEST_KEY = 32

EXPECTED = {
    "DATABASE_URL": "postgresql://user:password@host:5432/database",
    "REDIS_URL": "redis://host:6379/0",
    "DOORSTEP_ENV": "demo, development or production",
    "DOORSTEP_DATA_DIR": "a folder, made if it is not there",
    "DOORSTEP_STORAGE_URL": "a folder, s3://bucket/prefix, gs://bucket or az://container",
    "DOORSTEP_SECRET_KEY": f"at least {SHORTEST_KEY} random characters; "
    "make some with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
    "DOORSTEP_PREVIOUS_SECRET_KEYS": "keys used before, separated by commas, the newest first",
    "DOORSTEP_PUBLIC_SCHEME": "http or https",
    "DOORSTEP_HOST": "an address or a name of this machine, for example 127.0.0.1, or 0.0.0.0 for all of them",
    "DOORSTEP_PORT": "a free port, 1 to 65535",
    "DOORSTEP_WEB_WORKERS": "a number of processes, 1 to 64",
    "DOORSTEP_DATABASE_POOL": "connections that each process may open, 1 to 200",
    "DOORSTEP_TRUSTED_PROXIES": "networks separated by commas, for example 10.0.0.0/8",
    "DOORSTEP_LOG_LEVEL": "debug, info, warning or error",
    "DOORSTEP_MAIL_URL": "smtp://user:password@host:587, smtps://user:password@host:465, smtp://host:25?tls=no, or in "
    "a demo and in development a folder",
    "DOORSTEP_MAIL_FROM": "the address that mails come from, for example hello@mail.example.com",
    "DOORSTEP_SMS_URL": "twilio://ACCOUNT_SID:AUTH_TOKEN@?from=%2B15005550006, or the SID of a messaging service",
}
"""What each variable has to be, in our words: those of a library are never shown."""


class SettingsError(Exception):
    """The environment cannot be used. `problems` holds one line per variable: its name, what is wrong, what was
    expected.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """Everything that differs between installations. Addresses of servers left out mean the embedded ones."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    env: Literal["demo", "development", "production"] = Field("production", validation_alias="DOORSTEP_ENV")
    database_url: str | None = Field(None, validation_alias="DATABASE_URL")
    redis_url: str | None = Field(None, validation_alias="REDIS_URL")
    data_dir: Path = Field(Path(".data"), validation_alias="DOORSTEP_DATA_DIR")
    storage_url: str | None = Field(None, validation_alias="DOORSTEP_STORAGE_URL")
    secret_key: str = Field("", validation_alias="DOORSTEP_SECRET_KEY", repr=False)
    previous_secret_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        (), validation_alias="DOORSTEP_PREVIOUS_SECRET_KEYS", repr=False
    )
    public_scheme: Literal["http", "https"] = Field("https", validation_alias="DOORSTEP_PUBLIC_SCHEME")
    host: str = Field("127.0.0.1", validation_alias="DOORSTEP_HOST")
    port: int = Field(8000, ge=1, le=65535, validation_alias="DOORSTEP_PORT")
    web_workers: int = Field(1, ge=1, le=64, validation_alias="DOORSTEP_WEB_WORKERS")
    database_pool: int = Field(10, ge=1, le=200, validation_alias="DOORSTEP_DATABASE_POOL")
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field((), validation_alias="DOORSTEP_TRUSTED_PROXIES")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", validation_alias="DOORSTEP_LOG_LEVEL")
    mail_url: str | None = Field(None, validation_alias="DOORSTEP_MAIL_URL", repr=False)
    mail_from: str = Field("", validation_alias="DOORSTEP_MAIL_FROM")
    sms_url: str | None = Field(None, validation_alias="DOORSTEP_SMS_URL", repr=False)

    @field_validator("database_url")
    @classmethod
    def _postgresql_only(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("only PostgreSQL 15 or newer is supported")
        if value is not None:
            _require_port(value)
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("not the address of a Redis or Valkey server")
        if value is not None:
            _require_port(value)
        return value

    @field_validator("data_dir")
    @classmethod
    def _folder(cls, value: Path) -> Path:
        if value.exists() and not value.is_dir():
            raise ValueError("this is a file")
        return value

    @field_validator("host")
    @classmethod
    def _no_url(cls, value: str) -> str:
        if not re.fullmatch(r"[\w.:%-]+", value):
            raise ValueError("not an address to listen on")
        return value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(_network(part.strip()) for part in parts if part.strip())

    @field_validator("previous_secret_keys", mode="before")
    @classmethod
    def _keys(cls, value: Any) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(part.strip() for part in parts if part.strip())

    @field_validator("mail_url")
    @classmethod
    def _mail_server(cls, value: str | None) -> str | None:
        if value is not None and "://" in value:
            _require_port(value)
            read_address(value)
        return value

    @field_validator("sms_url")
    @classmethod
    def _text_server(cls, value: str | None) -> str | None:
        if value is not None:
            _require_port(value)
            twilio.read_address(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail_address(cls, value: str) -> str:
        try:
            return bare(value) if value else ""
        except AdapterError as error:
            raise ValueError("not a mail address without a name") from error

    @model_validator(mode="after")
    def _mail_is_whole(self) -> "Settings":
        if self.mail_url and "://" in self.mail_url and not self.mail_from:
            raise ValueError("DOORSTEP_MAIL_FROM: missing")
        if self.mail_url and "://" not in self.mail_url and self.env == "production":
            raise ValueError("DOORSTEP_MAIL_URL: a folder sends nothing")
        return self

    @model_validator(mode="after")
    def _key_is_long(self) -> "Settings":
        if self.env == "production" and not self.secret_key:
            raise ValueError("DOORSTEP_SECRET_KEY: missing")
        if self.secret_key and len(self.secret_key) < SHORTEST_KEY:
            raise ValueError(f"DOORSTEP_SECRET_KEY: shorter than {SHORTEST_KEY} characters")
        return self

    @property
    def storage(self) -> str:
        """Where files are kept: the address given, else a folder beside the data."""
        return self.storage_url or str(self.data_dir / "files")

    @property
    def mail(self) -> str:
        """Where mails go: the address given, else a folder beside the data; "" in production, where none would come."""
        return self.mail_url or ("" if self.env == "production" else str(self.data_dir / "mail"))

    def public_url(self, host: str) -> str:
        """Where a merchant's pages are, for links in messages; the port only where no proxy stands before us."""
        port = "" if self.env == "production" else f":{self.port}"
        return f"{self.public_scheme}://{host}{port}"

    @property
    def secure_cookies(self) -> bool:
        """Whether browsers reach us over TLS, so that cookies may be `Secure` and carry the `__Host-` prefix."""
        return self.public_scheme == "https"


def read_settings(**overrides: Any) -> Settings:
    """Read the environment. Raises SettingsError with one line per variable that cannot be used."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError([_problem(dict(item)) for item in error.errors()]) from error


def _problem(item: dict[str, Any]) -> str:
    """One variable's line. Only a ValueError is ours; what else pydantic says is put into our own words."""
    ours = str(item["msg"]).removeprefix("Value error, ") if item["type"] == "value_error" else ""
    name = str(item["loc"][0]) if item["loc"] else ours.split(":")[0]
    expected, said = EXPECTED[name], ours.removeprefix(f"{name}: ")
    return f"{name}: {said} (expected {expected})" if said else f"{name}: expected {expected}"


def _require_port(address: str) -> None:
    try:
        _ = urlsplit(address).port
    except ValueError as error:
        raise ValueError("the port is not a number up to 65535, or brackets are missing") from error


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as error:
        raise ValueError(f"{text!r} is not a network") from error


def local_secret(data_dir: Path) -> str:
    """The secret key of a demo or development folder: made once, kept beside the data, never in the code."""
    path = data_dir / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()
