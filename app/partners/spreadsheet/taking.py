"""A table of services is checked against what is there, and taken over: only what changed is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from flask_babel import get_locale, lazy_ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.accounts import queries as accounts
from app.core import clock
from app.core.codes import Target, Topic
from app.core.languages import DEFAULT, LANGUAGES
from app.core.revisions import mark
from app.core.texts import Localized, new_key
from app.directory import queries as directory
from app.directory.domain import KeptService, OrganisationCard, ServiceCard, ServiceEntry
from app.partners.services import service
from app.partners.services.domain import Deed
from app.partners.services.forms import in_order
from app.partners.services.placing import place
from app.partners.spreadsheet.columns import HEADS, TEXTS, TRUTH, Words, languages_of, spoken, table, words_of
from app.partners.spreadsheet.writing import said
from app.places import queries as places
from app.sheets import jobs
from app.sheets.domain import Book, Fault, Record, Taken
from app.sheets.tables import taken
from app.sheets.tasks import Action, Change, Checked, Detail, Kind, Summary, Task

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString as Lazy

KIND = "services"

NAMED_MOST = 10
"""How many services that are missing in a table are named."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with one service. ``kept`` is how it stands now; None for a new one."""

    entry: ServiceEntry
    offered: bool
    confirm: bool
    kept: KeptService | None


def organisations_of(owner: str) -> list[OrganisationCard]:
    """The organisations of a person, by their opaque name; none for somebody who has left."""
    found = (directory.organisation_by_id(one) for one in sorted(accounts.organisations_of({owner})[owner]))
    return [card for card in found if card is not None]


def check(book: Book, task: Task) -> Checked:
    """Compare a table with the services of somebody's organisations."""
    organisations = organisations_of(task.owner)
    kept = {one.card.key: one for one in directory.kept_services([card.id for card in organisations])}
    found = taken(book, table(organisations), task.step)
    there = {key: languages_of(book, key) for key in TEXTS}
    reading = _Reading(found, kept, organisations, there)
    wishes = [reading.wish(record) for record in found.rows]
    named = {str(record["key"]) for record in found.rows if record["key"]}
    # A row with a fault is none of the rows; which services are missing is known only without faults.
    missing = [] if found.faults else [one for key, one in kept.items() if key not in named]
    words = {"topics": words_of(Topic), "targets": words_of(Target), "languages": spoken()}
    plan = [wish for wish in wishes if wish is not None]
    return Checked(
        faults=(*found.faults, *reading.faults),
        remarks=(*found.remarks, *([_left_alone(missing)] if missing else [])),
        changes=[_change(wish, words) for wish in plan],
        plan=plan,
    )


def _left_alone(missing: Sequence[KeptService]) -> Lazy:
    names = LazyString(lambda: ", ".join(one.card.name.shown(_code()).text for one in missing[:NAMED_MOST]))
    return lazy_ngettext(
        "One of your services is not in this table and stays as it is: %(names)s",
        "%(num)s of your services are not in this table and stay as they are, such as: %(names)s",
        len(missing),
        names=names,
    )


