"""A file with an edition on its way into a draft: checked, compared with the draft, taken over as a whole or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _ln
from flask_babel.speaklater import LazyString

from app.core.errors import Refused
from app.core.languages import DEFAULT, language
from app.planning import labels, page, queries
from app.planning.exchange import reading, yaml_text
from app.planning.exchange.domain import Said, missing_languages
from app.planning.exchange.writing import languages_of
from app.planning.words import Names, said_in_both
from app.plans import editions
from app.plans import queries as plans
from app.plans.document import Change as Differs
from app.plans.document import Edition, Flaw, differences, flaws
from app.plans.editions import Deed, State
from app.privacy import audit
from app.sheets import jobs
from app.sheets.domain import Book, Fault
from app.sheets.reading import read
from app.sheets.tasks import Action, Change, Checked, Detail, Kind, Summary, Task

if TYPE_CHECKING:
    from app.planning.words import Said as Words

VERSION = "version"
"""What the context calls the draft that a file is for."""

_ACTIONS = {Differs.ADDED: Action.NEW, Differs.CHANGED: Action.CHANGED, Differs.REMOVED: Action.REMOVED}


def book_of(content: bytes, file_name: str) -> Book:
    """A workbook or a YAML text, by the ending of its name.

    Raises:
        Unreadable: it is neither.
    """
    reader = yaml_text.book_of if file_name.casefold().endswith(yaml_text.ENDINGS) else read
    return reader(content, file_name)


def said(book: Book, before: Edition | None, task: Task | None = None) -> Said:
    """What a file says, with every flaw that can be told without knowing the rules, and what is only to be known.

    ``before`` is what it is compared with; its languages may stand in the file.
    """
    if book.file_name.casefold().endswith(yaml_text.ENDINGS):
        found = yaml_text.said(yaml_text.text_of(book))
    else:
        languages = languages_of(*([before] if before else []))
        found = reading.said(book, languages, task.step if task else None)
    if found.edition is None:
        return found
    faults, remarks = [*found.faults], [*book.remarks, *found.remarks, *missing_languages(found.edition)]
    names = Names(found.edition)
    for one in flaws(found.edition, page.looks_for()):
        why = labels.flaw_sentence(one, names.name(one.attribute, one.value))
        if one.flaw is Flaw.ROUTED:
            remarks.append(_l("%(entry)s: %(reason)s", entry=f"{labels.ABOUT[one.about]} {one.key}", reason=why))
        else:
            faults.append(found.placed(one.about, one.key, one.attribute, why))
    return Said(None if faults else found.edition, tuple(faults), found.placed, tuple(remarks))


def _check(book: Book, task: Task) -> Checked:
    seen = queries.latest_change(int(task.context[VERSION]))
    number, before = _draft(task.context)
    if before is None:
        return Checked(faults=[Fault("", None, None, None, _NO_DRAFT)])
    found = said(book, before, task)
    if found.edition is None:
        return Checked(faults=found.faults, remarks=found.remarks)
    if found.edition.key != before.key:
        why = _l(
            "This file is for the edition %(file)s, and the draft is for the edition %(draft)s.",
            file=found.edition.key,
            draft=before.key,
        )
        return Checked(faults=[Fault("", None, None, None, why)], remarks=found.remarks)
    changes = [
        Change(_ACTIONS[one.change], _both({code: words.title for code, words in spoken.items()}), _details(spoken))
        for one, spoken in said_in_both(differences(before, found.edition), found.edition, before)
    ]
    return Checked(remarks=found.remarks, changes=changes, plan=(number, seen, found.edition, book.file_name))


_NO_DRAFT = _l("The draft is no longer there, or waits for a second person.")


def _draft(context: Mapping[str, str]) -> tuple[int, Edition | None]:
    number = int(context[VERSION])
    found = plans.version(number)
    return number, found[1] if found is not None and found[0].state == State.DRAFT else None


def _details(spoken: Mapping[str, Words]) -> tuple[Detail, ...]:
    parts = {code: words.parts for code, words in spoken.items()}
    return tuple(
        Detail(
            _both({code: found[at].name for code, found in parts.items()}),
            _both({code: found[at].before for code, found in parts.items()}),
            _both({code: found[at].after for code, found in parts.items()}),
        )
        for at in range(len(parts[DEFAULT]))
    )


def _both(words: Mapping[str, str]) -> LazyString:
    """Words that are already said in each language of offices."""
    return LazyString(lambda: words.get(language().code, words[DEFAULT]))


def _take(checked: Checked, task: Task) -> Summary:
    number, seen, edition, file_name = checked.plan
    row = queries.to_change(number)
    if row is None or row.state != State.DRAFT:
        raise Refused(_NO_DRAFT)
    if queries.latest_change(number) != seen:
        raise Refused(_l("This table cannot be taken over any more. Please send it again."))
    changed = editions.change(row, edition, task.owner, file_name, Deed.TAKEN_IN)
    audit.note("plan_taken_in", actor=task.owner, subject=f"{edition.key}.{row.number}")
    return Summary(
        _ln(
            "%(num)d entry of the draft was changed by the file.",
            "%(num)d entries of the draft were changed by the file.",
            changed,
        )
    )


def _base(context: Mapping[str, str]) -> str:
    found = plans.version(int(context[VERSION]))
    return f"{found[0].state if found else ''} {queries.latest_change(int(context[VERSION]))}"


KIND = jobs.register(Kind("plans", _check, _take, _base, book_of))
