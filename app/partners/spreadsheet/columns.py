"""The columns of a table of services: written and read by the same names, in German and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel import Locale
from flask_babel import lazy_gettext as _l

from app.core.codes import Code, Target, Topic
from app.core.languages import LANGUAGES, OFFICE_LANGUAGES, in_office_languages
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.partners.services.domain import SPOKEN
from app.partners.services.forms import DESCRIPTION_MAX, HOURS_MAX, LINE_MAX, NAME_MAX
from app.places import queries as places
from app.sheets import readers
from app.sheets.domain import Book, Cell, Wrong, as_text, folded
from app.sheets.readers import Each, Reader
from app.sheets.tables import HEAD_WITHIN, Column, Table, Texts

SHEETS: Mapping[str, str] = {"de": "Angebote", "en": "Services"}
"""The names of the sheet, by the language of the file."""

HEADS: Mapping[str, tuple[str, str]] = {
    "key": ("Schlüssel", "Key"),
    "organisation": ("Organisation", "Organisation"),
    "name": ("Name", "Name"),
    "description": ("Beschreibung", "Description"),
    "topics": ("Lebensbereiche", "Areas of life"),
    "targets": ("Für wen", "For whom"),
    "languages": ("Sprachen", "Languages"),
    "area": ("Ortsteil", "Part of town"),
    "address": ("Adresse", "Address"),
    "opening_hours": ("Öffnungszeiten", "Opening hours"),
    "barrier_free": ("Ohne Barrieren", "Without barriers"),
    "evening": ("Abends nach 18 Uhr geöffnet", "Open after 6 p.m."),
    "url": ("Internetadresse", "Web address"),
    "offered": ("Wird angeboten", "On offer"),
    "confirmed_on": ("Bestätigt am", "Confirmed on"),
    "still_right": ("Stimmt noch", "Still right"),
}
"""The heads of the columns by their key, German and English."""

TEXTS = ("name", "description")
"""Columns with one for each language."""

PARTED_BY = "; "
"""What stands between several words in a cell. A comma may be part of a word."""

SAID: Mapping[bool, tuple[str, str]] = {True: ("ja", "yes"), False: ("nein", "no")}
_YES_NO = {"yes": ("ja", "j", "x", "wahr", "true", "y", "1"), "no": ("nein", "n", "falsch", "false", "0")}
_KNOWN_OR_NOT = {**_YES_NO, "unknown": ("nicht bekannt", "unbekannt", "not known")}
TRUTH: Mapping[str, bool | None] = {"yes": True, "no": False, "unknown": None}


@dataclass(frozen=True, slots=True)
class Words:
    """The words that the cells of a column know: by key, in the languages of offices."""

    names: Mapping[str, Mapping[str, str]]

    def reader(self) -> Reader:
        """Any number of them, as a tuple."""
        return readers.some_of({key: names.values() for key, names in self.names.items()})

    def said(self, keys: Sequence[str], code: str) -> str:
        """Several of them in a language."""
        return PARTED_BY.join(self.names.get(key, {}).get(code, key) for key in keys)


def words_of(kind: type[Code]) -> Words:
    """The words of a code list."""
    return Words({code.value: in_office_languages(code.label) for code in kind})


def spoken() -> Words:
    """The languages: the usual ones, and those that some service already names."""
    codes = dict.fromkeys((*SPOKEN, *(code for card in directory.services() for code in card.languages)))
    locales = {code: Locale.parse(code).languages for code in OFFICE_LANGUAGES}
    return Words({code: {locale: str(names.get(code, code)) for locale, names in locales.items()} for code in codes})


def table(organisations: Sequence[OrganisationCard]) -> Table:
    """What a table of the services of these organisations looks like. A service without a key is a new one."""
    return Table(
        sheets=(*SHEETS.values(),),
        unique=("key",),
        columns=(
            _column("key", readers.key(), may_be_empty=True),
            _column("organisation", _organisation(organisations), required=False, may_be_empty=True),
            Texts(key="name", heads=HEADS["name"], most=NAME_MAX),
            Texts(key="description", heads=HEADS["description"], most=DESCRIPTION_MAX),
            _column("topics", words_of(Topic).reader()),
            _column("targets", words_of(Target).reader()),
            _column("languages", spoken().reader()),
            _column("area", _area(), required=False, may_be_empty=True),
            _column("address", readers.text(LINE_MAX), required=False, may_be_empty=True),
            _column("opening_hours", readers.text(HOURS_MAX), required=False, may_be_empty=True),
            _column("barrier_free", readers.one_of(_KNOWN_OR_NOT), required=False, may_be_empty=True),
            _column("evening", readers.one_of(_KNOWN_OR_NOT), required=False, may_be_empty=True),
            _column("url", readers.web_address(), required=False, may_be_empty=True),
            _column("offered", readers.one_of(_YES_NO), required=False, may_be_empty=True),
            _column("confirmed_on", readers.day(), required=False, may_be_empty=True),
            _column("still_right", readers.one_of(_YES_NO), required=False, may_be_empty=True),
        ),
    )


def _column(key: str, reader: Reader, *, required: bool = True, may_be_empty: bool = False) -> Column:
    return Column(key=key, heads=HEADS[key], reader=reader, required=required, may_be_empty=may_be_empty)


def _organisation(organisations: Sequence[OrganisationCard]) -> Reader:
    known = {folded(name): card.key for card in organisations for name in (card.key, *card.name.values())}

    def read(cell: Cell) -> str:
        said = as_text(cell)
        if folded(said) not in known:
            raise Wrong(_l("“%(text)s” is none of your organisations.", text=said))
        return known[folded(said)]

    return Each(read)


def _area() -> Reader:
    """A part of town, by its name in any language or its key, as the key."""
    cards = places.areas(places.city().needs_level or "")
    known = {folded(name): card.key for card in cards for name in card.name.values()}
    known |= {folded(card.key): card.key for card in cards}

    def read(cell: Cell) -> str:
        said = "" if isinstance(cell, date) else as_text(cell)
        if folded(said) not in known:
            raise Wrong(_l("“%(text)s” is no part of town here.", text=as_text(cell)))
        return known[folded(said)]

    return Each(read)


def languages_of(book: Book, key: str) -> frozenset[str]:
    """The languages for which a book has a column of a text. What has no column is left as it is."""
    heads = {folded(as_text(cell)) for sheet in book.sheets for row in sheet.rows[:HEAD_WITHIN] for cell in row.cells}
    names = (*HEADS[key], key)
    there = {code for code in LANGUAGES for name in names if folded(f"{name} {code}") in heads}
    return frozenset(there | ({"de"} if heads & {folded(name) for name in names} else set()))