class _Reading:
    """Makes wishes of the rows of a table, and notes what only the directory can know to be wrong."""

    def __init__(
        self,
        found: Taken,
        kept: Mapping[str, KeptService],
        organisations: Sequence[OrganisationCard],
        there: Mapping[str, frozenset[str]],
    ) -> None:
        self.found, self.kept, self.organisations, self.there = found, kept, organisations, there
        self.faults: list[Fault] = []

    def wish(self, record: Record) -> Wish | None:
        before = len(self.faults)
        kept = self._kept(record)
        organisation = self._organisation(record, kept)
        for name in TEXTS:
            self._in_german(record, name, kept)
        for name in ("topics", "targets", "languages"):
            if not record[name]:
                self._fault(record, name, _l("Please name at least one."))
        stored = kept.card.confirmed_on if kept else None
        if record["confirmed_on"] is not None and record["confirmed_on"] != stored:
            self._fault(record, "confirmed_on", _l("This day is not set here. Write yes under “Still right” instead."))
        if len(self.faults) > before or organisation is None:
            return None
        offered = self._truth(record, "offered", otherwise=kept.offered if kept else True)
        confirm = record["still_right"] == "yes"
        return Wish(self._entry(record, kept, organisation), offered is not False, confirm, kept)

    def _fault(self, record: Record, key: str, reason: Lazy) -> None:
        self.faults.append(self.found.fault(record, key, reason))

    def _kept(self, record: Record) -> KeptService | None:
        key = record["key"]
        if key and str(key) not in self.kept:
            # Of another organisation or of nobody: that is not told.
            self._fault(record, "key", _l("You have no service with this key. For a new one leave the cell empty."))
        return self.kept.get(str(key))

    def _organisation(self, record: Record, kept: KeptService | None) -> str | None:
        named = record["organisation"]
        if kept is not None:
            if named is not None and named != kept.card.organisation:
                self._fault(record, "organisation", _l("A service stays with its organisation."))
            return kept.card.organisation
        if named is not None:
            return str(named)
        if len(self.organisations) == 1:
            return self.organisations[0].key
        self._fault(record, "organisation", _l("Please name one of your organisations."))
        return None

    def _in_german(self, record: Record, name: str, kept: KeptService | None) -> None:
        if not self._text(record, name, kept).get(DEFAULT):
            self._fault(record, name, _l("German is needed."))

    def _text(self, record: Record, name: str, kept: KeptService | None) -> Localized:
        """A text in the languages that have a column; in others it stays."""
        stored: Localized = getattr(kept.card, name) if kept else Localized()
        given: Any = record[name]
        ours = {code: (given if code in self.there[name] else stored).get(code) for code in LANGUAGES}
        other = {code: text for code, text in stored.items() if code not in LANGUAGES}
        return Localized({code: text for code, text in ours.items() if text} | other)

    def _entry(self, record: Record, kept: KeptService | None, organisation: str) -> ServiceEntry:
        card = kept.card if kept else None
        area = self._value(record, "area", _area_key(card))
        address = self._value(record, "address", card.address if card else None) or None
        where = place(area, address, card)
        name = self._text(record, "name", kept)
        return ServiceEntry(
            key=card.key if card else new_key(name[DEFAULT], "service"),
            organisation=organisation,
            name=name,
            description=self._text(record, "description", kept),
            topics=_ordered(record["topics"], card.topics if card else ()),
            targets=_ordered(record["targets"], card.targets if card else ()),
            languages=_ordered(record["languages"], card.languages if card else ()),
            area_id=where.area_id,
            address=address,
            precision=where.precision,
            point=where.point,
            opening_hours=self._value(record, "opening_hours", card.opening_hours if card else None) or None,
            barrier_free=self._truth(record, "barrier_free", otherwise=card.barrier_free if card else None),
            evening=self._truth(record, "evening", otherwise=card.evening if card else None),
            url=self._value(record, "url", card.url if card else None) or None,
        )

    def _value(self, record: Record, key: str, otherwise: str | None) -> str | None:
        """A value; what has no column is left as it is."""
        if key not in self.found.places:
            return otherwise
        return None if record[key] is None else str(record[key])

    def _truth(self, record: Record, key: str, *, otherwise: bool | None) -> bool | None:
        found = self._value(record, key, None)
        if key not in self.found.places or (found is None and key == "offered"):
            return otherwise
        return None if found is None else TRUTH[found]


def _ordered(chosen: object, before: Sequence[str]) -> tuple[str, ...]:
    words: Any = chosen
    return in_order(words, before)


def _area_key(card: ServiceCard | None) -> str | None:
    area = places.area_by_id(card.area_id) if card is not None and card.area_id is not None else None
    return None if area is None else area.key


# The preview ---------------------------------------------------------------------------------------------------------


