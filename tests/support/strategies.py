"""Two editions of a small made-up strategy: two plans with three fields, and measures of every fate between them."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.core.codes import MeasureState, Target, Topic
from app.core.texts import Localized
from app.plans.document import Edition, FieldOfAction, Goal, Indicator, Measure, Milestone, Plan, Value


def said(text: str) -> Localized:
    """A text in the languages of a report."""
    return Localized({"de": f"{text} (de)", "de-simple": f"{text} (einfach)", "en": text})


def field(key: str, **changes: Any) -> FieldOfAction:
    """A field of action."""
    return FieldOfAction(key=key, name=said(key.title()), summary=said(f"About {key}."), **changes)


def plan(key: str, *fields: FieldOfAction) -> Plan:
    """A plan with its fields."""
    return Plan(
        key=key, name=said(f"Plan {key}"), short=said(key), summary=said(f"What plan {key} is for."), since=2019,
        updated=None, source=said(f"City, plan {key}"), shape="circle", fields=fields,
    )  # fmt: skip


def measure(key: str, fields: tuple[str, ...], plans: tuple[str, ...] = ("poverty",), **changes: Any) -> Measure:
    """A measure under way for the whole city."""
    values: dict[str, Any] = {
        "key": key, "name": said(f"Measure {key}"), "summary": said(f"What {key} does."), "example": False,
        "state": MeasureState.UNDER_WAY, "plans": plans, "fields": fields, "topics": (Topic.HOUSING,),
        "targets": (Target.EVERYONE,), "areas": (), "office": None, "from": 2025, "to": 2027,
        "source": said(f"Source of {key}"),
    }  # fmt: skip
    return Measure(**values | changes)


PLANS = (
    plan(
        "poverty", field("rent", topics=(Topic.HOUSING,)), field("paper", topics=(Topic.AUTHORITY,), unconfirmed=True)
    ),
    plan("arrival", field("families", targets=(Target.FAMILIES,))),
)


def later(**changes: Any) -> Edition:
    """The edition of 2025: everything that a report can tell of measures is in it."""
    values: dict[str, Any] = {
        "key": "2025",
        "name": said("Strategy 2025"),
        "adopted_on": date(2025, 10, 29),
        "from": 2025,
        "to": 2028,
        "source": said("City council, 2025"),
        "goals": (
            Goal(key="chances", name=said("Equal chances")),
            Goal(key="homes", name=said("Homes"), fields=("rent",)),
        ),
        "plans": PLANS,
        "measures": (
            measure(
                "advice",
                ("rent", "families"),
                ("poverty", "arrival"),
                reason=said("The rooms are rented."),
                indicators=(
                    Indicator(
                        key="visits", name=said("Visits a year"), unit=said("visits"), target=1200, target_year=2027,
                        values=(Value(on=date(2025, 12, 31), value=800.5), Value(on=date(2026, 6, 30), value=950)),
                    ),
                ),
                milestones=(
                    Milestone(
 key="rooms", name=said("Rooms found"), due=date(2025, 9, 1), reached_on=date(2025, 8, 20)
),
                    Milestone(key="open", name=said("Open each day"), due=date(2026, 3, 1)),
                ),
            ),
            measure("built", ("rent",), state=MeasureState.DONE),
            measure("fresh", ("families",), ("arrival",), state=MeasureState.PLANNED, example=True),
            measure("given-up", ("rent",), state=MeasureState.DROPPED, reason=said("There was no money.")),
        ),
    }  # fmt: skip
    return Edition(**values | changes)


def earlier(**changes: Any) -> Edition:
    """The edition of 2024, in which some of these measures were another, and one was that is no more."""
    values: dict[str, Any] = {
        "key": "2024",
        "name": said("Strategy 2024"),
        "from": 2024,
        "to": 2025,
        "source": said("City council, 2024"),
        "plans": PLANS,
        "measures": (
            measure("advice", ("rent",), to=2026),
            measure("built", ("rent",)),
            measure("given-up", ("rent",), state=MeasureState.PLANNED),
            measure("gone", ("rent",), state=MeasureState.PLANNED),
        ),
    }
    return Edition(**values | changes)
