"""Any edition that could be written, for tests that send it through files and forms."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from app.core.codes import Budget, MeasureState, Target, Topic
from app.core.fields import tidy
from app.plans.document import Edition

# Not among them: what spreadsheet programs cannot hold, what means a line end to YAML only, and letters that say that a
# file was read in a wrong encoding before.
SIGNS = st.characters(
    exclude_categories=("Cs", "Cn", "Cc", "Zl", "Zp"), include_characters="\n\t", exclude_characters="\ufffdÃâ"
)
WORDS = st.text(SIGNS, min_size=1, max_size=30).map(tidy).filter(bool)
KEYS = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
LANGUAGES = st.sampled_from(["de", "de-simple", "en", "ar", "uk"])
TEXTS = st.dictionaries(LANGUAGES, WORDS, min_size=1, max_size=3)
YEARS = st.integers(1950, 2090)
DAYS = st.dates().map(lambda day: day.isoformat())
NUMBERS = st.integers(-(10**14), 10**14).map(lambda whole: whole / 10**6)


def some(values: Any, most: int = 3, least: int = 0) -> st.SearchStrategy[list[Any]]:
    """Some of the values, each once."""
    values = list(values)
    return st.lists(st.sampled_from(values), unique=True, min_size=least, max_size=most) if values else st.just([])


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value or none."""
    return st.none() | strategy


def keys(least: int = 0, most: int = 3) -> st.SearchStrategy[list[str]]:
    """Keys that differ."""
    return st.lists(KEYS, unique=True, min_size=least, max_size=most)


@st.composite
def editions(draw: st.DrawFn) -> Edition:
    """A sound edition."""
    plan_keys, goal_keys = draw(keys(1)), draw(keys())
    field_keys = draw(keys(len(plan_keys), len(plan_keys) + 3))
    homes = [*plan_keys, *(draw(st.sampled_from(plan_keys)) for _more in field_keys[len(plan_keys) :])]
    fields = dict(zip(field_keys, homes, strict=True))
    first = draw(YEARS)
    return Edition.model_validate(
        {
            "key": draw(KEYS),
            "name": draw(TEXTS),
            "adopted_on": draw(maybe(DAYS)),
            "from": first,
            "to": draw(maybe(st.integers(first, 2100))),
            "source": draw(TEXTS),
            "goals": [
                {"key": key, "name": draw(TEXTS), "fields": draw(some(field_keys)), "unconfirmed": draw(st.booleans())}
                for key in goal_keys
            ],
            "plans": [_plan(draw, key, [one for one, home in fields.items() if home == key]) for key in plan_keys],
            "measures": [_measure(draw, key, plan_keys, field_keys, goal_keys) for key in draw(keys())],
        }
    )


def _plan(draw: st.DrawFn, key: str, fields: list[str]) -> dict[str, Any]:
    return {
        "key": key,
        **{name: draw(TEXTS) for name in ("name", "short", "summary", "source")},
        "since": draw(maybe(YEARS)),
        "updated": draw(maybe(YEARS)),
        "shape": draw(st.sampled_from(["circle", "square", "triangle"])),
        "fields": [
            {
                "key": one,
                "name": draw(TEXTS),
                "summary": draw(TEXTS),
                "unconfirmed": draw(st.booleans()),
                "not_by_reports": draw(maybe(TEXTS)),
                "topics": draw(some(Topic)),
                "targets": draw(some(Target)),
                "statement": draw(maybe(TEXTS)),
            }
            for one in fields
        ],
    }


def _measure(draw: st.DrawFn, key: str, plans: list[str], fields: list[str], goals: list[str]) -> dict[str, Any]:
    first = draw(maybe(YEARS))
    inside = draw(keys(0, 2)), draw(keys(0, 2))
    return {
        "key": key,
        "name": draw(TEXTS),
        "summary": draw(TEXTS),
        "example": draw(st.booleans()),
        "state": draw(st.sampled_from(MeasureState)),
        "reason": draw(maybe(TEXTS)),
        "plans": draw(some(plans, least=1)),
        "fields": draw(some(fields, least=1)),
        "goals": draw(some(goals)),
        "topics": draw(some(Topic, least=1)),
        "targets": draw(some(Target, least=1)),
        "areas": draw(some(["18", "10", "01"])),
        "office": draw(maybe(KEYS)),
        "partners": draw(keys()),
        "from": first,
        "to": None if first is None else draw(maybe(st.integers(first, 2100))),
        "budget": draw(maybe(st.sampled_from(Budget))),
        "evidence": draw(maybe(TEXTS)),
        "source": draw(maybe(TEXTS)),
        "milestones": [
            {"key": f"m-{one}", "name": draw(TEXTS), "due": draw(maybe(DAYS)), "reached_on": draw(maybe(DAYS))}
            for one in inside[0]
        ],
        "indicators": [
            {
                "key": f"i-{one}",
                "name": draw(TEXTS),
                "unit": draw(TEXTS),
                "target": draw(maybe(NUMBERS)),
                "target_year": draw(maybe(YEARS)),
                "source": draw(maybe(TEXTS)),
                "values": [
                    {"on": day, "value": draw(NUMBERS), "source": draw(maybe(WORDS))}
                    for day in draw(st.lists(DAYS, unique=True, max_size=2))
                ],
            }
            for one in inside[1]
        ],
    }
