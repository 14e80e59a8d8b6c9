"""What published numbers give away: everything is read back from the page, the CSV file and the map's layer.

The promise: each hidden number can be anything from 0 to the threshold and beyond, for a reader of all publications of
a year; and most reports are seen all the same.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from itertools import product

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.core import choices
from app.core.codes import Topic
from app.core.languages import LANGUAGES
from app.core.revisions import touch
from app.core.texts import Localized
from app.disclosure.domain import Sum, blocks_of
from app.disclosure.protection import protected
from app.needs.domain import ALL, TARGETS, TOPICS, Geography, Period
from app.needs.layout import Facts, publication
from app.needs.snapshot import service as snapshots
from app.places import queries as places
from app.places.domain import AreaCard
from app.plans import queries as plans
from tests.support.forms import soup
from tests.support.simulated import geography, publish_year, put_in
from tests.support.statistics import (
    DISCRIMINATION,
    GAP,
    PLACED,
    Attacker,
    Simulated,
    everything,
    narrowest,
    read_csv,
    seen,
    year_of_reports,
)

YEAR = 2025
REPORTS = 600
THRESHOLD = 5
ALL_TABLES = PLACED | {"city-topics-quarter", "city-topics"}


def numbers_on(text: str) -> int | None:
    """A number as a page shows it; ``None`` for one that is not shown or only begun."""
    return int(text.replace(",", "")) if re.fullmatch(r"[\d,]+", text) else None


def table_of(page, name: str) -> list[list[str]]:
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")]
        for row in page.select(f"#{name} tbody tr")
    ]


def check_outputs(client, cells) -> int:
    """Page and layer say what the CSV file says, of the same cells, and nothing more. Gives how many were compared."""
    parts, groups = geography()
    names = {part.name.shown("en").text: ("parts", key) for key, part in parts.items()}
    group_names = {card.name.shown("en").text: card.key for card in places.areas(places.city().coarse_level)}
    year, compared = str(YEAR), 0
    for topic in (ALL, *TOPICS):
        page = soup(client.get(f"/en/needs/?topic={topic}"))
        layer = json.loads(client.get(f"/en/needs/files/areas.geojson?topic={topic}").get_data())
        drawn = {one["properties"]["name"]: one["properties"]["reports"] for one in layer["features"]}
        rows = page.select("#needs-table tbody tr")
        assert len(rows) == len(drawn) == (len(parts) if topic == ALL else len(groups))
        for row in rows:
            name = row.th.get_text(strip=True)
            place = (
                *(("parts", year, names[name][1]) if topic == ALL else ("groups-topics", year, group_names[name])),
                topic,
            )
            told = numbers_on(row.select_one("[data-column=reports]").get_text(strip=True))
            assert told == drawn[name] == cells[place], place
            compared += 1
    page = soup(client.get("/en/needs/time"))
    for row, topic in zip(table_of(page, "needs-quarters"), TOPICS, strict=True):
        told = [cells["city-topics-quarter", f"{year}-Q{number}", "city", topic] for number in (1, 2, 3, 4)]
        assert [numbers_on(text) for text in row[1:5]] == told
        compared += 4
    for row in soup(client.get("/en/needs/?level=planungsraum")).select("#needs-table tbody tr"):
        told = numbers_on(row.select_one("[data-column=reports]").get_text(strip=True))
        assert told == cells["groups", year, group_names[row.th.get_text(strip=True)], ALL]
        compared += 1
    page = soup(client.get("/en/needs/city"))
    for name, table, columns in (("needs-targets", "targets", TARGETS), ("needs-topics", "topics", TOPICS)):
        for row, column in zip(table_of(page, name), columns, strict=True):
            told = [cells[f"groups-{table}", year, key, column] for key in (*group_names.values(), "nowhere")]
            assert [numbers_on(text) for text in row[1:]] == [*told, cells[f"city-{table}", year, "city", column]]
            compared += len(row) - 1
    return compared + check_page_of_all_kinds(page, cells)


def check_page_of_all_kinds(page, cells) -> int:
    """The smaller tables: every number that is shown, at its place, and no other."""
    year = str(YEAR)
    groups = {card.name.shown("en").text: card.key for card in places.areas(places.city().coarse_level)}
    measures = {card.name.shown("en").text: card.key for card in plans.measures()}
    languages = {known.name: code for code, known in LANGUAGES.items()}
    topics = {row[0]: topic for row, topic in zip(table_of(page, "needs-topics"), TOPICS, strict=True)}
    compared = 0
    for name, table, key_of in (
        ("needs-languages", "city-languages", languages),
        ("needs-answers", "city-answers", None),
        ("needs-measures", "city-measures", measures),
        ("needs-discrimination", "city-discrimination", topics),
        ("needs-discrimination-groups", "groups-discrimination", groups),
    ):
        rows = [(row[0], numbers_on(row[1])) for row in table_of(page, name)]
        told = {place[2:]: value for place, value in cells.items() if place[:2] == (table, year)}
        expected = [value for place, value in told.items() if value is not None and place[0] != "nowhere"]
        placed = [(text, number) for text, number in rows if text != "Not counted by area"]
        assert sorted(number for _text, number in placed if number is not None) == sorted(expected), table
        for text, number in placed if key_of else ():
            key = key_of[text]
            assert told[(key, ALL) if key_of is groups else ("city", key)] == number, (table, text)
        compared += len(rows)
    return compared


def check_truth(reports: list[Simulated], cells) -> None:
    """What is shown of all kinds of reports is what was sent."""
    year = str(YEAR)
    for table, counts in (
        ("city-languages", Counter(one.language for one in reports)),
        ("city-measures", Counter(key for one in reports if one.kind != DISCRIMINATION for key in one.measures)),
        ("city-discrimination", Counter(one.topic for one in reports if one.kind == DISCRIMINATION)),
    ):
        for (name, _year, _row, column), value in cells.items():
            assert name != table or value in {None, counts[column]}, (table, column)
    groups = Counter(one.group or "nowhere" for one in reports if one.kind == DISCRIMINATION)
    told = {row: value for (name, _year, row, _all), value in cells.items() if name == "groups-discrimination"}
    assert all(value in {None, groups[row]} for row, value in told.items())
    answers = [value for (name, _year, _row, _column), value in cells.items() if name == "city-answers"]
    assert None in answers or sum(answers) == len(reports)
    assert cells["city-languages", year, "city", "de"] is not None


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_simulated_year_through_every_output(session, jena, sign_in, much, figure):
    parts, groups = geography()
    group_of = {key: groups[part.parent_id] for key, part in parts.items()}
    residents = {key: part.residents for key, part in parts.items()}
    partner = sign_in("partner", "en")
    lines = []
    for seed in range(much(1, 4)):
        with session.begin_nested() as year:
            # Every other city tells discrimination by planning area, too.
            by_area = seed % 2 == 0
            choices.choose(choices.BY_AREA, by_area, None)
            measures = sorted(card.key for card in plans.measures())
            gaps = year_of_reports(seed, REPORTS, residents, list(Topic), TARGETS)
            reports = everything(gaps, seed, sorted(groups.values()), list(TOPICS), measures)
            put_in(reports, seed, YEAR)
            seconds = publish_year(YEAR)
            snapshots.take()
            cells = read_csv(partner.get("/en/needs/needs.csv").get_data())
            of_gaps = 4 * 13 + 13 + 8 + 6 + 7 * 13 + 7 * 8 + 30
            assert len(cells) == of_gaps + 13 + 7 * by_area + 4 + 5 + len(measures)
            check_truth(reports, cells)
            compared = check_outputs(partner, cells)
            hidden, least = narrowest(Attacker(cells, group_of, YEAR), THRESHOLD)
            anywhere = seen(reports, cells, group_of, YEAR, ALL_TABLES) / REPORTS
            placed = seen(reports, cells, group_of, YEAR, PLACED) / REPORTS
            assert anywhere >= 0.7
            assert placed >= 0.7
            moved = sum(value is not None for place, value in cells.items() if place[0] == "city-measures")
            lines.append((hidden, len(cells), least, anywhere, placed, moved, seconds, compared))
            year.rollback()
        touch("needs")
        touch("choices")
    hidden, every, least, anywhere, placed, moved, seconds, compared = zip(*lines, strict=True)
    figure(
        f"{len(lines)} years of {REPORTS} gap reports, 50 of discrimination and 60 others: {min(hidden)} to "
        f"{max(hidden)} of {max(every)} cells hidden, narrowest range 0 to {min(least)}; {min(anywhere):.0%} of gap "
        f"reports in some published cell, {min(placed):.0%} in one by area; {min(moved)} to {max(moved)} measures with "
        f"a number; longest night {max(seconds):.1f} s; "
        f"{sum(compared)} numbers agree on page, CSV and GeoJSON"
    )


# Many years, without a database --------------------------------------------------------------------------------------


def town(sizes: tuple[int, ...]) -> Geography:
    """A town with so many parts in each group."""
    groups, parts = [], []
    for number, size in enumerate(sizes, start=1):
        groups.append(
            AreaCard(number, "g", f"g{number}", Localized(de="G"), None, None, None, False, number, None, None)
        )
        for place in range(size):
            key = 100 * number + place
            residents = 9000 // (place + 1) ** 2
            parts.append(
                AreaCard(key, "p", str(key), Localized(de="P"), number, residents, 2020, False, key, None, None)
            )
    return Geography(tuple(groups), tuple(parts))


def published(reports: list[Simulated], where: Geography, left: frozenset[int], measures: list[str], *, by_area: bool):
    """The cells of a year by place; the reports of ``left`` are withdrawn before its end."""

    def facts(those: list[Simulated]) -> Facts:
        gaps = [one for one in those if one.kind == GAP]
        racism = [one for one in those if one.kind == DISCRIMINATION]
        moved = Counter(key for one in those if one.kind != DISCRIMINATION for key in one.measures)
        return Facts(
            Counter((one.quarter, one.part or "nowhere", one.topic or "other") for one in gaps),
            Counter((one.part or "nowhere", target) for one in gaps for target in one.targets),
            Counter(one.topic for one in racism),
            Counter(one.language for one in those),
            Counter(one.answer for one in those),
            {key: moved[key] for key in measures},
            Counter(one.group or "nowhere" for one in racism) if by_area else None,
        )

    cells = ()
    for quarter in (1, 2, 3, 4):
        these = [one for one in reports if one.quarter == quarter]
        cells += publication(Period(YEAR, quarter), facts(these), where, THRESHOLD, cells)
    staying = [one for number, one in enumerate(reports) if number not in left]
    cells += publication(Period(YEAR), facts(staying), where, THRESHOLD, cells)
    return {tuple(cell.key): cell.value for cell in cells}


YEARS = st.tuples(
    st.lists(st.integers(1, 6), min_size=1, max_size=5),
    st.tuples(st.integers(0, 900), st.integers(0, 120), st.integers(0, 90)),
    st.integers(0, 10_000),
    st.integers(0, 20),
    st.integers(0, 12),
)
"""Parts of town in each group; how many reports of gaps, of discrimination and of other kinds; the seed of everything
else; how many leave before the year ends; how many measures there are."""


def simulated(sizes, numbers, seed, gone, measures):
    """The published cells of such a year, and the group of each part of town."""
    where = town(tuple(sizes))
    residents = {part.key: part.residents for part in where.parts}
    groups = {group.id: group.key for group in where.groups}
    keys = [f"m{number:02}" for number in range(measures)]
    gaps = year_of_reports(seed, numbers[0], residents, list(Topic), TARGETS)
    reports = everything(gaps, seed, sorted(groups.values()), list(TOPICS), keys, *numbers[1:])
    left = frozenset(random.Random(seed).sample(range(len(reports)), min(gone, len(reports))))  # noqa: S311 - no secret
    cells = published(reports, where, left, keys, by_area=seed % 2 == 0)
    return cells, {part.key: groups[part.parent_id] for part in where.parts}


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_no_year_in_any_town_narrows_a_hidden_number(much, figure):
    judged = [0, 0]

    # Without shrinking: each example takes seconds.
    @settings(max_examples=much(6, 150), derandomize=True, phases=[Phase.explicit, Phase.generate])
    @given(YEARS)
    def check(example):
        cells, group_of = simulated(*example)
        hidden, _least = narrowest(Attacker(cells, group_of, YEAR), THRESHOLD)
        judged[0] += 1
        judged[1] += hidden

    check()
    figure(f"{judged[1]} hidden cells in {judged[0]} simulated years, each 0 to {THRESHOLD} or more")


# Knowing the rule ----------------------------------------------------------------------------------------------------


def small_tables(most):
    """All tables of two rows and two columns with at most so many reports."""
    return (cells for cells in product(range(most + 1), repeat=4) if sum(cells) <= most)


def both_ways(cells, threshold=2):
    """Each cell, the sums of rows and those of columns, all published."""
    a, b, c, d = cells
    counts = {"a": a, "b": b, "c": c, "d": d, "ab": a + b, "cd": c + d, "ac": a + c, "bd": b + d}
    sums = [Sum((total,), tuple(total)) for total in ("ab", "cd", "ac", "bd")]
    blocks = [*blocks_of("abcd"), ("ab", "cd"), ("ac", "bd")]
    return tuple(sorted(protected(counts, blocks, sums, threshold).items()))


def all_kinds(most):
    """All tables of languages (a, b), answers (c, d) and gaps (g, h) with at most so many reports."""
    for total in range(most + 1):
        for a, c in product(range(total + 1), repeat=2):
            for g, h in product(range(total + 1), repeat=2):
                if g + h <= total:
                    yield a, total - a, c, total - c, g, h


def by_kind(cells, threshold=2):
    """Languages and answers come to the same; gap reports to no more."""
    counts = dict(zip("abcdgh", cells, strict=True))
    sums = [Sum(tuple("ab"), tuple("cd")), Sum(tuple("ab"), tuple("gh"), more=True)]
    return tuple(sorted(protected(counts, blocks_of("abcdgh"), sums, threshold).items()))


def moved(most):
    """All tables of languages (a, b), discrimination (d, e) and what moved two measures (m, n)."""
    for total in range(most + 1):
        for a, d, e in product(range(total + 1), repeat=3):
            for m, n in product(range(total - d - e + 1), repeat=2) if d + e <= total else ():
                yield a, total - a, d, e, m, n


def by_measure(cells, threshold=2):
    """With discrimination no measure exceeds all kinds of reports."""
    counts = dict(zip("abdemn", cells, strict=True))
    sums = [Sum(tuple("ab"), ("d", "e", one), more=True) for one in "mn"]
    return tuple(sorted(protected(counts, blocks_of("abdemn"), sums, threshold).items()))


RULES = {
    "rows and columns": ("abcd", small_tables, both_ways, sum, "", (8, 12)),
    "all kinds": ("abcdgh", all_kinds, by_kind, lambda cells: sum(cells[:2]), "ac", (6, 8)),
    "measures": ("abdemn", moved, by_measure, lambda cells: sum(cells[:2]), "a", (6, 8)),
}
"""The cells' names, all tables, what is published of one, how many reports it has, which cells tell that number where
they are shown, and the most that are tried."""


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", RULES)
def test_who_tries_the_rule_on_every_table_learns_nothing(much, figure, name):
    names, tables_of, rule, size, telling, mosts = RULES[name]
    alike: dict[tuple[tuple[str, int], ...], list[tuple[int, ...]]] = {}
    most = much(*mosts)
    for cells in tables_of(most):
        alike.setdefault(rule(cells), []).append(cells)
    judged = 0
    for shown, tables in alike.items():
        # Larger tables look alike, too, unless it is known how many there are: of the largest that were tried some
        # companions are missing.
        if min(map(size, tables)) > most - 5 and not set(telling) & set(dict(shown)):
            continue
        for place, cell in enumerate(names):
            if cell not in dict(shown):
                values = {cells[place] for cells in tables}
                assert min(values) == 0, f"{cell} cannot be 0 beside {shown}"
                assert max(values) >= 2, f"{cell} can only be small beside {shown}"
                judged += 1
    assert judged
    figure(
        f"{sum(map(len, alike.values()))} tables tried, {len(alike)} publications, {judged} hidden cells, none narrowed"
    )
