"""Answers with map data: public, the same for everybody, compressed once, and never sent again unchanged."""

from __future__ import annotations

import functools
import gzip
import zlib
from dataclasses import dataclass

import brotli
from flask import Response, request

JSON_TYPE = "application/json"
GEOJSON_TYPE = "application/geo+json"
SOON = "public, max-age=60, must-revalidate"
"""For an address that does not say which revision it wants."""
LATER = "public, max-age=86400, must-revalidate"
"""For an address that names the revision (``?v=…``) that it gets; new content has a new address."""
KEPT = 128
SMALL = 512
"""Bytes below which compression only adds."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A body in the encodings that browsers ask for, and a check sum of it."""

    encodings: dict[str, bytes]
    check: str


@functools.lru_cache(maxsize=KEPT)
def _packed(body: bytes) -> Packed:
    # Bytes remember their own hash: looking up a remembered body costs nothing, however long it is.
    encodings = {"identity": body}
    if len(body) >= SMALL:
        encodings["br"] = brotli.compress(body, quality=7)
        encodings["gzip"] = gzip.compress(body, compresslevel=9, mtime=0)
    return Packed(encodings, f"{zlib.crc32(body):08x}")


def geojson_response(body: bytes, mark: str, content_type: str = GEOJSON_TYPE) -> Response:
    """Answer with a body that is the same for everybody.

    ``mark`` is that of the content it was made from (``app.core.revisions.mark``). An address that carries it as
    ``?v=`` is kept for a day, any other for a minute. Give the same bytes object while the content is the same
    (``@remembered``): compressed forms are kept for it. 304 when the browser has it already.
    """
    packed = _packed(body)
    accepted = request.accept_encodings
    encoding = next((name for name in ("br", "gzip") if name in packed.encodings and accepted[name] > 0), "identity")
    response = Response(packed.encodings[encoding], content_type=content_type)
    if encoding != "identity":
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = LATER if request.args.get("v") == mark else SOON
    # Weak, for one ETag serves every encoding; the check sum tells apart what two versions of the code made of it.
    response.set_etag(f"{mark}-{packed.check}", weak=True)
    response.make_conditional(request)
    return response
