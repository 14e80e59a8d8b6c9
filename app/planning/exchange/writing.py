"""An edition, or the differences between two, as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.core.codes import Budget, MeasureState, Target, Topic
from app.core.languages import LANGUAGES, in_language
from app.directory.queries import organisations
from app.places import queries as places
from app.planning.exchange.domain import texts_of
from app.planning.exchange.heads import COLUMNS, KEYS, SHEETS
from app.planning.exchange.sheets import PAPERS
from app.planning.labels import ABOUT, CHANGES, SHAPES
from app.planning.words import Said
from app.plans.document import Edition, told
from app.sheets.writing import NewSheet, workbook


def languages_of(*editions: Edition) -> tuple[str, ...]:
    """The languages of the platform, and all others that texts of editions are in."""
    found = {code for edition in editions for text in texts_of(edition) for code in text}
    return (*LANGUAGES, *sorted(found - set(LANGUAGES)))


def workbook_of(edition: Edition, language: str) -> bytes:
    """An edition as a workbook, its heads in German or English. It is read back as it was."""
    languages, german = languages_of(edition), language == "de"
    rows = _rows(edition)
    sheets = [
        NewSheet(
            title=SHEETS[name][0 if german else 1],
            heads=paper.heads(languages, german),
            rows=[paper.row(values, languages) for values in rows[name]],
        )
        for name, paper in PAPERS.items()
    ]
    heads = [COLUMNS[name][0 if german else 1] for name in ("kind", "key", "name")]
    sheets.append(NewSheet(title=KEYS[0 if german else 1], heads=heads, rows=list(_keys(edition))))
    return workbook(sheets, in_language(edition.name).text, language)


def _rows(edition: Edition) -> Mapping[str, list[Mapping[str, Any]]]:
    """Every entry on its own, as its sheet has it."""
    whole = told(edition)
    fields, indicators, values, milestones = [], [], [], []
    for plan in whole["plans"]:
        fields += [{**one, "plan": plan["key"]} for one in plan["fields"]]
    for measure in whole.get("measures", ()):
        named = {"measure": measure["key"]}
        milestones += [{**one, **named} for one in measure.get("milestones", ())]
        for one in measure.get("indicators", ()):
            indicators.append({**one, **named})
            values += [{**value, **named, "indicator": one["key"]} for value in one.get("values", ())]
    return {
        "edition": [whole],
        "goals": whole.get("goals", []),
        "plans": whole["plans"],
        "fields": fields,
        "measures": whole.get("measures", []),
        "indicators": indicators,
        "values": values,
        "milestones": milestones,
    }


def _keys(edition: Edition) -> Iterator[Sequence[str]]:
    """What may be written in the columns that hold keys: kind, key, name."""
    for name, kind in (("topics", Topic), ("targets", Target), ("state", MeasureState), ("budget", Budget)):
        for one in kind:
            yield _head(name), str(one), str(one.label)
    for key, label in SHAPES.items():
        yield _head("shape"), key, str(label)
    for area in places.areas(places.city().needs_level or ""):
        yield _head("areas"), area.key, in_language(area.name).text
    for key, card in organisations().items():
        yield _head("office"), key, in_language(card.name).text
    for name, entries in (("plans", edition.plans), ("fields", edition.fields_of_action), ("goals", edition.goals)):
        for one_entry in entries:
            yield _head(name), one_entry.key, in_language(one_entry.name).text


def _head(name: str) -> str:
    german, english = COLUMNS[name]
    return f"{german} / {english}"


def differences_workbook(found: Iterable[Said], title: str, language: str) -> bytes:
    """Differences as a workbook: a row for each attribute of each entry."""
    rows = []
    for one in found:
        start = [str(CHANGES[one.change]), str(ABOUT[one.about]), one.key, one.title]
        rows += [[*start, part.name, part.before, part.after] for part in one.parts] or [[*start, "", "", ""]]
    heads = [_("Change"), _("Kind"), _("Short name"), _("Entry"), _("Attribute"), _("Before"), _("Now")]
    return workbook([NewSheet(title=_("Differences"), heads=heads, rows=rows, above=[title])], title, language)
