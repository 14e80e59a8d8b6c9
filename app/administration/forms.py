"""The administrator's forms about offices. Everything typed stays on the page, and what is wrong is named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, EmailField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from app.accounts.domain import address_of
from app.administration.domain import InTheWay, Office, would_close_a_circle
from app.core.clock import today
from app.core.desk_forms import DeskForm
from app.core.fields import AtMost, Pick, tidy
from app.core.languages import DEFAULT, LANGUAGES, in_language
from app.core.texts import Localized
from app.core.wordings import InLanguages, field_name, values_of
from app.directory.domain import Kind

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KEY_MAX = 60
NAME_MAX = 150
SUMMARY_MAX = 600
LINE_MAX = 300
HOURS_MAX = 500
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)

IN_THE_WAY: Mapping[str, LazyString] = {
    "key": _l("There is an organisation with this key already. Please choose another one."),
    "parent": _l("This office stands beneath the one you are changing. Please choose another one."),
    "substitute": _l("This office is itself stood in for by the one you are changing. Please choose another one."),
    "valid_from": _l("The first day has to come before the last one."),
}


class Day(DateField):
    """A day; what is none is refused in words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a day; an empty field is none."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            day = date.fromisoformat(valuelist[0].strip())
        except ValueError:
            day = date.min
        if not EARLIEST <= day <= LATEST:
            raise ValueError(_("Please enter a day such as %(day)s.", day="2026-11-22"))
        self.data = day


class OfficeForm(InLanguages, DeskForm):
    """An organisation, new or known. For each language there are the fields ``name_<language>`` and ``summary_<…>``."""

    key = StringField(
        _l("Key"),
        filters=[tidy],
        validators=[DataRequired(_l("Please enter a key.")), AtMost(KEY_MAX)],
        description=_l(
            "Small letters, digits and hyphens, such as “jugendamt”. Rules name the office by it, for good."
        ),
    )
    parent = Pick(_l("Stands beneath"), description=_l("A report about an office reaches nobody above or beneath it."))
    substitute = Pick(_l("Substitute"), description=_l("Receives what comes while this office cannot."))
    receives = BooleanField(
        _l("May receive reports"),
        description=_l("It does so once it is confirmed and valid, and somebody there holds its key."),
    )
    counselling = BooleanField(
        _l("Offers counselling"), description=_l("Is shown to people who report discrimination or wait for an answer.")
    )
    confirmed_on = Day(
        _l("Confirmed on"), description=_l("The day on which the organisation said that this entry is right.")
    )
    valid_from = Day(_l("First day"), description=_l("Receives nothing before. Leave it open if there is none."))
    phone = StringField(_l("Telephone"), filters=[tidy], validators=[AtMost(LINE_MAX)])
    email = EmailField(_l("E-mail address"), filters=[tidy], validators=[AtMost(LINE_MAX)])
    url = StringField(_l("Web address"), filters=[tidy], validators=[AtMost(LINE_MAX)])
    address = StringField(_l("Address"), filters=[tidy], validators=[AtMost(LINE_MAX)])
    opening_hours = TextAreaField(_l("Opening hours"), filters=[tidy], validators=[AtMost(HOURS_MAX)])

    def __init__(self, kind: Kind, others: Mapping[str, Office], office: Office | None = None, *, sent: bool) -> None:
        """The form of a new organisation of a kind, or of one that is known; with ``sent`` what this request brings."""
        super().__init__(**({} if sent else {"formdata": None}), data=_shown(office) if office and not sent else {})
        self._kind, self._office = kind, office
        if office is not None:
            del self.key
        if kind == "independent":
            del self.parent, self.substitute
        else:
            self.parent.choices = _offers(others, office, {key: one.parent for key, one in others.items()})
            self.substitute.choices = _offers(others, office, {key: one.substitute for key, one in others.items()})
        needed = {"key", field_name("name", DEFAULT), field_name("summary", DEFAULT)}
        for field in self:
            field.flags.optional = field.name not in needed and not isinstance(field, BooleanField)

    def validate_key(self, field: StringField) -> None:
        """Refuse what could not stand in an address or in a rule."""
        if not KEY.fullmatch(field.data or ""):
            raise ValidationError(_("Please use small letters, digits and hyphens only."))

    def validate_confirmed_on(self, field: Day) -> None:
        """Nobody has confirmed anything tomorrow."""
        if field.data and field.data > today():
            raise ValidationError(_("This day has not come yet. Please enter the day of the confirmation."))

    def validate_email(self, field: EmailField) -> None:
        """Refuse what is no address."""
        try:
            field.data = address_of(field.data) if field.data else None
        except ValueError:
            raise ValidationError(
                _("This is not an e-mail address. Please enter one such as name@example.org.")
            ) from None

    def validate_url(self, field: StringField) -> None:
        """Refuse what is no address of a web page."""
        if field.data and not _is_web_address(field.data):
            raise ValidationError(_("Please enter a whole web address, such as https://www.example.org."))

    def office(self) -> Office:
        """The organisation as it is to be. A form that is valid gives one."""
        before = self._office
        return Office(
            key=before.key if before else str(self.key.data),
            kind=self._kind,
            name=self.localized("name", before.name if before else Localized()),
            summary=self.localized("summary", before.summary if before else Localized()),
            parent=(self.parent.data or None) if "parent" in self else None,
            substitute=(self.substitute.data or None) if "substitute" in self else None,
            receives=self.receives.data,
            counselling=self.counselling.data,
            url=self.url.data or None,
            phone=self.phone.data or None,
            email=self.email.data or None,
            address=self.address.data or None,
            opening_hours=self.opening_hours.data or None,
            confirmed_on=self.confirmed_on.data,
            valid_from=self.valid_from.data,
            valid_until=before.valid_until if before else None,
        )

    def say(self, fault: InTheWay) -> None:
        """Put into words what is in the way, at the field that it is about."""
        self[fault.field].errors = [str(IN_THE_WAY[fault.field])]


