"""The services of a partner as a table that can be edited and taken in again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from app.core.codes import Target, Topic
from app.core.languages import LANGUAGES, OFFICE_LANGUAGES
from app.core.texts import Localized
from app.directory.domain import KeptService, OrganisationCard
from app.partners.spreadsheet.columns import HEADS, SAID, SHEETS, TEXTS, Words, spoken, words_of
from app.places import queries as places
from app.sheets.tables import localized_heads
from app.sheets.writing import NewSheet, Value, csv_bytes, workbook


def workbook_of(kept: Sequence[KeptService], organisations: Sequence[OrganisationCard], code: str) -> bytes:
    """A workbook with the services on its first sheet, and the words that its cells know on the second."""
    words = _words()
    heads, *rows = _table(kept, words, code)
    sheets = [NewSheet(title=SHEETS[code], heads=[str(head) for head in heads], rows=rows), _known(words, code)]
    names = ", ".join(card.name.shown(code).text for card in organisations)
    return workbook(sheets, _("Services of %(names)s", names=names), code)


def csv_of(kept: Sequence[KeptService], code: str) -> bytes:
    """The same table as CSV."""
    return csv_bytes(_table(kept, _words(), code), german=code == "de")


def _words() -> dict[str, Words]:
    return {"topics": words_of(Topic), "targets": words_of(Target), "languages": spoken()}


def _table(kept: Sequence[KeptService], words: dict[str, Words], code: str) -> list[list[Value]]:
    return [list(_heads(code)), *(list(_row(one, words, code)) for one in kept)]


def _heads(code: str) -> Iterator[str]:
    for key, heads in HEADS.items():
        head = heads[OFFICE_LANGUAGES.index(code)]
        if key in TEXTS:
            yield from localized_heads(head)
        else:
            yield head


def _row(kept: KeptService, words: dict[str, Words], code: str) -> Iterator[Value]:
    card = kept.card
    area = None if card.area_id is None else places.area_by_id(card.area_id)
    yield card.key
    yield card.organisation
    yield from _each_language(card.name)
    yield from _each_language(card.description)
    yield words["topics"].said(card.topics, code)
    yield words["targets"].said(card.targets, code)
    yield words["languages"].said(card.languages, code)
    yield None if area is None else area.name.shown(code).text
    yield card.address
    yield card.opening_hours
    yield said(card.barrier_free, code)
    yield said(card.evening, code)
    yield card.url
    yield said(kept.offered, code)
    yield card.confirmed_on
    yield None


def _each_language(text: Localized) -> list[str | None]:
    return [text.get(code) for code in LANGUAGES]


def said(known: bool | None, code: str) -> str | None:  # noqa: FBT001 - it is what is said
    """Yes or no in a language, nothing for what is not known."""
    return None if known is None else SAID[known][OFFICE_LANGUAGES.index(code)]


def _known(words: dict[str, Words], code: str) -> NewSheet:
    """The words that may stand in the cells."""
    at = OFFICE_LANGUAGES.index(code)
    parts = [area.name.shown(code).text for area in places.areas(places.city().needs_level or "")]
    rows = [[HEADS[key][at], one.said([word], code)] for key, one in words.items() for word in one.names] + [
        [HEADS["area"][at], name] for name in parts
    ]
    return NewSheet(
        title=_("Words"),
        heads=[_("Column"), _("Word that may stand there")],
        rows=rows,
        above=[_("Several words in a cell are parted by semicolons.")],
    )
