"""What published numbers give away: everything is read back from the page, the CSV file and the map's layer.

The promise: each hidden number can be anything from 0 to the threshold and beyond, for a reader of all publications of
a year; and most reports are seen all the same.
"""

from __future__ import annotations

import json
import random
import re
import time
from datetime import date, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.core.codes import Kind, Purpose, State, Topic, Where, Wish
from app.core.database import db, write
from app.core.revisions import touch
from app.core.texts import Localized
from app.directory import queries as directory
from app.disclosure.domain import Sum, blocks_of
from app.disclosure.protection import protected
from app.needs import service
from app.needs.domain import ALL, TARGETS, TOPICS, Geography, Period
from app.needs.layout import Facts, publication
from app.places import queries as places
from app.places.domain import AreaCard
from app.reports.models import Consent, Report
from tests.support.forms import soup
from tests.support.statistics import PLACED, Attacker, Simulated, read_csv, seen, year_of_reports

YEAR = 2025
REPORTS = 600
THRESHOLD = 5
ALL_TABLES = PLACED | {"city-topics-quarter", "city-topics"}


def geography():
    city = places.city()
    return {part.key: part for part in places.areas(city.needs_level)}, {
        group.id: group.key for group in places.areas(city.coarse_level)
    }


def put_in(reports: list[Simulated], seed: int) -> None:
    """As rows: what was said and who may read it does not matter here. A few are never to be counted."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    parts, _groups = geography()
    office = next(card.id for card in directory.organisations().values() if card.receives)
    for number, one in enumerate(reports):
        month = 3 * one.quarter - chance.randrange(3)
        row = Report(
            number=f"T-{seed}-{number}",
            received_at=datetime(YEAR, month, chance.randrange(1, 29), 12, tzinfo=ZoneInfo("Europe/Berlin")),
            state=State.RECEIVED,
            language="de",
            kind=chance.choice((Kind.GAP, Kind.BARRIER)),
            topic=one.topic,
            targets=list(one.targets),
            wish=Wish.DOCUMENT,
            where=Where.AREA if one.part else Where.NONE,
            area_id=parts[one.part].id if one.part else None,
            quarter=f"{YEAR}-Q{one.quarter}",
            office_id=office,
            fallback_office_id=office,
        )
        db.session.add(row)
        db.session.flush()
        write(Consent, {"report_id": row.id, "purpose": Purpose.STATISTICS})


def publish_year() -> float:
    """Night by night, as the worker does; gives the seconds of the longest night."""
    longest = 0.0
    for night in (date(YEAR, 4, 8), date(YEAR, 7, 8), date(YEAR, 10, 8), date(YEAR + 1, 1, 8)):
        before = time.perf_counter()
        service.publish_due(night)
        longest = max(longest, time.perf_counter() - before)
    return longest


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
        layer = json.loads(client.get(f"/en/needs/needs.geojson?topic={topic}").get_data())
        drawn = {one["properties"]["name"]: one["properties"]["gap_reports"] for one in layer["features"]}
        rows = table_of(page, "needs-table")
        assert len(rows) == len(drawn) == (len(parts) if topic == ALL else len(groups))
        for row in rows:
            place = (
                *(("parts", year, names[row[0]][1]) if topic == ALL else ("groups-topics", year, group_names[row[0]])),
                topic,
            )
            assert numbers_on(row[4]) == drawn[row[0]] == cells[place], place
            compared += 1
        whole = layer["needs"]["gap_reports"]
        assert whole == (None if topic == ALL else cells["city-topics", year, "city", topic])
    page = soup(client.get("/en/needs/"))
    for row, topic in zip(table_of(page, "needs-quarters"), TOPICS, strict=True):
        told = [cells["city-topics-quarter", f"{year}-Q{number}", "city", topic] for number in (1, 2, 3, 4)]
        assert [numbers_on(text) for text in row[1:]] == [*told, cells["city-topics", year, "city", topic]]
        compared += 5
    for row in table_of(page, "needs-groups"):
        assert numbers_on(row[3]) == cells["groups", year, group_names[row[0]], ALL]
    for row, target in zip(table_of(page, "needs-targets"), TARGETS, strict=True):
        told = [cells["groups-targets", year, key, target] for key in group_names.values()]
        assert [numbers_on(text) for text in row[1:]] == [*told, cells["city-targets", year, "city", target]]
        compared += len(row) - 1
    return compared


def narrowest(attacker: Attacker) -> tuple[int, int | None]:
    """How many cells are hidden, and the smallest most that one of them can be. Each can be 0."""
    least = None
    hidden = attacker.hidden()
    for place in hidden:
        low, high = attacker.span(place)
        floor = attacker.floor(place)
        assert low == floor, f"{place} is at least {low}, not {floor}"
        if high is not None:
            assert high - floor >= THRESHOLD, f"{place} is at most {high}"
            least = high - floor if least is None else min(least, high - floor)
    return len(hidden), least


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
            reports = year_of_reports(seed, REPORTS, residents, list(Topic), TARGETS)
            put_in(reports, seed)
            seconds = publish_year()
            cells = read_csv(partner.get("/en/needs/needs.csv").get_data())
            assert len(cells) == 4 * 13 + 13 + 8 + 6 + 7 * 13 + 7 * 8 + 30 + 13
            compared = check_outputs(partner, cells)
            hidden, least = narrowest(Attacker(cells, group_of, YEAR))
            anywhere = seen(reports, cells, group_of, YEAR, ALL_TABLES) / REPORTS
            by_area = seen(reports, cells, group_of, YEAR, PLACED) / REPORTS
            assert anywhere >= 0.7
            assert by_area >= 0.7
            lines.append((hidden, least, anywhere, by_area, seconds, compared))
            year.rollback()
        touch("needs")
    hidden, least, anywhere, by_area, seconds, compared = zip(*lines, strict=True)
    figure(
        f"{len(lines)} years of {REPORTS} reports: {min(hidden)} to {max(hidden)} of 269 cells hidden, "
        f"narrowest range 0 to {min(least)}; {min(anywhere):.0%} of reports in some published cell, "
        f"{min(by_area):.0%} in one by area; longest night {max(seconds):.1f} s; "
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


def published(reports: list[Simulated], where: Geography, left: frozenset[int] = frozenset()):
    """The cells of a year by place; the reports of ``left`` are withdrawn before its end."""

    def facts(those: list[Simulated]) -> Facts:
        gaps: dict[tuple[int, str, str], int] = {}
        people: dict[tuple[str, str], int] = {}
        for one in those:
            key = (one.quarter, one.part or "nowhere", one.topic or "other")
            gaps[key] = gaps.get(key, 0) + 1
            for target in one.targets:
                people[one.part or "nowhere", target] = people.get((one.part or "nowhere", target), 0) + 1
        return Facts(gaps, people, {})

    cells = ()
    for quarter in (1, 2, 3, 4):
        these = [one for one in reports if one.quarter == quarter]
        cells += publication(Period(YEAR, quarter), facts(these), where, THRESHOLD, cells)
    staying = [one for number, one in enumerate(reports) if number not in left]
    cells += publication(Period(YEAR), facts(staying), where, THRESHOLD, cells)
    return {tuple(cell.key): cell.value for cell in cells}


YEARS = st.tuples(
    st.lists(st.integers(1, 6), min_size=1, max_size=5), st.integers(0, 900), st.integers(0, 10_000), st.integers(0, 20)
)
"""Parts of town in each group; how many reports; the seed of everything else; how many leave before the year ends."""


def simulated(sizes, number, seed, gone):
    """The published cells of such a year, and the group of each part of town."""
    where = town(tuple(sizes))
    residents = {part.key: part.residents for part in where.parts}
    reports = year_of_reports(seed, number, residents, list(Topic), TARGETS)
    left = frozenset(random.Random(seed).sample(range(number), min(gone, number)))  # noqa: S311 - no secret
    groups = {group.id: group.key for group in where.groups}
    return published(reports, where, left), {part.key: groups[part.parent_id] for part in where.parts}


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_no_year_in_any_town_narrows_a_hidden_number(much, figure):
    judged = [0, 0]

    # Without shrinking: each example takes seconds.
    @settings(max_examples=much(6, 150), derandomize=True, phases=[Phase.explicit, Phase.generate])
    @given(YEARS)
    def check(example):
        cells, group_of = simulated(*example)
        hidden, _least = narrowest(Attacker(cells, group_of, YEAR))
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


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_who_tries_the_rule_on_every_table_learns_nothing(much, figure):
    alike: dict[tuple[tuple[str, int], ...], list[tuple[int, ...]]] = {}
    most = much(8, 12)
    for cells in small_tables(most):
        alike.setdefault(both_ways(cells), []).append(cells)
    judged = 0
    for shown, tables in alike.items():
        # Larger tables look alike, too: of the largest that were tried some companions are missing.
        if min(map(sum, tables)) > most - 5:
            continue
        for place, name in enumerate("abcd"):
            if name not in dict(shown):
                values = {cells[place] for cells in tables}
                assert min(values) == 0, f"{name} cannot be 0 beside {shown}"
                assert max(values) >= 2, f"{name} can only be small beside {shown}"
                judged += 1
    assert judged
    figure(
        f"{sum(map(len, alike.values()))} tables tried, {len(alike)} publications, {judged} hidden cells, none narrowed"
    )