class EndForm(DeskForm):
    """The last day on which an organisation receives."""

    day = Day(
        _l("Last day"),
        validators=[DataRequired(_l("Please enter the last day."))],
        description=_l("On the day after, the office receives nothing any more. What it has received stays with it."),
    )


class GoOnForm(DeskForm):
    """One button: there is no last day any more."""


def _shown(office: Office) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(office, name) for name in _PLAIN}
    values |= {"parent": office.parent or "", "substitute": office.substitute or ""}
    return values | values_of("name", office.name) | values_of("summary", office.summary)


_PLAIN = (
    "receives", "counselling", "confirmed_on", "valid_from", "phone", "email", "url", "address", "opening_hours",
)  # fmt: skip


def _offers(others: Mapping[str, Office], office: Office | None, step: Mapping[str, str | None]) -> list[SelectChoice]:
    """The city's offices that may be named; those that would close a circle are left out."""
    out = would_close_a_circle(office.key, step) if office else frozenset()
    found = [one for one in others.values() if one.kind == "office" and one.key not in out]
    return [SelectChoice("", _("None")), *(SelectChoice(one.key, in_language(one.name).text) for one in found)]


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text


def _add_texts() -> None:
    """Give the form a field for each text in each language; German is needed."""
    for code, known in LANGUAGES.items():
        german = code == DEFAULT
        named = [DataRequired(_l("Please enter the name in German."))] if german else []
        described = (
            [DataRequired(_l("Please say in German what the organisation is responsible for."))] if german else []
        )
        name = StringField(
            _l("Name (%(language)s)", language=known.name), filters=[tidy], validators=[AtMost(NAME_MAX), *named]
        )
        summary = TextAreaField(
            _l("Responsible for (%(language)s)", language=known.name),
            filters=[tidy],
            validators=[AtMost(SUMMARY_MAX, counted=True), *described],
        )
        setattr(OfficeForm, field_name("name", code), name)
        setattr(OfficeForm, field_name("summary", code), summary)


_add_texts()
