"""What leaves the house beside the pages of the needs: digests, public pages and the interim report, read as those."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup, Tag

from tests.support import papers
from tests.support.claims import NUMBER
from tests.support.outputs import ALL, CITY, GROUPS, HEADS, PARTS, Outputs, _text, tells
from tests.support.papers import ReadBack

TONGUES = {"German": "de", "English": "en", "Arabic": "ar", "Plain German": "de-simple"}
"""The report names languages in its own."""


def followed(outputs: Outputs) -> int:
    """The page of followed needs; gives how many have grown."""
    main = outputs.page("/en/partner/following/")
    grown = main.select(".tk-grown__one")
    lines: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for section in main.select(".tk-growth"):
        now, before = (_period(one) for one in _text(section.h2).split(" beside "))

        for row in section.select("tbody tr"):
            place, subject, earlier, later, words, _next = (_text(one) for one in row.select("th, td"))
            # A planning area and a part of town may share a name; the link says which it is.
            asked = parse_qs(urlsplit(row.a["href"]).query)
            level, key, about = asked["level"][0], asked["area"][0], outputs.names.subject(subject)
            assert place == "Whole city" or outputs.names.area(level, place) == key
            both = [outputs.at(level, key, *about, period) for period in (before, now)]
            outputs.told.count("digest", both[0], earlier)
            outputs.told.count("digest", both[1], later)
            outputs.told.change("digest", *both, words)
            lines.setdefault((subject, place), []).append((earlier, later))
        for one in section.select(".tk-grown__one"):
            subject, place = _text(one.h3).rsplit(", ", 1)
            told = re.search(rf"from ({NUMBER}) to ({NUMBER}) reports", _text(one))
            assert told is not None
            assert told.groups() in lines[subject, place], "what has grown stands in the list, too"
    outputs.done(main, "the page of followed needs", ".tk-growth table", ".tk-grown")
    return len(grown)


def _period(said: str) -> str:
    return re.sub(r"(20\d\d), quarter ([1-4])", r"\1-Q\2", said)


def effect_panel(outputs: Outputs, measure: str) -> None:
    """The public page of a measure."""
    main = outputs.page(f"/en/measures/{measure}")
    for one in main.select(".tk-effect li"):
        found = re.fullmatch(rf"(20\d\d): (?:({NUMBER}) reports? (?:was|were) about this measure|no number is shown)\.",
                             _text(one))  # fmt: skip
        if found:
            place = ("city-measures", found[1], CITY, measure)
            outputs.told.count(f"effect of {measure}", (place,), found[2] or "not shown")
            one.decompose()
    outputs.done(main, f"page of {measure}")


def synergies(outputs: Outputs) -> None:
    """Need by field of action."""
    main = outputs.page("/en/plans/synergies")
    heads = " ".join(_text(one) for one in main.select("#fields thead th"))
    year = re.search(r"20\d\d", heads)
    assert year is not None
    for one in main.select("#fields li"):
        topic, told = _text(one).split(": ")
        outputs.told.count("synergies", outputs.at(CITY, CITY, outputs.names.topics[topic], ALL, year[0]), told)
    outputs.done(main, "synergies", "#fields")


def silent(outputs: Outputs, address: str) -> None:
    """A page that tells no number of reports."""
    outputs.done(outputs.page(address), address)


# The interim report --------------------------------------------------------------------------------------------------


def interim_report(outputs: Outputs, paper: ReadBack, source: str, years: Sequence[str]) -> None:
    """A printed report: every table, sentence and text in place of a chart."""
    for caption, rows in paper.tables.items():
        sheet(outputs, source, caption, rows, years[-1])
    for _kind, text in paper.flow:
        found = re.fullmatch(rf"In (20\d\d) there were at least ({NUMBER}) reports of all kinds\.", text)
        if need := re.match(r"There is clearly more need than supply in (.+?)\. ?", text):
            _more_need(outputs, source, need[1], years[-1])
        if found:
            every = tuple(one for one in outputs.cells if one[:2] == ("city-languages", found[1]))
            outputs.told.count(source, every, f"at least {found[2]}")
        elif tells(text):
            outputs.unread.append(f"{source}: {text}")
    for text in paper.charts:
        _alternative(outputs, source, text)


def _more_need(outputs: Outputs, source: str, said: str, year: str) -> None:
    """Areas of which a sentence says that there is more need; none of a name that two areas share."""
    groups, parts = outputs.names.rows["groups"], outputs.names.rows["parts"]
    for level, names, others in ((GROUPS, groups, parts), (PARTS, parts, groups)):
        for name in re.split(r", and |, | and ", said):
            if name in names and name not in others:
                places = outputs.at(level, names[name], ALL, ALL, year)
                outputs.told.verdict(source, places, "more need than supply")


def _alternative(outputs: Outputs, source: str, text: str) -> None:
    most = re.match(r"Bar chart\. Most gap reports in (20\d\d) are about: (.*)", text)
    for topic, value in re.findall(rf"(?:^|, and |, | and )([^()]+?) \(({NUMBER})\)", most[2]) if most else ():
        outputs.told.count(source, outputs.at(CITY, CITY, outputs.names.topics[topic], ALL, most[1]), value)
    if not most and tells(text):
        outputs.unread.append(f"{source}: {text}")


def workbook(outputs: Outputs, sheets: Mapping[str, Sequence[Sequence[object]]], year: str) -> None:
    """The same as a workbook."""
    for title, rows in sheets.items():
        texts = [["" if one is None else str(one) for one in row] for row in rows]
        if title == "About":
            outputs.unread += [f"workbook: {row}" for row in texts if tells(" ".join(row))]
            continue
        sheet(outputs, "workbook", SHEETS.get(title, title), texts, year)


SHEETS = {
    "Needs by area of life": "in the whole city by area of life",
    "Needs by group of people": "in the whole city by group of people",
    "Needs by planning area": "Need and supply by planning area",
    "Needs by part of town": "Need and supply by part of town",
    "Languages": "Reports of all kinds by language",
    "Answer times": "Reports of all kinds by time",
    "Discrimination": "discrimination by area of life",
    "Discrimination by area": "discrimination by planning area",
    "Moved measures": "Reports by measure",
}
"""What the tables of the report are called in its workbook, and how their captions begin or end."""


def sheet(outputs: Outputs, source: str, caption: str, rows: Sequence[Sequence[str]], year: str) -> None:
    """A table of the report by its caption."""
    head, *lines = ([" ".join(cell.split()) for cell in row] for row in rows)
    source, names = f"{source}, {caption}", outputs.names
    years = [(place, found[1]) for place, name in enumerate(head) if (found := re.search(r"eports in (20\d\d)", name))]
    for level, words in ((GROUPS, "Need and supply by planning area"), (PARTS, "Need and supply by part of town")):
        if words in caption:
            columns = [HEADS.get(name, name) for name in head]
            for line in lines:
                told = dict(zip(columns, line, strict=True))
                key = names.area(level, told["Area"])
                outputs.line(source, level, key, (ALL, ALL, year), told)
                places = outputs.at(level, key, ALL, ALL, year)
                outputs.told.verdict(source, places, told["What the index says"])
            return
    known = next((one for words, one in _BY_YEAR.items() if words in caption), None)
    if known is None:
        if years or re.search(r"report", caption + " ".join(head), re.IGNORECASE):
            outputs.unread.append(source)
        return
    table, column = known
    for line in lines:
        for place, period in years:
            if table == "groups-discrimination":
                cell = (table, period, names.rows[table][line[0]], ALL)
            else:
                cell = (table, period, CITY, (column or names.columns[table])[line[0]])
            outputs.told.count(source, (cell,), line[place])


_BY_YEAR: Mapping[str, tuple[str, Mapping[str, str] | None]] = {
    "in the whole city by area of life": ("city-topics", None),
    "in the whole city by group of people": ("city-targets", None),
    "Reports of all kinds by language": ("city-languages", TONGUES),
    "Reports of all kinds by time": ("city-answers", None),
    "discrimination by area of life": ("city-discrimination", None),
    "discrimination by planning area": ("groups-discrimination", None),
    "Reports by measure": ("city-measures", None),
}


def read_report(outputs: Outputs, files: Mapping[str, bytes], years: Sequence[str]) -> None:
    """All files of a report."""
    interim_report(outputs, papers.page(files["html"]), "report as page", years)
    interim_report(outputs, papers.pdf(files["pdf"]), "report as PDF", years)
    workbook(outputs, papers.book(files["xlsx"]), years[-1])


def public_report(outputs: Outputs, number: int, years: Sequence[str]) -> None:
    """The report in the frame of the site."""
    interim_report(outputs, papers.page(outputs.get(f"/en/strategy/{number}")), "report on the site", years)


def main_of(body: bytes) -> Tag:
    """The main part of a page."""
    main = BeautifulSoup(body, "html.parser").main
    assert main is not None
    return main
