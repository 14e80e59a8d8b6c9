"""Numbers as people write them, in German and in English. What could be read in two ways is not guessed.

``1.234,5``, ``1 234,5``, ``1,234.5``, ``12,5`` and ``12.5`` say themselves which sign is the decimal one. ``1.234`` and
``1,234`` do not: the other numbers of the column decide, and where they say nothing, nobody does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from app.sheets.domain import Wrong

SPACES = re.compile("[ \u00a0\u2009\u202f'’]")
"""Between thousands, and never a decimal sign: spaces, also those that do not break, and apostrophes."""

MARKS = frozenset(".,")

_PLAIN = re.compile(r"\d+")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*")
_FRACTION = re.compile(r"\d*[.,]\d+")
_FULL = re.compile(r"[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*([.,])\d+")
_SPACED = re.compile(r"[1-9]\d{0,2}(?:_\d{3})+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Written:
    """A number as it was written: its digits without sign and spaces; ``spaced`` where spaces part the thousands."""

    negative: bool
    digits: str
    spaced: bool

    @property
    def decimal_mark(self) -> str | None:
        """The decimal sign that this number alone proves; None where it proves none."""
        digits = self.digits
        marks = [sign for sign in digits if sign in MARKS]
        if not marks:
            return None
        if self.spaced or len(set(marks)) == len(MARKS):
            return marks[-1]
        if len(marks) > 1:
            return _other(marks[0])
        return None if _GROUPED.fullmatch(digits) else marks[0]


def _other(mark: str) -> str:
    return "," if mark == "." else "."


def written(text: str) -> Written | None:
    """A text as a number; None where it is none."""
    text = text.strip()
    negative = text[:1] in {"-", "−"}
    digits = text[1:].strip() if negative or text[:1] == "+" else text
    spaced = bool(SPACES.search(digits))
    if spaced:
        digits = SPACES.sub("_", digits)
        if not digits.isascii() or not _SPACED.fullmatch(digits):
            return None
        return Written(negative, digits.replace("_", ""), spaced=True)
    full = _FULL.fullmatch(digits)
    right = full and full[1] != full[2]
    known = _PLAIN.fullmatch(digits) or _GROUPED.fullmatch(digits) or _FRACTION.fullmatch(digits) or right
    return Written(negative, digits, spaced=False) if digits.isascii() and known else None


def decimal_marks(texts: Iterable[str]) -> frozenset[str]:
    """The decimal signs that the numbers among some texts prove."""
    found = (written(text) for text in texts)
    return frozenset(mark for mark in (one.decimal_mark for one in found if one is not None) if mark)


def parsed(text: str, marks: frozenset[str], *, whole: bool = False) -> Decimal:
    """The number that a text says, where other numbers of its column prove these decimal signs.

    ``whole`` is for columns whose numbers have no decimals: a sign before three digits then parts thousands.

    Raises:
        Wrong: it is no number, or could be read in two ways.
    """
    number = written(text)
    if number is None:
        raise Wrong(_l("“%(text)s” is not a number.", text=text))
    mark = number.decimal_mark
    if mark is None and MARKS & set(number.digits):
        used = next(sign for sign in number.digits if sign in MARKS)
        if marks == {used}:
            mark = used
        elif marks == {_other(used)} or (whole and not marks):
            mark = _other(used)
        else:
            raise Wrong(
                _l(
                    "“%(text)s” can be read in two ways. Please write it without a sign for thousands.",
                    text=text,
                )
            )
    digits = number.digits
    if mark is not None:
        digits = digits.replace(_other(mark), "").replace(mark, ".")
    value = Decimal(digits)
    return -value if number.negative else value
