"""The store keeps whole objects, keeps merchants apart, and says when it cannot."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from portal.storage.objects import StorageError, key_for, open_store

MERCHANT = UUID("01990000-0000-7000-8000-000000000001")
KEY = "01990000/2026/11/label.pdf"


async def test_what_was_put_comes_back_and_what_was_not_is_none(tmp_path: Path) -> None:
    store = open_store(tmp_path / "files")
    await store.put(KEY, b"%PDF", "application/pdf")
    assert (await store.get(KEY), await store.exists(KEY)) == (b"%PDF", True)
    assert (await store.get("no/such"), await store.exists("no/such")) == (None, False)


async def test_a_second_put_replaces_the_first(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}/files")
    await store.put(KEY, b"a longer first text", "text/plain")
    await store.put(KEY, b"second", "text/plain")
    assert await store.get(KEY) == b"second"


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """Writing past `size` bytes fails as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_an_error_and_leaves_no_truncated_file(
    tmp_path: Path,
) -> None:
    store = open_store(tmp_path)
    await store.put(KEY, b"old", "application/pdf")
    with files_limited_to(1024), pytest.raises(StorageError):
        await store.put(KEY, b"x" * 100_000, "application/pdf")
    assert await store.get(KEY) == b"old"
    await store.put(KEY, b"new" * 1000, "application/pdf")
    assert await store.get(KEY) == b"new" * 1000


async def test_a_folder_where_the_object_should_be_is_an_error_not_a_miss(
    tmp_path: Path,
) -> None:
    store = open_store(tmp_path)
    await store.put("a/b/c", b"1", "text/plain")
    with pytest.raises(StorageError):
        await store.put("a/b", b"2", "text/plain")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "one",
        "/etc/hostname",
        "../x/y",
        "a/../b",
        "a//b",
        "a/.hidden",
        "a/b/",
        "a\\b/c",
        "a/b\n",
        "a/é",
        "a/b#1",
        "a/" + "b" * 300,
    ],
)
async def test_a_key_that_could_leave_the_store_is_refused(tmp_path: Path, key: str) -> None:
    store = open_store(tmp_path)
    with pytest.raises(ValueError, match="not a storage key"):
        await store.get(key)
    with pytest.raises(ValueError, match="not a storage key"):
        await store.put(key, b"", "text/plain")


def test_keys_sort_by_merchant_then_month() -> None:
    assert key_for(MERCHANT, date(2026, 3, 9), "labels", "R-1042.pdf") == f"{MERCHANT}/2026/03/labels/R-1042.pdf"
    with pytest.raises(ValueError, match="slash"):
        key_for(MERCHANT, date(2026, 3, 9), "../other")


@pytest.mark.parametrize("url", ["http://files.test/x", "memory:///", "ftp://files.test/"])
def test_an_unknown_kind_of_store_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="storage must be"):
        open_store(url)


def test_a_bucket_url_opens_without_calling_out() -> None:
    assert open_store("s3://labels-of-a-shop/prefix") is not None


def test_the_folder_is_for_our_own_user_only(tmp_path: Path) -> None:
    open_store(tmp_path / "deep" / "files")
    assert (tmp_path / "deep" / "files").stat().st_mode & 0o077 == 0
