"""Every select on people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.domain import RoleName
from app.accounts.models import Invitation, Membership, Passkey, Role, User, VaultSession
from app.core.database import db
from app.core.revisions import remembered
from app.directory import queries as directory
from app.privacy import queries as privacy

_READS = and_(User.roles.any(Role.name == RoleName.READER), Membership.reads)
"""Only readers hold keys of mailboxes, and are told what is new; whoever merely belongs to an office does not."""


def user_by_email(email: str) -> User | None:
    """A person by the address they sign in with."""
    return db.session.scalars(select(User).where(User.email == email.strip().lower())).first()


def user_by_identity(issuer: str, subject: str) -> User | None:
    """The person whom the city's directory knows by this name."""
    return db.session.scalars(select(User).where(User.sso_issuer == issuer, User.sso_subject == subject)).first()


def user(user_id: int) -> User | None:
    """A person, whether their account has ended or not."""
    return db.session.get(User, user_id)


def users() -> Sequence[User]:
    """Everybody, in the order they were added."""
    return db.session.scalars(select(User).options(selectinload(User.memberships)).order_by(User.id)).unique().all()


def user_count() -> int:
    """How many accounts there are."""
    return db.session.scalar(select(func.count()).select_from(User)) or 0


def role(name: str) -> Role | None:
    """A role by its name."""
    return db.session.scalars(select(Role).where(Role.name == name)).first()


def members(organisation_id: int) -> Sequence[User]:
    """The active people of an organisation."""
    return (
        db.session.scalars(
            select(User)
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.organisation_id == organisation_id, User.active)
            .order_by(User.id)
        )
        .unique()
        .all()
    )


def member_principals(organisation_ids: Collection[int]) -> dict[int, set[str]]:
    """The key principals of the active readers of each organisation."""
    rows = db.session.execute(
        select(Membership.organisation_id, User.principal_id)
        .join(User, Membership.user_id == User.id)
        .where(Membership.organisation_id.in_(organisation_ids), User.active, User.principal_id.is_not(None), _READS)
        .order_by(Membership.organisation_id, User.id)
    )
    found: dict[int, set[str]] = {identity: set() for identity in organisation_ids}
    for organisation_id, principal_id in rows:
        found[organisation_id].add(str(principal_id))
    return found


def everybody(organisation_ids: Collection[int]) -> dict[int, set[str]]:
    """The key principals of all active people of each organisation, whatever their role."""
    rows = db.session.execute(
        select(Membership.organisation_id, User.principal_id)
        .join(User, Membership.user_id == User.id)
        .where(Membership.organisation_id.in_(organisation_ids), User.active, User.principal_id.is_not(None))
        .order_by(Membership.organisation_id, User.id)
    )
    found: dict[int, set[str]] = {identity: set() for identity in organisation_ids}
    for organisation_id, principal_id in rows:
        found[organisation_id].add(str(principal_id))
    return found


def organisations_of(principals: Collection[str]) -> dict[str, frozenset[int]]:
    """The organisations that people belong to, by their key principal; who is not active belongs to none."""
    found: dict[str, frozenset[int]] = dict.fromkeys(principals, frozenset())
    if principals:
        rows = db.session.execute(
            select(User.principal_id, Membership.organisation_id)
            .join(User, Membership.user_id == User.id)
            .where(User.principal_id.in_(sorted(principals)), User.active)
            .order_by(User.id, Membership.organisation_id)
        )
        for principal, organisation_id in rows:
            found[str(principal)] |= {organisation_id}
    return found


def vault_session(identity: str) -> VaultSession | None:
    """An unlocked session."""
    return db.session.get(VaultSession, identity)


def member_ids(organisation_id: int) -> Sequence[int]:
    """The ids of the active readers of an organisation."""
    return db.session.scalars(_MEMBER_IDS, {"organisation_id": organisation_id}).all()


_MEMBER_IDS = (
    select(Membership.user_id)
    .join(User, Membership.user_id == User.id)
    .where(Membership.organisation_id == bindparam("organisation_id"), User.active, _READS)
    .order_by(User.id)
)


def readers(organisation_ids: Collection[int]) -> Sequence[tuple[Membership, User]]:
    """The active readers of organisations with their membership, in the order they were added."""
    rows = db.session.execute(
        select(Membership, User)
        .join(User, Membership.user_id == User.id)
        .where(Membership.organisation_id.in_(organisation_ids), User.active, _READS)
        .order_by(Membership.organisation_id, User.id)
    )
    return [(membership, user) for membership, user in rows.unique()]


