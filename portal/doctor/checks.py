"""What `doorstep doctor` looks at: each check answers with findings, and a finding says what to do."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from portal.commands.reaching import OLDEST_POSTGRES
from portal.doctor import machine, packages, vendor
from portal.doctor.machine import Need
from portal.integrations.smtp.postman import read_address
from portal.settings import SHORTEST_KEY, Settings

ROOT = Path(__file__).parents[2]
OLDEST_REDIS = (6, 2)
MOST_SKEW_SECONDS = 2.0
FEWEST_DIFFERENT = 12
"""Different characters in a random key of 32; fewer, and a person made it up."""


class State(StrEnum):
    """How a check went. Only `FAIL` makes the doctor's exit code 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `advice` says what to do, and is "" when all is well."""

    name: str
    state: State
    found: str
    advice: str = ""


def check_machine(*, dev: bool) -> list[Finding]:
    """Python, libraries, fonts and, for developers, the browser."""
    missing = machine.missing(dev=dev)
    return [
        _python(),
        _need("Pango", Need.PANGO, missing, State.FAIL),
        _need("Fonts: Latin, Arabic", Need.FONTS, missing, State.WARN),
        _cjk_fonts(),
        *([_need("Chromium", Need.CHROMIUM, missing, State.FAIL)] if dev else []),
    ]


def _python() -> Finding:
    import platform
    import sys

    version = platform.python_version()
    if sys.version_info >= machine.OLDEST_PYTHON:
        return Finding("Python", State.OK, version)
    return Finding("Python", State.FAIL, version, "install Python 3.11 or newer and run `make clean`, then `make demo`")


def _need(name: str, need: Need, missing: set[Need], state: State) -> Finding:
    return Finding(name, state, "missing", _how_to_get(need)) if need in missing else Finding(name, State.OK, "there")


def _cjk_fonts() -> Finding:
    there = machine.has_font("zh-cn")
    return _need("Fonts: CJK", Need.CJK_FONTS, set() if there else {Need.CJK_FONTS}, State.WARN)


def _how_to_get(need: Need) -> str:
    message = packages.plan([need], machine.package_manager(), machine.Rights.NONE).message
    return message.strip().splitlines()[-1].strip()


def check_installation(root: Path = ROOT) -> list[Finding]:
    """Files that set-up makes."""
    files = vendor.missing(root)
    languages = sorted(path.parent.parent.name for path in root.glob("locales/*/LC_MESSAGES/messages.po"))
    return [
        Finding("Front-end files", State.FAIL, f"missing: {', '.join(files)}", "run `make demo`, which installs them")
        if files
        else Finding("Front-end files", State.OK, f"{len(vendor.wanted(root))} in place"),
        Finding("Catalogues", State.OK, f"English, {', '.join(languages)}")
        if languages
        else Finding("Catalogues", State.FAIL, "none", "the folder locales/ is missing: check the installation"),
    ]


def check_settings(settings: Settings) -> list[Finding]:
    """What a valid value may still get wrong."""
    return [_secret_key(settings), _cookies(settings), _storage(settings), _mail(settings)]


def _secret_key(settings: Settings) -> Finding:
    key = settings.secret_key
    make = "set DOORSTEP_SECRET_KEY to what this prints: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
    if len(key) < SHORTEST_KEY:
        return Finding("Secret key", State.FAIL, f"{len(key)} characters, at least {SHORTEST_KEY} are needed", make)
    if len(set(key)) < FEWEST_DIFFERENT or re.search(r"secret|change|example|password", key, re.IGNORECASE):
        return Finding("Secret key", State.FAIL, "looks made up", make)
    return Finding("Secret key", State.OK, f"{len(key)} characters")


def _cookies(settings: Settings) -> Finding:
    if settings.env == "production" and not settings.secure_cookies:
        return Finding("Public address", State.WARN, "http", "serve it over TLS and set DOORSTEP_PUBLIC_SCHEME=https")
    return Finding("Public address", State.OK, settings.public_scheme)


