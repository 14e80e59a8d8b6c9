"""Whole pages kept in memory: what a public page says depends on its address and the content, on nobody who asks."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import ParamSpec, cast

from flask import Response, current_app, g, request

from app.core.languages import language
from app.core.revisions import mark, remembered
from app.places.responses import geojson_response
from app.site.listing import BODIES

P = ParamSpec("P")

HTML_TYPE = "text/html; charset=utf-8"


class NotTheSameForAll(RuntimeError):  # noqa: N818
    """A page that is to be kept carries a nonce: it would be the same nonce for everybody."""


def kept(render: Callable[P, str], *args: P.args, **kwargs: P.kwargs) -> Response:
    """The page that ``render`` makes of these arguments in the language of the address.

    It is rendered once while the content stays the same, and sent compressed; the browser asks each time whether it
    has changed. It must show nothing of the person who asks, and no token. The language switch repeats the question
    after the address, so a page that was asked for with one is made afresh.
    """
    if request.args:
        fresh = Response(render(*args, **kwargs), content_type=HTML_TYPE)
        fresh.headers["Cache-Control"] = "no-cache"
        return fresh
    arguments = cast("tuple[Hashable, ...]", (args, tuple(sorted(kwargs.items()))))
    body = _rendered(render, language().code, current_app.config["SETTINGS"].public_address, arguments)
    response = geojson_response(body, mark(*BODIES), HTML_TYPE)
    response.headers["Cache-Control"] = "no-cache"
    return response


@remembered(*BODIES, most=1024)
def _rendered(render: Callable[..., str], _code: str, _address: str, arguments: tuple[Hashable, ...]) -> bytes:
    args, kwargs = cast("tuple[tuple[object, ...], tuple[tuple[str, object], ...]]", arguments)
    page = render(*args, **dict(kwargs)).encode()
    if "csp_nonce" in g:
        raise NotTheSameForAll(render.__name__)
    return page