def _change(wish: Wish, words: Mapping[str, Words]) -> Change:
    name = LazyString(lambda: wish.entry.name.shown(_code()).text)
    if wish.kept is None:
        return Change(Action.NEW, name)
    details = tuple(_details(wish, wish.kept, words))
    return Change(Action.CHANGED if details else Action.SAME, name, details)


def _details(wish: Wish, kept: KeptService, words: Mapping[str, Words]) -> Iterator[Detail]:
    for name in TEXTS:
        before, after = getattr(kept.card, name), getattr(wish.entry, name)
        for code in dict.fromkeys((*before, *after)):
            if before.get(code) != after.get(code):
                head = LazyString(lambda name=name, code=code: f"{_head(name)} ({code})")
                yield Detail(head, before.get(code, ""), after.get(code, ""))
    for name, told in _TOLD.items():
        was, will = getattr(kept.card, name), getattr(wish.entry, name)
        if was != will:
            yield Detail(_named(name.removesuffix("_id")), _said(told, was), _said(told, will))
    for name, known in words.items():
        was, will = getattr(kept.card, name), getattr(wish.entry, name)
        if was != will:
            yield Detail(_named(name), _listed(known, was), _listed(known, will))
    if kept.offered != wish.offered:
        yield Detail(_named("offered"), _said(_yes_no, kept.offered), _said(_yes_no, wish.offered))
    today = clock.today()
    if wish.confirm and wish.offered and kept.card.confirmed_on != today:
        was = kept.card.confirmed_on
        yield Detail(_named("confirmed_on"), was.isoformat() if was else "", today.isoformat())


def _head(key: str) -> str:
    german, english = HEADS[key]
    return german if _code() == "de" else english


def _code() -> str:
    """The language in which something is being said, also while it is said in one after the other."""
    locale = get_locale()
    return "de" if locale is None or locale.language == "de" else "en"


def _named(key: str) -> Lazy:
    return LazyString(_head, key)


def _said(told: Callable[[Any], str], value: object) -> Lazy:
    return LazyString(told, value)


def _listed(known: Words, keys: Sequence[str]) -> Lazy:
    return LazyString(lambda: known.said(keys, _code()))


def _yes_no(value: bool | None) -> str:  # noqa: FBT001 - it is what is said
    return said(value, _code()) or str(_("not known"))


def _area_name(area_id: int | None) -> str:
    area = None if area_id is None else places.area_by_id(area_id)
    return "" if area is None else area.name.shown(_code()).text


def _text(value: str | None) -> str:
    return value or ""


_TOLD: Mapping[str, Callable[[Any], str]] = {
    "area_id": _area_name,
    "address": _text,
    "opening_hours": _text,
    "barrier_free": _yes_no,
    "evening": _yes_no,
    "url": _text,
}


# Taking it over ------------------------------------------------------------------------------------------------------


def take(checked: Checked, task: Task) -> Summary:
    """Take over what differs. A service that was changed is confirmed as of today; the others keep their day."""
    wishes: Sequence[Wish] = checked.plan
    changed = 0
    for number, wish in enumerate(wishes):
        task.step(number, len(wishes))
        changed += _do(wish)
    return Summary(
        lazy_ngettext("One service was added or changed.", "%(num)s services were added or changed.", changed)
        if changed
        else _l("Nothing had to be changed.")
    )


def _do(wish: Wish) -> bool:
    kept = wish.kept
    if kept is None or _differs(wish.entry, kept.card):
        service.keep(wish.entry, offered=wish.offered)
    elif kept.offered and not wish.offered:
        service.do(Deed.END, kept.card.key)
    elif wish.offered and (wish.confirm or not kept.offered):
        service.do(Deed.CONFIRM, kept.card.key)
    else:
        return False
    return True


def _differs(entry: ServiceEntry, card: ServiceCard) -> bool:
    """Whether a service says something else than it does now."""
    same = {field.name for field in fields(ServiceEntry)} - {"point", "confirmed_on", "example"}
    return any(getattr(entry, name) != getattr(card, name) for name in same)


jobs.register(Kind(KIND, check, take, base=lambda _context: mark("directory", "places")))
