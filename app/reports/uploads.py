"""The files that come with a report: let in, looked at, made anew, or refused with a sentence for the person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import current_app, request
from werkzeug.datastructures import FileStorage

from app.core import limits
from app.core.limits import Quota, TooMany
from app.core.requests import BoundedFile
from app.reports.domain import CleanFile, Fault, RefusedFile
from app.reports.files import clean, explained
from app.reports.forms import FILES_MAX
from app.reports.scanning import scan

if TYPE_CHECKING:
    from app.core.settings import Settings

MEGABYTE = 1024 * 1024
PATIENCE = 10
"""How many times the largest file may come in before the connection is closed without a kind word."""


def let_in() -> TooMany | None:
    """Get ready for files, before anything looks at the form.

    Gives the reason to wait where this client has brought too many; then the words arrive and the files do not.
    """
    settings: Settings = current_app.config["SETTINGS"]
    request.max_content_length = PATIENCE * settings.upload_max_mb * MEGABYTE
    light = request.max_form_memory_size or 0
    if (request.content_length or 0) > light or "Transfer-Encoding" in request.headers:
        try:
            limits.count(Quota.UPLOADS)
        except TooMany as wait:
            return wait
    request.file_bytes_max = settings.upload_max_mb * MEGABYTE  # type: ignore[attr-defined]
    return None


def cleaned(files: Sequence[FileStorage]) -> tuple[list[CleanFile], list[tuple[Fault, str]]]:
    """The files made anew, and what is wrong with those that could not be."""
    settings: Settings = current_app.config["SETTINGS"]
    if len(files) > FILES_MAX:
        return [], [(Fault.TOO_MANY, explained(Fault.TOO_MANY, 0, 0, FILES_MAX))]
    made, faults = [], []
    for number, file in enumerate(files, 1):
        oversize = isinstance(file.stream, BoundedFile) and file.stream.overflowed
        content = file.read()
        try:
            scan(content)
            made.append(clean(content))
        except RefusedFile as refusal:
            # Of a file that is too large nothing was kept, so it looks empty.
            fault = Fault.TOO_LARGE if oversize else refusal.fault
            faults.append((fault, explained(fault, number, settings.upload_max_mb, FILES_MAX)))
    return made, faults
