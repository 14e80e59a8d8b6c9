"""The pages of the plans: all of them, one plan, a field of action, a measure, and what ties the plans together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, render_template
from flask_babel import gettext as _

from app.core.codes import Budget, MeasureState, Target, Topic
from app.core.languages import in_language, language
from app.core.permissions import Permission, requires
from app.core.texts import Localized
from app.directory import queries as directory
from app.needs import queries as needs
from app.places import queries as places
from app.plans import queries as plans
from app.plans.document import Goal, Indicator, Value
from app.plans.domain import FieldCard, MeasureCard
from app.plans.labels import told
from app.plans.progress import steps
from app.site.blueprint import bp
from app.site.domain import Kind
from app.site.listing import entries, labels
from app.site.maps import areas_of, place_map
from app.site.pages import kept
from app.site.synergies import combinations, drawn, loose_goals, needs_without_measure


@bp.get("/<lang:lang>/plans", endpoint="plans")
@requires(Permission.PUBLIC)
def plan_list() -> Response:
    """The plans of the strategy."""
    return kept(_plans)


def _plans() -> str:
    return render_template(
        "site/plans.html",
        plans=[
            (card, len(fields_of(card.key)), sum(card.key in one.plans for one in plans.measures()))
            for card in plans.plans()
        ],
        strategy=Localized(places.city().facts.get("strategy", {})),
        edition=plans.edition_in_force(),
    )


@bp.get("/<lang:lang>/plans/<key>")
@requires(Permission.PUBLIC)
def plan(key: str) -> Response:
    """A plan with its fields of action and their measures."""
    return kept(_plan, key)


def _plan(key: str) -> str:
    card = plans.plan(key) or abort(404)
    own = [one for one in plans.measures() if card.key in one.plans]
    fields = [(one, [measure for measure in own if one.key in measure.fields]) for one in fields_of(card.key)]
    return render_template("site/plan.html", plan=card, fields=fields, count=len(own), plans=plans.plans())


def fields_of(plan_key: str) -> list[FieldCard]:
    """The fields of action of a plan, in order."""
    return [one for one in plans.fields() if one.plan == plan_key]


# A field of action ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Work:
    """A measure of a field, with what shows how far it is."""

    card: MeasureCard
    state: str
    office: Localized | None
    latest: tuple[tuple[Indicator, Value | None], ...]


@bp.get("/<lang:lang>/plans/<key>/<field_key>")
@requires(Permission.PUBLIC)
def field(key: str, field_key: str) -> Response:
    """A field of action, such as one of the ten commitments against racism: what is done, and what shows it."""
    return kept(_field, key, field_key)


def _field(key: str, field_key: str) -> str:
    card = plans.plan(key) or abort(404)
    own = fields_of(key)
    index = next((index for index, one in enumerate(own) if one.key == field_key), None)
    if index is None:
        abort(404)
    one = own[index]
    works = [_work(measure) for measure in plans.measures() if one.key in measure.fields]
    return render_template(
        "site/field.html",
        plan=card,
        field=one,
        number=index + 1,
        count=len(own),
        works=works,
        goals=[goal for goal in _all_goals() if one.key in goal.fields_],
        unknown=_unknown(one, works),
        before=own[index - 1] if index else None,
        after=own[index + 1] if index + 1 < len(own) else None,
    )


def _work(card: MeasureCard) -> Work:
    office = directory.organisations().get(card.organisation or "")
    return Work(
        card=card,
        state=str(MeasureState(card.state).label),
        office=office.name if office else None,
        latest=tuple((one, latest(one)) for one in card.indicators),
    )


def latest(indicator: Indicator) -> Value | None:
    """The actual value of the latest day."""
    return max(indicator.values, key=lambda value: value.on, default=None)


def _unknown(one: FieldCard, works: list[Work]) -> list[str]:
    """What nobody can say yet about a field of action."""
    real = [work for work in works if not work.card.example]
    found = []
    if one.unconfirmed:
        found.append(_("The city has not confirmed yet that this is a field of action of the plan."))
    if not works:
        found.append(_("No measure is listed here yet."))
    elif not real:
        found.append(_("Only examples are listed here. The city has not brought in its own measures yet."))
    if works and not any(work.card.indicators for work in works):
        found.append(_("Nothing is measured yet that would show whether the measures work."))
    elif works and not any(value for work in works for _indicator, value in work.latest):
        found.append(_("Targets are set, but no actual value is known yet."))
    if works and not any(work.card.milestones for work in works):
        found.append(_("No milestones are known yet."))
    if works and not any(work.card.evidence for work in works):
        found.append(_("Nothing has been published yet that proves an effect."))
    return [str(sentence) for sentence in found]


# A measure -----------------------------------------------------------------------------------------------------------


@bp.get("/<lang:lang>/measures/<key>")
@requires(Permission.PUBLIC)
def measure(key: str) -> str:
    """A measure: what is done, by whom, where, for which plans, how far it is, and what people have said."""
    card = plans.measure(key) or abort(404)
    entry = entries().get(f"{Kind.MEASURE}/{key}")
    known = directory.organisations()
    return render_template(
        "site/measure.html",
        measure=card,
        fields=_fields_by_plan(card),
        areas=areas_of(entry) if entry else [],
        organisation=known.get(card.organisation or ""),
        partners=[in_language(known[one].name).text for one in card.partners if one in known],
        topics=labels(Topic, card.topics),
        targets=labels(Target, card.targets),
        state=MeasureState(card.state).label,
        budget=Budget(card.budget).label if card.budget else None,
        goals=_goals(card),
        steps=steps(key),
        told=told,
        indicators=[(one, latest(one)) for one in card.indicators],
        effect=needs.effect(key),
        parts=place_map(entry) if entry else None,
    )


def _goals(card: MeasureCard) -> list[Goal]:
    """The goals that a measure names itself."""
    return [goal for goal in _all_goals() if goal.key in card.goals]


def _all_goals() -> tuple[Goal, ...]:
    return plans.in_force().goals if plans.edition_in_force() else ()


def _fields_by_plan(card: MeasureCard) -> list[tuple[Any, list[FieldCard]]]:
    return [
        (one, [field for field in fields_of(one.key) if field.key in card.fields])
        for one in plans.plans()
        if one.key in card.plans
    ]


# What ties the plans together ----------------------------------------------------------------------------------------


@bp.get("/<lang:lang>/plans/synergies")
@requires(Permission.PUBLIC)
def synergies() -> str:
    """Measures that carry several plans, goals that hang on nothing, needs without a measure."""
    cards, measures = plans.plans(), plans.measures()
    found = combinations(cards, measures)
    names = {card.key: card for card in cards}
    published = next(iter(needs.publications().values()), None)
    return render_template(
        "site/synergies.html",
        plans=cards,
        combinations=[([names[key] for key in keys], count) for keys, count in found],
        picture=drawn(cards, found, mirrored=language().direction == "rtl"),
        shared=[one for one in measures if len(one.plans) > 1],
        states={one.value: one.label for one in MeasureState},
        loose=loose_goals(_all_goals(), measures),
        goals=len(_all_goals()),
        fields=needs_without_measure(plans.fields(), measures, published),
        published=published,
        topic=lambda key: Topic(key).label,
        count=len(measures),
    )
