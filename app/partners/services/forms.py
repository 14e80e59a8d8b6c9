"""The forms of partners. What a form does not offer it refuses, and everything typed stays on the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, InputRequired, ValidationError

from app.core.codes import Target, Topic
from app.core.desk_forms import DeskForm
from app.core.fields import AtMost, OneOf, Pick, SomeOf, tidy
from app.core.languages import DEFAULT, LANGUAGES, language
from app.core.texts import Localized, new_key
from app.core.wordings import InLanguages, field_name, values_of
from app.directory import queries as directory
from app.directory.domain import KeptService, OrganisationCard, ServiceEntry
from app.partners.services.domain import SPOKEN, Deed
from app.partners.services.placing import place
from app.places import queries as places

NAME_MAX = 150
DESCRIPTION_MAX = 1500
LINE_MAX = 300
HOURS_MAX = 500

YES, NO, UNKNOWN = "yes", "no", "unknown"
_SAID = {YES: True, NO: False, UNKNOWN: None}
_SAYS = {said: word for word, said in _SAID.items()}
_KNOWN_OR_NOT = [SelectChoice(YES, _l("Yes")), SelectChoice(NO, _l("No")), SelectChoice(UNKNOWN, _l("Not known"))]


class DeedForm(DeskForm):
    """What to do with a service as it stands: one button each."""

    deed = HiddenField(validators=[AnyOf(list(Deed))])


def _web_address(_form: FlaskForm, field: StringField) -> None:
    """Refuse what is no address of a web page."""
    if not field.data:
        return
    try:
        parts = urlsplit(field.data)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in field.data
    except ValueError:
        sound = False
    if not sound:
        raise ValidationError(_("Please enter a whole web address, such as https://www.example.org."))


class ServiceForm(InLanguages, DeskForm):
    """A service, new or known. For each language there are the fields ``name_<language>`` and ``description_<…>``."""

    organisation = Pick(
        _l("Which of your organisations offers it?"),
        validators=[InputRequired(_l("Please choose an organisation."))],
    )
    topics = SomeOf(
        _l("Areas of life"),
        choices=[SelectChoice(topic.value, topic.label) for topic in Topic],
        description=_l("Choose those that fit best: one to three are enough."),
        validators=[DataRequired(_l("Please choose at least one area of life."))],
    )
    targets = SomeOf(
        _l("Who is it for?"),
        choices=[SelectChoice(target.value, target.label) for target in Target],
        validators=[DataRequired(_l("Please choose at least one group, or “Everyone”."))],
    )
    languages = SomeOf(
        _l("Languages spoken there"),
        description=_l("Choose only languages that people can rely on."),
        validators=[DataRequired(_l("Please choose at least one language."))],
    )
    area = Pick(
        _l("Part of town"),
        description=_l("Where people go for it. If it has no fixed place, leave this open."),
    )
    address = StringField(_l("Address"), filters=[tidy], validators=[AtMost(LINE_MAX)])
    opening_hours = TextAreaField(_l("Opening hours"), filters=[tidy], validators=[AtMost(HOURS_MAX)])
    barrier_free = OneOf(
        _l("Can it be reached and used without barriers?"),
        choices=_KNOWN_OR_NOT,
        default=UNKNOWN,
        validators=[InputRequired(_l("Please choose one of the answers."))],
    )
    evening = OneOf(
        _l("Is it open in the evening, after 6 p.m.?"),
        choices=_KNOWN_OR_NOT,
        default=UNKNOWN,
        validators=[InputRequired(_l("Please choose one of the answers."))],
    )
    url = StringField(_l("Web address"), filters=[tidy], validators=[AtMost(LINE_MAX), _web_address])
    offered = BooleanField(
        _l("We still offer this"),
        description=_l("Without the tick it disappears from map and lists. You can bring it back at any time."),
    )

    def __init__(
        self,
        organisations: Sequence[OrganisationCard] = (),
        kept: KeptService | None = None,
        *,
        sent: bool = True,
        **values: Any,  # noqa: ANN401
    ) -> None:
        """A form for ``kept``, or for a new service of one of ``organisations``."""
        if sent:
            super().__init__(**values)
        else:
            super().__init__(formdata=None, **values)
        self.kept, self._only = kept, None if len(organisations) > 1 else next(iter(organisations), None)
        if kept is None:
            del self.offered
        if kept is not None or self._only is not None:
            del self.organisation
        else:
            shown = language().code
            offers = [SelectChoice(card.key, card.name.shown(shown).text) for card in organisations]
            self.organisation.choices = [SelectChoice("", _l("Please choose")), *offers]
        self.languages.choices = _spoken(get_locale())
        self.area.choices = [SelectChoice("", _l("No fixed place")), *_areas(language().code)]
        for name in ("area", "address", "opening_hours", "url"):
            self[name].flags.optional = True
        for code in LANGUAGES:
            for name in ("name", "description"):
                self[field_name(name, code)].flags.optional = code != DEFAULT

    @classmethod
    def showing(cls, kept: KeptService) -> ServiceForm:
        """The form as a service stands now."""
        card = kept.card
        area = places.area_by_id(card.area_id) if card.area_id is not None else None
        values: dict[str, Any] = {
            "topics": list(card.topics),
            "targets": list(card.targets),
            "languages": list(card.languages),
            "area": area.key if area else "",
            "address": card.address,
            "opening_hours": card.opening_hours,
            "barrier_free": _SAYS[card.barrier_free],
            "evening": _SAYS[card.evening],
            "url": card.url,
            "offered": kept.offered,
        }
        values |= values_of("name", card.name) | values_of("description", card.description)
        return cls(kept=kept, sent=False, **values)

    @classmethod
    def sent_for(cls, kept: KeptService) -> ServiceForm:
        """What was sent for a service."""
        return cls(kept=kept)

    @classmethod
    def empty(cls, organisations: Sequence[OrganisationCard]) -> ServiceForm:
        """An empty form for a new service."""
        return cls(organisations, sent=False, languages=[DEFAULT])

    @classmethod
    def sent_new(cls, organisations: Sequence[OrganisationCard]) -> ServiceForm:
        """What was sent as a new service."""
        return cls(organisations)

    def entry(self) -> ServiceEntry:
        """The service as the directory takes it. A form that is valid gives one."""
        card = self.kept.card if self.kept else None
        where = place(self.area.data, self.address.data, card)
        return ServiceEntry(
            key=card.key if card else new_key(self[field_name("name", DEFAULT)].data, "service"),
            organisation=self._organisation(),
            name=self.localized("name", card.name if card else Localized()),
            description=self.localized("description", card.description if card else Localized()),
            topics=in_order(self.topics.data, card.topics if card else ()),
            targets=in_order(self.targets.data, card.targets if card else ()),
            languages=in_order(self.languages.data, card.languages if card else ()),
            area_id=where.area_id,
            address=self.address.data or None,
            precision=where.precision,
            point=where.point,
            opening_hours=self.opening_hours.data or None,
            barrier_free=_SAID[self.barrier_free.data],
            evening=_SAID[self.evening.data],
            url=self.url.data or None,
        )

    def _organisation(self) -> str:
        if self.kept is not None:
            return self.kept.card.organisation
        return self._only.key if self._only is not None else str(self.organisation.data)


def in_order(chosen: Sequence[str], before: Sequence[str]) -> tuple[str, ...]:
    """What was chosen: first what was there before, in its order."""
    return (*(code for code in before if code in chosen), *(code for code in chosen if code not in before))


def _add_texts() -> None:
    """Give the form a field for each text in each language; German is needed."""
    for code, known in LANGUAGES.items():
        german = code == DEFAULT
        named = [DataRequired(_l("Please enter the name in German."))] if german else []
        described = [DataRequired(_l("Please describe in German what people get there."))] if german else []
        name = StringField(
            _l("Name (%(language)s)", language=known.name), filters=[tidy], validators=[AtMost(NAME_MAX), *named]
        )
        description = TextAreaField(
            _l("Description (%(language)s)", language=known.name),
            filters=[tidy],
            validators=[AtMost(DESCRIPTION_MAX, counted=True), *described],
        )
        setattr(ServiceForm, field_name("name", code), name)
        setattr(ServiceForm, field_name("description", code), description)


_add_texts()


def _spoken(locale: Locale | None) -> list[SelectChoice]:
    """The languages to choose from: the usual ones, and those that some service already names."""
    codes = dict.fromkeys((*SPOKEN, *(code for card in directory.services() for code in card.languages)))
    return [SelectChoice(code, spoken_label(code, locale)) for code in codes]


def spoken_label(code: str, locale: Locale | None = None) -> str:
    """The name of a spoken language in the page's language."""
    known = (locale or get_locale() or Locale.parse(DEFAULT)).languages
    return str(known.get(code) or code)


def _areas(code: str) -> list[SelectChoice]:
    cards = places.areas(places.city().needs_level or "")
    return [SelectChoice(card.key, card.name.shown(code).text) for card in cards]
