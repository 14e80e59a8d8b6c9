"""CSV in any dress of an office: encodings, delimiters, quoted line ends. Never a wrong letter without a word."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from charset_normalizer import from_bytes
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.sheets.domain import COLUMNS_MAX, FORMULA_STARTS, ROWS_MAX, Book, Row, Sheet, Unreadable

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
"""How a file says its encoding at its beginning."""

LEGACY = {"cp1252": "Windows-1252", "cp850": "MS-DOS 850", "mac_roman": "Mac Roman", "cp1250": "Windows-1250"}
"""Encodings of German offices that a file cannot say, with the names that people know, the most usual first."""

DELIMITERS = (";", "\t", "|", ",")
"""Comma last: it also stands in numbers."""

LOOKED_AT = 200
"""From how many rows the delimiter is told."""

NUL_SHARE = 0.2
"""From which share of zero bytes on a text is taken for UTF-16."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_GERMAN = frozenset("äöüÄÖÜß")
_SIGNS = frozenset("„“”‚‘’–—…€°§²³µ·•«»×½¼\u00a0\u00ad")
_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_DEFUSED = re.compile(rf"'+[{re.escape(''.join(FORMULA_STARTS))}]")


def read_csv(content: bytes, file_name: str) -> Book:
    """A CSV file as a book with one sheet without a name.

    Raises:
        Unreadable: it is no text, in no encoding that can be told, or its quotation marks do not match.
    """
    text, remarks = decoded(content)
    if text.lstrip()[:1] == "<":
        raise Unreadable(_l("This is a web page or XML, not a table. Please save it as .xlsx or CSV."))
    named = _SEPARATOR.match(text)
    if named:
        text = text[named.end() :]
    delimiter = named[1] if named else _delimiter(text)
    rows = tuple(_rows(text, delimiter))
    return Book(file_name, (Sheet("", rows),), remarks)


def decoded(content: bytes) -> tuple[str, tuple[LazyString, ...]]:
    """The text of a file, with a remark where its encoding had to be guessed.

    Raises:
        Unreadable: it is no text, or in no encoding that can be told.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding), ()
    if content.count(0) > NUL_SHARE * len(content):
        # Most signs of our texts have a zero byte in UTF-16: the first of two where the larger byte comes first.
        bigger_first = content[::2].count(0) > content[1::2].count(0)
        return _strictly(content, "utf-16-be" if bigger_first else "utf-16-le"), ()
    try:
        return _checked(content.decode("utf-8")), ()
    except UnicodeDecodeError:
        return _guessed(content)


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return _checked(content.decode(encoding))
    except UnicodeDecodeError:
        raise _broken_text() from None


def _checked(text: str) -> str:
    if _CONTROLS.search(text):
        raise Unreadable(_l("This file is no table. Please save it as .xlsx or CSV."))
    return text


def _broken_text() -> Unreadable:
    return Unreadable(
        _l("The letters of this file cannot be read with certainty. Please save it as .xlsx or as “CSV UTF-8”.")
    )


def _guessed(content: bytes) -> tuple[str, tuple[LazyString, ...]]:
    # Code pages that differ in a few letters look alike to the library; it rules out, and German letters decide.
    matches = from_bytes(content, cp_isolation=list(LEGACY))
    plausible = {encoding for match in matches for encoding in match.could_be_from_charset}
    texts = {}
    for encoding in LEGACY:
        if encoding in plausible:
            try:
                texts[encoding] = _checked(content.decode(encoding))
            except (UnicodeDecodeError, Unreadable):
                continue
    likeness = {encoding: _likeness(text) for encoding, text in texts.items()}
    best = max(likeness, key=lambda encoding: likeness[encoding], default=None)
    if best is None or likeness[best] <= 0:
        raise _broken_text()
    remark = _l(
        "This file does not say how its letters are written. It was read as %(encoding)s. Please look at the umlauts.",
        encoding=LEGACY[best],
    )
    return texts[best], (remark,)


def _likeness(text: str) -> int:
    """How much a text looks like German ones: by its signs beyond ASCII and what stands beside them."""
    total = 0
    for found in re.finditer(r"[^\x00-\x7f]", text):
        sign, at = found[0], found.start()
        before, after = text[max(at - 1, 0) : at], text[at + 1 : at + 2]
        if sign.isupper() and before.isalpha() and (before.islower() or after.islower()):
            # A capital letter inside a word is no letter of that word.
            total -= 2
        elif sign.isalpha():
            total += 3 if sign in _GERMAN else 1
        elif sign in _SIGNS:
            total += -3 if before.isalpha() and after.isalpha() and sign not in "’–·\u00ad" else 1
        else:
            total -= 3
    return total


def _delimiter(text: str) -> str:
    """The sign that parts most rows into the same number of columns."""
    counts = {}
    for delimiter in DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
                if number >= LOOKED_AT:
                    break
                widths[len(cells)] += 1
        except csv.Error:
            continue
        width, rows = max(
            ((width, rows) for width, rows in widths.items() if width > 1),
            key=lambda found: (found[1], found[0]),
            default=(0, 0),
        )
        if width:
            counts[delimiter] = rows
    return max(counts, key=lambda delimiter: counts[delimiter], default=DELIMITERS[0])


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if not any(cell.strip() for cell in cells):
                continue
            check_size(number, len(cells))
            yield Row(number, tuple(armed(cell) or None for cell in cells))
    except csv.Error:
        raise Unreadable(
            _l(
                "The quotation marks after row %(row)s do not match. "
                "Please save the table anew as .xlsx or as “CSV UTF-8”.",
                row=number,
            )
        ) from None


def check_size(rows: int, columns: int) -> None:
    """Refuse a table that is too long or too wide.

    Raises:
        Unreadable: it is.
    """
    if rows > ROWS_MAX:
        raise Unreadable(_l("This table has more than %(most)s rows. Please divide it.", most=ROWS_MAX))
    if columns > COLUMNS_MAX:
        raise Unreadable(_l("This table has more than %(most)s columns.", most=COLUMNS_MAX))


def defused(text: str) -> str:
    """A text that a spreadsheet program would run as a formula, written so that it stays a text."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) or _DEFUSED.match(text) else text


def armed(text: str) -> str:
    """What :func:`defused` was given."""
    return text[1:] if _DEFUSED.match(text) else text
