"""The mismatch index: where need and supply part, and when there are too few reports to tell. Pure.

Of areas on one level that can be compared with each other (their number is shown, and their residents were counted in
the same year):

- need ratio ``N`` = reports per resident here ÷ reports per resident of all compared areas together;
- supply ratio ``S`` = (services in reach of an average resident here + ½) ÷ (the same of an average resident of all
  compared areas + ½). The half keeps an area without any service in the scale;
- index = log2(N / S): 0 as elsewhere, +1 twice as much need for the supply as elsewhere, −1 half as much.

Of the uncertainty the index knows only chance in the number of reports. Given how many reports there are in all, those
of one area are binomial, so the logarithm of its share has the variance 1/reports − 1/all; the interval holds 95 %.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log, log2, sqrt

HALF = 0.5
"""Services that every area is given besides its own."""
NORMAL_95 = 1.96
"""So many standard errors to each side hold 95 % of a normal distribution."""
WIDEST = 1.0
"""An interval with a longer arm tells nothing: it reaches from half as much to twice as much."""
CLEAR = 1.0
"""From here on the difference is a large one: twice, or half."""
FEWEST_AREAS = 2


class Verdict(StrEnum):
    """What the index says of an area."""

    MUCH_MORE_NEED = "much_more_need"
    MORE_NEED = "more_need"
    NO_DIFFERENCE = "no_difference"
    MORE_SUPPLY = "more_supply"
    MUCH_MORE_SUPPLY = "much_more_supply"
    TOO_FEW = "too_few"
    NOT_COMPARABLE = "not_comparable"


UNTOLD = (Verdict.TOO_FEW, Verdict.NOT_COMPARABLE)


@dataclass(frozen=True, slots=True)
class Compared:
    """An area as the index sees it. ``reach`` is how many services an average resident has within reach."""

    key: str
    reports: int | None
    residents: int | None
    year: int | None
    reach: float | None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The index of an area with the ends of its interval; all three are ``None`` where nothing can be told."""

    verdict: Verdict
    index: float | None = None
    low: float | None = None
    high: float | None = None


def main_year(areas: Collection[Compared]) -> int | None:
    """The year that residents of most areas with a number were counted in; of several the latest."""
    years = Counter(one.year for one in areas if one.reports and one.residents and one.year is not None)
    return max(years, key=lambda year: (years[year], year)) if years else None


def mismatches(areas: Sequence[Compared]) -> Mapping[str, Mismatch]:
    """The index of each area by its key."""
    year = main_year(areas)
    compared = [one for one in areas if _comparable(one, year)]
    told = {one.key for one in compared}
    reports = sum(one.reports or 0 for one in compared)
    residents = sum(one.residents or 0 for one in compared)
    if len(compared) < FEWEST_AREAS:
        return {one.key: _untold(one) for one in areas}
    reach = sum((one.residents or 0) * (one.reach or 0.0) for one in compared) / residents
    return {
        one.key: _told(one, reports / residents, reach, reports) if one.key in told else _untold(one) for one in areas
    }


def _comparable(area: Compared, year: int | None) -> bool:
    return bool(area.reports and area.residents and area.reach is not None and area.year == year)


def _untold(area: Compared) -> Mismatch:
    """A number that is hidden is too few to tell; one without residents of the same year cannot be compared."""
    return Mismatch(Verdict.NOT_COMPARABLE if area.reports else Verdict.TOO_FEW)


def _told(area: Compared, rate: float, reach: float, every: int) -> Mismatch:
    reports, residents = area.reports or 0, area.residents or 0
    need = reports / residents / rate
    supply = ((area.reach or 0.0) + HALF) / (reach + HALF)
    arm = NORMAL_95 / log(2) * sqrt(max(1 / reports - 1 / every, 0))
    if arm > WIDEST:
        return Mismatch(Verdict.TOO_FEW)
    index = log2(need / supply)
    return Mismatch(_verdict(index, arm), index, index - arm, index + arm)


def _verdict(index: float, arm: float) -> Verdict:
    if index - arm <= 0 <= index + arm:
        return Verdict.NO_DIFFERENCE
    if index > 0:
        return Verdict.MUCH_MORE_NEED if index >= CLEAR else Verdict.MORE_NEED
    return Verdict.MUCH_MORE_SUPPLY if index <= -CLEAR else Verdict.MORE_SUPPLY
