"""What an output tells about published cells, as equations and inequalities, without any code of the app."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.support.statistics import Attacker, Place

NUMBER = r"[+\-−]?\d[\d,]*(?:\.\d+)?"
NORMAL_95 = 1.96
WHOLE = 1e-6
"""So much further a rounded number may reach: computers count in halves of bits."""

UNTOLD = frozenset(
    {
        "not shown", "not published yet", "not told by part of town", "not counted here", "not told for both at once",
        "residents not known", "too few to tell", "not comparable", "not known", "–", "",
    }
)  # fmt: skip
"""What stands in place of a number and tells nothing of it."""

TOLD_APART = frozenset({"much more need than supply", "more need than supply", "no clear difference",
                        "more supply than need", "much more supply than need"})  # fmt: skip
"""What the index says in words where there are enough reports: at least one."""


@dataclass(frozen=True)
class Claim:
    """Together these cells are at least ``low`` and at most ``high``."""

    places: tuple[Place, ...]
    low: float
    high: float = math.inf

    @property
    def year(self) -> str:
        """Of which year it is. None speaks of two."""
        (year,) = {place[1][:4] for place in self.places}
        return year


def number(text: str) -> float | None:
    """A number as an English page writes it; ``None`` for words."""
    plain = text.strip().replace("−", "-").replace(",", "")
    return float(plain) if re.fullmatch(NUMBER, plain) else None


@dataclass
class Told:
    """Everything that was read, and where. ``residents`` are those of areas by level and key, as files tell them."""

    claims: dict[Claim, str] = field(default_factory=dict)
    residents: dict[tuple[str, str], float] = field(default_factory=dict)
    read: int = 0
    """How many places for a number were looked at, those without one too."""

    def _add(self, source: str, places: tuple[Place, ...], low: float, high: float = math.inf) -> None:
        assert places, f"{source} tells a number of what is never published"
        self.claims.setdefault(Claim(places, low, high), source)

    def count(self, source: str, places: tuple[Place, ...], text: str) -> None:
        """A number of reports as it is written: the number, "at least 20", or that there is none."""
        self.read += 1
        least = re.fullmatch(rf"at least ({NUMBER})", text.strip())
        value = number(least[1] if least else text)
        if value is not None:
            self._add(source, places, value, math.inf if least else value)
        else:
            assert text.strip() in UNTOLD, f"{source}: nobody understands {text!r}"

    def rate(self, source: str, places: tuple[Place, ...], text: str, where: tuple[str, str]) -> None:
        """Reports per 1,000 residents with one decimal."""
        self.read += 1
        value = number(text)
        if value is None:
            assert text.strip() in UNTOLD, f"{source}: nobody understands {text!r}"
            return
        each = self.residents[where] / 1000
        self._add(source, places, (value - 0.05) * each - WHOLE, (value + 0.05) * each + WHOLE)

    def index(self, source: str, places: tuple[Place, ...], told: str, low: str = "", high: str = "") -> None:
        """The mismatch index. There has to be a report; and the interval's width tells how many there are at most."""
        self.read += 1
        ends = number(low), number(high)
        if None not in ends:
            arm = (ends[1] - ends[0]) / 2 - 0.01  # type: ignore[operator]  # neither is None
            self._add(source, places, 1, (NORMAL_95 / math.log(2) / arm) ** 2 if arm > 0 else math.inf)
        elif number(told) is not None:
            self._add(source, places, 1)
        else:
            assert {told.strip(), low.strip(), high.strip()} <= UNTOLD, f"{source}: {told!r} {low!r} {high!r}"

    def verdict(self, source: str, places: tuple[Place, ...], words: str) -> None:
        """What the index says in words, or the class on a map."""
        self.read += 1
        if words in TOLD_APART:
            self._add(source, places, 1)
        else:
            assert words in UNTOLD, f"{source}: nobody understands {words!r}"

    def change(self, source: str, before: tuple[Place, ...], after: tuple[Place, ...], words: str) -> None:
        """A trend in words: it is told of two numbers, and names them."""
        self.read += 1
        found = re.match(rf"(?:Rose from|Fell from|From|from) ({NUMBER}) to ({NUMBER})(?:: | reports)", words)
        if found:
            self.count(source, before, found[1])
            self.count(source, after, found[2])
        elif words in {"has grown", "no more than chance"}:
            self._add(source, before, 1)
            self._add(source, after, 1)
        else:
            assert words in NO_CHANGE, f"{source}: nobody understands {words!r}"


NO_CHANGE = UNTOLD | {
    "The change cannot be told: one of the numbers is not shown.",
    "There is no such quarter yet.",
    "There is one year only.",
}


def unexplained(claims: Iterable[Claim], cells: Mapping[Place, int | None], attacker: Attacker) -> list[Claim]:
    """The claims about a year that do not follow from its published cells, which the attacker knows."""
    found = []
    for claim in claims:
        assert set(claim.places) <= cells.keys(), f"{claim} is told of a cell that was never published"
        shown = [cells[place] for place in claim.places]
        known = [value for value in shown if value is not None]
        least: float = sum(known)
        most: float = least
        if len(known) < len(shown):
            low, high = attacker.range(claim.places)
            least, most = low, math.inf if high is None else high
        if claim.low > least or claim.high < most:
            found.append(claim)
    return found
