"""The form of a measure, with rows of indicators, their values, and milestones that come and go without a script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from babel.numbers import NumberFormatError, parse_decimal
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, FieldList, Form, FormField, HiddenField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, ValidationError
from wtforms.widgets import TextInput

from app.core.codes import Budget, MeasureState, Target, Topic
from app.core.desk_forms import DayField
from app.core.fields import AtMost, OneOf, Pick, SomeOf, tidy
from app.core.languages import DEFAULT, in_language
from app.core.texts import Localized
from app.core.wordings import InLanguages, field_name, values_of
from app.places import queries as places
from app.planning.domain import in_order, key_for
from app.planning.entry_forms import EntryForm, codes, fields_of, with_lost, years_in_order
from app.planning.forms import LINE_MAX, YearField, add_texts, mark_optional
from app.planning.labels import ATTRIBUTES
from app.planning.page import all_organisations
from app.planning.words import number
from app.plans.document import DECIMALS, NUMBER_MOST, Edition, Indicator, Measure, Milestone, Value

ROWS = ("indicators", "milestones")


class NumberField(Field):
    """A number as the page's language writes it, which may be left open."""

    widget = TextInput()
    data: float | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it, and say in words when it is none."""
        self.data = None
        typed = valuelist[0].strip() if valuelist else ""
        if not typed:
            return
        try:
            self.data = float(parse_decimal(typed.replace("\u2212", "-"), get_locale() or DEFAULT, strict=True))
        except (NumberFormatError, OverflowError):
            example = number(1234.5)
            raise ValueError(_("Please enter a number, such as %(example)s.", example=example)) from None
        if abs(self.data) >= NUMBER_MOST or round(self.data, DECIMALS) != self.data:
            raise ValueError(
                _("Up to nine digits before the decimal sign and six after it fit. Please enter a shorter number.")
            )

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else number(self.data)


class Row(InLanguages, Form):
    """A row of a measure. One without a key in which nothing was typed is left out."""

    def empty(self) -> bool:
        """Whether nothing was typed, and nothing stood there before."""
        return not any(_typed(field) for field in self)

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401
        """Whether the row may be used; an empty one is simply not there."""
        return self.empty() or bool(super().validate(extra_validators))


def _typed(field: Any) -> bool:  # noqa: ANN401
    if isinstance(field, FieldList | FormField):
        return any(_typed(one) for one in field)
    return bool(field.raw_data and str(field.raw_data[0]).strip()) or field.data not in {None, ""}


class ValueRow(Row):
    """An actual value of an indicator."""

    on = DayField(ATTRIBUTES["on"], validators=[InputRequired(_l("Please enter the day."))])
    value = NumberField(ATTRIBUTES["value"], validators=[InputRequired(_l("Please enter the value."))])
    source = StringField(ATTRIBUTES["source"], filters=[tidy], validators=[AtMost(LINE_MAX)])

    def __init__(self, *everything: Any, **values: Any) -> None:  # noqa: ANN401
        """Say what can be left out."""
        super().__init__(*everything, **values)
        mark_optional(self, "source")


class IndicatorRow(Row):
    """An indicator with its values."""

    key = HiddenField()
    target = NumberField(ATTRIBUTES["target"])
    target_year = YearField(ATTRIBUTES["target_year"])
    values = FieldList(FormField(ValueRow))

    def __init__(self, *everything: Any, **values: Any) -> None:  # noqa: ANN401
        """Say what can be left out."""
        super().__init__(*everything, **values)
        _mark_texts(self, "name", "unit", "source", needed=("name", "unit"))
        mark_optional(self, "target", "target_year")

    def validate_values(self, field: FieldList) -> None:
        """One value a day."""
        days = [row.form.on.data for row in field if row.form.on.data is not None]
        if len(set(days)) < len(days):
            raise ValidationError(_("There are two values for one day."))

    def entry(self, key: str, before: Indicator | None) -> Indicator:
        """The indicator as it was written."""
        rows = [row.form for row in self.values if not row.form.empty()]
        values = [Value(on=row.on.data, value=row.value.data, source=row.source.data or None) for row in rows]
        return Indicator.model_validate(
            {
                "key": key,
                **{name: _text(self, name, before) for name in ("name", "unit", "source")},
                "target": self.target.data,
                "target_year": self.target_year.data,
                "values": values,
            }
        )


class MilestoneRow(Row):
    """A milestone."""

    key = HiddenField()
    due = DayField(ATTRIBUTES["due"])
    reached_on = DayField(ATTRIBUTES["reached_on"])

    def __init__(self, *everything: Any, **values: Any) -> None:  # noqa: ANN401
        """Say what can be left out."""
        super().__init__(*everything, **values)
        _mark_texts(self, "name", needed=("name",))
        mark_optional(self, "due", "reached_on")

    def entry(self, key: str, before: Milestone | None) -> Milestone:
        """The milestone as it was written."""
        return Milestone.model_validate(
            {
                "key": key,
                "name": _text(self, "name", before),
                "due": self.due.data,
                "reached_on": self.reached_on.data,
            }
        )


def _mark_texts(form: Row, *names: str, needed: Iterable[str]) -> None:
    for name in names:
        for field, code, _direction in form.texts(name):
            field.flags.optional = not (name in needed and code == DEFAULT)


def _text(form: Row, name: str, before: Any) -> Localized | None:  # noqa: ANN401
    return form.localized(name, getattr(before, name, None) or Localized()) or None


class MeasureForm(EntryForm):
    """A measure with everything that belongs to it."""

    TEXTS: ClassVar = {"name": True, "summary": True, "reason": False, "evidence": False, "source": False}

    example = BooleanField(
        ATTRIBUTES["example"], description=_l("It stands in for a measure of the city until that is known.")
    )
    state = OneOf(
        ATTRIBUTES["state"], choices=codes(MeasureState), validators=[InputRequired(_l("Please choose a state."))]
    )
    plans = SomeOf(ATTRIBUTES["plans"], description=_l("The plans of the fields that you tick come by themselves."))
    fields = SomeOf(ATTRIBUTES["fields"], validators=[DataRequired(_l("Please tick at least one field of action."))])
    goals = SomeOf(ATTRIBUTES["goals"])
    topics = SomeOf(
        ATTRIBUTES["topics"],
        choices=codes(Topic),
        validators=[DataRequired(_l("Please tick at least one area of life."))],
    )
    targets = SomeOf(
        ATTRIBUTES["targets"],
        choices=codes(Target),
        validators=[DataRequired(_l("Please tick at least one group."))],
    )
    areas = SomeOf(ATTRIBUTES["areas"], description=_l("Nothing ticked: the whole city."))
    office = Pick(ATTRIBUTES["office"], default="")
    partners = SomeOf(ATTRIBUTES["partners"])
    from_year = YearField(ATTRIBUTES["from"])
    to_year = YearField(ATTRIBUTES["to"], description=_l("This year included."))
    budget = Pick(ATTRIBUTES["budget"], default="")
    indicators = FieldList(FormField(IndicatorRow), ATTRIBUTES["indicators"])
    milestones = FieldList(FormField(MilestoneRow), ATTRIBUTES["milestones"])

    def __init__(self, document: Edition, taken: Iterable[str], before: Measure | None, **more: Any) -> None:  # noqa: ANN401
        """Offer what the edition and the city have, and what the measure names already."""
        super().__init__(document, taken, before, **more)
        there: Any = before or _Nothing
        organisations = [SelectChoice(*one) for one in all_organisations()]
        areas = [
            SelectChoice(area.key, in_language(area.name).text)
            for area in places.areas(places.city().needs_level or "")
        ]
        self.plans.choices = with_lost(
            [SelectChoice(one.key, in_language(one.name).text) for one in document.plans], there.plans
        )
        self.fields.choices = with_lost(fields_of(document), there.fields_)
        self.goals.choices = with_lost(
            [SelectChoice(one.key, in_language(one.name).text) for one in document.goals], there.goals
        )
        self.areas.choices = with_lost(areas, there.areas)
        self.partners.choices = with_lost(organisations, there.partners)
        nobody = SelectChoice("", _l("Not settled yet"))
        self.office.choices = [nobody, *with_lost(organisations, [there.office] if there.office else [])]
        self.budget.choices = [SelectChoice("", _l("Not known")), *codes(Budget)]
        mark_optional(
            self, "plans", "goals", "areas", "office", "partners", "from_year", "to_year", "budget", "example"
        )

    @classmethod
    def showing(cls, document: Edition, taken: Iterable[str], measure: Measure | None, seen: int) -> MeasureForm:
        """The form as a measure stands now, or an empty one."""
        return cls(document, taken, measure, sent=False, seen=seen, **(_values(measure) if measure else {}))

    def validate_to_year(self, field: YearField) -> None:
        """Not before it begins."""
        years_in_order(self.from_year, field)

    def turn_rows(self, add: str | None, remove: str | None) -> bool:
        """Add or remove the row that a button names; says whether there was such a button."""
        lists = {name: self[name] for name in ROWS}
        lists |= {row.form["values"].name: row.form["values"] for row in self.indicators}
        if add in lists:
            lists[add].append_entry()
            return True
        for rows in lists.values():
            for row in rows:
                if row.name == remove:
                    rows.entries.remove(row)
                    return True
        return add is not None or remove is not None

    def entry(self) -> Measure:
        """The measure as it was written."""
        plan_of = {one.key: plan.key for plan in self.document.plans for one in plan.fields_}
        carried = [plan_of[key] for key in self.fields.data or () if key in plan_of]
        plans = [*(self.plans.data or ()), *carried]
        chosen: Mapping[str, Any] = {
            "plans": plans, **{name: self[name].data or () for name in _LISTS if name != "plans"}
        }  # fmt: skip
        return Measure.model_validate(
            {
                "key": self.key_here(),
                **{name: self.text(name) for name in self.TEXTS},
                "example": self.example.data,
                "state": self.state.data,
                **{name: in_order(_before(self.before, name), chosen[name]) for name in _LISTS},
                "office": self.office.data or None,
                "from": self.from_year.data,
                "to": self.to_year.data,
                "budget": self.budget.data or None,
                "indicators": self._rows("indicators"),
                "milestones": self._rows("milestones"),
            }
        )

    def _rows(self, name: str) -> list[Any]:
        known = {one.key: one for one in getattr(self.before, name, ())}
        rows = [row.form for row in self[name] if not row.form.empty()]
        taken = {row.key.data for row in rows if row.key.data in known}
        found = []
        for row in rows:
            key = row.key.data if row.key.data in known else key_for(row[field_name("name", DEFAULT)].data, taken)
            taken.add(key)
            found.append(row.entry(key, known.get(key)))
        return found


_LISTS = ("plans", "fields", "goals", "topics", "targets", "areas", "partners")


class _Nothing:
    """What an empty form shows."""

    plans = fields_ = goals = areas = partners = ()
    office = None


def _before(measure: Measure | None, name: str) -> tuple[str, ...]:
    found = getattr(measure, "fields_" if name == "fields" else name, ())
    return tuple(str(one) for one in found)


def _values(measure: Measure) -> dict[str, Any]:
    """What the fields of a form show of a measure, except its texts."""
    values: dict[str, Any] = {name: list(_before(measure, name)) for name in _LISTS}
    values |= {"example": measure.example, "state": str(measure.state), "office": measure.office or ""}
    values |= {"from_year": measure.from_, "to_year": measure.to, "budget": str(measure.budget or "")}
    values["indicators"] = [_row(one, "name", "unit", "source") for one in measure.indicators]
    values["milestones"] = [_row(one, "name") for one in measure.milestones]
    return values


def _row(one: Indicator | Milestone, *texts: str) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in type(one).model_fields if name not in texts}
    for name in texts:
        values |= values_of(name, getattr(one, name) or Localized())
    if isinstance(one, Indicator):
        values["values"] = [{"on": value.on, "value": value.value, "source": value.source} for value in one.values]
    return values


def _add_texts() -> None:
    for name, long in {"name": False, "summary": True, "reason": True, "evidence": True, "source": False}.items():
        add_texts(MeasureForm, name, ATTRIBUTES[name], needed=MeasureForm.TEXTS[name], long=long)
    for name in ("name", "unit", "source"):
        add_texts(IndicatorRow, name, ATTRIBUTES[name], needed=name != "source")
    add_texts(MilestoneRow, "name", ATTRIBUTES["name"], needed=True)


_add_texts()