@remembered("accounts", most=1)
def retired_mailboxes() -> Mapping[str, str]:
    """Mailboxes whose grants wait to be sealed anew, with the mailbox that took each one's place."""
    cards = directory.organisations().values()
    return privacy.predecessors([card.principal_id for card in cards if card.principal_id])


def offices_of(mailboxes: Collection[str]) -> dict[str, int]:
    """Whose mailboxes these are: office id by mailbox, retired ones included; what is no mailbox is left out."""
    present = {card.principal_id: card.id for card in directory.organisations().values() if card.principal_id}
    retired = retired_mailboxes()
    found = {mailbox: present.get(retired.get(mailbox, mailbox)) for mailbox in mailboxes}
    return {mailbox: office for mailbox, office in found.items() if office is not None}


def invitation(identity: int, *, to_use: bool = False) -> Invitation | None:
    """An invitation, used or not; ``to_use``: whoever asks at the same moment waits."""
    return db.session.get(Invitation, identity, with_for_update=to_use, populate_existing=to_use)


def open_invitations() -> Sequence[Invitation]:
    """The invitations that nobody has followed yet, expired or not, in the order they were made."""
    return db.session.scalars(select(Invitation).where(Invitation.used_at.is_(None)).order_by(Invitation.id)).all()


def invitations_to(email: str) -> Sequence[Invitation]:
    """The invitations to an address that nobody has followed yet."""
    return db.session.scalars(
        select(Invitation).where(Invitation.email == email, Invitation.used_at.is_(None)).order_by(Invitation.id)
    ).all()


def administrators() -> Sequence[User]:
    """The active administrators."""
    return _in_role(RoleName.ADMINISTRATOR)


def coordinators() -> Sequence[User]:
    """The active coordinators."""
    return _in_role(RoleName.COORDINATOR)


def _in_role(role: RoleName) -> Sequence[User]:
    wanted = select(User).where(User.active, User.roles.any(Role.name == role)).order_by(User.id)
    return db.session.scalars(wanted).unique().all()


def user_of_session(mark: str, identity: str) -> tuple[User, VaultSession] | None:
    """The person whose session carries a mark, with their roles, and that session."""
    row = db.session.execute(_USER_OF_SESSION, {"mark": mark, "identity": identity}).unique().first()
    return None if row is None else (row[0], row[1])


_USER_OF_SESSION = (
    select(User, VaultSession)
    .join(VaultSession, VaultSession.user_id == User.id)
    .options(joinedload(User.roles))
    .where(User.fs_uniquifier == bindparam("mark"), VaultSession.id == bindparam("identity"))
    .order_by(User.id)
)


def sessions_of(user_id: int, *, opened_after: datetime, seen_after: datetime) -> Sequence[VaultSession]:
    """The confirmed sessions of a person, the one used last first."""
    return db.session.scalars(
        select(VaultSession)
        .where(
            VaultSession.user_id == user_id,
            VaultSession.confirmed_at.is_not(None),
            VaultSession.opened_at >= opened_after,
            VaultSession.seen_at >= seen_after,
        )
        .order_by(VaultSession.seen_at.desc(), VaultSession.id)
    ).all()


def wrong_codes(user_id: int, since: datetime) -> int:
    """How many wrong codes came for a person in sessions that wait for the second factor."""
    return (
        db.session.scalar(
            select(func.sum(VaultSession.wrong_codes)).where(
                VaultSession.user_id == user_id, VaultSession.confirmed_at.is_(None), VaultSession.opened_at >= since
            )
        )
        or 0
    )


def locked_user(user_id: int) -> User:
    """A person as they are now, whom nobody else changes until the end of the transaction."""
    return db.session.scalars(
        select(User).where(User.id == user_id).with_for_update(of=User).execution_options(populate_existing=True)
    ).one()


def passkey(user_id: int, credential_id: bytes) -> Passkey | None:
    """A passkey of a person."""
    return db.session.scalars(
        select(Passkey).where(Passkey.user_id == user_id, Passkey.credential_id == credential_id)
    ).first()


def passkey_known(credential_id: bytes) -> bool:
    """Whether anybody has this passkey."""
    return db.session.scalar(select(Passkey.id).where(Passkey.credential_id == credential_id)) is not None


def passkeys(user_id: int) -> Sequence[Passkey]:
    """The passkeys of a person, in the order they were added."""
    return db.session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)).all()


def titles(principal_ids: Collection[str]) -> dict[str, str]:
    """The titles of the desks whose people have these key principals."""
    rows = db.session.execute(
        select(User.principal_id, User.title).where(User.principal_id.in_(sorted(principal_ids))).order_by(User.id)
    )
    return {str(principal_id): title for principal_id, title in rows}
