"""The addresses that the services of partners had before they got a desk of their own."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, url_for

from app.core.permissions import Permission, requires

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("moved", __name__, url_prefix="/<lang:lang>/needs")


@bp.get("/services/")
@requires(Permission.KEEP_SERVICES)
def services() -> Response:
    """The list of one's own services."""
    return redirect(url_for("partners.services"), HTTPStatus.MOVED_PERMANENTLY)


@bp.get("/services/<key>")
@requires(Permission.KEEP_SERVICES)
def service(key: str) -> Response:
    """The form of a service; whether there is such a one is said there."""
    return redirect(url_for("partners.edit_service", key=key), HTTPStatus.MOVED_PERMANENTLY)


@bp.get("/new-service")
@requires(Permission.KEEP_SERVICES)
def new_service() -> Response:
    """The form of a new one."""
    return redirect(url_for("partners.new_service"), HTTPStatus.MOVED_PERMANENTLY)
