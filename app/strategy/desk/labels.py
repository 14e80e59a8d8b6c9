"""The words of the room where reports are drafted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.languages import in_language
from app.core.texts import Localized
from app.plans.document import Edition
from app.strategy import domain
from app.strategy.domain import FIELD, FOREWORD, LANGUAGES, NEEDS, OUTLOOK, PARTICIPATION, PLAN, State, Texts

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

STATES: Mapping[State, LazyString] = {
    State.DRAFT: _l("Draft"),
    State.SUBMITTED: _l("Waits for a second person"),
    State.MAKING: _l("Its files are being made"),
    State.ISSUED: _l("Issued"),
    State.WITHDRAWN: _l("Withdrawn"),
}


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place for a free text; ``written`` are the languages in which there is one."""

    key: str
    title: str
    written: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The languages in which there is none, although there is in another."""
        return tuple(code for code in LANGUAGES if code not in self.written) if self.written else ()


def places(edition: Edition, texts: Texts) -> list[PlaceLine]:
    """The places of a report."""
    return [
        PlaceLine(key, place(key, edition), tuple(code for code in LANGUAGES if code in texts.get(key, Localized())))
        for key in domain.places(edition)
    ]


def place(key: str, edition: Edition) -> str:
    """Where a free text stands."""
    named: Mapping[str, str] = {
        FOREWORD: _("Foreword"),
        NEEDS: _("Needs and supply"),
        PARTICIPATION: _("Participation"),
        OUTLOOK: _("Outlook"),
    }
    if key in named:
        return str(named[key])
    for plan in edition.plans:
        if key == PLAN + plan.key:
            return in_language(plan.name).text
        for field in plan.fields_:
            if key == FIELD + field.key:
                return str(
                    _(
                        "%(field)s (%(plan)s)",
                        field=in_language(field.name).text,
                        plan=in_language(plan.short).text,
                    )
                )
    raise LookupError(key)
