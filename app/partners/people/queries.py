"""Every select on the people of partner organisations."""

from __future__ import annotations

from collections.abc import Sequence

from app.accounts import queries as accounts
from app.accounts.domain import RoleName
from app.accounts.models import Invitation, User
from app.directory import queries as directory
from app.directory.domain import OrganisationCard


def organisations() -> tuple[OrganisationCard, ...]:
    """The organisations that can be partners: those that are independent of the city, in the order of the directory."""
    return tuple(card for card in directory.organisations().values() if card.kind == "independent")


def desk(organisation: OrganisationCard) -> Sequence[User]:
    """The active people at the partner desk of an organisation."""
    members = accounts.members(organisation.id)
    return [user for user in members if any(role.name == RoleName.PARTNER for role in user.roles)]


def invited(organisation: OrganisationCard) -> Sequence[Invitation]:
    """Invitations to the partner desk of this organisation alone that nobody has followed yet."""
    return [one for one in accounts.open_invitations() if is_for(one, organisation)]


def is_for(invitation: Invitation, organisation: OrganisationCard) -> bool:
    """Whether an invitation is one to the partner desk of this organisation, and to nothing else."""
    return invitation.roles == [RoleName.PARTNER] and invitation.organisations == [organisation.key]
