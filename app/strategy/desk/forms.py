"""The forms around drafts of reports. Everything typed stays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from app.core.desk_forms import DeskForm
from app.core.fields import AtMost, Pick, tidy
from app.core.languages import LANGUAGES as SPOKEN
from app.core.languages import in_language
from app.core.texts import Localized
from app.core.wordings import field_name
from app.plans.domain import EditionCard
from app.strategy.domain import LANGUAGES, REASON_MAX, TEXT_MAX, Months, Wanted

NEEDED = DataRequired(_l("Please fill this in."))
_MONTH = re.compile(r"2[01]\d{2}-(0[1-9]|1[0-2])", re.ASCII)
HINT = _l("Year and month, such as 2025-01.")


class NewReportForm(DeskForm):
    """Which report to begin."""

    edition = Pick(_l("Edition"))
    first = StringField(_l("First month"), [NEEDED], description=HINT, filters=[tidy])
    last = StringField(_l("Last month"), [NEEDED], description=HINT, filters=[tidy])
    compare = Pick(_l("Compare with an earlier edition"), default="")

    def __init__(self, editions: Sequence[EditionCard], **data: Any) -> None:  # noqa: ANN401
        """Offer these editions."""
        super().__init__(**data)
        named = [SelectChoice(one.key, in_language(one.name).text) for one in editions]
        self.edition.choices = named
        self.compare.choices = [SelectChoice("", _("With none")), *named]

    def validate_first(self, field: StringField) -> None:
        """A month."""
        _month(field)

    def validate_last(self, field: StringField) -> None:
        """A month that does not lie before the first."""
        _month(field)
        if _MONTH.fullmatch(self.first.data or "") and (field.data or "") < self.first.data:
            raise ValidationError(_("The period ends before it begins."))

    def validate_compare(self, field: Pick) -> None:
        """Another edition."""
        if field.data and field.data == self.edition.data:
            raise ValidationError(_("Please choose another edition to compare with."))

    def wanted(self) -> Wanted:
        """The report that was asked for."""
        return Wanted(self.edition.data, Months.named(f"{self.first.data}/{self.last.data}"), self.compare.data or None)


def _month(field: StringField) -> None:
    if not _MONTH.fullmatch(field.data or ""):
        raise ValidationError(_("Please write the month as year and month, such as 2025-01."))


class StepForm(DeskForm):
    """A step on a report; ``seen`` is a mark of what stood on its page when that was opened."""

    seen = HiddenField()

    def show(self, mark: str) -> None:
        """Stand on a page that shows what has this mark."""
        # A field shows what came rather than what it holds.
        self.seen.data, self.seen.raw_data = mark, None


class _InLanguages(DeskForm):
    """A text in each language of a report."""

    def texts(self, name: str) -> list[tuple[Any, str, str]]:
        """The fields of a text with each one's language and direction."""
        return [(self[field_name(name, code)], code, SPOKEN[code].direction) for code in LANGUAGES]

    def localized(self, name: str) -> Localized:
        """What was written."""
        found = {code: self[field_name(name, code)].data for code in LANGUAGES}
        return Localized({code: text for code, text in found.items() if text})


def _area(code: str, most: int, *, needed: bool = False) -> TextAreaField:
    validators: list[Any] = [AtMost(most, counted=True)]
    return TextAreaField(SPOKEN[code].name, [NEEDED, *validators] if needed else validators, filters=[tidy])


class TextForm(_InLanguages, StepForm):
    """A free text; ``seen`` is a mark of the words that stood there."""

    text_de = _area("de", TEXT_MAX)
    text_de_simple = _area("de-simple", TEXT_MAX)
    text_en = _area("en", TEXT_MAX)


class WithdrawForm(_InLanguages):
    """Why a report is taken back; everybody can read it."""

    reason_de = _area("de", REASON_MAX, needed=True)
    reason_de_simple = _area("de-simple", REASON_MAX)
    reason_en = _area("en", REASON_MAX)
