"""Forms about places of history: what a place is, and each part of what is told of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from app.core import pictures
from app.core.desk_forms import DeskForm
from app.core.fields import AtMost, OneOf, Pick, tidy
from app.core.languages import DEFAULT, LANGUAGES, in_language
from app.core.requests import BoundedFile
from app.core.texts import Localized
from app.core.wordings import InLanguages, field_name, values_of
from app.directory import queries as directory
from app.places import queries as places
from app.plans.history.domain import Content, NoPicture, Partner, PartnerKind, Picture, Piece, Pixels, Section, Source
from app.plans.history.labels import PARTNERS
from app.plans.history.service import made_anew
from app.reports.domain import RefusedFile
from app.reports.scanning import scan

NAME_MAX, LINE_MAX, CAPTION_MAX = 150, 300, 500
STORY_MAX, TEXT_MAX = 2_000, 8_000
PARTS_MAX = 30
"""Sections, partners, sources or pictures of one place."""
WEB_ADDRESS = re.compile(r"https?://[^\s/]+\S*")


class PlaceForm(InLanguages, DeskForm):
    """What the forms here have in common. ``seen`` is the mark of what the change began with."""

    texts_of: ClassVar[tuple[str, ...]] = ()
    seen = HiddenField()

    def __init__(self, seen: str, before: Piece | None = None, *, sent: bool) -> None:
        """The form for something new, or for what was there ``before``; ``sent`` says that this request answers it."""
        self.before = before
        if sent:
            super().__init__()
        else:
            super().__init__(formdata=None, data={"seen": seen, **(self.shown(before) if before else {})})
        for field in self:
            field.flags.optional = not field.flags.required and field.short_name not in {"seen", "csrf_token", "kind"}

    def shown(self, before: Any) -> dict[str, Any]:  # noqa: ANN401
        """What the fields show of it."""
        values: dict[str, Any] = {}
        for name in type(before).model_fields:
            value = getattr(before, name)
            if name in self.texts_of:
                values |= values_of(name, value or Localized())
            else:
                values[name] = value
        return values

    def said(self, name: str) -> Localized:
        """The text in the languages of the form; what there was in others stays."""
        return self.localized(name, getattr(self.before, name, None) or Localized())


class _WebAddress:
    """Refuses what is no address of a web page."""

    def __call__(self, _form: object, field: StringField) -> None:
        """Check a field."""
        if field.data and not WEB_ADDRESS.fullmatch(field.data):
            raise ValidationError(_("Please enter a web address that begins with https://."))


def _line(label: Any, *validators: Any, most: int = LINE_MAX, **more: Any) -> StringField:  # noqa: ANN401
    return StringField(label, filters=[tidy], validators=[*validators, AtMost(most)], **more)


class Degrees(StringField):
    """Degrees with a point or a comma; ``data`` is a number, None, or what was typed instead."""

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number."""
        typed = tidy(valuelist[0] if valuelist else "")
        try:
            number = Decimal(typed.replace(",", ".")) if typed else None
        except InvalidOperation:
            number = None
        self.data = float(number) if number is not None and number.is_finite() else typed or None

    @property
    def degrees(self) -> float | None:
        """The number. A form that is valid gives it."""
        return None if self.data is None else float(self.data)

    def pre_validate(self, form: object) -> None:  # noqa: ARG002
        """Refuse what is no number."""
        if isinstance(self.data, str):
            raise ValidationError(_("Please enter degrees such as %(example)s.", example="11,582"))


