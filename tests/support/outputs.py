"""The pages, pictures and files of the needs, read by somebody who writes down what each says of published cells."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import openpyxl
from bs4 import BeautifulSoup, Tag

from tests.support import papers
from tests.support.claims import NUMBER, Told
from tests.support.statistics import Place, read_csv

ALL, CITY, PARTS, GROUPS = "all", "city", "ortsteil", "planungsraum"
REPORTS, RATE, INDEX, LOW, HIGH, RESIDENTS = (
    "reports", "reports_per_1000", "mismatch", "mismatch_low", "mismatch_high", "residents",
)  # fmt: skip
HEADS = {
    "Gap reports": REPORTS,
    "Gap reports per 1,000 residents": RATE,
    "Mismatch index": INDEX,
    "Mismatch index: lower end": LOW,
    "Mismatch index: upper end": HIGH,
    "Residents": RESIDENTS,
}
"""The columns that tell of reports, as files call them, and residents; the pages have the short names."""

SILENT = ("0", "hidden")
"""Classes of a map that tell nothing of reports."""

HARMLESS = tuple(
    re.compile(one)
    for one in (
        r"\b[A-Z][a-z]+ \d{1,2}, 20\d\d",
        r"\b20\d\d(?:[- ]Q[1-4]|, quarter [1-4])?\b",
        r"per 1,000",
        r"\b(?:800|1,500) m\b",
        r"A number (?:of reports )?below \d is never shown",
        r"Numbers below \d",
        r"On this page [\d,]+ numbers are not shown",
        r"\d+ numbers? (?:is|are) not shown or not known",
        r"95 %|95 per cent",
        r"[Ss]napshot [0-9a-f]{12}\b|\b[0-9a-f]{64}\b",
        r"30 digits",
        r"\b\d{1,2}/\d{1,2}/\d\d, \d{1,2}:\d\d\s[AP]M\b",
        r"For \d+ areas there are too few reports to tell",
        r"± 1\.96 ÷ ln 2 × √\(1 ÷ reports here − 1 ÷ all reports\)",
        r"Where it reaches more than 1 to each side|where it holds 0",
    )
)
"""Numbers beside the word "reports" that say nothing of how many there were."""


@dataclass
class Names:
    """What the file of all published numbers calls things: the key by the name, for each table of the list."""

    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, body: bytes) -> Names:
        """From that file."""
        found = cls()
        _head, *lines = csv.reader(io.StringIO(body.decode("utf-8-sig")))
        for line in lines:
            found.columns.setdefault(line[0], {})[line[8]] = line[7]
            found.rows.setdefault(line[0], {})[line[6]] = line[5] or CITY
        return found

    @property
    def topics(self) -> Mapping[str, str]:
        """Areas of life."""
        return {**self.columns["city-topics"], "All areas of life together": ALL}

    @property
    def targets(self) -> Mapping[str, str]:
        """Groups of people."""
        return self.columns["city-targets"]

    def area(self, level: str, name: str) -> str:
        """The key of an area."""
        if level == CITY:
            return CITY
        return self.rows["groups" if level == GROUPS else "parts"][name]

    def subject(self, name: str) -> tuple[str, str]:
        """Area of life and group of people of a line."""
        return (ALL, self.targets[name]) if name in self.targets else (self.topics[name], ALL)


@dataclass
class Outputs:
    """A reader with an account; ``cells`` are those of the file of all published numbers."""

    get: Callable[[str], bytes]
    told: Told = field(default_factory=Told)
    cells: dict[Place, int | None] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    unread: list[str] = field(default_factory=list)
    """What may be a number of reports and is understood by nobody here; it has to stay empty."""

    def begin(self) -> None:
        """Read what has been published, and how many live where."""
        body = self.get("/en/needs/needs.csv")
        self.cells, self.names = read_csv(body), Names.read(body)
        for level in (PARTS, GROUPS):
            for line in _of_csv(self.get(f"/en/needs/files/areas.csv?level={level}")):
                if line[RESIDENTS].replace(",", "").isdigit():
                    self.told.residents[level, line["Key of the area"]] = float(line[RESIDENTS])

    # Cells -----------------------------------------------------------------------------------------------------------

    def at(self, level: str, key: str, topic: str, target: str, period: str) -> tuple[Place, ...]:
        """The cells that a number is the sum of; none where there is never to be one."""
        if ALL not in {topic, target} or (level == PARTS and {topic, target} != {ALL}):
            return ()
        if level == CITY and topic == target == ALL:
            table = "city-topics-quarter" if "Q" in period else "city-topics"
            return tuple(place for place in self.cells if place[:2] == (table, period))
        if "Q" in period:
            return (("city-topics-quarter", period, CITY, topic),) if level == CITY and target == ALL else ()
        column = target if target != ALL else topic
        kind = "" if level == PARTS or column == ALL else "-targets" if target != ALL else "-topics"
        table = {CITY: "city", GROUPS: "groups", PARTS: "parts"}.get(level)
        return ((f"{table}{kind}", period, key, column),) if table else ()

    def line(self, source: str, level: str, key: str, about: tuple[str, str, str], told: Mapping[str, str]) -> None:
        """What a line says of a place; ``about`` is area of life, group of people and period."""
        places = self.at(level, key, *about)
        source = f"{source}: {level}/{key} {' '.join(about)}"
        if REPORTS in told:
            self.told.count(source, places, told[REPORTS])
        if RATE in told:
            self.told.rate(source, places, told[RATE], (level, key))
        if INDEX in told:
            self.told.index(source, places, told[INDEX], told.get(LOW, ""), told.get(HIGH, ""))

    def page(self, address: str) -> Tag:
        """The main part of a page."""
        main = BeautifulSoup(self.get(address), "html.parser").main
        assert main is not None, address
        for one in main.select("nav, form.tk-needs__filter, script"):
            one.decompose()
        return main

    def done(self, main: Tag, address: str, *read: str) -> None:
        """All pictures are looked at; beside what was read no number of reports may stand on the page."""
        for one in main.select(", ".join(read)) if read else ():
            one.decompose()
        self.unread += [f"{address}: {one}" for one in unread(main)]

    # Pages -----------------------------------------------------------------------------------------------------------

    def map(self, year: str, level: str, topic: str = ALL, target: str = ALL, show: str = INDEX) -> None:
        """The map with its list, and its chart."""
        query = urlencode({"year": year, "level": level, "topic": topic, "target": target, "show": show})
        main = self.page(f"/en/needs/?{query}")
        level, about = main.select_one("#needs-pick input[name=level]")["value"], (topic, target, year)
        for row in main.select("#needs-table [data-map-area]"):
            key = row["data-map-area"]
            self.line("map", level, key, about, _columns(row))
            self._on_map(self.at(level, key, *about), (level, key), row, show)
        self.line("map", CITY, CITY, about, _columns(main.select_one("#needs-table tfoot")))
        self.chart("areas", query, level, about, main)
        self.done(main, query, "#needs-table", "img")

    def _on_map(self, places: tuple[Place, ...], where: tuple[str, str], row: Tag, show: str) -> None:
        source, text = f"map of {show}, {where}", row["data-map-text"]
        told = text.split(": ", 1)[1].split(". ")[0].rstrip(".")
        if show == INDEX:
            self.told.index(source, places, told)
            self.told.verdict(source, places, text.split("In words: ")[1].rstrip("."))
        elif show == RATE:
            self.told.rate(source, places, told, where)
        if show in {INDEX, RATE} and row["data-map-class"] not in SILENT:
            self.told.verdict(source, places, "no clear difference")

    def matrix(self, year: str, show: str) -> None:
        """Areas by area of life, and the heat map."""
        query = urlencode({"year": year, "show": show})
        main = self.page(f"/en/needs/matrix?{query}")
        topics = [head["data-topic"] for head in main.select("#needs-matrix [data-topic]")]
        for row in main.select("#needs-matrix [data-area]"):
            for topic, cell in zip(topics, row.select("td"), strict=True):
                about = (topic, ALL, year)
                self.line("matrix", GROUPS, row["data-area"], about, _columns(cell))
                if not {f"tk-heat--{code}" for code in SILENT} & set(cell["class"]):
                    places = self.at(GROUPS, row["data-area"], *about)
                    self.told.verdict(f"matrix of {show}", places, "no clear difference")
        self.chart("matrix", query, GROUPS, (ALL, ALL, year), main)
        self.done(main, query, "#needs-matrix", "img")

    def profile(self, year: str, level: str, key: str) -> None:
        """Everything of one area: page and PDF."""
        main, source = self.page(f"/en/needs/areas/{level}/{key}?year={year}"), f"profile of {key}"
        self.line(source, level, key, (ALL, ALL, year), _columns(main.select_one("#needs-facts")))
        for row in main.select("#needs-profile [data-topic]"):
            self.line(source, level, key, (row["data-topic"], row["data-target"], year), _columns(row))
        years = []
        for row in main.select("#needs-years tbody tr"):
            years.append(_text(row.th))
            self.line(source, level, key, (ALL, ALL, years[-1]), _columns(row))
        flow = [("p", _text(one)) for one in main.find_all("p")]
        self._words(source, level, key, year, years, flow)
        asked = f"level={level}&area={key}&year={year}"
        self.chart("years", asked, level, (ALL, ALL, ""), main)
        for one in main.find_all("p"):
            if re.match(r"Rose|Fell|From \d", _text(one)):
                one.decompose()
        self.done(main, source, "#needs-facts", "#needs-profile", "#needs-years", "img")
        self._profile_pdf(level, key, year, asked)

    def _words(self, source: str, level: str, key: str, year: str, years: Sequence[str], flow: Iterable[Any]) -> None:
        """What sentences say: need beside supply, and the last change."""
        for _kind, text in flow:
            if text.startswith("Need beside supply: "):
                places = self.at(level, key, ALL, ALL, year)
                self.told.verdict(source, places, text.split(": ", 1)[1].split(". ")[0].rstrip("."))
            if re.match(r"Rose|Fell|From \d|The change cannot", text):
                before, after = (self.at(level, key, ALL, ALL, one) for one in years[-2:])
                self.told.change(source, before, after, text)

    def _profile_pdf(self, level: str, key: str, year: str, asked: str) -> None:
        made = papers.pdf(self.get(f"/en/needs/files/profile.pdf?{asked}"))
        source, squeezed = f"PDF of {key}", {head.replace(" ", ""): column for head, column in HEADS.items()}
        facts = {squeezed.get(row[0].replace(" ", ""), ""): row[1] for row in made.tables["All areas of life together"]}
        self.line(source, level, key, (ALL, ALL, year), facts)
        head, *rows = made.tables["Need, supply and effort"]
        columns = [squeezed.get(name.replace(" ", ""), "") for name in head]
        for row in rows:
            topic, target = self.names.subject(row[0])
            self.line(source, level, key, (topic, target, year), dict(zip(columns, row, strict=True)))
        _head, *by_year = made.tables.get("Gap reports by year", [[]])
        for period, reports, rate in by_year:
            self.line(source, level, key, (ALL, ALL, period), {REPORTS: reports, RATE: rate})
        self._words(source, level, key, year, [row[0] for row in by_year], made.flow)
        said = [text for _kind, text in made.flow if not re.match(r"Rose|Fell|From \d", text)]
        self.unread += [f"{source}: {text}" for text in said if tells(text)]
        for alternative in made.charts:
            self.alternative(source, level, (ALL, ALL, ""), alternative)

    def compare(self, year: str, level: str, pair: tuple[str, str]) -> None:
        """Two areas side by side."""
        query = urlencode({"year": year, "level": level, "area": pair}, doseq=True)
        main = self.page(f"/en/needs/compare?{query}")
        sides: tuple[dict[str, str], dict[str, str]] = ({}, {})
        for row in main.select("#needs-compare tbody tr"):
            for key, cell, side in zip(pair, row.select("td"), sides, strict=True):
                if _text(row.th) == "Need beside supply":
                    self.told.verdict("comparison", self.at(level, key, ALL, ALL, year), _text(cell))
                else:
                    side[cell["data-column"]] = _text(cell)
        for key, side in zip(pair, sides, strict=True):
            self.line("comparison", level, key, (ALL, ALL, year), side)
        self.chart("years", query, level, (ALL, ALL, ""), main)
        self.done(main, query, "#needs-compare", "img")

    def time(self, level: str, topic: str = ALL, target: str = ALL) -> None:
        """The city by quarter and areas by year, with what is said of changes."""
        query = urlencode({"level": level, "topic": topic, "target": target})
        main = self.page(f"/en/needs/time?{query}")
        _first, *heads, _last = (_text(one).replace(" ", "-") for one in main.select("#needs-quarters thead th"))
        periods = [re.sub(r"(20\d\d).*([1-4])$", r"\1-Q\2", head) for head in heads]
        for row in main.select("#needs-quarters [data-topic]"):
            *cells, change = row.select("td")
            abouts = [(row["data-topic"], ALL, period) for period in periods]
            for about, cell in zip(abouts, cells, strict=True):
                self.line("quarters", CITY, CITY, about, {REPORTS: _text(cell)})
            before, after = (self.at(CITY, CITY, *abouts[place]) for place in (-5, -1))
            self.told.change("quarters", before, after, _text(change))
        years = [_text(one) for one in main.select("#needs-years thead th")][1:-1]
        for row in main.select("#needs-years [data-area]"):
            here = CITY if row["data-area"] == CITY else level
            *cells, change = row.select("td")
            for year, cell in zip(years, cells, strict=True):
                self.line("years", here, row["data-area"], (topic, target, year), {REPORTS: _text(cell)})
            before, after = (self.at(here, row["data-area"], topic, target, year) for year in years[-2:])
            self.told.change("years", before, after, _text(change))
        self.chart("quarters", query, CITY, (topic, ALL, ""), main)
        self.chart("years", query, level, (topic, target, ""), main)
        self.done(main, query, "#needs-quarters", "#needs-years", "img")

    def city(self, year: str) -> None:
        """Every table of the whole city."""
        main, names = self.page(f"/en/needs/city?year={year}"), self.names
        for table, listed in (("needs-targets", "groups-targets"), ("needs-topics", "groups-topics")):
            _first, *heads = (_text(one) for one in main.select(f"#{table} thead th"))
            keys = [names.rows[listed].get(head, CITY) for head in heads]
            for row in main.select(f"#{table} tbody tr"):
                column = {**names.columns[listed]}[_text(row.th)]
                for key, cell in zip(keys, row.select("td"), strict=True):
                    own = listed.replace("groups", "city") if key == CITY else listed
                    self.told.count(f"city page, {own}", ((own, year, key, column),), _text(cell))
        for name in ("languages", "answers", "measures", "discrimination"):
            listed = f"city-{name}"
            for row in main.select(f"#needs-{name} tbody tr"):
                column = names.columns[listed][_text(row.th)]
                self.told.count(f"city page, {listed}", ((listed, year, CITY, column),), _text(row.td))
        for row in main.select("#needs-discrimination-groups tbody tr"):
            key = names.rows["groups-discrimination"][_text(row.th)]
            place = ("groups-discrimination", year, key, ALL)
            self.told.count("city page, groups-discrimination", (place,), _text(row.td))
        tables = ("targets", "topics", "languages", "answers", "measures", "discrimination", "discrimination-groups")
        self.done(main, "city page", *(f"#needs-{name}" for name in tables))

    # Pictures --------------------------------------------------------------------------------------------------------

    def chart(self, name: str, query: str, level: str, about: tuple[str, str, str], main: Tag) -> None:
        """The picture, by the labels of its marks, and the text that stands for it on the page."""
        found = main.select_one(f'img[src*="/charts/{name}.svg"]')
        if found is None:
            return
        self.alternative(name, level, about, found["alt"])
        drawn = BeautifulSoup(self.get(f"/en/needs/charts/{name}.svg?{query}"), "html.parser")
        waiting: list[dict[str, str]] = []
        for mark in drawn.select("[aria-label]"):
            label = mark["aria-label"]
            said = dict(part.split(": ", 1) for part in label.split("; ") if ": " in part)
            if title := re.fullmatch(r"Title text '(.*)'", label):
                self._panel(level, about, title[1], waiting)
                waiting = []
            elif "axis" not in label and "height" in said:
                waiting.append(said)
            elif "axis" not in label and "row" in said:
                self._mark(level, about, said)
        if waiting:
            self._panel(level, about, "", waiting)

    def _mark(self, level: str, about: tuple[str, str, str], said: Mapping[str, str]) -> None:
        key = self.names.area(level, said["row"])
        if "column" in said:
            about = (self.names.topics[said["column"]], *about[1:])
        places = self.at(level, key, *about)
        if said.get("code", "0") not in SILENT:
            self.told.verdict("heat map", places, "no clear difference")
        for head, column in ((head, column) for head, column in HEADS.items() if head in said):
            self.line("chart", level, key, about, {column: said[head]})
        if {"value", "high"} & set(said):
            self.told.index("chart", places, said.get("value") or said["high"])

    def _panel(self, level: str, about: tuple[str, str, str], title: str, marks: Iterable[Mapping[str, str]]) -> None:
        """The bars of one line over time."""
        topic, target, _period = about
        key = CITY
        if level == CITY and title:
            topic = self.names.topics[title]
        elif title:
            level, key = (
                (CITY, CITY) if title not in self.names.rows[_table(level)] else (level, self.names.area(level, title))
            )
        for said in marks:
            period = said["column"].replace(" ", "-")
            if said.get("text") == "?":
                assert said["height"] == "0", "what is hidden has a height"
            elif "text" in said:
                assert said["text"] == said["height"]
                self.line("chart", level, key, (topic, target, period), {REPORTS: said["text"]})

    def alternative(self, source: str, level: str, about: tuple[str, str, str], text: str) -> None:
        """The text that stands for a picture."""
        column = next((HEADS[head] for head in HEADS if text.startswith(f"Bars: {head}. ")), None)
        pairs = re.findall(rf"(?:Highest in|lowest in) (.+?) with ({NUMBER})(?=[,.])", text) if column else []
        for name, value in pairs:
            self.line(source, level, self.names.area(level, name), about, {column or "": value})
        if heat := re.search(rf"Gap reports per 1,000 residents\. Highest for (.+) in (.+) with ({NUMBER})\.", text):
            about = (self.names.topics[heat[1]], *about[1:])
            self.line(source, level, self.names.area(level, heat[2]), about, {RATE: heat[3]})
        most = re.search(rf"gap reports\. Most for (.+) in (20\d\d)(?: (Q\d))? with ({NUMBER})\.", text)
        if most:
            period = f"{most[2]}-{most[3]}" if most[3] else most[2]
            self._panel(level, about, most[1], [{"column": period, "text": most[4], "height": most[4]}])
        if not (column or heat or most) and tells(text):
            self.unread.append(f"{source}: {text}")

    # Files -----------------------------------------------------------------------------------------------------------

    def file(self, view: str, query: Mapping[str, Any], kinds: Sequence[str] = ("csv", "xlsx", "geojson")) -> None:
        """A page's table in each kind of file."""
        for kind in kinds:
            body = self.get(f"/en/needs/files/{view}.{kind}?{urlencode(query, doseq=True)}")
            if kind == "geojson":
                self._geojson(f"{view}.{kind}", body)
                continue
            for line in _of_csv(body) if kind == "csv" else _of_workbook(body):
                about = (line["Key of the area of life"], line["Key of the group of people"],
                         line["Period of the reports"])  # fmt: skip
                self.line(f"{view}.{kind}", line["Level"], line["Key of the area"], about, line)

    def _geojson(self, source: str, body: bytes) -> None:
        for feature in json.loads(body)["features"]:
            told = feature["properties"]
            lines: dict[tuple[str, ...], dict[str, str]] = {}
            for name, value in told.items():
                *before, column = name.split(".")
                if column in HEADS.values():
                    least = told.get(f"{name}_at_least")
                    said = f"at least {least}" if value is None and least else "" if value is None else f"{value}"
                    lines.setdefault(tuple(before), {})[column] = said
            for before, line in lines.items():
                topics, targets = self.names.topics.values(), self.names.targets.values()
                about = (
                    told.get("topic") or next((one for one in before if one in topics), ALL),
                    told.get("target") or next((one for one in before if one in targets), ALL),
                    told.get("period") or next((one for one in before if one.startswith("20")), ""),
                )
                self.line(source, told["level"], told["key"], about, line)


