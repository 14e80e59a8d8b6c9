"""Where a person lands after signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, url_for

from app.accounts.signin import may
from app.core.permissions import Permission, requires

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("accounts", __name__, url_prefix="/<lang:lang>/account")


@bp.get("/")
@requires(Permission.SIGNED_IN)
def start() -> Response:
    """Go to the first area that is open to the person."""
    for permission, endpoint in (
        (Permission.READ_CASES, "triage.queue"),
        (Permission.COORDINATE, "coordination.facts"),
        (Permission.KEEP_SERVICES, "partners.start"),
        (Permission.SEE_NEEDS, "needs.page"),
    ):
        if may(permission):
            return redirect(url_for(endpoint))
    return redirect(url_for("people.overview"))
