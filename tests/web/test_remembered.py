"""Answers that are kept: worked out once for their key, and never more than so many."""

from portal.web.remembered import Remembered


def test_an_answer_is_worked_out_once_for_its_key() -> None:
    asked: list[str] = []
    kept: Remembered[str] = Remembered()
    for key in ("a", "a", "b"):
        kept.get(key, lambda key=key: asked.append(key) or key.upper())
    assert asked == ["a", "b"]
    assert kept.get("a", lambda: "never") == "A"


def test_the_oldest_answer_makes_room() -> None:
    kept: Remembered[int] = Remembered(most=2)
    for number in range(3):
        kept.get(number, lambda number=number: number)
    assert [kept.get(number, lambda: -1) for number in (1, 2, 0)] == [1, 2, -1]
