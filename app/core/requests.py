"""Requests whose files never touch a disk: the framework would spool larger ones to a temporary file in the clear."""

from __future__ import annotations

from io import BytesIO
from typing import IO

from flask import Flask, Request


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
    """Keeps every upload in memory. ``MAX_CONTENT_LENGTH`` bounds how much that can be.

    A view that sets ``file_bytes_max`` before it looks at the form gets each file as a ``BoundedFile``. It can then
    let more content come than it keeps, and answer a file that is too large with the form and all that was typed.
    """

    file_bytes_max: int | None = None

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
        return BytesIO() if self.file_bytes_max is None else BoundedFile(self.file_bytes_max)


class InMemoryUploads(Flask):
    """An app whose uploads stay in memory."""

    request_class = InMemoryRequest