def _storage(settings: Settings) -> Finding:
    if re.match(r"[a-z][a-z0-9+]*://", settings.storage):
        return Finding("Storage", State.OK, settings.storage.split("?")[0])
    folder = Path(settings.storage)
    probe = folder / ".doctor"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        advice = "let the account that runs Doorstep write there, or set DOORSTEP_STORAGE_URL"
        return Finding("Storage", State.FAIL, f"{folder}: {error.strerror}", advice)
    return Finding("Storage", State.OK, f"{folder}, writable")


def _mail(settings: Settings) -> Finding:
    if not settings.mail:
        advice = "set DOORSTEP_MAIL_URL and DOORSTEP_MAIL_FROM: until then no shopper gets a code or a message"
        return Finding("Mail", State.FAIL, "no mail server", advice)
    if "://" not in settings.mail:
        return Finding("Mail", State.OK, f"into the folder {settings.mail}")
    server = read_address(settings.mail)
    found = f"{server.host}:{server.port}, {server.encryption}, from {settings.mail_from}"
    return Finding("Mail", State.OK, found)


async def check_database(database_url: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> list[Finding]:
    """PostgreSQL: reached, new enough, its tables up to date, its clock ours."""
    import asyncpg

    from portal.db.setup import credentials, pending_migrations

    parts = {name: value for name, value in credentials(database_url).items() if name not in {"minsize", "maxsize"}}
    try:
        connection = await asyncpg.connect(**parts, timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        reason = str(error) or type(error).__name__
        return [Finding("PostgreSQL", State.FAIL, reason, "start it, or correct DATABASE_URL")]
    try:
        major, version = connection.get_server_version().major, await connection.fetchval("SHOW server_version")
        before = clock()
        theirs = await connection.fetchval("SELECT clock_timestamp()")
        skew = _skew(before, theirs, clock())
    finally:
        await connection.close()
    if major < OLDEST_POSTGRES:
        advice = f"Doorstep needs PostgreSQL {OLDEST_POSTGRES} or newer"
        return [Finding("PostgreSQL", State.FAIL, f"version {version}", advice)]
    pending = await pending_migrations(database_url)
    return [
        Finding("PostgreSQL", State.OK, f"version {version}"),
        Finding("Tables", State.FAIL, f"{len(pending)} migrations behind", "run `doorstep migrate`")
        if pending
        else Finding("Tables", State.OK, "up to date"),
        clock_finding(skew),
    ]


def _skew(before: datetime, theirs: datetime, after: datetime) -> float:
    """Seconds that another clock is off, at least: what the answer's way may explain does not count."""
    if theirs < before:
        return (theirs - before).total_seconds()
    return max((theirs - after).total_seconds(), 0.0)


def clock_finding(skew: float) -> Finding:
    """Whether this machine and the database agree about the time; `skew` in seconds."""
    if abs(skew) <= MOST_SKEW_SECONDS:
        return Finding("Clock", State.OK, "agrees with the database's")
    advice = "keep both machines' clocks right with NTP: leases and return windows rest on them"
    return Finding("Clock", State.WARN, f"{skew:+.1f} s off the database's", advice)


async def check_redis(redis_url: str) -> list[Finding]:
    """Redis or Valkey: reached and new enough."""
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    client = Redis.from_url(redis_url, socket_connect_timeout=5, socket_timeout=5)
    try:
        facts = await client.info("server")
    except (RedisError, OSError) as error:
        return [Finding("Redis", State.FAIL, str(error), "start it, or correct REDIS_URL")]
    finally:
        await client.aclose()
    return [redis_finding(facts)]


def redis_finding(facts: dict[str, object]) -> Finding:
    """What the answer to INFO says: which server, and whether it is new enough."""
    name = "Valkey" if "valkey_version" in facts else "Redis"
    version = str(facts.get("valkey_version") or facts.get("redis_version"))
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS and name == "Redis":
        return Finding(name, State.FAIL, f"version {version}", "Doorstep needs Redis 6.2 or newer, or Valkey")
    return Finding(name, State.OK, f"version {version}")
