"""Where the pages of the needs hang."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("needs", __name__, url_prefix="/<lang:lang>/needs")
