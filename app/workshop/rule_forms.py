"""The form of one rule: its conditions, what follows from them, the reason in every language, and when it holds."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, ValidationError

from app.core.desk_forms import DayField
from app.core.fields import AtMost, Pick, SomeOf, tidy
from app.core.languages import DEFAULT, LANGUAGES, in_language
from app.core.texts import Localized
from app.core.wordings import InLanguages, field_name, values_of
from app.places import queries as places
from app.plans import queries as plans
from app.routing.domain import CODES, Rule, Rules
from app.workshop.forms import WhyForm
from app.workshop.labels import FACTS, area_name, value_name

KEY_MAX = 60
REASON_MAX = 600
PRIORITY_MAX = 1_000_000

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class _Integer(IntegerField):
    """A whole number that somebody types."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it, and say in words when it is none."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Please enter a whole number, such as 120.")) from None


def _some(fact: str, hint: object = None) -> SomeOf:
    choices = [SelectChoice(value, _Named(fact, value)) for value in CODES[fact]] if fact in CODES else []  # type: ignore[index]
    return SomeOf(FACTS[fact], choices=choices, description=hint or "")


class _Named:
    """The name of a value, said when the page is made."""

    def __init__(self, fact: str, value: str) -> None:
        self.fact, self.value = fact, value

    def __str__(self) -> str:
        return value_name(self.fact, self.value)


class RuleForm(InLanguages, WhyForm):
    """A rule, new or known. For each language there is a field ``because_<language>``."""

    key = StringField(
        _l("Short name"),
        description=_l("Small letters, digits and hyphens, such as housing-winzerla. Staff see it at each report."),
        filters=[tidy],
        validators=[DataRequired(_l("Please give the rule a short name.")), AtMost(KEY_MAX)],
    )
    priority = _Integer(
        _l("Priority"),
        description=_l("The smallest number comes first. Rules of equal number must never fit the same report."),
        validators=[InputRequired(_l("Please enter a whole number, such as 120."))],
    )
    kind = _some("kind")
    topic = _some("topic")
    grounds = _some("grounds")
    form = _some("form")
    target = _some("target")
    wish = _some("wish")
    area = _some("area", _l("For a report on discrimination, rules know the place like every other fact."))
    office = Pick(_l("This office reads it"), validators=[InputRequired(_l("Please choose an office."))])
    field = Pick(
        _l("Plan and field of action"),
        validators=[InputRequired(_l("Please choose a field of action."))],
    )
    measures = SomeOf(_l("Measures it concerns"))
    valid_from = DayField(_l("Holds from"), description=_l("Without a day it holds at once."))
    valid_until = DayField(_l("Holds until"), description=_l("This day included. Without a day it holds without end."))

    def __init__(
        self,
        offices: Sequence[tuple[str, str]],
        taken: Collection[str],
        *,
        sent: bool = True,
        **values: Any,  # noqa: ANN401
    ) -> None:
        """A form that offers these offices; ``taken`` are the short names of the draft's other rules."""
        if sent:
            super().__init__(**values)
        else:
            super().__init__(formdata=None, **values)
        self.taken = taken
        self.office.choices = [SelectChoice("", _l("Please choose")), *(SelectChoice(*one) for one in offices)]
        fields = [
            SelectChoice(one.key, f"{in_language(plan.short).text}: {in_language(one.name).text}")
            for plan in plans.plans()
            for one in plans.fields()
            if one.plan == plan.key
        ]
        self.field.choices = [SelectChoice("", _l("Please choose")), *fields]
        self.measures.choices = [SelectChoice(one.key, in_language(one.name).text) for one in plans.measures()]
        self.area.choices = [SelectChoice(value, area_name(value)) for value in _areas()]
        for name in ("valid_from", "valid_until", "measures"):
            self[name].flags.optional = True
        for code in LANGUAGES:
            self[field_name("because", code)].flags.optional = code != DEFAULT

    @classmethod
    def showing(
        cls, rule: Rule, offices: Sequence[tuple[str, str]], taken: Collection[str], seen: int, *, copy: bool = False
    ) -> RuleForm:
        """The form as a rule stands now, or as a copy of it without a name of its own yet."""
        values: dict[str, Any] = {fact: sorted(map(_offered, rule.conditions.get(fact, ()))) for fact in FACTS}
        values |= values_of("because", rule.because)
        return cls(
            offices,
            taken,
            sent=False,
            seen=seen,
            key="" if copy else rule.key,
            priority=rule.priority,
            office=rule.office,
            field=rule.field,
            measures=list(rule.measures),
            valid_from=rule.valid_from,
            valid_until=rule.valid_until,
            **values,
        )

    def reasons(self) -> list[tuple[Any, str, str]]:
        """The fields of the reason with each one's language and direction, in the order of the languages."""
        return self.texts("because")

    def facts(self) -> list[Any]:
        """The fields of the conditions, in the order of a rule's sentence."""
        return [self[fact] for fact in FACTS]

    def validate_key(self, field: StringField) -> None:
        """A short name that addresses can carry and that no other rule of the draft has."""
        if not _KEY.fullmatch(field.data):
            raise ValidationError(_("Please use small letters, digits and single hyphens only."))
        if field.data in self.taken:
            raise ValidationError(_("Another rule of this draft has this short name."))

    def validate_priority(self, field: _Integer) -> None:
        """Nothing that a database column could not hold."""
        if field.data is not None and abs(field.data) > PRIORITY_MAX:
            raise ValidationError(_("Please enter a smaller number."))

    def validate_valid_until(self, field: DayField) -> None:
        """A rule cannot end before it begins."""
        begins = self.valid_from.data
        if field.data is not None and begins is not None and field.data < begins:
            raise ValidationError(_("The last day is before the first."))

    def rule(self, before: Rule | None = None) -> Rule:
        """The rule as it was written; reasons of ``before`` in languages that the form does not know stay."""
        field = next(one for one in plans.fields() if one.key == self.field.data)
        return Rule(
            key=self.key.data,
            priority=self.priority.data,
            conditions={fact: frozenset(self[fact].data) for fact in FACTS if self[fact].data},
            office=self.office.data,
            plan=field.plan,
            field=field.key,
            measures=tuple(self.measures.data),
            because=self.localized("because", before.because if before else Localized()),
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
        )


def _add_reasons() -> None:
    """Give the form a field for the reason in each language; German is needed."""
    for code, known in LANGUAGES.items():
        needed = [DataRequired(_l("Please give the reason in German."))] if code == DEFAULT else []
        field = TextAreaField(
            _l("Reason (%(language)s)", language=known.name),
            filters=[tidy],
            validators=[*needed, AtMost(REASON_MAX, counted=True)],
        )
        setattr(RuleForm, field_name("because", code), field)


_add_reasons()


def _areas() -> list[str]:
    """What a rule may call an area: those of the city's finest level by their bare key, all others with the level."""
    finest = places.city().needs_level or ""
    others = [level.key for level in places.levels() if level.key != finest]
    return [
        *(area.key for area in places.areas(finest)),
        *(f"{level}:{area.key}" for level in others for area in places.areas(level)),
    ]


def _offered(value: str) -> str:
    """The name under which the form offers an area; the finest level has two."""
    finest = places.city().needs_level or ""
    return value.removeprefix(f"{finest}:")


def next_priority(rules: Rules) -> int:
    """A priority behind all rules of a set."""
    return (max((rule.priority for rule in rules.rules), default=0) // 10 + 1) * 10
