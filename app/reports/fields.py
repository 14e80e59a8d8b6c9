"""Fields that only the walk of a report has."""

from __future__ import annotations

from wtforms import HiddenField

from app.reports.flow import Question

_QUESTIONS = frozenset(Question)


class Questions(HiddenField):
    """A hidden list of questions, together in one input; unknown members do no harm."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Each question once."""
        self.data = [name for name in dict.fromkeys(" ".join(valuelist).split()) if name in _QUESTIONS]

    def _value(self) -> str:
        return " ".join(self.data or ())
