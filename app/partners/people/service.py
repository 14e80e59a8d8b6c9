"""Inviting people to the partner desk of an organisation: they get this desk, and no key of any office."""

from __future__ import annotations

from app.accounts import invitations
from app.accounts import queries as accounts
from app.accounts.domain import RoleName
from app.accounts.invitations import Known
from app.accounts.models import User
from app.directory.domain import OrganisationCard
from app.partners.people import queries
from app.partners.people.domain import Newcomer

MOST_WAITING = 20
"""So many invitations of an organisation may wait; whoever asks for more is asked to look at these first."""


class TooMany(Exception):  # noqa: N818
    """Enough people of this organisation have an invitation that they have not followed."""


def invite(actor: User, organisation: OrganisationCard, newcomer: Newcomer) -> None:
    """Invite somebody to the partner desk of an organisation.

    An invitation to something else that waits for the same person is left alone.

    Raises:
        Known: the person has an account, or an invitation to something else.
        TooMany: too many invitations wait already.
    """
    waiting = accounts.invitations_to(newcomer.email)
    if any(not queries.is_for(one, organisation) for one in waiting):
        raise Known
    if not waiting and len(queries.invited(organisation)) >= MOST_WAITING:
        raise TooMany
    invitations.invite(actor, newcomer.email, newcomer.title, [RoleName.PARTNER], [organisation.key], newcomer.language)
