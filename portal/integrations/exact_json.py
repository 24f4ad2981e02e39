"""A vendor's JSON without binary floats: what it says in digits arrives as these digits."""

import json
from decimal import Decimal
from typing import Any, NoReturn

from portal.integrations.calls import Answer
from portal.integrations.ports import AdapterError

_LONGEST_NUMBER = 40


def exact_json(answer: Answer) -> Any:
    """An answer's JSON, fractions as plain decimal text, which `decimals.exact` reads and JSON can say again.

    Raises AdapterError("garbage").
    """
    try:
        return json.loads(answer.body, parse_float=_written_out, parse_int=_whole, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise AdapterError("garbage", detail=answer.body[:200].decode("utf-8", "replace")) from error


def _written_out(text: str) -> str:
    number = Decimal(text) if len(text) <= _LONGEST_NUMBER else _no_number(text)
    # An exponent is three characters of an answer and a gigabyte of digits.
    return format(number, "f") if abs(number.adjusted()) <= _LONGEST_NUMBER else _no_number(text)


def _whole(text: str) -> int:
    return int(text) if len(text) <= _LONGEST_NUMBER else _no_number(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"a number out of range: {text[:_LONGEST_NUMBER]}")
