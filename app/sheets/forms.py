"""The forms around tables."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField
from wtforms.validators import AnyOf

from app.core.desk_forms import DeskForm
from app.core.requests import BoundedFile
from app.sheets.domain import Unreadable
from app.sheets.reading import too_large


class FileForm(DeskForm):
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


class ActForm(DeskForm):
    """What is to become of a table: ``do`` is ``take`` or ``stop``."""

    do = HiddenField(validators=[AnyOf(["take", "stop"])])
