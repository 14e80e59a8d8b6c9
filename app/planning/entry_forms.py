"""The forms of the entries of an edition: head, goal, plan, field of action. Measures: ``measure_forms``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from app.core.codes import Target, Topic
from app.core.desk_forms import DayField
from app.core.entries import KEY
from app.core.fields import AtMost, OneOf, Pick, SomeOf, tidy
from app.core.languages import DEFAULT, in_language
from app.core.texts import Localized
from app.core.wordings import InLanguages, field_name, values_of
from app.planning.domain import KEY_MAX, in_order, key_for
from app.planning.forms import WhyForm, YearField, add_texts, mark_optional
from app.planning.labels import ATTRIBUTES, SHAPES
from app.plans.document import Edition, FieldOfAction, Goal, Head, Plan

NEEDED_YEAR = _l("Please enter a year, such as 2027.")


class EntryForm(InLanguages, WhyForm):
    """An entry, new or known. ``TEXTS`` are the names of its texts, with whether each is needed."""

    TEXTS: ClassVar[dict[str, bool]] = {}

    key = StringField(
        _l("Short name"),
        description=_l(
            "Small letters, digits and hyphens. It stands in addresses and files and never changes. Left empty, it is "
            "made from the name."
        ),
        filters=[tidy],
        validators=[AtMost(KEY_MAX)],
    )

    def __init__(self, document: Edition, taken: Iterable[str], before: Any, *, sent: bool, **values: Any) -> None:  # noqa: ANN401
        """A form for ``before``, or for something new; ``taken`` are the keys of all entries of its kind.

        ``sent`` says that this request is its answer.
        """
        if sent:
            super().__init__()
        else:
            for name in self.TEXTS:
                text = getattr(before, name, None) or Localized()
                values |= {key: value for key, value in values_of(name, text).items() if value is not None}
            super().__init__(formdata=None, **values)
        self.document, self.taken, self.before = document, frozenset(taken), before
        for name, needed in self.TEXTS.items():
            for field, code, _direction in self.texts(name):
                field.flags.optional = not (needed and code == DEFAULT)
        if before is not None:
            del self.key
        else:
            mark_optional(self, "key")

    def validate_key(self, field: StringField) -> None:
        """A short name that addresses can carry and that nothing else of its kind has."""
        if not field.data:
            return
        if not KEY.fullmatch(field.data):
            raise ValidationError(_("Please use small letters, digits and single hyphens only."))
        if field.data in self.taken:
            raise ValidationError(_("Something else in this edition has this short name."))

    def key_here(self) -> str:
        """The key of the entry: its own, the one typed, or one made from the German name."""
        if self.before is not None:
            return str(self.before.key)
        return self.key.data or key_for(self[field_name("name", DEFAULT)].data or "", self.taken)

    def text(self, name: str) -> Localized | None:
        """A text in the languages of the form and those of before; None where there is none."""
        return self.localized(name, getattr(self.before, name, None) or Localized()) or None


def codes(kind: Any) -> list[SelectChoice]:  # noqa: ANN401
    """The choices of a code list."""
    return [SelectChoice(str(one), one.label) for one in kind]


def fields_of(document: Edition) -> list[SelectChoice]:
    """The fields of action of an edition, each with the name of its plan before it."""
    return [
        SelectChoice(one.key, f"{in_language(plan.short).text}: {in_language(one.name).text}")
        for plan in document.plans
        for one in plan.fields_
    ]


def with_lost(choices: list[SelectChoice], chosen: Iterable[str]) -> list[SelectChoice]:
    """Choices, and what an entry names although it is not there any more: it must not go without a word."""
    there = {choice.value for choice in choices}
    return choices + [SelectChoice(key, key) for key in chosen if key not in there]


def years_in_order(first: YearField, last: YearField) -> None:
    """Refuse a last year before the first.

    Raises:
        ValidationError: it is.
    """
    if first.data is not None and last.data is not None and last.data < first.data:
        raise ValidationError(_("The last year is before the first."))


# Head ----------------------------------------------------------------------------------------------------------------


class HeadForm(EntryForm):
    """What names an edition."""

    TEXTS: ClassVar = {"name": True, "source": True}

    adopted_on = DayField(_l("Adopted on"))
    from_year = YearField(_l("From the year"), validators=[InputRequired(NEEDED_YEAR)])
    to_year = YearField(_l("Until the year"), description=_l("This year included."))

    @classmethod
    def showing(cls, document: Edition, head: Head, seen: int) -> HeadForm:
        """The form as a head stands now."""
        years = {"from_year": head.from_, "to_year": head.to}
        return cls(document, (), head, sent=False, seen=seen, adopted_on=head.adopted_on, **years)

    def __init__(self, *everything: Any, **values: Any) -> None:  # noqa: ANN401
        """Say what can be left out."""
        super().__init__(*everything, **values)
        mark_optional(self, "adopted_on", "to_year")

    def validate_to_year(self, field: YearField) -> None:
        """Not before it begins."""
        years_in_order(self.from_year, field)

    def entry(self) -> Head:
        """The head as it was written, with its goals."""
        return Head.model_validate(
            {
                "key": self.key_here(),
                "name": self.text("name"),
                "adopted_on": self.adopted_on.data,
                "from": self.from_year.data,
                "to": self.to_year.data,
                "source": self.text("source"),
                "goals": self.document.goals,
            }
        )


# Goals ---------------------------------------------------------------------------------------------------------------


class GoalForm(EntryForm):
    """A goal of the strategy."""

    TEXTS: ClassVar = {"name": True}

    fields = SomeOf(ATTRIBUTES["fields"], description=_l("Nothing ticked: the goal stands above all fields."))
    unconfirmed = BooleanField(ATTRIBUTES["unconfirmed"])

    def __init__(self, document: Edition, taken: Iterable[str], before: Goal | None, **more: Any) -> None:  # noqa: ANN401
        """Offer the fields of the edition."""
        super().__init__(document, taken, before, **more)
        self.fields.choices = with_lost(fields_of(document), before.fields_ if before else ())
        mark_optional(self, "fields")

    @classmethod
    def showing(cls, document: Edition, taken: Iterable[str], goal: Goal | None, seen: int) -> GoalForm:
        """The form as a goal stands now, or an empty one."""
        values = {"fields": list(goal.fields_), "unconfirmed": goal.unconfirmed} if goal else {}
        return cls(document, taken, goal, sent=False, seen=seen, **values)

    def entry(self) -> Goal:
        """The goal as it was written."""
        before = self.before.fields_ if self.before else ()
        return Goal.model_validate(
            {
                "key": self.key_here(),
                "name": self.text("name"),
                "fields": in_order(before, self.fields.data or ()),
                "unconfirmed": self.unconfirmed.data,
            }
        )


# Plans ---------------------------------------------------------------------------------------------------------------


class PlanForm(EntryForm):
    """A plan. A new one brings its first field of action, because no plan is without."""

    TEXTS: ClassVar = {"name": True, "short": True, "summary": True, "source": True}

    since = YearField(ATTRIBUTES["since"])
    updated = YearField(ATTRIBUTES["updated"])
    shape = OneOf(
        ATTRIBUTES["shape"],
        choices=[SelectChoice(key, name) for key, name in SHAPES.items()],
        description=_l("It marks the plan on maps and in lists, besides its colour."),
        validators=[InputRequired(_l("Please choose a mark."))],
    )

    def __init__(self, document: Edition, taken: Iterable[str], before: Plan | None, **more: Any) -> None:  # noqa: ANN401
        """Ask for a first field where the plan is new."""
        super().__init__(document, taken, before, **more)
        mark_optional(self, "since", "updated")

    @classmethod
    def showing(cls, document: Edition, taken: Iterable[str], plan: Plan | None, seen: int) -> PlanForm:
        """The form as a plan stands now, or an empty one."""
        values = {name: getattr(plan, name) for name in ("since", "updated", "shape")} if plan else {}
        return cls(document, taken, plan, sent=False, seen=seen, **values)

    def entry(self) -> Plan:
        """The plan as it was written, with its fields of action."""
        return Plan.model_validate(
            {
                "key": self.key_here(),
                **{name: self.text(name) for name in self.TEXTS if not name.startswith("first")},
                "since": self.since.data,
                "updated": self.updated.data,
                "shape": self.shape.data,
                "fields": self._fields_of_action(),
            }
        )

    def _fields_of_action(self) -> tuple[FieldOfAction, ...]:
        found: tuple[FieldOfAction, ...] = self.before.fields_
        return found


class NewPlanForm(PlanForm):
    """A new plan with its first field of action."""

    TEXTS: ClassVar = {**PlanForm.TEXTS, "first": True, "first_summary": True}

    def _fields_of_action(self) -> tuple[FieldOfAction, ...]:
        name = self.text("first")
        taken = {one.key for one in self.document.fields_of_action}
        key = key_for(f"{self.key_here()} {name}", taken)
        first = {"key": key, "name": name, "summary": self.text("first_summary")}
        return (FieldOfAction.model_validate(first),)


# Fields of action ----------------------------------------------------------------------------------------------------


class FieldForm(EntryForm):
    """A field of action of a plan."""

    TEXTS: ClassVar = {"name": True, "summary": True, "statement": False, "not_by_reports": False}

    plan = Pick(ATTRIBUTES["plan"], validators=[InputRequired(_l("Please choose a plan."))])
    unconfirmed = BooleanField(ATTRIBUTES["unconfirmed"])
    topics = SomeOf(
        ATTRIBUTES["topics"], choices=codes(Topic), description=_l("Which needs it is about, by area of life.")
    )
    targets = SomeOf(
        ATTRIBUTES["targets"],
        choices=codes(Target),
        description=_l("Which needs it is about, by who is concerned."),
    )

    def __init__(self, document: Edition, taken: Iterable[str], before: FieldOfAction | None, **more: Any) -> None:  # noqa: ANN401
        """Offer the plans of the edition."""
        super().__init__(document, taken, before, **more)
        self.plan.choices = [
            SelectChoice("", _l("Please choose")),
            *(SelectChoice(one.key, in_language(one.name).text) for one in document.plans),
        ]
        mark_optional(self, "topics", "targets")

    @classmethod
    def showing(
        cls, document: Edition, taken: Iterable[str], field: FieldOfAction | None, seen: int, plan: str = ""
    ) -> FieldForm:
        """The form as a field stands now, or an empty one for a plan."""
        values: dict[str, Any] = {"plan": plan}
        if field is not None:
            there = document.plan_of(field.key)
            values = {"plan": there.key if there else "", "unconfirmed": field.unconfirmed}
            values |= {name: [str(code) for code in getattr(field, name)] for name in ("topics", "targets")}
        return cls(document, taken, field, sent=False, seen=seen, **values)

    def entry(self) -> FieldOfAction:
        """The field as it was written; ``plan.data`` says where it belongs."""
        return FieldOfAction.model_validate(
            {
                "key": self.key_here(),
                **{name: self.text(name) for name in self.TEXTS},
                "unconfirmed": self.unconfirmed.data,
                **{
                    name: in_order(map(str, getattr(self.before, name, ())), self[name].data or ())
                    for name in ("topics", "targets")
                },
            }
        )


def _add_texts() -> None:
    for form, names in (
        (HeadForm, {"name": False, "source": False}),
        (GoalForm, {"name": False}),
        (PlanForm, {"name": False, "short": False, "summary": True, "source": False}),
        (FieldForm, {"name": False, "summary": True, "statement": True, "not_by_reports": True}),
    ):
        for name, long in names.items():
            add_texts(form, name, ATTRIBUTES[name], needed=form.TEXTS[name], long=long)
    add_texts(NewPlanForm, "first", _l("Name of its first field of action"), needed=True)
    add_texts(NewPlanForm, "first_summary", _l("Summary of its first field of action"), needed=True, long=True)


_add_texts()
