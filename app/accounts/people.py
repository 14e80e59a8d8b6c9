"""What an administrator changes about people: what they may do, where they belong, and that they are gone.

Whoever stops reading for an office loses its key in the same transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from blinker import Signal
from flask_security.utils import hash_password

from app.accounts import keys, queries, second_factor, service, sessions
from app.accounts.domain import RoleName
from app.accounts.models import Membership, Role, User
from app.accounts.passwords import normalized
from app.core.database import db
from app.core.revisions import touch
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.privacy import audit
from app.privacy import service as privacy

reads_no_longer = Signal("A person has lost the keys of offices. Sent with the user and the ``offices``; triage hears.")

ENDED_HOST = "ended.invalid"
"""Where the addresses of ended accounts seem to be: the real ones are forgotten, and free to be invited again."""


class LastAdministrator(Exception):  # noqa: N818
    """Nobody would be left who can change anything."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a person is to be from now on.

    Of the ``organisations`` they belong to, a reader does not read for those in ``only_belongs``, and is told first of
    what is overdue in those in ``deputy_of``.
    """

    title: str
    language: str
    roles: frozenset[RoleName]
    organisations: frozenset[str]
    only_belongs: frozenset[str] = frozenset()
    deputy_of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Loss:
    """An office whose key somebody loses. ``last``: nobody else there holds it."""

    office: OrganisationCard
    last: bool
    recoverable: bool


def organisations_of(user: User) -> tuple[OrganisationCard, ...]:
    """The organisations somebody belongs to."""
    found = (directory.organisation_by_id(one.organisation_id) for one in user.memberships)
    return tuple(card for card in found if card is not None)


def roles_of(user: User) -> frozenset[RoleName]:
    """What somebody may do."""
    return frozenset(RoleName(role.name) for role in user.roles)


def losses(user: User, change: Change | None = None) -> tuple[Loss, ...]:
    """The offices whose key somebody loses by a change; without one, by the end of the account or a new key pair."""
    gone = _reads_for(user) - (_would_read_for(change) if change else frozenset())
    return tuple(
        Loss(
            one.office,
            last=not any(reader.holds for reader in one.readers if reader.user.id != user.id),
            recoverable=one.recoverable,
        )
        for one in keys.keys_of(gone)
        if any(reader.holds for reader in one.readers if reader.user.id == user.id)
    )


def _reads_for(user: User) -> frozenset[int]:
    mine = frozenset(one.organisation_id for one in user.memberships if one.reads)
    return mine if user.active and RoleName.READER in roles_of(user) else frozenset()


def _would_read_for(change: Change) -> frozenset[int]:
    known = directory.organisations()
    reads = change.organisations - change.only_belongs if RoleName.READER in change.roles else frozenset()
    return frozenset(known[key].id for key in reads)


def change(actor: User, user: User, wanted: Change) -> None:
    """Change a person's desk, roles and organisations. Who begins to read for an office waits to be let in.

    Raises:
        LastAdministrator: nobody else administers.
    """
    if RoleName.ADMINISTRATOR not in wanted.roles:
        _keep_an_administrator(user)
    lost, begins = losses(user, wanted), _would_read_for(wanted) - _reads_for(user)
    user.title, user.language = wanted.title, wanted.language
    user.roles = [queries.role(name) or Role(name=name) for name in sorted(wanted.roles)]
    user.memberships = _memberships(user, wanted)
    db.session.flush()
    _take_keys(actor, user, lost)
    audit.note("account_changed", actor=actor.principal_id, subject=user.principal_id)
    service.open_mailboxes()
    if begins:
        keys.announce(user)


def _memberships(user: User, wanted: Change) -> list[Membership]:
    """The memberships that a person is to have; those that stay keep what a colleague has said of them."""
    known, before = directory.organisations(), {one.organisation_id: one for one in user.memberships}
    found = []
    for key in sorted(wanted.organisations):
        one = before.get(known[key].id) or Membership(organisation_id=known[key].id)
        one.reads, one.deputy = key not in wanted.only_belongs, key in wanted.deputy_of
        found.append(one)
    return found


def end(actor: User, user: User) -> None:
    """End an account: every key, session, membership and second factor is gone, the address is forgotten.

    The desk's name stays, because the audit trail names it.

    Raises:
        LastAdministrator: nobody else administers.
    """
    _keep_an_administrator(user)
    lost = losses(user)
    for invitation in queries.invitations_to(user.email):
        db.session.delete(invitation)
    sessions.end_all(user)
    second_factor.turn_off(user, actor)
    user.active = False
    user.roles, user.memberships = [], []
    user.email = f"{user.id}@{ENDED_HOST}"
    user.password = hash_password(secrets.token_urlsafe(32))
    user.fs_uniquifier = secrets.token_urlsafe(24)
    user.sso_issuer = user.sso_subject = None
    db.session.flush()
    privacy.forget_person(str(user.principal_id))
    _take_keys(actor, user, lost)
    audit.note("account_ended", actor=actor.principal_id, subject=user.principal_id)
    touch("accounts")


def renew(user: User, password: str) -> None:
    """A new password and a new key pair; everything that the old ones opened is closed to the person."""
    audit.note("keys_renewed", actor=user.principal_id)
    sessions.end_all(user)
    second_factor.turn_off(user)
    user.password = hash_password(normalized(password))
    user.principal_id = privacy.renew_person(user.principal_id, normalized(password))
    user.fs_uniquifier = secrets.token_urlsafe(24)
    db.session.flush()
    touch("accounts")


def _take_keys(actor: User, user: User, lost: Collection[Loss]) -> None:
    """Change the keys of the offices that somebody has lost, and end what they could open by their own key.

    Such a grant stands in the place of an office's; which office, this room does not know. So it ends with any of them.
    """
    for loss in lost:
        keys.rotate(loss.office.id, actor.principal_id)
    if lost:
        privacy.take_away_from(str(user.principal_id))
        reads_no_longer.send(user, offices=[loss.office.id for loss in lost])


def _keep_an_administrator(user: User) -> None:
    if all(one.id == user.id for one in queries.administrators()):
        raise LastAdministrator
