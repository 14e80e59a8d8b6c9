"""The blueprint of the public pages, which several modules of this room register their views on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("site", __name__)
