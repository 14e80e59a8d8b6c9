"""Requests whose files never touch a disk: the framework would spool larger ones to a temporary file in the clear.

And where a request comes from, as far as the browser says it.
"""

from __future__ import annotations

from enum import Enum
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Request, current_app, request
from werkzeug.exceptions import BadRequest
from werkzeug.routing import IntegerConverter

from app.core.fields import ROW_MAX

if TYPE_CHECKING:
    from werkzeug.routing import Map

    from app.core.settings import Settings


class Origin(Enum):
    """Whose page sent a form."""

    OWN = "own"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"
    """An old browser says nothing, or ``null``, which our own rule against referrers makes browsers say as well."""


def origin() -> Origin:
    """Whose page sent the present request. Needs neither cookie nor referrer."""
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return Origin.OWN if said in {"same-origin", "none"} else Origin.FOREIGN
    named = request.headers.get("Origin", "null")
    if named == "null":
        return Origin.UNKNOWN
    settings: Settings = current_app.config["SETTINGS"]
    # Behind a proxy that is not named in the settings only the public address is right.
    own = {request.host, urlsplit(settings.public_address).netloc}
    return Origin.OWN if urlsplit(named).netloc in own else Origin.FOREIGN


class BoundedFile(BytesIO):
    """Takes an upload up to a size; of what comes beyond nothing is kept but that it came."""

    def __init__(self, most: int) -> None:
        """Keep at most so many bytes."""
        super().__init__()
        self.most = most
        self.overflowed = False

    def write(self, chunk: bytes) -> int:  # type: ignore[override]
        """Take a piece; gives its length as files do."""
        if self.overflowed or self.tell() + len(chunk) > self.most:
            self.overflowed = True
            self.seek(0)
            self.truncate()
            return len(chunk)
        return super().write(chunk)


class InMemoryRequest(Request):
    """Keeps every upload in memory, where a view wants it.

    A view that sets ``file_bytes_max`` before it looks at the form gets each file up to that size. With a larger
    ``max_content_length`` it lets more content come than it keeps, and can answer a file that is too large with the
    form and all that was typed. Elsewhere nothing of a file is kept.
    """

    file_bytes_max: int = 0

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:  # noqa: ANN401, FBT001, FBT002
        """What the body says in JSON. One that is nested without end is no fault of ours but of the sender."""
        try:
            return super().get_json(force=force, silent=silent, cache=cache)
        except RecursionError:
            if silent:
                return None
            raise BadRequest from None

    def _load_form_data(self) -> None:
        # The framework bounds the text of a form only where it comes in parts.
        if self.mimetype == "application/x-www-form-urlencoded":
            self.max_content_length = self.max_form_memory_size
        super()._load_form_data()

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return BoundedFile(self.file_bytes_max)


class RowNumber(IntegerConverter):
    """A number in an address; one that no row can have is not found, before anybody asks the database for it."""

    def __init__(self, routes: Map, fixed_digits: int = 0, **limits: Any) -> None:  # noqa: ANN401
        """Take what the framework's own converter takes."""
        super().__init__(routes, fixed_digits, **{"max": ROW_MAX, **limits})


class InMemoryUploads(Flask):
    """An app whose uploads stay in memory."""

    request_class = InMemoryRequest
