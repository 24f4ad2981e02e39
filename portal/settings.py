"""One frozen settings object, read once from the environment; a mistake names its variable and what was expected."""

import ipaddress
import secrets
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

EXPECTED = {
    "DATABASE_URL": "postgresql://user:password@host:5432/database",
    "REDIS_URL": "redis://host:6379/0",
    "DOORSTEP_ENV": "demo, development or production",
    "DOORSTEP_PORT": "a free port, 1 to 65535",
    "DOORSTEP_SECRET_KEY": "at least 32 random characters; "
    "make some with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
    "DOORSTEP_TRUSTED_PROXIES": "networks separated by commas, for example 10.0.0.0/8",
    "DOORSTEP_STORAGE_URL": "a folder, s3://bucket/prefix, gs://bucket or az://container",
    "DOORSTEP_PUBLIC_SCHEME": "http or https",
    "DOORSTEP_LOG_LEVEL": "debug, info, warning or error",
}


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
    public_scheme: Literal["http", "https"] = Field("https", validation_alias="DOORSTEP_PUBLIC_SCHEME")
    host: str = Field("127.0.0.1", validation_alias="DOORSTEP_HOST")
    port: int = Field(8000, ge=1, le=65535, validation_alias="DOORSTEP_PORT")
    web_workers: int = Field(1, ge=1, le=64, validation_alias="DOORSTEP_WEB_WORKERS")
    database_pool: int = Field(10, ge=1, le=200, validation_alias="DOORSTEP_DATABASE_POOL")
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field((), validation_alias="DOORSTEP_TRUSTED_PROXIES")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", validation_alias="DOORSTEP_LOG_LEVEL")

    @field_validator("database_url")
    @classmethod
    def _postgresql_only(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("only PostgreSQL 15 or newer is supported")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("not the address of a Redis or Valkey server")
        return value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(str(ipaddress.ip_network(part.strip())) for part in parts if part.strip())

    @model_validator(mode="after")
    def _production_is_explicit(self) -> "Settings":
        if self.env == "production" and len(self.secret_key) < 32:
            raise ValueError("DOORSTEP_SECRET_KEY: missing or shorter than 32 characters")
        return self

    @property
    def storage(self) -> str:
        """Where files are kept: the address given, else a folder beside the data."""
        return self.storage_url or str(self.data_dir / "files")

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
    message = str(item["msg"]).removeprefix("Value error, ")
    name = str(item["loc"][0]) if item["loc"] else message.split(":")[0]
    said = message.removeprefix(f"{name}: ")
    expected = EXPECTED.get(name)
    return f"{name}: {said}" + (f" (expected {expected})" if expected else "")


def local_secret(data_dir: Path) -> str:
    """The secret key of a demo or development folder: made once, kept beside the data, never in the code."""
    path = data_dir / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()
