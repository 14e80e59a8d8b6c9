"""The forms around sets of rules. What a form does not offer it refuses, and everything typed stays on the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import Form, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, StopValidation

from app.core.desk_forms import DeskForm
from app.core.fields import AtMost, OurNumber, Pick, tidy
from app.core.requests import BoundedFile

WHY_MAX = 500
FILE_BYTES_MAX = 200 * 1024


def _why() -> TextAreaField:
    return TextAreaField(
        _l("Why?"),
        description=_l("It stands in the history of the rules, with the name of your desk."),
        filters=[tidy],
        validators=[DataRequired(_l("Please say why.")), AtMost(WHY_MAX)],
    )


class DraftForm(DeskForm):
    """A form that changes a draft. ``seen`` is the latest change that its page knew of."""

    seen = OurNumber()

    def knows(self, latest: int) -> bool:
        """Whether the page was of the draft as it is now."""
        return bool(self.seen.data == latest)

    def catch_up(self, latest: int) -> None:
        """Stand on the page of the draft as it is now, with what was typed."""
        self.seen.now(latest)


class WhyForm(DraftForm):
    """A step that wants a reason."""

    why = _why()


class FallbackForm(WhyForm):
    """Another desk that takes what no rule matches."""

    fallback = Pick(_l("Fallback desk"), validators=[InputRequired(_l("Please choose a desk."))])

    def __init__(self, offices: Sequence[tuple[str, str]], **values: Any) -> None:  # noqa: ANN401
        """Offer these offices, as (key, name)."""
        super().__init__(**values)
        self.fallback.choices = [SelectChoice(key, name) for key, name in offices]


class FilterForm(Form):
    """The filter of the table of rules, read from the address."""

    office = Pick(_l("Office"), default="")

    def __init__(self, values: Any, offices: Sequence[tuple[str, str]]) -> None:  # noqa: ANN401
        """Offer these offices, as (key, name)."""
        super().__init__(values)
        self.office.choices = [SelectChoice("", _l("All offices")), *(SelectChoice(*one) for one in offices)]


class ImportForm(DeskForm):
    """Rules as a file or as text; the file counts where there are both."""

    file = FileField(_l("File with rules (YAML)"))
    text = TextAreaField(
        _l("Or the rules as text"),
        description=_l("In the same form as the export. Nothing is in force before it is proved and you say so."),
    )
    why = _why()

    def __init__(self) -> None:
        """Say that one of both is enough."""
        super().__init__()
        self.file.flags.optional = self.text.flags.optional = True

    def take_file(self) -> None:
        """Put what the file says into the text, so that it stays on the page whatever is wrong with it.

        Raises:
            ValueError: it is too large or no text; ``str()`` is a sentence for the person.
        """
        file = self.file.data
        if not isinstance(file, FileStorage) or not file.filename:
            return
        if isinstance(file.stream, BoundedFile) and file.stream.overflowed:
            raise ValueError(_("This file is too large for a set of rules."))
        try:
            self.text.data = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValueError(_("This file is no text in UTF-8.")) from None

    def validate_text(self, field: TextAreaField) -> None:
        """One of both."""
        if not (field.data or "").strip():
            raise StopValidation(_("Please choose a file, or paste the rules."))


def with_line(fault: str, text: str) -> str:
    """A fault of rules in a text, with the line of the rule that it names; unchanged where no line can be found."""
    named = re.match(r"(?:rule '([a-z0-9-]+)'|fallback): ", fault)
    if named is None:
        return fault
    wanted = rf"[ -]*key: *['\"]?{named[1]}['\"]? *" if named[1] else r"fallback:.*"
    lines = (number for number, line in enumerate(text.splitlines(), 1) if re.fullmatch(wanted, line))
    found = next(lines, None)
    return fault if found is None else f"line {found}: {fault}"
