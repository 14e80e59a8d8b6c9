"""Brings the catalogues up to date with the texts in code and templates, and names what is not translated.

``--check`` changes nothing; either way the end is a failure while something is missing, outdated or broken. Texts that
only offices see go into the catalogue ``offices``, all others into ``messages``. The texts in the code are English.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po, write_po

from app.core.languages import LANGUAGES, OFFICE_LANGUAGES
from app.core.settings import REPOSITORY

OFFICE_ROOMS = (
    *(
        f"{folder}/{room}/"
        for folder in ("app", "templates")
        for room in (
            "accounts",
            "administration",
            "audit",
            "figures",
            "needs",
            "notifications",
            "partners",
            "places/indicators",
            "planning",
            "sheets",
            "strategy/desk",
            "triage",
            "workshop",
        )
    ),
    "app/core/desk_forms.py",
    "templates/core/office.html",
)
RESIDENTS_TOO = ("app/needs/labels.py", "app/needs/pages/labels.py")
"""Words of such a room that a report of the strategy says, too, and so in plain German as well."""

KEYWORDS = DEFAULT_KEYWORDS | {
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "lazy_npgettext": ((1, "c"), 2, 3),
}
SOURCES = {".py": "python", ".html": "jinja2", ".txt": "jinja2"}
"""How texts are found, by the ending of a file."""

# A template that cannot be read must not lose its sentences without a word.
OPTIONS = {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}


def sources() -> Iterator[Path]:
    """Every file with texts; those that residents see come first, for a text in both belongs to them."""
    files = [file for folder in ("app", "templates") for file in (REPOSITORY / folder).rglob("*")]
    found = [file for file in files if file.suffix in SOURCES]
    yield from sorted(found, key=lambda file: (is_for_offices(name_of(file)), file))


def is_for_offices(name: str) -> bool:
    """Whether only offices and partners see the texts of a file."""
    return name.startswith(OFFICE_ROOMS) and name not in RESIDENTS_TOO


def name_of(file: Path) -> str:
    """A file's path in the repository."""
    return file.relative_to(REPOSITORY).as_posix()


def extract() -> dict[str, Catalog]:
    """The texts in code and templates, by catalogue."""
    found = {"messages": Catalog(fuzzy=False), "offices": Catalog(fuzzy=False)}
    for file in sources():
        name = name_of(file)
        texts = extract_from_file(SOURCES[file.suffix], file, KEYWORDS, ["Translators:"], dict(OPTIONS))
        for line, text, comments, context in texts:
            known = found["messages"].get(text[0] if isinstance(text, tuple) else text, context)
            domain = "offices" if is_for_offices(name) and known is None else "messages"
            found[domain].add(text, None, [(name, line)], auto_comments=comments, context=context)
    return found


def updated(file: Path, domain: str, locale: str, texts: Catalog) -> tuple[Catalog, bytes]:
    """A catalogue with today's texts, and how it looks as a file."""
    if file.exists():
        with file.open("rb") as stream:
            catalogue = read_po(stream, locale=locale)
    else:
        catalogue = Catalog(
            locale,
            header_comment=f"# Teilhabekarte: {domain}, {locale}",
            project="Teilhabekarte",
            version="1",
            msgid_bugs_address="",
            last_translator="",
            language_team=locale,
            fuzzy=False,
        )
    catalogue.update(texts, no_fuzzy_matching=True, update_creation_date=False)
    stream = io.BytesIO()
    write_po(stream, catalogue, width=120, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    return catalogue, stream.getvalue()


def faults(message: Message, catalogue: Catalog) -> Iterator[str]:
    """What is wrong with a translation."""
    strings = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    if not all(strings):
        yield "not translated"
    elif message.fuzzy:
        yield "uncertain"
    else:
        yield from (str(error) for error in message.check(catalogue))


def main() -> int:
    """Update or check every catalogue."""
    check = "--check" in sys.argv[1:]
    found = extract()
    count = 0
    for domain, codes in (("messages", tuple(LANGUAGES)), ("offices", OFFICE_LANGUAGES)):
        for locale in (LANGUAGES[code].locale for code in codes if code != "en"):
            file = REPOSITORY / "translations" / locale / "LC_MESSAGES" / f"{domain}.po"
            catalogue, content = updated(file, domain, locale, found[domain])
            if not file.exists() or file.read_bytes() != content:
                if check:
                    count += 1
                    print(f"{name_of(file)}: outdated, run `make i18n`")
                else:
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(content)
            for message in catalogue:
                for fault in faults(message, catalogue) if message.id else ():
                    count += 1
                    print(f"{name_of(file)}: {fault}: {message.id!r}")
    print(f"Catalogues: {count} faults." if count else "Catalogues: complete.")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