class BasicsForm(PlaceForm):
    """A place: what it is called, the beginning of its story, where it is."""

    texts_of = ("name", "story")
    address = _line(_l("Address"))
    area = Pick(_l("Part of town"))
    latitude = Degrees(
        _l("Latitude"), description=_l("Degrees north. Leave both open if it is a subject, not a place.")
    )
    longitude = Degrees(_l("Longitude"), description=_l("Degrees east."))

    def __init__(self, seen: str, before: Content | None = None, *, sent: bool) -> None:
        """See the form above; the parts of town come from the city's content."""
        super().__init__(seen, before, sent=sent)
        areas = places.areas(places.city().needs_level or "")
        self.area.choices = [
            SelectChoice("", _("None")),
            *(SelectChoice(card.key, in_language(card.name).text) for card in areas),
        ]

    def validate_longitude(self, field: Degrees) -> None:
        """Both or neither, and in the city."""
        longitude, latitude = field.data, self.latitude.data
        if isinstance(longitude, str) or isinstance(latitude, str):
            return
        if (longitude is None) != (latitude is None):
            raise ValidationError(_("Latitude and longitude belong together. Please enter both or neither."))
        extent = places.city().extent
        if longitude is None or latitude is None or extent is None:
            return
        west, south, east, north = extent
        if not (west <= longitude <= east and south <= latitude <= north):
            raise ValidationError(_("This position lies outside the city. Please check latitude and longitude."))

    def content(self) -> Content:
        """The place with what is told of it. A form that is valid gives it."""
        kept = self.before if isinstance(self.before, Content) else None
        told = {name: getattr(kept, name) for name in PARTS} if kept else {}
        return Content(
            name=self.said("name"),
            story=self.said("story"),
            address=self.address.data or None,
            area=self.area.data or None,
            longitude=self.longitude.degrees,
            latitude=self.latitude.degrees,
            **told,
        )


class PartForm(PlaceForm):
    """A part of what is told of a place."""

    def piece(self) -> Piece:
        """The part. A form that is valid gives it."""
        raise NotImplementedError

    def pixels(self) -> Pixels | None:
        """The picture that came with it."""
        return None


class SectionForm(PartForm):
    """A section of the story."""

    texts_of = ("title", "text")

    def piece(self) -> Section:
        """The section."""
        return Section(title=self.said("title"), text=self.said("text"))


class PartnerForm(PartForm):
    """Somebody who works on the place."""

    texts_of = ("name",)
    kind = OneOf(
        _l("Kind of partner"),
        choices=[SelectChoice(kind.value, label) for kind, label in PARTNERS.items()],
        validators=[DataRequired(_l("Please choose what the partner is."))],
    )
    organisation = Pick(_l("From the directory"), description=_l("Or choose nothing here and write the name below."))
    url = _line(_l("Web address"), _WebAddress())

    def __init__(self, seen: str, before: Piece | None = None, *, sent: bool) -> None:
        """See the form above; the organisations come from the directory."""
        super().__init__(seen, before, sent=sent)
        found = sorted(
            (in_language(card.name).text.casefold(), key, in_language(card.name).text)
            for key, card in directory.organisations().items()
        )
        self.organisation.choices = [
            SelectChoice("", _("None")),
            *(SelectChoice(key, name) for _folded, key, name in found),
        ]

    def validate_organisation(self, field: Pick) -> None:
        """One of the two is needed, and both would contradict one another."""
        named = bool(self.said("name"))
        if bool(field.data) == named:
            raise ValidationError(_("Please choose an organisation or write a name, not both."))

    def piece(self) -> Partner:
        """The partner."""
        return Partner(
            kind=PartnerKind(self.kind.data),
            organisation=self.organisation.data or None,
            name=self.said("name") or None,
            url=self.url.data or None,
        )


class SourceForm(PartForm):
    """What the story rests on."""

    texts_of = ("text",)
    url = _line(_l("Web address"), _WebAddress())

    def piece(self) -> Source:
        """The source."""
        return Source(text=self.said("text"), url=self.url.data or None)


