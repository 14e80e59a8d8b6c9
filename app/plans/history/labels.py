"""The words for what partners are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from app.plans.history.domain import PartnerKind

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

PARTNERS: Mapping[PartnerKind, LazyString] = {
    PartnerKind.UNIVERSITY: _l("University"),
    PartnerKind.MUSEUM: _l("Museum"),
    PartnerKind.MEMORIAL: _l("Memorial site"),
    PartnerKind.ARCHIVE: _l("Archive"),
    PartnerKind.OTHER: _l("Other partner"),
}
