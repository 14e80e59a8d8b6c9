"""The words of the pages: columns, cells, reasons, classes of the map, and what stands at the foot of every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from babel import Locale
from flask_babel import format_date, format_decimal, format_percent, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.codes import Target
from app.core.languages import in_language
from app.needs.domain import ALL
from app.needs.labels import number, topic_label
from app.needs.pages.look import Moved
from app.needs.pages.tables import Line
from app.needs.snapshot.domain import Basis, Indicator, Level, Part, Snapshot
from app.needs.snapshot.mismatch import Verdict
from app.needs.snapshot.numbers import INDEX, INDICATOR, LANGUAGE, Column, Told, Why, dated
from app.needs.snapshot.trend import Course, Trend

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

COLUMNS: Mapping[str, LazyString] = {
    Column.REPORTS: _l("Gap reports"),
    Column.RATE: _l("Gap reports per 1,000 residents"),
    Column.MISMATCH: _l("Mismatch index"),
    Column.MISMATCH_LOW: _l("Mismatch index: lower end"),
    Column.MISMATCH_HIGH: _l("Mismatch index: upper end"),
    Column.WITHIN: _l("Services in the area"),
    Column.NEAR: _l("Services within 800 m"),
    Column.FAR: _l("Services within 1,500 m"),
    Column.SHARE_NEAR: _l("Residents with a service within 800 m, in per cent"),
    Column.SHARE_FAR: _l("Residents with a service within 1,500 m, in per cent"),
    Column.AVERAGE_NEAR: _l("Services within 800 m of an average resident"),
    Column.AVERAGE_FAR: _l("Services within 1,500 m of an average resident"),
    Column.EVENING: _l("Services within 1,500 m open in the evening"),
    Column.BARRIER_FREE: _l("Services within 1,500 m without barriers"),
    Column.PLANNED: _l("Measures planned"),
    Column.UNDER_WAY: _l("Measures under way"),
    Column.DONE: _l("Measures done"),
    Column.PAUSED: _l("Measures paused"),
    Column.RESIDENTS: _l("Residents"),
    Column.RESIDENTS_YEAR: _l("Residents counted in"),
}

REASONS: Mapping[Why, LazyString] = {
    Why.HIDDEN: _l("not shown"),
    Why.NOT_PUBLISHED: _l("not published yet"),
    Why.NOT_BY_PART: _l("not told by part of town"),
    Why.NOT_HERE: _l("not counted here"),
    Why.NOT_TOGETHER: _l("not told for both at once"),
    Why.NO_RESIDENTS: _l("residents not known"),
    Why.TOO_FEW: _l("too few to tell"),
    Why.NOT_COMPARABLE: _l("not comparable"),
    Why.UNKNOWN: _l("not known"),
}

VERDICTS: Mapping[Verdict, LazyString] = {
    Verdict.MUCH_MORE_NEED: _l("much more need than supply"),
    Verdict.MORE_NEED: _l("more need than supply"),
    Verdict.NO_DIFFERENCE: _l("no clear difference"),
    Verdict.MORE_SUPPLY: _l("more supply than need"),
    Verdict.MUCH_MORE_SUPPLY: _l("much more supply than need"),
    Verdict.TOO_FEW: _l("too few to tell"),
    Verdict.NOT_COMPARABLE: _l("not comparable"),
}

MOVED: Mapping[Moved, LazyString] = {
    Moved.TO_GROUPS: _l(
        "One area of life or one group of people is told by planning area: for single parts of town the numbers would "
        "be too small."
    ),
    Moved.FROM_CONTEXT: _l(
        "Reports are not counted by this division, so they are shown by part of town. Supply and context can be shown "
        "for it."
    ),
    Moved.NOT_TOGETHER: _l(
        "Reports are told by area of life or by group of people, not by both at once. The group of people was left out."
    ),
    Moved.NO_GROUPS: _l(
        "One area of life or one group of people could be told by planning area only, and no planning areas are set up."
    ),
}


def target_label(target: str) -> str:
    """The name of a group of people, or of everybody together."""
    return str(_("All groups of people together") if target == ALL else Target(target).label)


def column_label(column: str, snapshot: Snapshot) -> str:
    """What stands above a column."""
    if column.startswith(LANGUAGE):
        code = column.removeprefix(LANGUAGE)
        return str(_("Services within 1,500 m that speak %(language)s", language=spoken_label(code)))
    if column.startswith(INDICATOR):
        found = indicator(column, snapshot)
        return str(
            _(
                "%(indicator)s in %(unit)s (%(day)s)",
                indicator=in_language(found.name).text,
                unit=in_language(found.unit).text,
                day=format_date(found.on),
            )
        )
    return str(COLUMNS[column])


def indicator(column: str, snapshot: Snapshot) -> Indicator:
    """The indicator of a column, on its day or on the latest.

    Raises:
        StopIteration: there is none.
    """
    return next(one for one in snapshot.indicators if column in {INDICATOR + one.key, dated(one)})


def spoken_label(code: str) -> str:
    """The name of a spoken language in the page's language."""
    known = (get_locale() or Locale.parse("en")).languages
    return str(known.get(code) or code)


def told_label(column: str, told: Told) -> str:
    """A cell in words: the number, "at least 20", or why there is none."""
    if told.value is None:
        if told.at_least:
            return str(_("at least %(least)s", least=number(told.at_least)))
        return str(REASONS[told.why or Why.UNKNOWN])
    return number_label(column, told.value)


def number_label(column: str, value: float) -> str:
    """A number as its column is written: an index with its sign, a year without a separator."""
    if column in INDEX:
        return str(format_decimal(value, "+0.00;−0.00")) if value else str(format_decimal(value, "0.00"))
    if column == Column.RESIDENTS_YEAR:
        return str(int(value))
    if column in {Column.RATE, Column.AVERAGE_NEAR, Column.AVERAGE_FAR}:
        return str(format_decimal(value, "#,##0.0"))
    return number(value)


