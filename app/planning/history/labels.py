"""The headings of the parts of a place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString


class Heading(NamedTuple):
    """What stands over all of a kind, over a new one, over one that is changed, and where there is none."""

    all: LazyString
    new: LazyString
    change: LazyString
    none: LazyString


HEADINGS: Mapping[str, Heading] = {
    "sections": Heading(
        _l("Sections of the story"), _l("Add a section"), _l("Change a section"), _l("The story has no sections yet.")
    ),
    "pictures": Heading(_l("Pictures"), _l("Add a picture"), _l("Change a picture"), _l("There is no picture yet.")),
    "partners": Heading(_l("Partners"), _l("Add a partner"), _l("Change a partner"), _l("No partner is named yet.")),
    "sources": Heading(_l("Sources"), _l("Add a source"), _l("Change a source"), _l("No source is named yet.")),
}
