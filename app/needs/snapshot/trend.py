"""Whether a number of reports has really changed from one period to another, or only by chance. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import exp, log, sqrt

from app.needs.snapshot.mismatch import NORMAL_95


class Course(StrEnum):
    """What can be said of two numbers."""

    ROSE = "rose"
    FELL = "fell"
    UNCLEAR = "unclear"
    UNKNOWN = "unknown"
    """One of the two is not shown."""


@dataclass(frozen=True, slots=True)
class Trend:
    """From ``before`` to ``after``: the change in per cent and the ends of its 95 % interval.

    Both numbers are taken as counts of independent events (Poisson); the logarithm of their quotient then has the
    variance 1/before + 1/after.
    """

    course: Course
    before: int | None
    after: int | None
    change: float | None = None
    low: float | None = None
    high: float | None = None


def trend(before: int | None, after: int | None) -> Trend:
    """The change between two numbers that are shown."""
    if not before or not after:
        return Trend(Course.UNKNOWN, before, after)
    middle, arm = log(after / before), NORMAL_95 * sqrt(1 / before + 1 / after)
    course = Course.UNCLEAR
    if middle - arm > 0:
        course = Course.ROSE
    elif middle + arm < 0:
        course = Course.FELL
    change, low, high = (100 * (exp(one) - 1) for one in (middle, middle - arm, middle + arm))
    return Trend(course, before, after, change, low, high)
