"""What people type, made fit to be kept, shown and mailed: no control characters, no tricks with direction. Pure."""

import re
import unicodedata

_TRICKS = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\u2028\u2029]")
"""Overrides of direction, which make a text read as something else, and line ends that are none in a mail."""
_BLANKS = re.compile(r"\n{3,}")


def free_text(text: str) -> str:
    """Several lines of text; line ends are "\\n", at most one line is empty in a row."""
    plain = _TRICKS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(one for one in plain if one == "\n" or unicodedata.category(one) not in {"Cc", "Cs", "Co", "Cn"})
    return _BLANKS.sub("\n\n", "\n".join(line.strip() for line in kept.split("\n"))).strip()


def one_line(text: str) -> str:
    """One line of text, single spaces."""
    return " ".join(free_text(text.replace("\t", " ")).split())
