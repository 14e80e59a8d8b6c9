"""Invitations: a link by mail to choose a password, for somebody new or for somebody who has forgotten theirs.

The link is signed and stored nowhere; the row knows when it ends, and that it works once. It lets nobody read anything:
a colleague has to let the person in.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, timedelta
from hashlib import sha256

from blinker import Signal
from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete

from app.accounts import keys, people, queries, service
from app.accounts.domain import RoleName
from app.accounts.models import Invitation, User
from app.core.clock import now
from app.core.database import db
from app.directory import queries as directory
from app.privacy import audit

LASTS = timedelta(days=7)
KEPT = timedelta(days=30)
"""How long a link that was used, or that nobody has followed, can still say why it does not work."""

asked = Signal("Somebody is to get a mail with the link of an invitation. Sent with the invitation; the outbox hears.")


class NoInvitation(Exception):  # noqa: N818
    """The link leads nowhere: nobody here has signed it, or the invitation was withdrawn or sent anew."""


class Used(NoInvitation):
    """Somebody has chosen a password with this link already."""


class Expired(NoInvitation):
    """The link is too old."""


class Known(Exception):  # noqa: N818
    """Somebody with this address has an account."""


def invite(
    actor: User, email: str, title: str, roles: Collection[RoleName], organisations: Collection[str], language: str
) -> Invitation:
    """Invite somebody new; an earlier invitation to the same address no longer counts.

    Raises:
        Known: they have an account already.
    """
    if queries.user_by_email(email) is not None:
        raise Known
    invitation = _make(email, title, roles, organisations, language)
    audit.note("account_invited", actor=actor.principal_id)
    return invitation


def ask_for_new_password(actor: User, user: User) -> Invitation:
    """Send a link to somebody who has forgotten their password; until they follow it, nothing changes."""
    invitation = _make(
        user.email,
        user.title,
        [RoleName(role.name) for role in user.roles],
        [card.key for card in people.organisations_of(user)],
        user.language,
    )
    audit.note("password_link_sent", actor=actor.principal_id, subject=user.principal_id)
    return invitation


def _make(
    email: str, title: str, roles: Collection[RoleName], organisations: Collection[str], language: str
) -> Invitation:
    email, moment = email.strip().lower(), now()
    db.session.execute(delete(Invitation).where(Invitation.expires_at < moment - KEPT))
    for earlier in queries.invitations_to(email):
        db.session.delete(earlier)
    invitation = Invitation(
        email=email,
        title=title,
        language=language,
        roles=[str(role) for role in roles],
        organisations=list(organisations),
        made_at=moment,
        expires_at=moment + LASTS,
    )
    db.session.add(invitation)
    db.session.flush()
    asked.send(invitation)
    return invitation


def send_again(actor: User, invitation: Invitation) -> None:
    """Send a fresh link, good for another week; the earlier one no longer works."""
    invitation.made_at = now()
    invitation.expires_at = invitation.made_at + LASTS
    db.session.flush()
    audit.note("invitation_sent_again", actor=actor.principal_id)
    asked.send(invitation)


def withdraw(actor: User, invitation: Invitation) -> None:
    """Take an invitation back; its link no longer works."""
    db.session.delete(invitation)
    db.session.flush()
    audit.note("invitation_withdrawn", actor=actor.principal_id)


def address(invitation: Invitation) -> str:
    """The link of an invitation."""
    token = _serializer().dumps([invitation.id, _mark(invitation)])
    public = current_app.config["SETTINGS"].public_address
    return f"{public}/{invitation.language}/account/invitation/{token}"


def by_token(token: str, *, to_use: bool = False) -> Invitation:
    """The invitation that a link names; ``to_use``: nobody else may use it at the same moment.

    Raises:
        NoInvitation: the link is not ours or no longer counts; Used or Expired say so.
    """
    try:
        identity, made_at = _serializer().loads(token)
    except (BadSignature, ValueError) as error:
        raise NoInvitation from error
    invitation = queries.invitation(identity, to_use=to_use)
    if invitation is None or _mark(invitation) != made_at:
        raise NoInvitation
    if invitation.used_at is not None:
        raise Used
    if invitation.expires_at < now():
        raise Expired
    return invitation


def accept(invitation: Invitation, password: str) -> User:
    """Make the account with a key pair of its own, or give somebody who has one a new password and a new key pair.

    Either way they hold the key of no office that anybody else holds, until a colleague lets them in.
    """
    user = queries.user_by_email(invitation.email)
    if user is None:
        known = directory.organisations()
        user = service.add_user(
            invitation.email,
            password,
            invitation.title,
            [RoleName(role) for role in invitation.roles],
            [key for key in invitation.organisations if key in known],
            invitation.language,
        )
        audit.note("account_made", actor=user.principal_id)
    else:
        people.renew(user, password)
    invitation.used_at = now()
    service.open_mailboxes()
    keys.announce(user)
    return user


def _mark(invitation: Invitation) -> str:
    """Tells the latest link of an invitation from earlier ones."""
    return invitation.made_at.astimezone(UTC).isoformat()


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(
        current_app.config["SECRET_KEY"], salt="invitation", signer_kwargs={"digest_method": sha256}
    )
