"""Words in the texts of one's own open cases: opened in memory for the length of a request, and kept nowhere."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.privacy import service as privacy
from app.reports import readers
from app.reports.dialogue import MESSAGE
from app.reports.domain import SealedContent
from app.reports.service import CONTENT
from app.triage.case import NOTE, RECUSED, Staff
from app.triage.domain import Line
from app.triage.lists import queries

MOST = 300
"""So many cases are looked through, the newest."""

Contents = Mapping[str, tuple[str, bytes]]


class Source(StrEnum):
    """Where words were found."""

    REPORT = "report"
    MESSAGE = "message"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Hit:
    """A case, and where in it the words stand."""

    line: Line
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has found, newest first. ``stopped`` says that older open cases were not looked through."""

    hits: tuple[Hit, ...]
    looked_through: int
    stopped: bool


def search(staff: Staff, words: str) -> Found:
    """Look for words in the open cases that the person's offices work on. All of them have to stand in one text."""
    wanted = _plain(words).split()
    cases = queries.searched(staff.reach, MOST + 1)
    boxes = [box for case in cases[:MOST] for box in (case.box_id, case.staff_box_id)]
    opened = privacy.open_many(staff.keyring, boxes)
    held = privacy.take_many(opened.values(), CONTENT, MESSAGE, NOTE, RECUSED)
    hits, looked_through = [], 0
    for case in cases[:MOST]:
        content, notes = held.get(case.box_id), held.get(case.staff_box_id)
        if content is None or notes is None or staff.own in _kept_out(content, notes):
            continue
        looked_through += 1
        texts = _texts(content, notes)
        sources = tuple(source for source in Source if any(_has(text, wanted) for text in texts[source]))
        if sources:
            hits.append(Hit(case.line, sources))
    return Found(tuple(hits), looked_through, len(cases) > MOST)


def _kept_out(content: Contents, notes: Contents) -> frozenset[str]:
    recused = {raw.decode() for label, raw in notes.values() if label == RECUSED}
    reports = [SealedContent.from_bytes(raw) for label, raw in content.values() if label == CONTENT]
    return frozenset(recused).union(*(readers.kept_out(report) for report in reports))


def _texts(content: Contents, notes: Contents) -> Mapping[Source, list[str]]:
    reports = [SealedContent.from_bytes(raw) for label, raw in content.values() if label == CONTENT]
    return {
        Source.REPORT: [
            f"{one.text} {one.contact} {one.street} {one.place_detail} {one.involved_person}" for one in reports
        ],
        Source.MESSAGE: [json.loads(raw)["text"] for label, raw in content.values() if label == MESSAGE],
        Source.NOTE: [json.loads(raw)["text"] for label, raw in notes.values() if label == NOTE],
    }


def _has(text: str, wanted: Iterable[str]) -> bool:
    plain = _plain(text)
    return all(word in plain for word in wanted)


def _plain(text: str) -> str:
    """Without case and accents, so that "Café" finds "cafe"."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