def tells(text: str) -> bool:
    """Whether a sentence speaks of reports and has a number that nothing explains."""
    for harmless in HARMLESS:
        text = harmless.sub("", text)
    return bool(re.search(r"report", text, re.IGNORECASE) and re.search(r"\d", text))


def unread(main: Tag) -> list[str]:
    """What is left on a page that may be a number of reports: sentences, entries of lists, tables."""
    found = []
    for table in main.select("table"):
        heads = _text(table.caption) + " ".join(_text(one) for one in table.select("thead th"))
        if re.search(r"report", heads, re.IGNORECASE) and tells(f"report {_text(table)}"):
            found.append(heads)
        table.decompose()
    found += [_text(one) for one in main.select("p, li, dt, figcaption, h1, h2, h3, summary") if tells(_text(one))]
    for term in main.select("dt"):
        if "report" in _text(term).lower():
            found += [_text(one) for one in term.find_next_siblings("dd") if tells(f"report {_text(one)}")]
    return found + [one["alt"] for one in main.select("img[alt]") if tells(one["alt"])]


def _table(level: str) -> str:
    return "groups" if level == GROUPS else "parts"


def _text(tag: Tag | None) -> str:
    return " ".join(tag.get_text(" ").split()) if tag else ""


def _columns(tag: Tag) -> dict[str, str]:
    return {one["data-column"]: _text(one) for one in tag.select("[data-column]")}


def _named(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[dict[str, str]]:
    names = [HEADS.get(name, name) for name in head]
    return [dict(zip(names, ("" if one is None else str(one) for one in row), strict=True)) for row in rows]


def _of_csv(body: bytes) -> list[dict[str, str]]:
    head, *rows = csv.reader(io.StringIO(body.decode("utf-8-sig")))
    return _named(head, rows)


def _of_workbook(body: bytes) -> list[dict[str, str]]:
    sheet = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    first = next(place for place, row in enumerate(rows) if row[0] == "Level")
    return _named(rows[first], rows[first + 1 :])
