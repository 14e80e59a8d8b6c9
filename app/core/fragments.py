"""Parts of pages that are the same for everybody, such as the footer: rendered once for each language, then kept."""

from __future__ import annotations

import functools
from collections.abc import Hashable
from typing import TYPE_CHECKING

from flask import render_template
from markupsafe import Markup

from app.core.languages import language

if TYPE_CHECKING:
    from flask import Flask

KEPT = 1024


def init_fragments(app: Flask) -> None:
    """Give templates ``fragment('core/_footer.html', here='site.home')``.

    What a fragment shows depends on the language, the settings and the values it is given, and on nothing else: not on
    the person, not on the address, not on content that changes.
    """

    @functools.lru_cache(maxsize=KEPT)
    def rendered(name: str, _code: str, values: tuple[tuple[str, Hashable], ...]) -> Markup:
        return Markup(render_template(name, **dict(values)).strip())  # noqa: S704 - a template of ours, escaped there

    def fragment(name: str, **values: Hashable) -> Markup:
        return rendered(name, language().code, tuple(values.items()))

    app.jinja_env.globals["fragment"] = fragment
