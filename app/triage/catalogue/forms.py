"""The administrator's forms for labels and templates: every text in all languages, German is needed."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, NumberRange, ValidationError

from app.core.codes import Kind
from app.core.desk_forms import DeskForm
from app.core.fields import AtMost, SomeOf, tidy
from app.core.languages import DEFAULT, LANGUAGES
from app.core.texts import Localized, new_key
from app.core.wordings import InLanguages, field_name, values_of
from app.triage.catalogue.service import LabelEntry, TemplateEntry
from app.triage.forms import MESSAGE_MAX
from app.triage.labels import KINDS
from app.triage.work_domain import NUMBER_HERE, LabelCard, TemplateCard, in_braces, mark_of

NAME_MAX = 60


class _WordingForm(InLanguages, DeskForm):
    """What labels and templates have in common. For each language there are fields such as ``name_<language>``."""

    seen = HiddenField()
    active = BooleanField(
        _l("In use"),
        description=_l("Without the tick nobody can choose it any more. You can bring it back at any time."),
    )

    def __init__(self, kept: LabelCard | TemplateCard | None, *, sent: bool, **values: Any) -> None:  # noqa: ANN401
        """A form for ``kept``, or for something new; ``sent`` says that this request is its answer."""
        if sent:
            super().__init__()
        else:
            super().__init__(formdata=None, seen=mark_of(kept.changed_at) if kept else "", **values)
        self.kept = kept
        if kept is None:
            del self.active
        for code in LANGUAGES:
            for name in ("name", "text"):
                if field_name(name, code) in self:
                    self[field_name(name, code)].flags.optional = code != DEFAULT

    def _name(self) -> Localized:
        return self.localized("name", self.kept.name if self.kept else Localized())

    def _key(self) -> str:
        return self.kept.key if self.kept else new_key(self[field_name("name", DEFAULT)].data)

    def _in_use(self) -> bool:
        return self.kept is None or bool(self.active.data)


class LabelForm(_WordingForm):
    """A label."""

    @classmethod
    def showing(cls, card: LabelCard) -> LabelForm:
        """The form as a label stands now."""
        return cls(card, sent=False, active=card.active, **values_of("name", card.name))

    def entry(self) -> LabelEntry:
        """The label. A form that is valid gives one."""
        return LabelEntry(self._key(), self._name(), self._in_use())


class TemplateForm(_WordingForm):
    """A template for a reply."""

    kinds = SomeOf(
        _l("For which kinds of report?"),
        choices=[SelectChoice(kind, label) for kind, label in KINDS.items()],
        description=_l("Without a choice it fits all."),
    )
    position = IntegerField(
        _l("Place in the list"),
        default=100,
        validators=[NumberRange(1, 999, _l("Please give a number from 1 to 999."))],
    )

    @classmethod
    def showing(cls, card: TemplateCard) -> TemplateForm:
        """The form as a template stands now."""
        texts = values_of("name", card.name) | values_of("text", card.text)
        return cls(card, sent=False, active=card.active, kinds=list(card.kinds), position=card.position, **texts)

    def entry(self) -> TemplateEntry:
        """The template. A form that is valid gives one."""
        kinds = tuple(str(kind) for kind in Kind if kind in self.kinds.data)
        text = self.localized("text", self.kept.text if isinstance(self.kept, TemplateCard) else Localized())
        return TemplateEntry(self._key(), self._name(), text, kinds, int(self.position.data or 1), self._in_use())

    def preview(self, number: str) -> list[tuple[str, str, str]]:
        """The words as they would reach somebody, with the language and its direction; only those there are."""
        found = [(field.data or "", code, direction) for field, code, direction in self.texts("text")]
        return [(text.replace(NUMBER_HERE, number), code, direction) for text, code, direction in found if text]


def _one_placeholder(_form: Form, field: TextAreaField) -> None:
    """Only the case number is put in; whatever else stands in braces would reach the person like that."""
    faults = in_braces(field.data or "")
    if faults:
        raise ValidationError(
            _("%(found)s would reach the person like that. Only {number} is replaced.", found=faults[0])
        )


def _add_texts() -> None:
    """Give the forms a field for each text in each language."""
    for code, known in LANGUAGES.items():
        needed = [DataRequired(_l("Please write this in German at least."))] if code == DEFAULT else []
        name = StringField(
            _l("Name, %(language)s", language=known.name), filters=[tidy], validators=[*needed, AtMost(NAME_MAX)]
        )
        text = TextAreaField(
            _l("Words, %(language)s", language=known.name),
            filters=[tidy],
            validators=[*needed, AtMost(MESSAGE_MAX), _one_placeholder],
        )
        setattr(_WordingForm, field_name("name", code), name)
        setattr(TemplateForm, field_name("text", code), text)


_add_texts()
