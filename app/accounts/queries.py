"""Every select on people."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Membership, Role, User, VaultSession
from app.core.database import db


def user_by_email(email: str) -> User | None:
    """A person by the address they sign in with."""
    return db.session.scalars(select(User).where(User.email == email.strip().lower())).first()


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
    """The key principals of the active people of each organisation."""
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


def vault_session(identity: str) -> VaultSession | None:
    """An unlocked session."""
    return db.session.get(VaultSession, identity)


def member_ids(organisation_id: int) -> Sequence[int]:
    """The ids of the active people of an organisation."""
    return db.session.scalars(_MEMBER_IDS, {"organisation_id": organisation_id}).all()


_MEMBER_IDS = (
    select(Membership.user_id)
    .join(User, Membership.user_id == User.id)
    .where(Membership.organisation_id == bindparam("organisation_id"), User.active)
    .order_by(User.id)
)


def user_of_session(mark: str) -> User | None:
    """The person whose session carries a mark, with their roles."""
    return db.session.scalar(_USER_OF_SESSION, {"mark": mark})


_USER_OF_SESSION = (
    select(User).options(joinedload(User.roles)).where(User.fs_uniquifier == bindparam("mark")).order_by(User.id)
)
