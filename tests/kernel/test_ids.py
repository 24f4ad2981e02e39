"""Ids grow, so that rows made together keep their order; tokens do not repeat."""

from concurrent.futures import ThreadPoolExecutor

from portal.kernel.ids import digest, new_id, new_token


def test_ids_are_version_7_and_grow_within_a_millisecond() -> None:
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(set(ids))
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}


def test_ids_of_several_threads_are_all_different() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: new_id(), range(4000)))
    assert len(set(made)) == len(made)


def test_tokens_carry_256_bits_and_are_stored_as_their_hash() -> None:
    token = new_token()
    assert len(token) == 43
    assert token != new_token()
    assert digest(token) == digest(token) != digest(token + "x")
