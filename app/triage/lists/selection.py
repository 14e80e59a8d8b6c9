"""What somebody wants to see of the queue: a group of cases, filters, an order, a place to go on from. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Self

from app.core.codes import Kind, State, Topic
from app.triage.domain import Line, Place

COUNTED_UP_TO = 200
"""A group is counted no further than this, so that counting takes no longer where there is more."""


class Group(StrEnum):
    """The groups of the queue, in the order of their tabs."""

    ALL = "all"
    ME = "me"
    OFFICE = "office"
    RESERVE = "reserve"
    WAITING = "waiting"
    OVERDUE = "overdue"
    NEW = "new"
    TO_DO = "todo"


class Order(StrEnum):
    """How the queue is sorted. Cases without a running deadline come last in ``DUE``."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"
    CHANGED = "changed"

    def place_of(self, line: Line) -> Place:
        """Where a line stands in a list of this order."""
        at = {Order.DUE: line.due_at, Order.CHANGED: line.changed_at}.get(self, line.received_at)
        return Place(at, line.report_id)


@dataclass(frozen=True, slots=True)
class Selection:
    """What of the queue somebody wants to see: codes, ids and days only, for it stands in addresses.

    ``area_id`` is a fine or a coarse area; ``since`` and ``until`` are days of the city on which reports arrived, both
    included. ``after`` and ``before`` exclude one another.
    """

    group: Group = Group.ALL
    open_only: bool = True
    state: State | None = None
    kind: Kind | None = None
    topic: Topic | None = None
    area_id: int | None = None
    language: str | None = None
    label_id: int | None = None
    measure_id: int | None = None
    office_id: int | None = None
    since: date | None = None
    until: date | None = None
    order: Order = Order.NEWEST
    after: Place | None = None
    before: Place | None = None

    def in_group(self, group: Group) -> Self:
        """The same of another group, from its beginning."""
        return replace(self, group=group, after=None, before=None)