def line_label(line: Line) -> str:
    """What a line is about besides its place."""
    if line.target != ALL:
        return target_label(line.target)
    return topic_label(line.topic)


def part_label(level: Level) -> str:
    """What one area of a level is called."""
    words = {Part.PARTS: _("Part of town"), Part.GROUPS: _("Planning area"), Part.CITY: _("Whole city")}
    return str(words.get(level.part) or in_language(level.name).text)


def trend_label(found: Trend) -> str:
    """A change in a sentence, with its uncertainty."""
    if found.course is Course.UNKNOWN or found.change is None or found.low is None or found.high is None:
        return str(_("The change cannot be told: one of the numbers is not shown."))
    said = {
        "before": number(found.before),
        "after": number(found.after),
        "change": percent(found.change),
        "low": percent(found.low),
        "high": percent(found.high),
    }
    if found.course is Course.ROSE:
        return str(_("Rose from %(before)s to %(after)s: %(change)s (between %(low)s and %(high)s).", **said))
    if found.course is Course.FELL:
        return str(_("Fell from %(before)s to %(after)s: %(change)s (between %(low)s and %(high)s).", **said))
    return str(_("From %(before)s to %(after)s: no clear change (between %(low)s and %(high)s).", **said))


def percent(value: float) -> str:
    """A change in per cent with its sign."""
    return str(format_percent(round(value) / 100, "+#,##0 %;−#,##0 %"))


def basis_note(snapshot: Snapshot) -> str:
    """What says where people live."""
    source = snapshot.basis_source
    if snapshot.basis is Basis.GRID and snapshot.basis_on:
        return str(
            _(
                "Where people live is taken from the census: squares of 100 m with their residents "
                "(%(source)s, %(day)s).",
                source=source,
                day=format_date(snapshot.basis_on, "long"),
            )
        )
    if snapshot.basis is Basis.SETTLED:
        return str(
            _(
                "Where people live is taken from the settled surface, each part of which counts alike (%(source)s): "
                "a census with squares of 100 m has not been imported.",
                source=source,
            )
        )
    return str(
        _(
            "Where people live is not known more closely, so each spot of an area counts alike: neither a census with "
            "squares of 100 m nor a settled surface has been imported."
        )
    )


def hidden_note(hidden: int) -> list[str]:
    """How many numbers of a page are not shown, where there are any."""
    if not hidden:
        return []
    return [
        _(
            "On this page %(number)s numbers are not shown, or cannot be told from those that are.",
            number=number(hidden),
        )
    ]


def notes(snapshot: Snapshot, level: Level | None, limit: int, hidden: int) -> list[str]:
    """What was left out and why, for the foot of a page. ``hidden`` is how many of its numbers are not shown."""
    said = [
        _(
            "A number below %(limit)s is never shown, so that nobody can be recognised. Numbers are shown in pairs: "
            "where one of a pair is too small, the other is left out as well, and further ones where they would give "
            "a small number away. So “not shown” can mean none, few or many.",
            limit=limit,
        ),
        *hidden_note(hidden),
        _("There is no total of gap reports, and no number by kind of report: with it somebody could work out what is "
          "not shown. The total is at least what the numbers shown come to."),
        _("Numbers are published once for each quarter and each year, a week after its end, and never change after "
          "that. Reports withdrawn later stay in numbers that were already published, and are in no new ones."),
        _("Only reports of gaps and barriers are counted by area, and only those whose senders agreed to be counted. "
          "Reports without a part of town, and those that an office must not learn of, are counted for the whole city "
          "only."),
        _("Experiences of racism and discrimination never stand on a map."),
        _("Rates per 1,000 residents and the mismatch index are compared only between areas whose residents were "
          "counted in the same year."),
        basis_note(snapshot),
        _("Walks of 800 m and 1,500 m are measured as the crow flies: the way on foot is longer."),
        _("Services count as their providers list them, also where nobody has confirmed them this year. “Open in the "
          "evening” and “without barriers” count only where it is known for certain."),
        _("Measures for the whole city are counted for the city and for no single area."),
    ]  # fmt: skip
    groups = snapshot.level(Part.GROUPS)
    if groups and groups.unconfirmed:
        said.append(_("Names and members of the planning areas are a proposal that the city has not confirmed yet."))
    if level and any(place.schematic for place in snapshot.places_of(level.key)):
        said.append(_("The outlines are schematic: they show roughly where an area is."))
    said.append(_("Few reports do not mean little need: many people do not know this platform yet."))
    return [str(one) for one in said]


def index_sentences() -> Sequence[str]:
    """How the mismatch index is made, in words."""
    return [
        str(one)
        for one in (
            _("The index compares each area with all areas of its kind whose number is shown and whose residents were "
              "counted in the same year."),
            _("N is how many gap reports there are per resident in the area, divided by the same number for all "
              "compared areas together."),
            _("S is how many services an average resident of the area has within 1,500 m, plus a half, divided by the "
              "same number for an average resident of all compared areas, plus a half. The half keeps areas without "
              "any service in the scale."),
            _("The index is 0 where need and supply are as elsewhere, +1 where there is twice as much need for the "
              "supply, and −1 where there is half as much."),
            _("The interval holds the index with a chance of 95 per cent, as far as chance in the number of reports is "
              "concerned. Where it reaches more than 1 to each side, there are too few reports to tell; where it holds "
              "0, there is no clear difference. By chance alone about one of twenty areas seems different."),
            _("The index does not know how large a service is, whether it is full, whom it turns away, or how many "
              "people never report."),
        )
    ]  # fmt: skip
