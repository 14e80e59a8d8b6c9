"""Simulated years of reports, and a reader of the published files who works alone, without any code of the app."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import highspy
import numpy as np

Place = tuple[str, str, str, str]
"""Table, period, row, column, as the CSV file names them."""


NEARLY = 1e-5

PLACED = frozenset({"groups", "groups-topics", "parts"})
"""The tables that tell gap reports by area."""

SINGLE = ("city-discrimination", "groups-discrimination", "city-languages", "city-answers", "city-measures")
"""The tables whose cells are unknowns of their own."""


GAP, DISCRIMINATION, IDEA = "gap", "discrimination", "idea"

LANGUAGES = {"de": 0.6, "en": 0.16, "ar": 0.14, "de-simple": 0.1}
"""The languages that reports are written in, with their shares."""

ANSWERS = {"three_days": 0.2, "ten_days": 0.4, "twenty_days": 0.2, "later": 0.08, "unanswered": 0.12}


@dataclass(frozen=True)
class Simulated:
    """A report as somebody sends it, and what became of it.

    ``part`` is ``None`` where no place is named; of discrimination there is ``group`` only.
    """

    part: str | None
    topic: str | None
    quarter: int
    targets: tuple[str, ...] = ()
    kind: str = GAP
    group: str | None = None
    language: str = "de"
    answer: str = "unanswered"
    measures: tuple[str, ...] = ()


def year_of_reports(
    seed: int, number: int, residents: Mapping[str, int], topics: Sequence[str], targets: Sequence[str]
) -> list[Simulated]:
    """Reports over parts of town by residents, some more than others, and over topics with a long tail."""
    chance = np.random.default_rng(seed)
    parts = sorted(residents)
    by_part = np.array([residents[part] for part in parts], float) * chance.lognormal(0, 0.4, len(parts))
    by_topic = 1 / np.arange(1, len(topics) + 1) ** chance.uniform(0.5, 1.3)
    by_topic = by_topic[chance.permutation(len(topics))] if seed % 2 else by_topic
    found = []
    for _ in range(number):
        named = chance.choice(len(targets), chance.integers(0, 3), replace=False)
        found.append(
            Simulated(
                None if chance.random() < 0.12 else parts[chance.choice(len(parts), p=by_part / by_part.sum())],
                None if chance.random() < 0.06 else topics[chance.choice(len(topics), p=by_topic / by_topic.sum())],
                int(chance.integers(1, 5)),
                tuple(targets[one] for one in named),
            )
        )
    return found


def everything(
    gaps: Sequence[Simulated],
    seed: int,
    groups: Sequence[str],
    topics: Sequence[str],
    measures: Sequence[str],
    discrimination: int = 50,
    ideas: int = 60,
) -> list[Simulated]:
    """The gap reports of a year with experiences of discrimination, ideas, and what became of each of them.

    A few measures are moved by many reports, most by hardly any. Experiences of discrimination are linked, too.
    """
    chance = np.random.default_rng([seed, 1])
    by_topic = 1 / np.arange(1, len(topics) + 1) ** chance.uniform(0.5, 1.5)
    by_measure = 0.3 / np.arange(1, len(measures) + 1) ** chance.uniform(0.7, 1.5)
    chance.shuffle(by_measure)
    by_group = chance.dirichlet(np.full(len(groups), 2.0))

    def topic() -> str:
        return topics[chance.choice(len(topics), p=by_topic / by_topic.sum())]

    def with_discrimination() -> Simulated:
        group = None if chance.random() < 0.2 else groups[chance.choice(len(groups), p=by_group)]
        return Simulated(None, topic(), int(chance.integers(1, 5)), kind=DISCRIMINATION, group=group)

    found = [*gaps, *(with_discrimination() for _ in range(discrimination))]
    found += [Simulated(None, topic(), int(chance.integers(1, 5)), kind=IDEA) for _ in range(ideas)]
    languages = chance.choice(list(LANGUAGES), len(found), p=list(LANGUAGES.values()))
    answers = chance.choice(list(ANSWERS), len(found), p=list(ANSWERS.values()))
    return [
        replace(
            one,
            language=str(language),
            answer=str(answer),
            measures=tuple(key for key, share in zip(measures, by_measure, strict=True) if chance.random() < share),
        )
        for one, language, answer in zip(found, languages, answers, strict=True)
    ]


def read_csv(body: bytes, delimiter: str = ",") -> dict[Place, int | None]:
    """The published numbers of the file, ``None`` where there is none."""
    rows = csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=delimiter)
    next(rows)
    return {
        (row[0], row[2], row[5] or "city", row[7]): int(row[9]) if row[9] else None
        for row in rows
        if row[0] not in {"services", "measures"}
    }


@dataclass
class Attacker:
    """Somebody who has read every file of a year, and knows which part of town belongs to which group.

    The unknowns are the gap reports themselves: how many of each (part of town, topic, quarter), and of each group how
    many name each group of people. The latter cannot exceed the reports of the group of parts.

    Experiences of discrimination are unknown by topic, and once more by group of parts; reports of all kinds by
    language, and once more by time until the answer. Both ways come to the same. All kinds are at least as many as gaps
    and discrimination, and as discrimination and what moved any one measure.
    """

    cells: Mapping[Place, int | None]
    group_of: Mapping[str, str]
    year: int
    solver: highspy.Highs = field(default_factory=highspy.Highs)

    def __post_init__(self) -> None:
        self.solver.silent()
        self.solver.setOptionValue("threads", 1)
        self.places = sorted({*self.group_of, "nowhere"})
        columns = {place[3] for place in self.cells if place[0] == "city-topics"}
        quarters = sorted({place[1] for place in self.cells if place[0] == "city-topics-quarter"})
        self.reports: dict[tuple[str, str, str], int] = {}
        for part in self.places:
            for topic in sorted(columns):
                for quarter in quarters:
                    self.reports[part, topic, quarter] = self._variable()
        self.people = {place: self._variable() for place in self.cells if place[0] == "groups-targets"}
        self.single = {place: self._variable() for place in self.cells if place[0] in SINGLE}
        self.members: dict[Place, list[int]] = {place: self._members(place) for place in self.cells}
        for row in sorted({place[2] for place in self.people}):
            here = self._of_group(row)
            for place, column in self.people.items():
                if place[2] == row:
                    self._row(0, highspy.kHighsInf, {**dict.fromkeys(here, 1.0), column: -1.0})
        self._tie_all_kinds()
        for place, value in self.cells.items():
            if value is not None:
                self._row(value, value, dict.fromkeys(self.members[place], 1.0))

    def _tie_all_kinds(self) -> None:
        racism, placed, languages, answers, measures = (
            [column for place, column in self.single.items() if place[0] == table] for table in SINGLE
        )
        if placed:
            self._row(0, 0, {**dict.fromkeys(racism, 1.0), **dict.fromkeys(placed, -1.0)})
        if languages:
            everything = dict.fromkeys(languages, 1.0)
            known = dict.fromkeys(racism, -1.0)
            self._row(0, 0, {**everything, **dict.fromkeys(answers, -1.0)})
            self._row(0, highspy.kHighsInf, everything | known | dict.fromkeys(self.reports.values(), -1.0))
            for measure in measures:
                self._row(0, highspy.kHighsInf, everything | known | {measure: -1.0})

    def _variable(self) -> int:
        self.solver.addVar(0.0, highspy.kHighsInf)
        return self.solver.getNumCol() - 1

    def _row(self, low: float, high: float, terms: Mapping[int, float]) -> None:
        self.solver.addRow(
            low, high, len(terms), np.array(list(terms), np.int32), np.array(list(terms.values()), float)
        )

    def _of_group(self, group: str) -> list[int]:
        return [
            column for (part, _t, _q), column in self.reports.items() if self.group_of.get(part, "nowhere") == group
        ]

    def _members(self, place: Place) -> list[int]:
        """The unknowns that a cell is the sum of."""
        table, period, row, column = place
        if place in self.single:
            return [self.single[place]]
        if table == "groups-targets":
            return [self.people[place]]
        if table == "city-targets":
            return [one for (_t, _p, _r, target), one in self.people.items() if target == column]
        return [
            one
            for (part, topic, quarter), one in self.reports.items()
            if (table != "city-topics-quarter" or quarter == period)
            and (column in {"all", topic})
            and (table != "parts" or part == row)
            and (not table.startswith("groups") or self.group_of.get(part, "nowhere") == row)
        ]

    def floor(self, place: Place) -> int:
        """What the shown parts of a hidden cell come to, by adding up."""
        table, _period, row, column = place
        inside: dict[str, list[int]] = defaultdict(list)
        for (other, _p, r, c), value in self.cells.items():
            part_of_it = {
                "city-topics": (other in {"city-topics-quarter", "groups-topics"} and c == column),
                "city-targets": other == "groups-targets" and c == column,
                "groups": (other == "groups-topics" and r == row) or (other == "parts" and self.group_of.get(r) == row),
            }.get(table, False)
            if part_of_it and value is not None:
                inside[other].append(value)
            if table == "groups" and other == "groups-targets" and r == row and value is not None:
                inside[f"{other} {c}"].append(value)
        return max(map(sum, inside.values()), default=0)

    def learn(self, places: Sequence[Place], low: float, high: float) -> None:
        """Something more that is told: together these cells are at least and at most so many."""
        terms = self._together(places)
        self._row(low, highspy.kHighsInf if high == math.inf else high, terms)

    def _together(self, places: Sequence[Place]) -> Counter[int]:
        """How often each unknown is in the sum of some cells."""
        return Counter(column for place in places for column in self.members[place])

    def span(self, place: Place) -> tuple[int, int | None]:
        """The least and the most that a hidden cell can be; ``None`` for no end."""
        return self.range((place,))

    def range(self, places: Sequence[Place]) -> tuple[int, int | None]:
        """The least and the most that some cells come to together."""
        terms = self._together(places)
        members = np.array(list(terms), np.int32)
        self.solver.changeColsCost(len(members), members, np.array(list(terms.values()), float))
        ends = [self._end(sense) for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize)]
        self.solver.changeColsCost(len(members), members, np.zeros(len(members)))
        assert ends[0] is not None, "nothing agrees with what is published"
        return ends[0], ends[1]

    def _end(self, sense: highspy.ObjSense) -> int | None:
        """The smallest or largest sum, in whole numbers."""
        self.solver.changeObjectiveSense(sense)
        every = np.arange(self.solver.getNumCol(), dtype=np.int32)
        for kind in (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger):
            self.solver.changeColsIntegrality(len(every), every, np.full(len(every), int(kind), np.uint8))
            self.solver.run()
            if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                unbounded = {highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible}
                assert self.solver.getModelStatus() in unbounded, "nothing agrees with what is published"
                return None
            values = np.array(self.solver.getSolution().col_value)
            # A corner in whole numbers needs no second, slower look.
            if np.abs(values - values.round()).max() < NEARLY:
                break
        return round(self.solver.getObjectiveValue())

    def hidden(self) -> list[Place]:
        """The cells without a number."""
        return [place for place, value in self.cells.items() if value is None]


def narrowest(attacker: Attacker, threshold: int) -> tuple[int, int | None]:
    """How many cells are hidden, and the smallest most that one of them can be.

    Fails where one cannot be 0 (or what its shown parts come to), or cannot be so much more than that.
    """
    least = None
    hidden = attacker.hidden()
    for place in hidden:
        low, high = attacker.span(place)
        floor = attacker.floor(place)
        assert low == floor, f"{place} is at least {low}, not {floor}"
        if high is not None:
            assert high - floor >= threshold, f"{place} is at most {high}"
            least = high - floor if least is None else min(least, high - floor)
    return len(hidden), least


def seen(reports: Iterable[Simulated], cells: Mapping[Place, int | None], group_of: Mapping[str, str], year: int,
         tables: frozenset[str]) -> int:  # fmt: skip
    """How many gap reports lie in a shown cell of some of the tables."""
    count = 0
    for one in (report for report in reports if report.kind == GAP):
        topic, group = one.topic or "other", group_of.get(one.part or "", "nowhere")
        places = {
            ("city-topics-quarter", f"{year}-Q{one.quarter}", "city", topic),
            ("city-topics", str(year), "city", topic),
            ("groups", str(year), group, "all"),
            ("groups-topics", str(year), group, topic),
            ("parts", str(year), one.part or "nowhere", "all"),
        }
        # Being told as one that is not counted by area does not count as being seen there.
        where = tables if one.part or not tables <= PLACED else frozenset()
        count += any(cells.get(place) is not None for place in places if place[0] in where)
    return count
