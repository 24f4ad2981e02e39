"""Identifiers: rows sort by time, tokens cannot be guessed and are stored as digests."""

from portal.kernel.ids import digest, new_id, new_token


def test_ids_are_version_7_and_all_different() -> None:
    ids = [new_id() for _ in range(1000)]
    assert {each.version for each in ids} == {7}
    assert len(set(ids)) == 1000


def test_ids_grow_with_time() -> None:
    first = new_id()
    milliseconds = first.int >> 80
    later = next(each for each in iter(new_id, None) if each.int >> 80 > milliseconds)
    assert later > first


def test_a_token_is_url_safe_and_long_enough() -> None:
    token = new_token()
    assert len(token) == 43
    assert token.replace("-", "a").replace("_", "a").isalnum()


def test_only_the_digest_of_a_token_is_kept() -> None:
    token = new_token()
    assert digest(token) == digest(token) != digest(new_token())
    assert len(digest(token)) == 32