class PictureForm(PartForm):
    """A picture; a new one brings its file along."""

    texts_of = ("alt", "caption")
    file = FileField(
        _l("Picture file"),
        description=_l("JPEG, PNG, WebP or GIF. Hidden details, such as where it was taken, are removed."),
    )
    author = _line(_l("Who made the picture?"), DataRequired(_l("Please write who made the picture.")))
    rights = _line(
        _l("Rights"),
        DataRequired(_l("Please write by which right the picture may be shown. Without it, it cannot be.")),
        description=_l("Such as “CC BY 4.0” or “with permission of the museum, 3 May 2026”."),
    )
    rights_url = _line(_l("Web address of the licence"), _WebAddress())
    source = _line(_l("Where does it come from?"), description=_l("Such as the number in an archive."))

    def __init__(self, seen: str, before: Piece | None = None, *, sent: bool) -> None:
        """See the form above; what is there keeps its file."""
        super().__init__(seen, before, sent=sent)
        self._pixels: Pixels | None = None
        if before is not None:
            del self.file
        else:
            self.file.flags.optional = False

    def validate_file(self, field: FileField) -> None:
        """Look at the file and make it anew."""
        upload = field.data
        if not isinstance(upload, FileStorage) or not upload.filename:
            raise ValidationError(_("Please choose a picture file."))
        if isinstance(upload.stream, BoundedFile) and upload.stream.overflowed:
            raise ValidationError(_("The file is too large. Please choose a smaller one."))
        content = upload.read()
        try:
            scan(content)
            self._pixels = made_anew(content)
        except RefusedFile:
            raise ValidationError(
                _("The virus scanner did not let this file pass. Please try again later or choose another one.")
            ) from None
        except NoPicture:
            raise ValidationError(_("The file is no picture. Please choose a JPEG, PNG, WebP or GIF.")) from None
        except pictures.TooManyPixels:
            raise ValidationError(_("The picture has too many pixels. Please choose a smaller one.")) from None
        except pictures.Unreadable:
            raise ValidationError(_("The picture is damaged and cannot be read. Please choose another one.")) from None

    def piece(self) -> Picture:
        """What is told of the picture."""
        made, kept = self._pixels, cast("Picture", self.before)
        return Picture(
            digest=made.digest if made else kept.digest,
            large=made.large_size if made else kept.large,
            small=made.small_size if made else kept.small,
            alt=self.said("alt"),
            author=self.author.data,
            rights=self.rights.data,
            rights_url=self.rights_url.data or None,
            source=self.source.data or None,
            caption=self.said("caption") or None,
        )

    def pixels(self) -> Pixels | None:
        """The file made anew; None where it was there before."""
        return self._pixels


PARTS: Mapping[str, type[PartForm]] = {
    "sections": SectionForm,
    "pictures": PictureForm,
    "partners": PartnerForm,
    "sources": SourceForm,
}
"""The form of each part, by its name in ``Content``."""


def _add_texts() -> None:
    """Give the forms a field for each text in each language."""
    german = _l("Please write this in German at least.")
    described = _l("Please describe the picture in this language. Without that it cannot be shown.")
    for code, known in LANGUAGES.items():
        language = known.name
        needed = [DataRequired(german)] if code == DEFAULT else []

        def add(form: type[PlaceForm], name: str, field: Any, code: str = code) -> None:  # noqa: ANN401
            setattr(form, field_name(name, code), field)

        def long(label: Any, most: int, *validators: Any) -> TextAreaField:  # noqa: ANN401
            return TextAreaField(label, filters=[tidy], validators=[*validators, AtMost(most)])

        add(BasicsForm, "name", _line(_l("Name, %(language)s", language=language), *needed, most=NAME_MAX))
        add(BasicsForm, "story", long(_l("Beginning, %(language)s", language=language), STORY_MAX, *needed))
        add(SectionForm, "title", _line(_l("Heading, %(language)s", language=language), *needed, most=NAME_MAX))
        add(SectionForm, "text", long(_l("Text, %(language)s", language=language), TEXT_MAX, *needed))
        add(PartnerForm, "name", _line(_l("Name, %(language)s", language=language), most=NAME_MAX))
        add(SourceForm, "text", _line(_l("Source, %(language)s", language=language), *needed))
        # Whoever cannot see the picture reads this, whatever the language of the page.
        alt = long(_l("What can be seen, %(language)s", language=language), CAPTION_MAX, DataRequired(described))
        add(PictureForm, "alt", alt)
        add(PictureForm, "caption", _line(_l("Caption, %(language)s", language=language), most=CAPTION_MAX))


_add_texts()


class SeenForm(DeskForm):
    """A button about a place as somebody has seen it."""

    seen = HiddenField()


class MoveForm(DeskForm):
    """A button that moves something: ``up`` or ``down``."""

    to = HiddenField()
