"""The organisations that the signed-in person belongs to: everything at the partners' desk is about these."""

from __future__ import annotations

from flask import abort
from flask_security import current_user

from app.directory import queries as directory
from app.directory.domain import KeptService, OrganisationCard


def organisations() -> list[OrganisationCard]:
    """One's own organisations."""
    found = (directory.organisation_by_id(membership.organisation_id) for membership in current_user.memberships)
    return [card for card in found if card is not None]


def organisations_or_404() -> list[OrganisationCard]:
    """One's own organisations, at least one."""
    return organisations() or abort(404)


def services() -> dict[str, KeptService]:
    """The services of one's own organisations, on offer or not, by key."""
    kept = directory.kept_services([card.id for card in organisations()])
    return {one.card.key: one for one in kept}


def service_or_404(key: str) -> KeptService:
    """One's own service; another organisation's is as unknown as one that does not exist."""
    return services().get(key) or abort(404)
