"""The words for whether an organisation receives reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from app.administration.domain import Standing

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

STANDINGS: Mapping[Standing, tuple[LazyString, str]] = {
    Standing.RECEIVES: (_l("receives reports"), "success"),
    Standing.NOT_MEANT_TO: (_l("receives no reports"), "neutral"),
    Standing.UNCONFIRMED: (_l("receives nothing: not confirmed"), "warning"),
    Standing.NOT_YET: (_l("receives nothing yet"), "info"),
    Standing.ENDED: (_l("closed"), "neutral"),
    Standing.NOBODY_READS: (_l("receives nothing: nobody holds its key"), "danger"),
}
"""What is said of each standing, and the kind of badge that says it."""
