"""The blueprint of the partners' desk, which several modules of this room register their views on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("partners", __name__, url_prefix="/<lang:lang>/partner")
