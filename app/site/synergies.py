"""Where the plans act as one and where they do not: pure, from the edition in force and what is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.needs.domain import CITY, CITY_TOPICS, Figure, Published
from app.plans.document import Goal
from app.plans.domain import FieldCard, MeasureCard, PlanCard

Combination = tuple[tuple[str, ...], int]
"""Keys of plans in their order, and how many measures serve just these."""

COLUMN, ROW, BAR, LABELS, MARGIN = 44, 32, 110, 150, 8
"""Of the picture, in its own units: a column, a row of marks, the highest bar, the names of plans, the edge."""


def combinations(plans: Sequence[PlanCard], measures: Sequence[MeasureCard]) -> list[Combination]:
    """How many measures serve which plans together; those that serve most plans first."""
    order = {card.key: number for number, card in enumerate(plans)}
    found = Counter(tuple(sorted(set(one.plans) & set(order), key=order.__getitem__)) for one in measures)
    del found[()]
    return sorted(found.items(), key=lambda pair: (-len(pair[0]), [order[key] for key in pair[0]]))


@dataclass(frozen=True, slots=True)
class Mark:
    """A plan's mark at a position; an empty one says that the measures of the column do not serve it."""

    x: float
    y: float
    shape: str
    full: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """How many measures serve a combination: a bar on the line ``y`` + ``height``, with its number above."""

    x: float
    y: float
    width: float
    height: float
    count: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture: bars over a grid of marks, one row for each plan. ``names`` are (x, y, plan)."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    lines: tuple[tuple[float, float, float], ...]
    names: tuple[tuple[float, float, PlanCard], ...]


def drawn(plans: Sequence[PlanCard], found: Sequence[Combination], *, mirrored: bool) -> Drawing:
    """Lay the picture out; ``mirrored`` for languages that are read from right to left."""
    width = LABELS + COLUMN * len(found) + 2 * MARGIN
    top = MARGIN + 20
    most = max((count for _keys, count in found), default=1)

    def across(x: float) -> float:
        return width - x if mirrored else x

    bars, marks, lines = [], [], []
    for number, (keys, count) in enumerate(found):
        middle = MARGIN + LABELS + COLUMN * (number + 0.5)
        height = BAR * count / most
        bars.append(Bar(across(middle) - COLUMN / 4, top + BAR - height, COLUMN / 2, height, count))
        rows = [_row(top, place) for place, card in enumerate(plans) if card.key in keys]
        if len(rows) > 1:
            lines.append((across(middle), rows[0], rows[-1]))
        marks += [
            Mark(across(middle), _row(top, place), card.shape, card.key in keys) for place, card in enumerate(plans)
        ]
    names = tuple((across(MARGIN), _row(top, place), card) for place, card in enumerate(plans))
    return Drawing(width, _row(top, len(plans)), tuple(bars), tuple(marks), tuple(lines), names)


def _row(top: float, place: int) -> float:
    return top + BAR + MARGIN + ROW * (place + 0.5)


def loose_goals(goals: Sequence[Goal], measures: Sequence[MeasureCard]) -> list[Goal]:
    """The goals that no measure names, and no measure of one of their fields of action serves."""
    named = {key for one in measures for key in one.goals}
    served = {key for one in measures for key in one.fields}
    return [goal for goal in goals if goal.key not in named and not served & set(goal.fields_)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field of action with the published need of its areas of life, and how many measures there are."""

    field: FieldCard
    needs: tuple[tuple[str, Figure], ...]
    measures: int
    open_measures: int
    """Planned or under way."""

    @property
    def lacking(self) -> bool:
        """Whether people need something there and nothing is planned or under way."""
        return self.open_measures == 0 and any(figure.at_least for _topic, figure in self.needs)


def needs_without_measure(
    fields: Sequence[FieldCard], measures: Sequence[MeasureCard], published: Published | None
) -> list[Wanted]:
    """Each field of action that has areas of life: those that lack a measure first, else in the order of the plans."""
    found = []
    for one in fields:
        own = [measure for measure in measures if one.key in measure.fields]
        figures = tuple((key, published.figure(CITY_TOPICS, CITY, key)) for key in one.topics) if published else ()
        going = sum(measure.state in {"planned", "under_way"} for measure in own)
        if one.topics:
            found.append(Wanted(one, figures, len(own), going))
    return sorted(found, key=lambda wanted: not wanted.lacking)
