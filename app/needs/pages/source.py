"""Which snapshot a page is of: the latest, or the one that its address names."""

from __future__ import annotations

from flask import abort, request

from app.needs.pages.look import Look
from app.needs.snapshot import queries
from app.needs.snapshot.domain import Snapshot


def asked_snapshot() -> Snapshot | None:
    """The snapshot that is asked for; ``None`` before the first one, 404 for one that is not kept."""
    wanted = request.args.get("snapshot", "")
    return (queries.named(wanted) or abort(404)) if wanted else queries.latest()


def asked_look(snapshot: Snapshot, level: str | None = None, areas: list[str] | None = None) -> Look:
    """What is asked for; level and areas come from the path where it names them."""
    arguments = request.args.to_dict() | ({"level": level} if level is not None else {})
    wanted = snapshot.hash if request.args.get("snapshot") else ""
    return Look.asked(
        arguments, snapshot, areas=request.args.getlist("area") if areas is None else areas, wanted=wanted
    )


def canonical(look: Look, snapshot: Snapshot, *, path: tuple[str, ...] = ()) -> bool:
    """Whether the address is the one that pages give: only such pages are kept."""
    usual = {
        name: value if isinstance(value, list) else [value]
        for name, value in look.arguments(snapshot).items()
        if name not in path
    }
    return request.args.to_dict(flat=False) == usual
