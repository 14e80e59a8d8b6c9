"""The forms around tables."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField
from wtforms.validators import AnyOf

from app.core.requests import BoundedFile
from app.sheets.domain import Unreadable
from app.sheets.reading import too_large


class _TableForm(FlaskForm):
    """A form with a token against forged requests that lasts as long as the session."""

    class Meta:
        """What differs from the usual form."""

        csrf_time_limit = None

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401
        """Whether the form may be used; says in words when the token is missing."""
        valid = super().validate(extra_validators)
        token = self._fields.get("csrf_token")
        if token is not None and token.errors:
            token.errors = [_("We could not be sure that it was you who sent this page. Please send it again.")]
        return bool(valid)


class FileForm(_TableForm):
    """A file with a table."""

    file = FileField(_l("File with the table (.xlsx or CSV)"))

    def content(self) -> tuple[bytes, str]:
        """The file and its name.

        Raises:
            Unreadable: none was chosen, or it is too large.
        """
        file = self.file.data
        if not isinstance(file, FileStorage) or not file.filename:
            raise Unreadable(_l("Please choose a file."))
        if isinstance(file.stream, BoundedFile) and file.stream.overflowed:
            raise too_large()
        return file.read(), file.filename


class ActForm(_TableForm):
    """What is to become of a table: ``do`` is ``take`` or ``stop``."""

    do = HiddenField(validators=[AnyOf(["take", "stop"])])
