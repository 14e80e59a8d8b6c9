"""A file becomes a book, whatever kind of table it is."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.sheets.books import read_workbook
from app.sheets.csvs import read_csv
from app.sheets.domain import BYTES_MAX, Book, Unreadable

ARCHIVE = b"PK"
OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
"""The beginning of .xls, and of any workbook with a password."""

PDF = b"%PDF"
OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"
"""At which place the kind stands in files of LibreOffice: behind the 30 bytes of the archive's first head."""


def read(content: bytes, file_name: str) -> Book:
    """The sheets of a file. Its content says what it is, not its name.

    Raises:
        Unreadable: ``str()`` says why, and what helps.
    """
    if len(content) > BYTES_MAX:
        raise too_large()
    if not content.strip():
        raise Unreadable(_l("This file is empty."))
    if content.startswith(OLD_OFFICE):
        raise Unreadable(
            _l("This workbook is of an old kind (.xls) or has a password. Please save it as .xlsx without a password.")
        )
    if content[30:].startswith(OPEN_DOCUMENT):
        raise Unreadable(_l("This file is of the kind .ods. Please save it as .xlsx or CSV."))
    if content.startswith(PDF):
        raise Unreadable(_l("This is a PDF. Please send the table itself, as .xlsx or CSV."))
    if content.startswith(ARCHIVE):
        return read_workbook(content, file_name)
    return read_csv(content, file_name)


def too_large() -> Unreadable:
    """The refusal of a file that is not even looked at."""
    return Unreadable(_l("This file is larger than %(most)s MB. Please divide it.", most=BYTES_MAX // 1024 // 1024))
