"""The form of what somebody follows."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.fields.choices import SelectChoice

from app.core.desk_forms import DeskForm
from app.core.fields import SomeOf
from app.core.languages import in_language
from app.needs import labels
from app.needs import queries as needs
from app.needs.domain import TARGETS, TOPICS
from app.partners.following.domain import Choice
from app.places.domain import AreaCard, folded


class FollowForm(DeskForm):
    """Areas, areas of life and groups of people. Nothing chosen follows nothing."""

    city = BooleanField(_l("The whole city"))
    groups = SomeOf(_l("Planning areas"))
    parts = SomeOf(
        _l("Parts of town"),
        description=_l("Here only all areas of life together are counted. Each one is counted by planning area."),
    )
    topics = SomeOf(
        _l("Areas of life"),
        description=_l("If you choose neither an area of life nor a group below, you follow every area of life."),
    )
    targets = SomeOf(_l("Who is concerned"))

    def __init__(self, choice: Choice | None = None) -> None:
        """A form that shows what somebody follows, or without it what this request brings."""
        if choice is None:
            super().__init__()
        else:
            super().__init__(formdata=None, obj=choice)
        geography = needs.geography()
        self.groups.choices = _areas(geography.groups)
        self.parts.choices = _areas(geography.parts)
        self.topics.choices = [SelectChoice(topic, labels.topic_label(topic)) for topic in TOPICS]
        self.targets.choices = [SelectChoice(target, labels.target_label(target)) for target in TARGETS]
        for name in ("groups", "parts", "topics", "targets"):
            self[name].flags.optional = True

    def choice(self) -> Choice:
        """What somebody wants to follow. A form that is valid gives one."""
        return Choice(
            city=bool(self.city.data),
            groups=tuple(self.groups.data),
            parts=tuple(self.parts.data),
            topics=tuple(self.topics.data),
            targets=tuple(self.targets.data),
        )


def _areas(cards: tuple[AreaCard, ...]) -> list[SelectChoice]:
    named = [SelectChoice(card.key, in_language(card.name).text) for card in cards]
    return sorted(named, key=lambda choice: folded(str(choice.label)))
