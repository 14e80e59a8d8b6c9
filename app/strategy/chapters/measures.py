"""The chapters of the plans: for each field of action its measures, their milestones and indicators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core.codes import MeasureState
from app.needs.labels import number
from app.needs.pages import charts
from app.plans.document import FieldOfAction, Indicator, Measure, Milestone, Plan, Value
from app.strategy import words
from app.strategy.domain import FIELD, PLAN
from app.strategy.paper import Block, Cell, Chart, Paragraph, Remark, Said, Section, Table

if TYPE_CHECKING:
    from app.strategy.material import Material


def overview(material: Material) -> Section:
    """How many measures are how far, plan by plan."""
    measures = material.edition.measures
    states = Counter(one.state for one in measures)
    several = sum(len(one.plans) > 1 for one in measures)
    heads = (_("Plan"), *(str(state.label) for state in MeasureState), _("all together"))
    rows = [
        (words.cell(plan.name), *_counts([one for one in measures if plan.key in one.plans]))
        for plan in material.edition.plans
    ]
    rows.append((Cell(_("All plans")), *_counts(measures)))
    said = [
        Paragraph(ngettext("The edition has one measure.", "The edition has %(num)d measures.", len(measures))),
        Paragraph(
            ngettext(
                "One of them serves several plans and is counted in each.",
                "%(num)d of them serve several plans and are counted in each.",
                several,
            )
        ),
    ]
    marks = [charts.Mark(str(state.label), "", states[state], number(states[state])) for state in MeasureState]
    caption = _("Measures of all plans by their state")
    alternative = _(
        "Bar chart. Measures planned: %(planned)s, under way: %(under_way)s, done: %(done)s, paused: %(paused)s, "
        "given up: %(dropped)s.",
        **{state.value: number(states[state]) for state in MeasureState},
    )
    return Section(
        "overview",
        _("Measures at a glance"),
        (
            *(said if several else said[:1]),
            Chart("chart-states", caption, charts.bars(marks, _("Measures")), alternative),
            Table("states", _("Measures by plan and state"), heads, tuple(rows), _("Measures by state")),
        ),
    )


def _counts(measures: Sequence[Measure]) -> tuple[Cell, ...]:
    states = Counter(one.state for one in measures)
    return (*(words.count(states[state]) for state in MeasureState), words.count(len(measures)))


def of_plan(material: Material, plan: Plan) -> Section:
    """The chapter of a plan."""
    blocks: list[Block] = [Paragraph(words.said(plan.summary)), *words.written(material.texts, PLAN + plan.key)]
    return Section(
        f"plan-{plan.key}",
        words.said(plan.name),
        tuple(blocks),
        tuple(_of_field(material, plan, field) for field in plan.fields_),
    )


def _of_field(material: Material, plan: Plan, field: FieldOfAction) -> Section:
    measures = material.measures_of(field)
    blocks: list[Block] = [Paragraph(words.said(field.summary))]
    if field.unconfirmed:
        blocks.append(Remark(_("Not confirmed: the city has not yet said that this is a field of action of the plan.")))
    if field.statement:
        blocks.append(Paragraph(words.said(field.statement)))
    blocks += words.written(material.texts, FIELD + field.key)
    if not measures:
        blocks.append(Paragraph(_("There is no measure in this field of action yet.")))
        return Section(f"field-{field.key}", words.said(field.name), tuple(blocks))
    tables = (
        _measures(material, plan, field, measures),
        _milestones(material, plan, field, measures),
        _indicators(material, plan, field, measures),
    )
    blocks += (table for table in tables if table.rows)
    return Section(f"field-{field.key}", words.said(field.name), tuple(blocks))


def name_of(measure: Measure) -> Cell:
    """A measure by its name; an example says that it is one."""
    return Cell(words.marked(measure.name, _("%(name)s (example)")) if measure.example else words.said(measure.name))


def where(material: Material, measure: Measure) -> Cell:
    """For which parts of town a measure is."""
    if not measure.areas:
        return Cell(_("Whole city"))
    return Cell(words.names(material.area(key) for key in measure.areas))


def _caption(caption: str, plan: Plan, field: FieldOfAction) -> Said:
    """What a table is about: fields of several plans may have the same name."""
    return words.marked(field.name, caption, plan=words.names([plan.short]))


def _measures(material: Material, plan: Plan, field: FieldOfAction, measures: Iterable[Measure]) -> Table:
    return Table(
        f"measures-{field.key}",
        _caption(_("Measures: %(name)s (%(plan)s)"), plan, field),
        (_("Measure"), _("State"), _("Why"), _("Office"), _("Where"), _("Years")),
        tuple(
            (
                name_of(one),
                Cell(str(one.state.label)),
                words.cell(one.reason),
                words.cell(material.office(one.office)),
                where(material, one),
                words.span(one.from_, one.to),
            )
            for one in measures
        ),
        _("Measures"),
        (_("Plan"), _("Field of action")),
        (words.cell(plan.name), words.cell(field.name)),
    )


def _milestones(material: Material, plan: Plan, field: FieldOfAction, measures: Iterable[Measure]) -> Table:
    return Table(
        f"milestones-{field.key}",
        _caption(_("Milestones: %(name)s (%(plan)s)"), plan, field),
        (_("Measure"), _("Milestone"), _("Due"), _("Reached"), _("State")),
        tuple(
            (
                name_of(measure),
                words.cell(one.name),
                words.day(one.due),
                words.day(_reached(one, material.until)),
                Cell(_state(one, material.until)),
            )
            for measure in measures
            for one in measure.milestones
        ),
        _("Milestones"),
        (_("Plan"), _("Field of action")),
        (words.cell(plan.name), words.cell(field.name)),
    )


def _reached(milestone: Milestone, until: date) -> date | None:
    """When it was reached, if that is not after the day that the report tells of."""
    return milestone.reached_on if milestone.reached_on and milestone.reached_on <= until else None


def _state(milestone: Milestone, until: date) -> str:
    if _reached(milestone, until):
        return str(_("reached"))
    return str(_("overdue") if milestone.due and milestone.due < until else _("open"))


def _indicators(material: Material, plan: Plan, field: FieldOfAction, measures: Iterable[Measure]) -> Table:
    return Table(
        f"indicators-{field.key}",
        _caption(_("Indicators: %(name)s (%(plan)s)"), plan, field),
        (_("Measure"), _("Indicator"), _("Unit"), _("Target"), _("Target year"), _("Actual"), _("As of"), _("Course")),
        tuple(
            (name_of(measure), *_indicator(one, material.until)) for measure in measures for one in measure.indicators
        ),
        _("Indicators"),
        (_("Plan"), _("Field of action")),
        (words.cell(plan.name), words.cell(field.name)),
    )


def _indicator(indicator: Indicator, until: date) -> tuple[Cell, ...]:
    values = sorted((one for one in indicator.values if one.on <= until), key=lambda one: one.on)
    last = values[-1] if values else None
    return (
        words.cell(indicator.name),
        words.cell(indicator.unit),
        words.amount(indicator.target),
        words.year(indicator.target_year),
        words.amount(last.value if last else None),
        words.day(last.on if last else None),
        Cell(_course(values)),
    )


def _course(values: Sequence[Value]) -> str:
    if len(values) < 2:  # noqa: PLR2004 - a course has two ends
        return str(_("cannot be told yet"))
    first, last = values[0], values[-1]
    said = {"value": number(first.value), "day": words.said_day(first.on)}
    if last.value > first.value:
        return str(_("up from %(value)s on %(day)s", **said))
    if last.value < first.value:
        return str(_("down from %(value)s on %(day)s", **said))
    return str(_("as on %(day)s", day=said["day"]))
